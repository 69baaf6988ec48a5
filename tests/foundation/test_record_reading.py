"""Reading the audit record: only what one answers for, in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction

from wulian.directory.models import Region
from wulian.foundation import audit
from wulian.foundation.access import Actor, Role
from wulian.foundation.record_reading import VERBS, action_word, list_events, list_jobs, object_types, object_word
from wulian.kernel.errors import Denied

SOURCE = Path(audit.__file__).resolve().parent.parent


ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def actions_in_source() -> set[str]:
    """Every action that some service records, as it stands in the source: action="…" or a variable of that name."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.keyword) and node.arg == "action"
            named |= isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "action" for target in node.targets)
            if named:
                constants = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
                found |= {text for text in constants if ACTION.fullmatch(text)}
    return found


def test_every_recorded_act_has_a_word() -> None:
    actions = actions_in_source()
    assert len(actions) > 20
    assert not {action for action in actions if action.rpartition(".")[2] not in VERBS}


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
