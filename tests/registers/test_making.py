"""Copied entries are what the services would have made one by one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import transaction

from wulian.demo.entries import Maker
from wulian.foundation.access import Actor
from wulian.registers.models import Entry, EntryBody, EntryEvent, EntryFile, EntryLink, EntryParty, EntryText, StateSpell

from .making import CaseMaker
from .test_cases import CASES


def shortened(spec: dict[str, Any]) -> dict[str, Any]:
    return {**spec, "repeat": min(int(spec.get("repeat", 1)), 3)}


REPEATED = [
    (register, {code: [shortened(other) for other in listed] for code, listed in case.get("others", {}).items()}, shortened(spec))
    for register, case in CASES
    for spec in case.get("entries", ())
    if int(spec.get("repeat", 1)) >= 50
]


def kept(entries: list[Entry]) -> list[dict[str, Any]]:
    """All that is stored of entries, without the ids that differ by nature."""
    found = []
    for entry in Entry.objects.filter(pk__in=[entry.pk for entry in entries]).order_by("pk"):
        row = {field.attname: getattr(entry, field.attname) for field in Entry._meta.concrete_fields}
        beside = {
            model.__name__: [
                {name: value for name, value in item.items() if name not in {"id", "entry_id", "file_id"}}
                for item in model.objects.filter(entry=entry).order_by("pk").values()
            ]
            for model in (EntryParty, EntryLink, EntryFile, EntryText, StateSpell, EntryEvent)
        }
        found.append({**row, **beside, "values": EntryBody.objects.get(pk=entry.pk).values})
    return found


def shape(row: dict[str, Any]) -> str:
    """The row with ids and serial numbers of filled words masked; days and numbers of entries stand."""
    return re.sub(r"(?<![-\d])\d+(?![-\d])", "#", json.dumps(row, default=str, ensure_ascii=False, sort_keys=True))


def distinct(rows: list[dict[str, Any]]) -> dict[str, int]:
    """How many different subjects and parties there are, field by field."""
    found: dict[str, set[Any]] = {"subject": {(row["subject_id"], row["subject_person_id"]) for row in rows}}
    for row in rows:
        for party in row["EntryParty"]:
            found.setdefault(party["field"], set()).add((party["organisation_id"], party["person_id"]))
    return {field: len(values) for field, values in found.items()}


def replayed(row: dict[str, Any]) -> dict[str, Any]:
    """The values that the entry's history leads to."""
    values = {code: pair[1] for event in row["EntryEvent"] for code, pair in event["changes"].items()}
    return {code: value for code, value in values.items() if value is not None}


@pytest.mark.parametrize(("register", "others", "spec"), REPEATED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_copy_is_what_the_services_would_have_made(
    register: str, others: dict[str, Any], spec: dict[str, Any], adopted_all: None, system: Actor
) -> None:
    def made(maker: Maker) -> list[dict[str, Any]]:
        for other, listed in others.items():
            maker.entries(other, listed)
        return kept(maker.entries(register, [spec]))

    with transaction.atomic():
        one_by_one = made(Maker(by=system, fill=True))
        transaction.set_rollback(True)
    at_once = made(CaseMaker(by=system))
    assert [shape(row) for row in at_once] == [shape(row) for row in one_by_one]
    assert [replayed(row) for row in at_once] == [row["values"] for row in at_once]
    assert distinct(at_once) == distinct(one_by_one)
