"""Entries from a text file: those of the demonstration region, and those of the cases that test counters and rules.

The grammar is taught in docs/concepts/registers.md. Everything goes through the services, step by step on its dates, so an
entry made here is one that a person could have made.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from wulian.directory.models import Organisation, Person
from wulian.engines.registers import FieldDefinition, FieldType
from wulian.engines.registers.conditions import is_missing
from wulian.foundation.access import Actor
from wulian.foundation.files import store_upload
from wulian.kernel.names import name_key
from wulian.registers.catalogue import Adopted, adopted_by_id, adopted_registers, get_adopted
from wulian.registers.errors import EntryRefused
from wulian.registers.models import Entry
from wulian.registers.services.entries import create_entry, edit_entry
from wulian.registers.services.steps import take_step

FOLDER = Path(__file__).resolve().parent / "registers"
SHANGHAI = ZoneInfo("Asia/Shanghai")
KINDS = {
    "enterprise": "enterprise", "university": "university", "institute": "institute", "provider": "provider", "government": "government",
    "social": "social",
}  # fmt: skip
_REFERENCE = re.compile(r"@(?P<kind>[a-z_]+)(?::(?P<what>.+))?")
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class UnknownReference(ValueError):
    """A `@…` in a file that names nothing."""


@dataclass
class Maker:
    """Makes entries for `by`.

    fill: give required fields that are not named a plain valid value (for cases). until: what happens later is left out.
    defer: registers whose entries may be named before they are made; `settle` puts the names in afterwards.
    """

    by: Actor
    fill: bool = False
    is_synthetic: bool = True
    until: date | None = None
    defer: set[str] = field(default_factory=set)
    made: dict[str, list[int | None]] = field(default_factory=dict)
    _organisations: dict[str, list[int]] = field(default_factory=dict)
    _persons: dict[str, int] = field(default_factory=dict)
    _later: list[tuple[int, str, Any]] = field(default_factory=list)
    _serial: Iterator[int] = field(default_factory=lambda: count(1))

    def entries(self, register: str, listed: list[Mapping[str, Any]]) -> list[Entry]:
        """The entries of a file's list, in order; `repeat: n` makes n, with {i} counted from 1."""
        found = []
        for spec in listed:
            repeat = int(spec.get("repeat", 1))
            for place in range(1, repeat + 1):
                made = self._present(register, _counted(spec, place) if repeat > 1 else spec)
                if made is None:
                    self.made.setdefault(register, []).append(None)  # keeps its place, by which others name it
                else:
                    found.append(made)
        return found

    def _present(self, register: str, spec: Mapping[str, Any]) -> Entry | None:
        """The entry, unless by `until` it is not recorded yet, or something that it must name is not."""
        if self.until is None:
            return self.entry(register, spec)
        if _created(spec) > self.until:
            return None
        try:
            return self.entry(register, spec)
        except EntryRefused:
            adopted = get_adopted(register)
            _now, later = self._separated(adopted, spec.get("values", {}))
            if any(adopted.definition.lifecycle.initial in adopted.required.get(code, ()) for code in later):
                return None
            raise

    def entry(self, register: str, spec: Mapping[str, Any]) -> Entry:
        """One entry with its steps."""
        adopted = get_adopted(register)
        path = list(spec.get("path", ()))
        created = _created(spec)
        given, later = self._separated(adopted, spec.get("values", {}))
        values = self.values(adopted, given)
        if self.fill:
            values = self.filled(adopted, values, state=adopted.definition.lifecycle.initial)
        subject = self._subject(adopted, spec.get("subject"))
        entry = create_entry(
            by=self.by, at=_at(created), on=created, register=register, values=values, subject_id=subject, region=spec.get("region"),
            reason=str(spec.get("reason", "")), is_synthetic=self.is_synthetic,
        )  # fmt: skip
        self.made.setdefault(register, []).append(entry.pk)
        self._later += [(entry.pk, code, value) for code, value in later.items()]
        for step in path:
            if self.until is None or _day(step["on"]) <= self.until:
                entry = self.step(adopted, entry, step)
        return entry

    def settle(self) -> None:
        """Put in the links that named entries which were made later; one that was never made is left out."""
        for entry_id, code, value in self._later:
            adopted = adopted_by_id(Entry.objects.values_list("register", flat=True).get(pk=entry_id))
            try:
                known = {code: self.value(adopted.field(code), value)}
            except UnknownReference:
                continue
            day = Entry.objects.values_list("state_since", flat=True).get(pk=entry_id)
            edit_entry(by=self.by, at=_at(day), on=day, entry_id=entry_id, revision=None, values=known)
        self._later.clear()

    def _separated(self, adopted: Adopted, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Values that can be given now, and links to entries that are not made yet."""
        now: dict[str, Any] = {}
        later: dict[str, Any] = {}
        for code, value in given.items():
            definition = adopted.fields.get(code)
            waits = (
                definition is not None
                and definition.type is FieldType.LINK
                and any(self._waits(item) for item in (value if isinstance(value, list) else [value]))
            )
            (later if waits else now)[code] = value
        return now, later

    def _waits(self, value: Any) -> bool:
        match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if match is None or match["kind"] not in self.defer:
            return False
        return self._made(match["kind"], match["what"] or "1") is None

    def _made(self, register: str, what: str) -> int | None:
        """The entry that stands in that place of the register's file, if it is made."""
        known = self.made.get(register, [])
        return known[int(what) - 1] if what.isdecimal() and 1 <= int(what) <= len(known) else None

    def step(self, adopted: Adopted, entry: Entry, step: Mapping[str, Any]) -> Entry:
        """One step of a path: `do`, `on`, and where wanted `set` and `reason`; `edit: {…}` changes values without a step."""
        on = _day(step["on"])
        if "edit" in step:
            return edit_entry(
                by=self.by,
                at=_at(on),
                on=on,
                entry_id=entry.pk,
                revision=None,
                values=self.values(adopted, step["edit"]),
                reason=str(step.get("reason", "")),
            )
        now, later = self._separated(adopted, step.get("set", {}))
        self._later += [(entry.pk, code, value) for code, value in later.items()]
        values = self.values(adopted, now)
        transition = adopted.definition.transition(step["do"])
        if transition is None:
            raise UnknownReference(f"{adopted.code}: no step {step['do']}")
        reason = str(step.get("reason", ""))
        if self.fill:
            known = {**Entry.objects.select_related("body").get(pk=entry.pk).body.values, **values}
            needed = self.filled(adopted, known, state=transition.to, also=(*transition.needs, *transition.evidence))
            values |= {code: value for code, value in needed.items() if code not in known}
            reason = reason or ("理由" if transition.back or transition.reason else "")
        return take_step(by=self.by, at=_at(on), on=on, entry_id=entry.pk, step=step["do"], values=values, reason=reason, quiet=True)

    # ---------------------------------------------------------------------------------------------------------- values
    def values(self, adopted: Adopted, given: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for code, value in given.items():
            definition = adopted.fields.get(code)
            if definition is None:
                raise UnknownReference(f"{adopted.code}: no field {code}")
            found[code] = self.value(definition, value)
        return found

    def value(self, definition: FieldDefinition, value: Any) -> Any:
        """A value of a file with its references looked up; money is written in yuan (3万元, 1200)."""
        if definition.type is FieldType.ROWS:
            columns = {column.code: column for column in definition.fields}
            return [{code: self.value(columns[code], item) for code, item in row.items()} for row in value or ()]
        if isinstance(value, list):
            return [self.value(definition, item) for item in value]
        if isinstance(value, str) and (match := _REFERENCE.fullmatch(value)):
            return self._reference(match["kind"], match["what"] or "1")
        if definition.type is FieldType.MONEY and isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return value

    def _reference(self, kind: str, what: str) -> int:
        if kind == "person":
            if what not in self._persons:
                person = Person.objects.filter(name=what, user__isnull=True).order_by("pk").first()
                self._persons[what] = (person or Person.objects.create(name=what[:60])).pk
            return self._persons[what]
        if kind == "file":
            # One content for all: told apart by name, and small.
            upload = io.BytesIO(_PDF)
            return store_upload(by=self.by, upload=upload, name=f"{what}.pdf", at=_at(date(2026, 1, 5)), allowed=("pdf",)).pk
        if kind in KINDS:
            return self._organisation(kind, what)
        if (made := self._made(kind, what)) is not None:
            return made
        raise UnknownReference(f"@{kind}:{what}")

    def _organisation(self, kind: str, what: str) -> int:
        """The nth organisation of a kind; when there are fewer (or in a test with none) it is made."""
        if not what.isdecimal():
            found = Organisation.objects.filter(name=what).order_by("pk").first()
            return (found or self._made_organisation(kind, what)).pk
        if kind not in self._organisations:
            of_kind = Organisation.objects.filter(kind=KINDS[kind], merged_into__isnull=True).order_by("pk")
            self._organisations[kind] = list(of_kind.values_list("pk", flat=True)[:2_000])
        known = self._organisations[kind]
        place = int(what)
        while len(known) < place and len(known) < 2_000:
            known.append(self._made_organisation(kind, f"试验{kind}{len(known) + 1}").pk)
        # Spread over the list, so that the demonstration's registers do not all name the same firms.
        return known[(place * 37) % len(known)] if len(known) > 300 else known[(place - 1) % len(known)]

    def _made_organisation(self, kind: str, name: str) -> Organisation:
        at = _at(date(2020, 1, 1))
        return Organisation.objects.create(
            name=name,
            name_key=name_key(name),
            kind=KINDS[kind],
            region_id="120106",
            created_at=at,
            updated_at=at,
            is_synthetic=self.is_synthetic,
        )

    def _subject(self, adopted: Adopted, given: Any) -> int | None:
        kind = adopted.definition.subject
        if kind == "none":
            return None
        if given is None and self.fill:
            given = f"@person:某人{next(self._serial)}" if kind == "person" else f"@enterprise:{next(self._serial)}"
        if given is None:
            return None
        match = _REFERENCE.fullmatch(str(given))
        if match is None:
            raise UnknownReference(str(given))
        return self._reference(match["kind"], match["what"] or "1")

    # ----------------------------------------------------------------------------------------------------------- filling
    def filled(self, adopted: Adopted, values: Mapping[str, Any], *, state: str, also: tuple[str, ...] = ()) -> dict[str, Any]:
        """`values` with a plain valid value for every field that `state` requires and for those in `also`."""
        found = dict(values)
        for definition in adopted.definition.fields:
            wanted = state in adopted.required.get(definition.code, ()) or definition.code in also
            if wanted and definition.compute is None and definition.code not in found and is_missing(found.get(definition.code)):
                found[definition.code] = self.plain(definition)
        return found

    def plain(self, definition: FieldDefinition) -> Any:
        """A plain valid value of a field, different each time where it must be unique."""
        serial = next(self._serial)
        low = definition.minimum if definition.minimum is not None else 1
        match definition.type:
            case FieldType.TEXT | FieldType.LONG_TEXT:
                return f"{definition.label.zh}{serial}"
            case FieldType.CHOICE | FieldType.CHOICES:
                code = next(choice.code for choice in definition.choices if not choice.retired)
                return [code] if definition.type is FieldType.CHOICES else code
            case FieldType.INTEGER | FieldType.DECIMAL | FieldType.PERCENT:
                return str(max(low, 1) if definition.maximum is None else min(max(low, 1), definition.maximum))
            case FieldType.MONEY:
                return str(max(low, 1))
            case FieldType.DATE:
                return "2026-01-05"
            case FieldType.PERIOD:
                return "2026"
            case FieldType.REGION:
                return "120106"
            case FieldType.YES_NO:
                return True
            case FieldType.ORGANISATION:
                pk = self._organisation("enterprise", str(serial))
            case FieldType.PERSON:
                pk = self._reference("person", f"某人{serial}")
            case FieldType.FILE:
                pk = self._reference("file", f"佐证{serial}")
            case FieldType.ROWS:
                return [{column.code: self.plain(column) for column in definition.fields}]
            case FieldType.LINK:
                return self._linked(definition)
        return [pk] if definition.multiple or definition.type is FieldType.FILE else pk

    def _linked(self, definition: FieldDefinition) -> Any:
        """An entry of the other register, made if there is none."""
        pk = self._made(definition.to, "1") or self.entry(definition.to, {}).pk
        return [pk] if definition.multiple else pk


def _counted(value: Any, place: int) -> Any:
    """`value` with {i} replaced in all its texts."""
    if isinstance(value, str):
        return value.replace("{i}", str(place))
    if isinstance(value, list):
        return [_counted(item, place) for item in value]
    if isinstance(value, Mapping):
        return {key: _counted(item, place) for key, item in value.items() if key != "repeat"}
    return value


def _created(spec: Mapping[str, Any]) -> date:
    """The day on which an entry is recorded: `created`, else the day of its first step."""
    path = list(spec.get("path", ()))
    return _day(spec.get("created") or (path[0]["on"] if path else date(2026, 1, 5)))


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _at(day: date) -> datetime:
    """Ten in the morning in Shanghai."""
    return datetime.combine(day, time(10), SHANGHAI)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml's where it is there: ten times as fast
    """Reads a bare `on` (and off, yes, no) as the word that it is; YAML 1.1 makes it a boolean, also as a key."""

    yaml_implicit_resolvers = {
        first: [pair for pair in pairs if first in "tTfF" or pair[0] != "tag:yaml.org,2002:bool"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read_file(path: Path) -> dict[str, Any]:
    found = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  (a safe loader)
    return found if isinstance(found, dict) else {}


# --------------------------------------------------------------------------------------------- the demonstration region
def write_entries(*, by: Actor, on: date) -> int:
    """The demonstration's entries as they stand on `on`, in every adopted register that has none yet. Returns how many."""
    files = {path.stem: list(read_file(path).get("entries", ())) for path in sorted(FOLDER.glob("*.yaml"))}
    known = adopted_registers()
    present = set(Entry.objects.filter(is_synthetic=True).values_list("register__code", flat=True).distinct())
    wanted = {code: listed for code, listed in files.items() if code in known and code not in present}
    maker = Maker(by=by, until=on, defer=set(files))
    for code in present & set(files):
        maker.made[code] = list(Entry.objects.filter(register__code=code, is_synthetic=True).order_by("pk").values_list("pk", flat=True))
    for code in _in_order(wanted):
        maker.entries(code, wanted[code])
    maker.settle()
    return sum(pk is not None for code in wanted for pk in maker.made.get(code, ()))


def _in_order(files: Mapping[str, list[Any]]) -> list[str]:
    """Registers such that what is named comes before what names it, as far as they do not name each other."""
    named = {code: set(re.findall(r"@([a-z_]+):\d+", str(listed))) & set(files) - {code} for code, listed in files.items()}
    done: list[str] = []
    while waiting := [code for code in files if code not in done]:
        free = [code for code in waiting if not named[code] - set(done)]
        done += free or [min(waiting, key=lambda code: (len(named[code] - set(done)), code))]
    return done
