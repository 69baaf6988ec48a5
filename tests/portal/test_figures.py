from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from tests.directory.makers import AT, fact, organisation, region_fact, title
from wulian.directory.models import RegionFactValue
from wulian.foundation.access import Actor
from wulian.foundation.catalogue.snapshots import take_snapshot
from wulian.foundation.models import MetricSnapshot

ASKED = {"region": "120106", "on": "2025-06-30"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tianjin")]


@pytest.fixture
def titles() -> None:
    for number in range(3):
        title(organisation(f"天津{number}号科技有限公司", uscc=""), certificate=f"GR{number}")


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.usefixtures("titles")
def test_a_figure_is_a_page_and_a_drawer(client: Client) -> None:
    page = client.get("/figures/hnte_valid/", ASKED).content.decode()
    assert "红桥区有效高新技术企业：3 家" in page
    assert "<html" in page
    drawer = client.get("/figures/hnte_valid/", ASKED, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in drawer
    assert "天津0号科技有限公司" in drawer
    assert "第九条" in drawer


@pytest.mark.usefixtures("titles")
def test_the_downloads_are_exactly_the_list_on_the_page(client: Client) -> None:
    asked = {**ASKED, "q": "号科技", "sort": "-certificate"}
    page = client.get("/figures/hnte_valid/records/", asked).content.decode()
    text = body(client.get("/figures/hnte_valid/records.csv", asked)).decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(text))
    names = [row[heading.index("名称")] for row in rows]
    assert names == [f"天津{number}号科技有限公司" for number in (2, 1, 0)]
    assert [page.index(name) for name in names] == sorted(page.index(name) for name in names)
    sheet = load_workbook(io.BytesIO(body(client.get("/figures/hnte_valid/records.xlsx", asked)))).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == names


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/figures/nonsense/", 404),
        ("/figures/hnte_valid/?part=denominator", 404),
        ("/figures/hnte_valid/?region=1", 404),
        ("/figures/hnte_valid/?on=yesterday", 422),
        ("/figures/hnte_valid/records.pdf", 404),
        ("/figures/hnte_valid/records/?sort=nonsense&page=99&kind=nonsense", 200),
        ("/figures/snapshots/99/", 404),
        ("/figures/rd_expense_enterprises/records/", 403),
        ("/cockpit/regions/?metric=nonsense", 200),
    ],
)
def test_bad_addresses_answer_with_a_sentence(client: Client, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert "Traceback" not in response.content.decode()


def test_the_public_sees_the_sum_and_an_officer_the_firms(client: Client, officer: Actor, client_of: Callable[[Actor], Client]) -> None:
    for number in range(3):
        fact(organisation(f"天津{number}号科技有限公司"), "rd_expense", 2024, 1_000_000)
    public = client.get("/figures/rd_expense_enterprises/", ASKED).content.decode()
    assert "号科技" not in public
    assert client.get("/figures/rd_expense_enterprises/records.csv", ASKED).status_code == 403
    assert "1号科技" in client_of(officer).get("/figures/rd_expense_enterprises/", ASKED).content.decode()


@pytest.mark.usefixtures("titles")
def test_an_officer_keeps_a_snapshot_and_the_page_shows_what_changed(officer: Actor, client_of: Callable[[Actor], Client]) -> None:
    client = client_of(officer)
    answer = client.post("/figures/hnte_valid/snapshot/?region=120106&on=2025-06-30")
    snapshot = MetricSnapshot.objects.get()
    assert answer.headers["Location"] == f"/figures/snapshots/{snapshot.pk}/"
    title(organisation("天津后来科技有限公司"))
    page = client.get(f"/figures/snapshots/{snapshot.pk}/").content.decode()
    assert "当时 3 家" in page
    assert "天津后来科技有限公司" in page
    listed = client.get(f"/figures/snapshots/{snapshot.pk}/records/").content.decode()
    assert "天津后来科技有限公司" not in listed
    rows = body(client.get(f"/figures/snapshots/{snapshot.pk}/records.csv")).decode("utf-8-sig").splitlines()
    assert len(rows) == 4


def test_the_public_takes_no_snapshot(client: Client) -> None:
    assert client.post("/figures/hnte_valid/snapshot/").status_code == 302  # to sign in
    assert not MetricSnapshot.objects.exists()


def test_a_share_opens_part_by_part(client: Client, system: Actor) -> None:
    region_fact("120106", "rd_expense_society", 2024, 22 * 10**10)
    region_fact("120106", "gdp", 2024, 1000 * 10**10)
    page = client.get("/figures/rd_intensity/", {**ASKED, "part": "denominator"}).content.decode()
    assert "2.20" in page
    assert "1,000.00" in page
    snapshot = take_snapshot(metric="rd_intensity", region="120106", on=date(2025, 6, 30), by=system, at=AT)
    assert "2.20" in client.get(f"/figures/snapshots/{snapshot.pk}/?part=numerator").content.decode()


def test_catalogues_list_every_metric_and_fact(client: Client) -> None:
    assert "技术合同成交额" in client.get("/metrics/").content.decode()
    assert "有效瞪羚企业" not in client.get("/metrics/", {"q": "雏鹰"}).content.decode()
    assert "没有这样的口径" in client.get("/metrics/", {"q": "不存在的"}).content.decode()
    assert "常住人口" in client.get("/facts/").content.decode()


def test_figures_of_a_region_are_entered_by_one_officer_and_verified_by_another(
    officer: Actor, city_officer: Actor, client_of: Callable[[Actor], Client]
) -> None:
    form = {"fact": "gdp", "year": 2024, "amount": "1000.5", "as_of": "2025-03-01"}
    assert client_of(officer).post("/facts/regions/record/?region=120106", form).status_code == 302
    row = RegionFactValue.objects.get()
    assert (row.value, row.verification) == (100_050_000_000_00, "submitted")
    own = client_of(officer).post(f"/facts/regions/{row.pk}/decide/", {"decision": "verify"})
    assert own.status_code == 403
    client_of(city_officer).post(f"/facts/regions/{row.pk}/decide/", {"decision": "verify"})
    row.refresh_from_db()
    assert row.verification == "verified"


def test_a_figure_without_amount_and_reason_keeps_what_was_typed(officer: Actor, client_of: Callable[[Actor], Client]) -> None:
    answer = client_of(officer).post("/facts/regions/record/?region=120106", {"fact": "gdp", "year": 2024, "as_of": "2025-03-01"})
    assert answer.status_code == 422
    assert "2025-03-01" in answer.content.decode()
    assert not RegionFactValue.objects.exists()


class TestHome:
    def test_a_fresh_installation_says_what_to_do_first(self, client: Client) -> None:
        assert "先导入企业" in client.get("/").content.decode()

    @pytest.mark.usefixtures("titles")
    def test_the_cockpit_and_what_is_fetched_into_it(self, client: Client) -> None:
        page = client.get("/", ASKED).content.decode()
        assert "3 家有效高新技术企业" in page
        for path in ("/cockpit/regions/", "/cockpit/history/"):
            for headers in ({}, {"HX-Request": "true"}):
                assert client.get(path, ASKED, headers=headers).status_code == 200

    @pytest.mark.usefixtures("titles")
    def test_english_is_complete_on_these_pages(self, client: Client) -> None:
        client.cookies["django_language"] = "en"
        with translation.override("zh-hans"):  # a request leaves its language behind in the thread
            page = client.get("/", ASKED).content.decode()
        assert "Hongqiao District" in page
        assert "一年前" not in page
