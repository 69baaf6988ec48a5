from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from wulian.chains.governance.errors import WrongChain
from wulian.chains.governance.models import Indicator, IndicatorChain, PeerValue
from wulian.chains.governance.selectors.chains import chain_detail, chain_suggestions, chains_list, observed_years
from wulian.chains.governance.services.chains import link_indicators, unlink_indicator
from wulian.chains.governance.services.indicators import edit_indicator
from wulian.chains.governance.services.observations import record_printed
from wulian.chains.governance.services.peers import remove_peer_value, set_peer_value
from wulian.chains.governance.services.targets import set_target
from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.foundation.models import AuditEvent
from wulian.kernel.errors import Denied, Invalid, NotFound

from . import made
from .made import AT

ON = date(2026, 3, 2)


@pytest.fixture
def three(city_officer: Actor) -> list[Indicator]:
    """高新技术企业 in a city plan, a district plan and the district's next plan, all published."""
    city = made.plan(city_officer, region="120000", first=2021, last=2025, title="市规划")
    first = made.plan(city_officer, first=2020, last=2022, title="区前期", parent_id=city.pk)
    second = made.plan(city_officer, first=2026, last=2030, title="区后期", predecessor_id=first.pk)
    found = []
    for plan, name, base, target in (
        (city, "国家高新技术企业", 2020, 2025),
        (first, "高新技术企业数量", 2019, 2022),
        (second, "全区高新技术企业总量", 2025, 2030),
    ):
        one = made.indicator(city_officer, plan, name)
        made.targets(city_officer, one, {target: "102"}, base=(base, "84"))
        made.published(city_officer, plan)
        found.append(one)
    return found


def kinds(viewer: Actor, chain: IndicatorChain) -> list[str]:
    return [one.kind for one in chain_detail(viewer, chain.pk, ON).warnings]


def test_suggestions_come_from_related_plans_by_name(three: list[Indicator], officer: Actor) -> None:
    city, first, second = three
    assert chain_suggestions(officer, first) == [city, second]
    assert chain_suggestions(officer, second) == [first]


def test_a_chain_is_ordered_from_the_city_down_and_by_period(three: list[Indicator], officer: Actor) -> None:
    chain = link_indicators(by=officer, at=AT, indicator_ids=[one.pk for one in reversed(three)], name="高新技术企业")
    page = chain_detail(ANONYMOUS, chain.pk, ON)
    assert [link.indicator for link in page.links] == three
    assert page.warnings == []
    assert [(one.plans, one.indicators) for one in chains_list(ANONYMOUS)] == [(3, 3)]


def test_linking_needs_a_plan_of_ones_own_and_no_second_chain(
    three: list[Indicator], officer: Actor, account: Callable[..., Actor]
) -> None:
    city, first, second = three
    elsewhere = account(Role.OFFICER, region="120104", unit="南开区科技局")
    with pytest.raises(Denied):
        link_indicators(by=elsewhere, at=AT, indicator_ids=[city.pk, first.pk])
    link_indicators(by=officer, at=AT, indicator_ids=[city.pk, first.pk], name="一")
    link_indicators(by=officer, at=AT, indicator_ids=[second.pk], name="二")
    with pytest.raises(WrongChain):
        link_indicators(by=officer, at=AT, indicator_ids=[first.pk, second.pk])
    with pytest.raises(WrongChain):
        link_indicators(by=officer, at=AT, indicator_ids=[made.indicator(officer, made.plan(officer)).pk])


def test_an_empty_chain_goes(three: list[Indicator], officer: Actor) -> None:
    chain = link_indicators(by=officer, at=AT, indicator_ids=[three[1].pk], name="一")
    unlink_indicator(by=officer, at=AT, indicator_id=three[1].pk)
    assert not IndicatorChain.objects.filter(pk=chain.pk).exists()
    assert AuditEvent.objects.filter(action="indicator.unlinked").exists()


