"""Where an organisation stands in registers, as far as the viewer may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from tests.access.world import unit_id
from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.registers.models import Entry
from wulian.registers.selectors.naming import entries_naming
from wulian.registers.services.definitions import adopt_definition
from wulian.registers.services.entries import create_entry

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ON = date(2026, 3, 2)
VISITS = """\
id: visits
chain: industry
prefix: VIS
name: {zh: 走访, en: Visits}
serves: [E9]
purpose: {zh: 试验用, en: For trials}
subject: organisation
subject_label: {zh: 走访对象, en: Visited}
level: [district]
create: [officer]
audience: public
fields:
  - {code: heading, type: text, label: {zh: 事由, en: Reason}, required_from: always, visible: public}
  - {code: host, type: organisation, label: {zh: 牵线单位, en: Broker}, visible: public}
  - {code: rival, type: organisation, label: {zh: 对手, en: Rival}, visible: officer}
lifecycle:
  initial: noted
  states:
    - {code: noted, label: {zh: 已记, en: Noted}, meaning: {zh: 已记下, en: Noted}}
    - {code: ended, label: {zh: 结束, en: Ended}, meaning: {zh: 已办完, en: Done}, ended: true}
  transitions:
    - {code: finish, label: {zh: 办完, en: Finish}, from: [noted], to: ended, who: [officer]}
views: {title: heading, columns: [heading], filters: []}
"""


@pytest.fixture
def firms(account: Callable[..., Actor], system: Actor) -> tuple[int, int, int]:
    adopt_definition(by=system, at=AT, text=VISITS, file="visits.yaml")
    one, two, three = (unit_id(account(Role.ENTERPRISE, unit=f"天津{name}有限公司")) for name in "甲乙丙")
    create_entry(
        by=system,
        at=AT,
        on=ON,
        register="visits",
        subject_id=one,
        region="120106",
        values={"heading": "送政策", "host": two, "rival": three},
    )
    return one, two, three


def test_subject_and_party_with_state(firms: tuple[int, int, int]) -> None:
    one, two, _three = firms
    (found,) = entries_naming(viewer=ANONYMOUS, organisation_id=one)
    assert (found.name, found.code, found.count) == ("走访", "visits", 1)
    assert [(item.title, item.state, item.role) for item in found.entries] == [("送政策", "已记", "走访对象")]
    (found,) = entries_naming(viewer=ANONYMOUS, organisation_id=two)
    assert [item.role for item in found.entries] == ["牵线单位"]


def test_a_field_for_officers_gives_nobody_else_away(firms: tuple[int, int, int], account: Callable[..., Actor]) -> None:
    three = firms[2]
    assert entries_naming(viewer=ANONYMOUS, organisation_id=three) == []
    officer = account(Role.OFFICER, unit="红桥区科技局")
    (found,) = entries_naming(viewer=officer, organisation_id=three)
    assert [item.role for item in found.entries] == ["对手"]


def test_a_voided_entry_is_left_out(firms: tuple[int, int, int]) -> None:
    Entry.objects.update(voided_at=AT)
    assert entries_naming(viewer=ANONYMOUS, organisation_id=firms[0]) == []
