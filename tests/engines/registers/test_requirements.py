"""In which states a field must have a value."""

from __future__ import annotations

from wulian.engines.registers import Definition
from wulian.engines.registers.judging import requirements


def definition(steps: list[dict[str, object]], states: str) -> Definition:
    label = {"zh": "甲", "en": "a"}
    return Definition.model_validate(
        {
            "id": "example",
            "chain": "talent",
            "prefix": "EX",
            "name": label,
            "serves": ["T9"],
            "purpose": label,
            "subject": "none",
            "level": ["city"],
            "create": ["officer"],
            "audience": "signed_in",
            "fields": [{"code": "handler", "type": "text", "label": label, "required_from": "handling"}],
            "lifecycle": {
                "initial": "filed",
                "states": [{"code": code, "label": label, "meaning": label, "ended": code == "done"} for code in states.split()],
                "transitions": [{"label": label, "who": ["officer"], **step} for step in steps],
            },
            "views": {"title": "handler", "columns": ["handler"]},
        }
    )


FORWARD: list[dict[str, object]] = [
    {"code": "take", "from": ["filed"], "to": "handling"},
    {"code": "finish", "from": ["handling"], "to": "done"},
]


def test_required_in_the_named_state_and_what_lies_behind_it() -> None:
    assert requirements(definition(FORWARD, "filed handling done")) == {"handler": {"handling", "done"}}


def test_not_required_where_something_was_sent_back_for_correction() -> None:
    steps = [
        *FORWARD,
        {"code": "send_back", "from": ["filed"], "to": "returned", "back": True},
        {"code": "file_again", "from": ["returned"], "to": "filed"},
    ]
    assert requirements(definition(steps, "filed returned handling done")) == {"handler": {"handling", "done"}}


def test_a_way_back_into_a_later_state_does_not_lift_the_requirement() -> None:
    steps = [
        *FORWARD,
        {"code": "check", "from": ["handling"], "to": "checked"},
        {"code": "close", "from": ["checked", "filed"], "to": "done"},
        {"code": "reopen", "from": ["done"], "to": "checked", "back": True},
    ]
    assert requirements(definition(steps, "filed handling checked done")) == {"handler": {"handling", "checked"}}