def test_warnings_of_units_definitions_and_baselines(three: list[Indicator], officer: Actor, city_officer: Actor) -> None:
    city, first, second = three
    chain = link_indicators(by=city_officer, at=AT, indicator_ids=[one.pk for one in three])
    edit_indicator(by=city_officer, at=AT, indicator_id=city.pk, unit="万家", reason="r")
    assert kinds(officer, chain) == ["unit"]
    edit_indicator(by=officer, at=AT, indicator_id=first.pk, scope_note="占本区", reason="r")
    edit_indicator(by=officer, at=AT, indicator_id=second.pk, scope_note="占全市", kind="share", reason="r")
    assert kinds(officer, chain) == ["unit", "kind", "scope"]


def test_two_plans_of_one_region_that_print_different_values_for_a_year(three: list[Indicator], officer: Actor) -> None:
    _city, first, _second = three
    chain = link_indicators(by=officer, at=AT, indicator_ids=[one.pk for one in three])
    record_printed(by=officer, at=AT, indicator_id=first.pk, as_of=date(2025, 12, 31), value=Decimal(90))
    (found,) = chain_detail(officer, chain.pk, ON).warnings
    assert found.kind == "baseline"
    assert "90" in found.text
    assert "84" in found.text
    record_printed(by=officer, at=AT, indicator_id=first.pk, as_of=date(2025, 12, 31), value=Decimal(84))
    assert kinds(officer, chain) == []


def test_a_masked_year_is_said_and_not_drawn_as_zero(three: list[Indicator], officer: Actor) -> None:
    second = three[2]
    chain = link_indicators(by=officer, at=AT, indicator_ids=[one.pk for one in three])
    set_target(by=officer, at=AT, indicator_id=second.pk, year=2028, role="milestone", number_state="masked", **made.GROUNDS)
    assert kinds(officer, chain) == ["masked"]
    link = chain_detail(officer, chain.pk, ON).links[2]
    assert [link.in_chain_unit(target.value) for target in link.row.targets if target.year == 2028] == [None]


def test_values_are_compared_in_one_unit(three: list[Indicator], officer: Actor, city_officer: Actor) -> None:
    city, first, _second = three
    edit_indicator(by=city_officer, at=AT, indicator_id=first.pk, unit="万家", reason="r")
    record_printed(by=officer, at=AT, indicator_id=first.pk, as_of=date(2021, 12, 31), value=Decimal("0.0092"))
    chain = link_indicators(by=officer, at=AT, indicator_ids=[city.pk, first.pk])
    link = chain_detail(officer, chain.pk, ON).links[1]
    assert observed_years(link, ON) == {2021: Decimal(92)}


def test_hidden_indicators_are_not_in_the_chain(three: list[Indicator], officer: Actor) -> None:
    draft = made.indicator(officer, made.plan(officer, title="草稿"))
    chain = link_indicators(by=officer, at=AT, indicator_ids=[three[1].pk, draft.pk], name="一")
    assert len(chain_detail(officer, chain.pk, ON).links) == 2
    assert len(chain_detail(ANONYMOUS, chain.pk, ON).links) == 1
    only_draft = link_indicators(by=officer, at=AT, indicator_ids=[made.indicator(officer, draft.plan, "另").pk], name="二")
    with pytest.raises(NotFound):
        chain_detail(ANONYMOUS, only_draft.pk, ON)
    assert [one.chain.name for one in chains_list(ANONYMOUS)] == ["一"]


def test_peers_have_a_source_and_are_corrected_in_place(three: list[Indicator], officer: Actor, enterprise_user: Actor) -> None:
    chain = link_indicators(by=officer, at=AT, indicator_ids=[three[1].pk], name="一")
    common = {"at": AT, "chain_id": chain.pk, "area": "某高新区", "as_of": date(2024, 12, 31)}
    with pytest.raises(Denied):
        set_peer_value(by=enterprise_user, value=Decimal(1), source="年鉴", **common)
    with pytest.raises(Invalid):
        set_peer_value(by=officer, value=Decimal(1), source=" ", **common)
    row = set_peer_value(by=officer, value=Decimal(120), source="年鉴", **common)
    set_peer_value(by=officer, value=Decimal(121), source="年鉴修订", **common)
    assert list(PeerValue.objects.values_list("value", "source")) == [(Decimal(121), "年鉴修订")]
    remove_peer_value(by=officer, at=AT, peer_id=row.pk)
    assert [event.before["value"] for event in AuditEvent.objects.filter(action="peer.removed")] == ["121"]
