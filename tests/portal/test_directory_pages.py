from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from openpyxl import load_workbook

from wulian.directory.models import FactValue, Organisation, Source, TitleGrant
from wulian.directory.searching import KIND
from wulian.directory.services.organisations import version_of
from wulian.foundation import search
from wulian.foundation.access import Actor
from wulian.foundation.models import AuditEvent
from wulian.foundation.search.schema import folder_of
from wulian.kernel.names import name_key

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ClientOf = Callable[[Actor], Client]


@pytest.fixture
def company(tianjin: None) -> Organisation:
    name = "天津试验科技有限公司"
    source = Source.objects.create(code="tax", name="税务")
    organisation = Organisation.objects.create(
        name=name, name_key=name_key(name), uscc="91120000103064293R", region_id="120106", capital_amount=100_000_000,
        capital_currency="CNY", established_on=date(2010, 1, 1), address="红桥区光荣道8号", created_at=NOW, updated_at=NOW,
        flags=[{"code": "capital_unit", "text": "单位存疑"}],
    )  # fmt: skip
    for year, value in ((2022, 1), (2023, 2), (2024, 3)):
        FactValue.objects.create(
            organisation=organisation,
            fact="revenue",
            year=year,
            value=value * 100_000_000,
            source=source,
            as_of=date(2025, 6, 1),
            recorded_at=NOW,
        )
    TitleGrant.objects.create(
        organisation=organisation,
        kind="hnte",
        granted_on=date(2023, 12, 8),
        valid_from=date(2023, 12, 8),
        valid_to=date(2026, 12, 8),
        source=source,
    )
    search.rebuild(KIND)
    return organisation


def test_the_public_sees_the_register_and_titles_and_no_figures(company: Organisation) -> None:
    page = Client().get(f"/organisations/{company.pk}/?on=2026-03-02").content.decode()
    assert "高新技术企业" in page
    assert "1 项称号有效" in page
    assert "年度数据" not in page
    assert "单位存疑" not in page
    page = Client().get("/organisations/?q=试验&on=2026-03-02").content.decode()
    assert "“试验”找到 1 家" in page
    exported = b"".join(Client().get("/organisations/export.csv?q=试验").streaming_content).decode("utf-8-sig")
    assert "天津试验科技有限公司" in exported
    assert "光荣道" not in exported


def test_the_officer_and_the_enterprise_see_figures_and_doubts(
    client_of: ClientOf, company: Organisation, officer: Actor, enterprise_user: Actor, account: Callable[..., Actor]
) -> None:
    from wulian.foundation.access import Role

    for actor in (officer, enterprise_user):
        page = client_of(actor).get(f"/organisations/{company.pk}/").content.decode()
        assert "1 处存疑，待核对" in page
        assert "营业收入" in page
    neighbour = account(Role.OFFICER, region="120104", unit="南开区科技局")
    assert "年度数据" not in client_of(neighbour).get(f"/organisations/{company.pk}/").content.decode()


def test_a_title_ends_with_the_date_of_the_page(company: Organisation) -> None:
    assert "已到期" in Client().get(f"/organisations/{company.pk}/?on=2026-12-08").content.decode()
    assert "已到期" not in Client().get(f"/organisations/{company.pk}/?on=2026-12-07").content.decode()


def test_a_merged_organisation_forwards(company: Organisation) -> None:
    old = Organisation.objects.create(name="旧", name_key="旧", merged_into=company, created_at=NOW, updated_at=NOW)
    response = Client().get(f"/organisations/{old.pk}/", follow=True)
    assert response.redirect_chain == [(f"/organisations/{company.pk}/", 302)]
    assert "“旧”已并入本主体" in response.content.decode()


def test_an_export_is_exactly_the_list(company: Organisation, client_of: ClientOf, officer: Actor) -> None:
    data = b"".join(client_of(officer).get("/organisations/export.xlsx?q=试验&kind=enterprise").streaming_content)
    rows = list(load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == ["天津试验科技有限公司"]
    assert rows[1][7] == "100 万元"
    assert Client().get("/organisations/export.exe").status_code == 404


def test_any_doubt_finds_what_is_in_doubt_for_officers_only(company: Organisation, client_of: ClientOf, officer: Actor) -> None:
    assert company.name in client_of(officer).get("/organisations/?flag=any").content.decode()
    Organisation.objects.filter(pk=company.pk).update(flags=[])
    search.rebuild(KIND)
    assert company.name not in client_of(officer).get("/organisations/?flag=any").content.decode()
    assert company.name in Client().get("/organisations/?flag=any").content.decode()  # the public has no such filter


@pytest.mark.parametrize(
    "query", ["", "?page=99999", "?page=x", "?sort=nonsense", "?kind=nonsense", "?q=%00%25'\"", "?industry=C&industry=D"]
)
def test_odd_addresses_are_answered(company: Organisation, query: str) -> None:
    assert Client().get(f"/organisations/{query}").status_code == 200


def test_without_an_index_the_page_says_so_and_answers(company: Organisation) -> None:
    (folder_of(search.get(KIND)) / "ready").unlink()
    page = Client().get("/organisations/?q=试验").content.decode()
    assert "检索索引正在重建" in page
    assert "天津试验科技有限公司" in page


def test_two_people_correct_the_same_organisation(client_of: ClientOf, company: Organisation, officer: Actor) -> None:
    client = client_of(officer)
    form = {
        "name": company.name, "uscc": company.uscc, "kind": "enterprise", "status": "active", "region_id": "120106", "industry": "C39",
        "address": "", "short_name": "", "reason": "按营业执照", "version": version_of(company),
    }  # fmt: skip
    assert client.post(f"/organisations/{company.pk}/edit/", form).status_code == 302
    second = client.post(f"/organisations/{company.pk}/edit/", {**form, "short_name": "试验"})
    assert second.status_code == 409
    page = second.content.decode()
    assert "没有保存，也没有丢失" in page
    assert 'value="试验"' in page
    company.refresh_from_db()
    assert (company.industry, company.short_name) == ("C39", "")
    assert AuditEvent.objects.filter(action="organisation.changed").count() == 1
    wrong = client.post(f"/organisations/{company.pk}/edit/", {**form, "uscc": "91120000103064293Q", "version": version_of(company)})
    assert "校验不符" in wrong.content.decode()
