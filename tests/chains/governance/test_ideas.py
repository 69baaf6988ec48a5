"""Ideas from elsewhere: put to a task with source and date, shown beside the comparison, and decided with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from wulian.chains.governance.models import Indicator, PeerIdea, PeerValue, PlanTask
from wulian.chains.governance.selectors.ideas import get_idea, idea_choices, ideas_of_chain, ideas_of_task
from wulian.chains.governance.services.chains import link_indicators
from wulian.chains.governance.services.ideas import add_idea, decide_idea
from wulian.chains.governance.services.peers import set_peer_value
from wulian.chains.governance.services.tasks import UnitOfTask, add_task
from wulian.chains.governance.work_errors import ReasonMissing, WrongStep
from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.foundation.files import store_upload
from wulian.foundation.models import AuditEvent
from wulian.kernel.errors import Conflict, Denied, Invalid, NotFound

from .made import AT, LATER, indicator, plan, published

GIVEN: dict[str, Any] = {"area": "某市", "practice": "按场景开放试点", "source": "某市公报", "dated_on": date(2025, 6, 1)}


@pytest.fixture
def number(officer: Actor, reporter: Actor) -> Indicator:
    draft = plan(officer)
    first = indicator(officer, draft)
    unit = next(iter(reporter.organisations_as(Role.REPORTER)))
    add_task(by=officer, at=AT, plan_id=draft.pk, title="培育企业", units=[UnitOfTask("区商务局", "lead", unit)])
    link_indicators(by=officer, at=AT, indicator_ids=[first.pk], name="高企")
    published(officer, draft)
    first.refresh_from_db()
    return first


@pytest.fixture
def task(number: Indicator) -> PlanTask:
    return PlanTask.objects.get(plan=number.plan)


@pytest.fixture
def peer(number: Indicator, officer: Actor) -> PeerValue:
    return set_peer_value(
        by=officer, at=AT, chain_id=number.chain_id or 0, area="某市", as_of=date(2025, 12, 31), value=Decimal(300), source="公报"
    )


def test_from_the_comparison_to_the_task_and_a_decision(task: PlanTask, peer: PeerValue, officer: Actor, reporter: Actor) -> None:
    choices = idea_choices(officer, peer_id=peer.pk)
    assert (choices.tasks, choices.peer) == ([(task.pk, "培育企业 — 红桥试验规划")], peer)
    assert idea_choices(officer, task_id=task.pk).chains == [(peer.chain_id, "高企")]
    idea = add_idea(by=officer, at=AT, task_id=task.pk, chain_id=peer.chain_id, takeover="先做两个场景", **GIVEN)
    for viewer in (officer, reporter):
        assert [one.pk for one in ideas_of_task(viewer, task.pk)] == [one.pk for one in ideas_of_chain(viewer, peer.chain_id)] == [idea.pk]
    assert ideas_of_task(ANONYMOUS, task.pk) == []
    with pytest.raises(ReasonMissing):
        decide_idea(by=officer, at=LATER, idea_id=idea.pk, version=0, state="unsuitable", reason=" ")
    decided = decide_idea(by=officer, at=LATER, idea_id=idea.pk, version=0, state="unsuitable", reason="财力不同")
    assert (decided.state, decided.reason) == ("unsuitable", "财力不同")
    with pytest.raises(Conflict):
        decide_idea(by=officer, at=LATER, idea_id=idea.pk, version=0, state="taken_up", reason="改主意")
    with pytest.raises(WrongStep):
        decide_idea(by=officer, at=LATER, idea_id=idea.pk, version=1, state="unsuitable", reason="再说一遍")
    assert decide_idea(by=officer, at=LATER, idea_id=idea.pk, version=1, state="noted", reason="明年再看").state == "noted"
    with pytest.raises(Invalid):
        decide_idea(by=officer, at=LATER, idea_id=idea.pk, version=2, state="lost", reason="x")
    assert [event.action for event in AuditEvent.objects.filter(object_type="governance.peeridea").order_by("id")] == [
        "idea.added", "idea.decided", "idea.decided",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"area": " "}, "哪里的做法"),
        ({"practice": ""}, "做法"),
        ({"source": " "}, "来源"),
        ({"dated_on": date(2026, 3, 3)}, "还没有到"),
        ({"link": "javascript:alert(1)"}, "http"),
        ({"link": "ftp://example.org/a"}, "http"),
        ({"link": "example"}, "http"),
    ],
)
def test_an_idea_can_be_followed_up(task: PlanTask, officer: Actor, wrong: dict[str, Any], match: str) -> None:
    with pytest.raises(Invalid, match=match):
        add_idea(by=officer, at=AT, task_id=task.pk, **{**GIVEN, **wrong})
    assert not PeerIdea.objects.exists()


def test_today_and_a_web_address_are_taken(task: PlanTask, officer: Actor) -> None:
    link = "https://www.example.org/a?b=1"
    assert add_idea(by=officer, at=AT, task_id=task.pk, **{**GIVEN, "dated_on": date(2026, 3, 2), "link": link}).link == link


def test_ideas_are_for_the_region_and_the_units_of_the_task(
    task: PlanTask, officer: Actor, reporter: Actor, account: Callable[..., Actor], settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    note = store_upload(by=officer, upload=io.BytesIO(b"note"), name="a.txt", at=AT, allowed=("text",))
    idea = add_idea(by=officer, at=AT, task_id=task.pk, file_id=note.pk, **GIVEN)
    assert get_idea(reporter, idea.pk).file == note
    stranger = account(Role.REPORTER, unit="红桥区教育局")
    with pytest.raises(NotFound):
        get_idea(stranger, idea.pk)
    with pytest.raises(Denied):
        add_idea(by=reporter, at=AT, task_id=task.pk, **GIVEN)
    other = account(Role.OFFICER, unit="红桥区科技局", username="second")
    with pytest.raises(NotFound, match="您上传的文件"):
        add_idea(by=other, at=AT, task_id=task.pk, file_id=note.pk, **GIVEN)
    neighbour = account(Role.OFFICER, region="120104", unit="南开区科技局")
    assert idea_choices(neighbour).tasks == []
    with pytest.raises(NotFound):
        idea_choices(neighbour, task_id=task.pk)
