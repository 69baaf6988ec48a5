"""Reading the audit record: only what one answers for, in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction

from wulian.chains.governance.models import Extraction, Observation
from wulian.directory.models import Region
from wulian.foundation import audit
from wulian.foundation.access import Actor, Role
from wulian.foundation.record_reading import JOBS, VERBS, action_word, list_events, list_jobs, object_types, object_word
from wulian.kernel.errors import Denied

SOURCE = Path(audit.__file__).resolve().parent.parent


ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def strings(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def actions_in_source() -> set[str]:
    """Every action that some service records: given as action="…", and whatever else a service says of the same subjects."""
    named = {
        text
        for _path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "action"
        for text in strings(node)
        if ACTION.fullmatch(text)
    }
    subjects = {action.partition(".")[0] for action in named}
    said = {
        text
        for path, tree in trees()
        if "services" in path.parts or path.stem == "services"
        for text in strings(tree)
        if ACTION.fullmatch(text) and text.partition(".")[0] in subjects
    }
    return named | said


def test_every_recorded_act_has_a_word() -> None:
    actions = actions_in_source()
    assert len(actions) > 30
    assert not {action for action in actions if action.rpartition(".")[2] not in VERBS}


def test_states_that_become_the_name_of_an_act_have_a_word() -> None:
    states = {*Extraction.State.values, *Observation.Verification.values} - {Extraction.State.PENDING.value}  # recorded as reopened
    assert states | {"reopened"} <= VERBS.keys()


def test_every_job_has_a_word() -> None:
    jobs = {
        node.name
        for _path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any("task" in {part.id for part in ast.walk(one) if isinstance(part, ast.Name)} for one in node.decorator_list)
    }
    assert jobs
    assert jobs == JOBS.keys()


def test_words() -> None:
    assert action_word("target.changed") == "修改"
    assert object_word("governance.target") == "目标值"
    assert object_word("gone.model") == "gone.model"


@pytest.fixture
def events(tianjin: None) -> None:
    audit_events = [
        ("120106", "红桥的事", datetime(2026, 1, 31, 16, 30, tzinfo=UTC)),  # 1 February in Shanghai
        ("120104", "南开的事", datetime(2026, 1, 31, 15, 30, tzinfo=UTC)),
        ("", "全局的事", datetime(2026, 2, 1, 3, 0, tzinfo=UTC)),
    ]
    actor = Actor(user_id=None, name="测试员", is_system=True)
    with transaction.atomic():
        for region, reason, at in audit_events:
            audit.record(by=actor, action="region.changed", obj=Region.objects.get(pk="120106"), region=region, reason=reason, at=at)


@pytest.mark.usefixtures("events")
def test_an_auditor_sees_the_own_region_and_the_city_sees_all(
    auditor: Actor, administrator: Actor, officer: Actor, anonymous: Actor
) -> None:
    assert {event.reason for event in list_events(viewer=auditor, text="的事")} == {"红桥的事"}
    assert {event.reason for event in list_events(viewer=administrator, text="的事")} == {"红桥的事", "南开的事", "全局的事"}
    for outsider in (officer, anonymous):
        with pytest.raises(Denied):
            list_events(viewer=outsider)


@pytest.mark.usefixtures("events")
def test_days_are_days_in_shanghai_and_both_ends_count(administrator: Actor) -> None:
    first = list_events(viewer=administrator, text="的事", first=date(2026, 2, 1), last=date(2026, 2, 1))
    assert [event.reason for event in first] == ["全局的事", "红桥的事"]
    before = list_events(viewer=administrator, text="的事", last=date(2026, 1, 31))
    assert [event.reason for event in before] == ["南开的事"]


@pytest.mark.usefixtures("events")
def test_kinds_are_counted_in_words(administrator: Actor) -> None:
    assert ("directory.region", "区域", 3) in object_types(list_events(viewer=administrator, text="的事"))


@pytest.mark.usefixtures("events")
def test_the_page_filters_and_exports_exactly_its_list(auditor: Actor, client_of: Callable) -> None:
    client = client_of(auditor)
    page = client.get("/admin/audit/?q=红桥的事").content.decode()
    assert "红桥的事" in page
    assert "南开的事" not in page
    lines = b"".join(client.get("/admin/audit/export.csv?q=红桥的事").streaming_content).decode("utf-8-sig").strip().splitlines()
    assert len(lines) == 2
    assert "红桥的事" in lines[1]
    assert client.get("/admin/audit/export.exe").status_code == 404
    assert client.get("/admin/audit/?first=yesterday").status_code == 200


def test_jobs_are_for_administrators(auditor: Actor, administrator: Actor, account: Callable) -> None:
    with pytest.raises(Denied):
        list_jobs(viewer=auditor)
    assert list_jobs(viewer=administrator).count() == 0
    assert list_jobs(viewer=account(Role.ADMINISTRATOR, region="120106", unit="红桥区科技局")).count() == 0
