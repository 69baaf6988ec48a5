"""What no two living entries of a register may share: asked for many entries with one query for each rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wulian.engines.registers.slots import slot_value
from wulian.kernel.errors import N_
from wulian.kernel.problems import Problem

from ..catalogue import Adopted
from ..models import Entry
from ..wording import said

TAKEN = N_("“%(label)s”与 %(number)s 相同，这一项不能重复")
SAME = N_("%(say)s（见 %(number)s）")
Subject = tuple[int | None, int | None]  # (organisation, person)
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    """`fields`: codes, of which `subject` stands for the entry's. `say`: None for a field that is unique by itself."""

    fields: tuple[str, ...]
    states: tuple[str, ...] = ()
    year_of: str = ""
    say: Any = None

    def key(self, adopted: Adopted, values: Mapping[str, Any], subject: Subject, state: str) -> Key | None:
        """What an entry must not share; None when the rule does not hold in its state or a value is missing."""
        if self.states and state not in self.states:
            return None
        parts = [subject if code == "subject" else slot_value(adopted.field(code), values.get(code)) for code in self.fields]
        if self.year_of:
            parts.append(int(str(day)[:4]) if (day := values.get(self.year_of)) else None)
        return None if None in parts or (None, None) in parts else tuple(parts)


def _rules(adopted: Adopted) -> Iterator[_Rule]:
    for field in adopted.definition.fields:
        if field.unique:
            yield _Rule((field.code,))
    for unique in adopted.definition.unique:
        yield _Rule(unique.fields, unique.states, unique.year_of, unique.say)


def exclusive(adopted: Adopted, values: Mapping[str, Any], subject: Subject, state: str) -> set[Key]:
    """What an entry takes from all others, for telling twins that are not in the database yet."""
    keys = ((place, rule.key(adopted, values, subject, state)) for place, rule in enumerate(_rules(adopted)))
    return {(place, *key) for place, key in keys if key is not None}


class Twins:
    """The living entries that clash with any of `many` (values, subject, state); `but`: an entry that is not held against itself."""

    def __init__(self, adopted: Adopted, many: Iterable[tuple[Mapping[str, Any], Subject, str]], but: int | None = None) -> None:
        self.adopted, asked = adopted, list(many)
        self.rules = list(_rules(adopted))
        self.numbers: list[dict[Key, str]] = []
        for rule in self.rules:
            keys = {key for one in asked if (key := rule.key(adopted, *one)) is not None}
            self.numbers.append(self._taken(rule, keys, but) if keys else {})

    def problems(self, values: Mapping[str, Any], subject: Subject, state: str, english: bool) -> Iterator[Problem]:
        for rule, numbers in zip(self.rules, self.numbers, strict=True):
            key = rule.key(self.adopted, values, subject, state)
            if key is None or (number := numbers.get(key)) is None:
                continue
            code = rule.fields[0]
            if rule.say is None:
                yield Problem("unique", TAKEN, {"label": said(self.adopted.field(code).label), "number": number}, code)
            else:
                yield Problem("unique", SAME, {"say": rule.say.en if english else rule.say.zh, "number": number}, code)

    def _taken(self, rule: _Rule, keys: set[Key], but: int | None) -> dict[Key, str]:
        """Key -> number of the first entry that has it."""
        others = Entry.objects.filter(register=self.adopted.id, voided_at__isnull=True)
        if but is not None:
            others = others.exclude(pk=but)
        if rule.states:
            others = others.filter(state__in=rule.states)
        columns: list[str] = []
        for place, code in enumerate(rule.fields):
            wanted = {key[place] for key in keys}
            if code == "subject":
                columns += ["subject", "subject_person"]
                for column, ids in zip(columns[-2:], zip(*wanted, strict=True), strict=True):
                    known = [pk for pk in ids if pk is not None]
                    others = others.filter(**({f"{column}__in": known} if known else {f"{column}__isnull": True}))
            else:
                columns.append(self.adopted.columns[code])
                others = others.filter(**{f"{columns[-1]}__in": wanted})
        if rule.year_of:
            columns.append(self.adopted.columns[rule.year_of])
            years = [key[-1] for key in keys]
            others = others.filter(**{f"{columns[-1]}__gte": date(min(years), 1, 1), f"{columns[-1]}__lte": date(max(years), 12, 31)})
        found: dict[Key, str] = {}
        for number, *parts in others.order_by("pk").values_list("number", *columns):
            found.setdefault(self._key_of(rule, parts), number)
        return found

    def _key_of(self, rule: _Rule, parts: Sequence[Any]) -> Key:
        """The key of an entry that is in the database."""
        rest, key = list(parts), list[Any]()
        for code in rule.fields:
            value: Any = (rest.pop(0), rest.pop(0)) if code == "subject" else rest.pop(0)
            key.append(value.isoformat() if isinstance(value, date) else value)
        return (*key, rest.pop(0).year) if rule.year_of else tuple(key)
