"""In which states a field must have a value."""

from __future__ import annotations

from wulian.engines.registers import Definition
from wulian.engines.registers.judging import missing_fields, requirements


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


def test_every_line_of_a_table_fills_the_columns_that_are_required() -> None:
    label = {"zh": "甲", "en": "a"}
    columns = [{"code": "reviewer", "type": "text", "label": {"zh": "评审人", "en": "Reviewer"}, "required_from": "always"}]
    columns += [{"code": "note", "type": "text", "label": label}]
    table = {"code": "reviews", "type": "rows", "label": {"zh": "评审", "en": "Reviews"}, "fields": columns}
    asked = definition(FORWARD, "filed handling done")
    asked = Definition.model_validate({**asked.model_dump(by_alias=True), "fields": [*asked.model_dump(by_alias=True)["fields"], table]})

    def missing(rows: list[dict[str, str]] | None, english: bool = False) -> list[str]:
        return [problem.text() for problem in missing_fields(asked, requirements(asked), {"reviews": rows}, "filed", english)]

    assert missing(None) == missing([]) == missing([{"reviewer": "乙"}]) == []
    assert missing([{"reviewer": "乙"}, {"note": "好"}, {"reviewer": " ", "note": "好"}]) == [
        "“评审”第 2 行的“评审人”还没有填",
        "“评审”第 3 行的“评审人”还没有填",
    ]
    assert len(missing([{"note": "好"}], english=True)) == 1
