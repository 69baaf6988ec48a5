"""Any valid definition can be adopted, filled, listed, moved, exported and imported again, and its counters count what a plain
recount of the entries does."""

from __future__ import annotations

import io
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from wulian.directory.models import Organisation, Person
from wulian.foundation.access import Actor
from wulian.foundation.exports import export_table
from wulian.foundation.imports import declare
from wulian.foundation.imports.mapping import suggest
from wulian.foundation.imports.services.batches import confirm_mapping, start_import
from wulian.foundation.imports.services.running import run_import
from wulian.foundation.models import QuarantinedRow
from wulian.kernel.names import name_key
from wulian.registers import catalogue
from wulian.registers.catalogue import Adopted
from wulian.registers.models import Entry, EntryBody
from wulian.registers.selectors.counting import counted_entries, measure
from wulian.registers.selectors.exporting import export_columns, export_rows
from wulian.registers.selectors.questions import Question, list_entries
from wulian.registers.services.definitions import adopt_definition
from wulian.registers.services.entries import create_entry, void_entry
from wulian.registers.services.sheets import apply_sheet, read_sheet, write_sheet
from wulian.registers.services.steps import take_step

AT = datetime(2027, 1, 4, 2, tzinfo=UTC)
START, END = date(2024, 12, 28), date(2027, 1, 3)
WORDS = st.text("甲乙丙丁abcXYZ0123456789=+-@'\",;；、（）%<>& _", min_size=1, max_size=12).map(lambda text: " ".join(text.split()))
DAYS = st.dates(START, END)
ORGANISATIONS, PERSONS = ("第一公司", "第二公司", "第三公司"), ("赵一", "钱二", "孙三")
NOT_IMPORTED = {"rows", "link", "file"}


def label(text: str) -> dict[str, str]:
    return {"zh": text, "en": f"Label {text}"}


@dataclass
class Planned:
    """A definition with the raw values, moves and days of its entries."""

    definition: dict[str, Any]
    entries: list[dict[str, Any]]
    today: date
    made: list[Made] = field(default_factory=list)


@dataclass
class Made:
    """An entry as a plain recount sees it. `spells`: [state, from, to, taken back]."""

    pk: int
    subject: int
    values: dict[str, Any]
    spells: list[list[Any]]


# ------------------------------------------------------------------------------------------------- strategies
CHOICES = [{"code": f"c{n}", "label": label(f"选项{n}")} for n in range(3)]
FIELDS: dict[str, dict[str, Any]] = {
    "text": {}, "long_text": {}, "choice": {"choices": CHOICES}, "choices": {"choices": CHOICES}, "integer": {"unit": "个"},
    "decimal": {"unit": "公里"}, "money": {}, "percent": {}, "date": {}, "period": {}, "region": {}, "organisation": {}, "person": {},
    "yes_no": {}, "link": {"to": "generated"}, "rows": {},
}  # fmt: skip
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": WORDS,
    "long_text": WORDS,
    "choice": st.sampled_from(["c0", "c1", "c2"]),
    "choices": st.lists(st.sampled_from(["c0", "c1", "c2"]), min_size=1, max_size=3, unique=True),
    "integer": st.integers(-5, 5) | st.integers(-(2**53) + 1, 2**53 - 1),
    "decimal": st.decimals(-10_000, 10_000, places=6).map(lambda number: format(number.normalize(), "f")),
    "money": st.decimals(0, 10_000_000, places=2).map(lambda number: format(number, "f")),
    "percent": st.decimals(0, 100, places=2).map(lambda number: format(number.normalize(), "f")),
    "date": DAYS.map(str),
    "period": st.sampled_from(["2026", "2026-Q3", "2026-07"]),
    "region": st.sampled_from(["120106", "120104"]),
    "organisation": st.sampled_from(ORGANISATIONS),
    "person": st.sampled_from(PERSONS),
    "yes_no": st.booleans(),
    "link": st.just(None),
}
COLUMNS = ("text", "integer", "date", "choice", "yes_no", "decimal")


@st.composite
def planned(draw: st.DrawFn) -> Planned:
    kinds = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=2, max_size=9, unique=True))
    fields: list[dict[str, Any]] = [{"code": "name", "type": "text", "label": label("名目"), "required_from": "always"}]
    for place, kind in enumerate(kinds):
        made = {"code": f"f_{kind}", "type": kind, "label": label(f"字段{'甲乙丙丁戊己庚辛壬癸'[place]}"), **FIELDS[kind]}
        if kind == "rows":
            columns = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3, unique=True))
            made["fields"] = [
                {"code": f"r_{column}", "type": column, "label": label(f"列{column}"), **FIELDS[column]} for column in columns
            ]
        fields.append(made)
    if "rows" in kinds and draw(st.booleans()):
        fields.append({"code": "how_many", "type": "integer", "unit": "行", "label": label("行数"), "compute": {"count": "f_rows"}})
    chain = [f"s{n}" for n in range(draw(st.integers(2, 4)))]
    steps = [
        {"code": f"go_{after}", "label": label(f"到{after}"), "from": [before], "to": after, "who": ["officer"]}
        for before, after in itertools.pairwise(chain)
    ]
    if draw(st.booleans()):
        steps.append({"code": "back", "label": label("退回"), "from": [chain[-1]], "to": chain[-2], "who": ["officer"], "back": True})
    counters = [draw(_counter(place, kinds, chain)) for place in range(draw(st.integers(1, 4)))]
    definition = {
        "id": "generated", "chain": "talent", "prefix": "GEN", "name": label("生成"), "serves": ["T3"], "purpose": label("试验"),
        "subject": "organisation", "level": ["district"], "create": ["officer"], "audience": "signed_in", "fields": fields,
        "lifecycle": {
            "initial": chain[0],
            "states": [
                {"code": code, "label": label(f"状态{code}"), "meaning": label("试验"), **({"ended": True} if code == chain[-1] else {})}
                for code in chain
            ],
            "transitions": steps,
        },
        "counters": counters,
        "views": {
            "title": "name", "columns": ["name", *(f"f_{kind}" for kind in kinds if kind != "rows")],
            "filters": [f"f_{kind}" for kind in kinds if kind not in {"rows", "long_text"}],
        },
    }  # fmt: skip
    entries = draw(st.lists(_entry(fields, len(chain), any(step["code"] == "back" for step in steps)), min_size=2, max_size=5))
    return Planned(definition, entries, draw(st.dates(date(2025, 1, 1), END)))


@st.composite
def _counter(draw: st.DrawFn, place: int, kinds: list[str], chain: list[str]) -> dict[str, Any]:
    numbers = [kind for kind in ("integer", "decimal", "money", "percent") if kind in kinds]
    names = [kind for kind in ("choice", "text", "period", "organisation", "person", "region") if kind in kinds]
    how = draw(st.sampled_from(["count", "share", "distinct", *(["sum", "average", "latest"] if numbers else [])]))
    states = draw(st.lists(st.sampled_from(chain), min_size=1, max_size=len(chain), unique=True))
    where: list[dict[str, Any]] = [{"state": states}]
    if "choice" in kinds and draw(st.booleans()):
        where.append({"field": "f_choice", "in": draw(st.lists(st.sampled_from(["c0", "c1"]), min_size=1, unique=True))})
    if "choices" in kinds and draw(st.booleans()):
        where.append({"field": "f_choices", "is": "c1"})
    if "integer" in kinds and draw(st.booleans()):
        where.append({"field": "f_integer", draw(st.sampled_from(["at_least", "above", "below", "at_most"])): draw(st.integers(-3, 3))})
    if "percent" in kinds and draw(st.booleans()):
        where.append({"field": "f_percent", "above": "50"})
    if "money" in kinds and draw(st.booleans()):
        where.append({"field": "f_money", "at_most": 5_000_000})
    counter: dict[str, Any] = {
        "code": f"counter_{place}", "label": label(f"计数{place}"), "how": how, "where": where, "unit": "元" if how == "count" else "个",
        "definition": label("试验"), "per": draw(st.sampled_from(["at", "year", "since"])),
    }  # fmt: skip
    if counter["per"] == "since":
        counter["since"] = date(2025, 7, 1)
    if "date" in kinds and draw(st.booleans()):
        counter["date"] = "f_date"
    if how == "distinct":
        counter["of"] = draw(st.sampled_from(["subject", *(f"f_{kind}" for kind in names)]))
    elif how in {"sum", "average", "latest"}:
        counter["of"] = f"f_{draw(st.sampled_from(numbers))}"
    if how in {"count", "sum"} and names and draw(st.booleans()):
        counter["once"] = [f"f_{draw(st.sampled_from(names))}"]
    return counter


@st.composite
def _entry(draw: st.DrawFn, fields: list[dict[str, Any]], states: int, back: bool) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for item in fields:
        if "compute" in item or (item["code"] != "name" and draw(st.integers(0, 4)) == 0):
            continue
        if item["type"] == "rows":
            columns = st.fixed_dictionaries({column["code"]: VALUES[column["type"]] for column in item["fields"]})
            values[item["code"]] = draw(st.lists(columns, min_size=1, max_size=3))
        else:
            values[item["code"]] = draw(VALUES[item["type"]])
    values["name"] = values["name"] or "名"
    days = sorted(draw(st.lists(DAYS, min_size=states + 2, max_size=states + 2)))
    return {
        "subject": draw(st.sampled_from(ORGANISATIONS)), "values": values, "days": days, "moves": draw(st.integers(0, states - 1)),
        "back": back and draw(st.booleans()),
    }  # fmt: skip


# ---------------------------------------------------------------------------------------------------- the life
@pytest.fixture
def directory(tianjin: None) -> None:
    for name in ORGANISATIONS:
        Organisation.objects.create(
            name=name, name_key=name_key(name), kind="enterprise", region_id="120106", created_at=AT, updated_at=AT
        )  # fmt: skip
    for name in PERSONS:
        Person.objects.create(name=name)


@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],  # shrinking takes minutes; the example that fails is small enough to read
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(plan=planned())
def test_any_definition_lives(plan: Planned, directory: None, officer: Actor, system: Actor) -> None:
    with transaction.atomic():
        catalogue.forget()
        adopted = adopt(system, plan.definition)
        live(plan, adopted, officer)
        lists(plan, adopted, officer)
        counts(plan, adopted)
        workbook(adopted, officer)
        for format_ in ("csv", "xlsx"):
            exported_and_imported(plan, adopted, officer, system, format_)
        transaction.set_rollback(True)
    catalogue.forget()


def adopt(by: Actor, definition: dict[str, Any]) -> Adopted:
    text = yaml.safe_dump(definition, allow_unicode=True, sort_keys=False)
    return adopt_definition(by=by, at=AT, text=text, file=f"{definition['id']}.yaml")


def live(plan: Planned, adopted: Adopted, officer: Actor) -> None:
    organisations = dict(Organisation.objects.values_list("name", "pk"))
    persons = dict(Person.objects.values_list("name", "pk"))
    order = [state.code for state in adopted.definition.lifecycle.states]
    for spec in plan.entries:
        raw = dict(spec["values"])
        for code, known in (("f_organisation", organisations), ("f_person", persons)):
            if code in raw:
                raw[code] = known[raw[code]]
        if "f_link" in raw:
            raw["f_link"] = plan.made[0].pk if plan.made else None
        subject = organisations[spec["subject"]]
        days = spec["days"]
        entry = create_entry(by=officer, at=AT, on=days[0], register=adopted.code, values=raw, subject_id=subject)
        spells = [[order[0], days[0], None, False]]
        for place in range(spec["moves"]):
            take_step(by=officer, at=AT, on=days[place + 1], entry_id=entry.pk, step=f"go_{order[place + 1]}")
            spells[-1][2] = days[place + 1]
            spells.append([order[place + 1], days[place + 1], None, False])
        if spec["back"] and spells[-1][0] == order[-1]:
            take_step(by=officer, at=AT, on=days[-1], entry_id=entry.pk, step="back", reason="填错")
            spells[-1][2:] = [days[-1], True]
            spells.append([order[-2], days[-1], None, False])
        values = EntryBody.objects.get(pk=entry.pk).values
        assert_stored(adopted, raw, values)
        plan.made.append(Made(entry.pk, subject, values, spells))
    numbers = Entry.objects.filter(register=adopted.id).values_list("number", flat=True)
    assert len(set(numbers)) == len(plan.entries)


def assert_stored(adopted: Adopted, raw: dict[str, Any], values: dict[str, Any]) -> None:
    """What was given is what is kept: money in fen, everything else as it was written."""
    for code, value in raw.items():
        wanted = int(Decimal(value) * 100) if code == "f_money" else value
        if code == "f_rows":
            assert len(values[code]) == len(value)
            for given_row, kept in zip(value, values[code], strict=True):
                assert {key: item for key, item in given_row.items() if item != ""} == kept
        elif wanted not in (None, ""):
            assert values[code] == wanted, code
    if "how_many" in adopted.fields:
        assert values.get("how_many", 0) == len(raw.get("f_rows", []))


def lists(plan: Planned, adopted: Adopted, officer: Actor) -> None:
    """Filters, ranges and sorting against the same done in Python."""

    def asked(**question: Any) -> list[int]:
        return [entry.pk for entry in list_entries(viewer=officer, adopted=adopted, question=Question(**question), on=plan.today)]

    made = plan.made
    assert asked() == [item.pk for item in reversed(made)]
    for state in {item.spells[-1][0] for item in made}:
        assert set(asked(states=(state,))) == {item.pk for item in made if item.spells[-1][0] == state}
    if "f_choice" in adopted.fields:
        assert set(asked(filters={"f_choice": ("c1",)})) == {item.pk for item in made if item.values.get("f_choice") == "c1"}
    if "f_choices" in adopted.fields:
        assert set(asked(filters={"f_choices": ("c1",)})) == {item.pk for item in made if "c1" in item.values.get("f_choices", [])}
    if "f_yes_no" in adopted.fields:
        assert set(asked(filters={"f_yes_no": ("false",)})) == {item.pk for item in made if item.values.get("f_yes_no") is False}
    for code in ("f_integer", "f_decimal", "f_percent", "f_date"):
        if code not in adopted.fields:
            continue
        known = [(comparable(item.values[code]), item.pk) for item in made if code in item.values]
        without = [item.pk for item in made if code not in item.values]
        assert asked(sort=code) == [pk for _value, pk in sorted(known)] + without, code
        assert asked(sort=f"-{code}") == [pk for _value, pk in sorted(known, reverse=True)] + without[::-1], code
        if known:
            middle = sorted(known)[len(known) // 2][0]
            assert set(asked(ranges={code: (str(middle), "")})) == {pk for value, pk in known if value >= middle}
            assert set(asked(ranges={code: ("", str(middle))})) == {pk for value, pk in known if value <= middle}


def comparable(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) and value.count("-") == 2 and len(value) == 10 else Decimal(str(value))


# --------------------------------------------------------------------------------------------------- recounting
def counts(plan: Planned, adopted: Adopted) -> None:
    for counter, said in zip(adopted.definition.counters, plan.definition["counters"], strict=True):
        for on in (plan.today, END, date(plan.today.year, 1, 1), plan.today + timedelta(days=1)):
            value, _number = measure(adopted, counter, counted_entries(adopted, counter, None, on))
            wanted = recount(said, plan.made, on)
            assert (value is None) == (wanted is None), (said, on, value, wanted)
            if wanted is not None and value is not None:
                assert abs(value - wanted) <= Decimal("0.01"), (said, on, value, wanted)


def recount(counter: dict[str, Any], made: list[Made], on: date) -> Decimal | None:
    span = {"year": date(on.year, 1, 1), "since": date(2025, 7, 1), "at": None}[counter["per"]]
    chosen = [item for item in made if _counts(counter, item, on, span)]
    of = counter.get("of", "")
    if counter["how"] in {"sum", "average", "latest"} or (counter["how"] == "distinct" and of != "subject"):
        chosen = [item for item in chosen if of in item.values]

    def when(item: Made) -> Any:
        return item.values.get("f_date", "9999") if counter.get("date") else str(item.spells[-1][1])

    if counter["how"] == "latest":
        newest: dict[int, Made] = {}
        for item in sorted(chosen, key=lambda item: (when(item), item.pk)):
            newest[item.subject] = item
        chosen = list(newest.values())
    if counter.get("once"):
        first: dict[Any, Made] = {}
        for item in sorted(chosen, key=lambda item: (when(item), item.pk)):
            first.setdefault(item.values.get(counter["once"][0], ("itself", item.pk)), item)
        chosen = list(first.values())
    if counter["how"] in {"count", "share"}:
        return Decimal(len(chosen))
    if counter["how"] == "distinct":
        return Decimal(len({item.subject if of == "subject" else item.values[of] for item in chosen}))
    numbers = [Decimal(str(item.values[of])) / (100 if of == "f_money" else 1) for item in chosen]
    if not numbers:
        return None
    return sum(numbers) / (len(numbers) if counter["how"] == "average" else 1)


def _counts(counter: dict[str, Any], item: Made, on: date, span: date | None) -> bool:
    states = counter["where"][0]["state"]
    stood = [spell for spell in item.spells if spell[1] <= on and (spell[2] is None or spell[2] > on)]
    if not stood or stood[-1][0] not in states or not all(_holds(condition, item.values) for condition in counter["where"][1:]):
        return False
    if counter.get("date"):
        day = item.values.get("f_date")
        return day is not None and str(span or "") <= day <= str(on)
    if span is None:
        return True
    entered = [spell[1] for spell in item.spells if spell[0] in states and not spell[3] and spell[1] <= on]
    return any(day >= span for day in entered) and all(day >= span for day in entered)


def _holds(condition: dict[str, Any], values: dict[str, Any]) -> bool:
    value = values.get(condition["field"])
    if value is None:
        return False
    if "in" in condition or "is" in condition:
        wanted = condition.get("in") or [condition["is"]]
        return bool(set(value) & set(wanted)) if isinstance(value, list) else value in wanted
    number = Decimal(str(value)) / (100 if condition["field"] == "f_money" else 1)
    tests = {"at_least": number.__ge__, "at_most": number.__le__, "above": number.__gt__, "below": number.__lt__}
    return all(bool(test(Decimal(str(condition[key])))) for key, test in tests.items() if key in condition)


# ----------------------------------------------------------------------------------------------------- and back
def values_of(adopted: Adopted) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(register=adopted.id, voided_at__isnull=True).select_related("body").order_by("pk")
    return [{**row.body.values, "state": row.state, "subject": row.subject_id} for row in rows]


def workbook(adopted: Adopted, officer: Actor) -> None:
    """Uploaded as it was downloaded, nothing changes; with the numbers taken out, the same entries are added once more."""
    entries = Entry.objects.filter(register=adopted.id).select_related("body", "subject", "subject_person").order_by("pk")
    out = io.BytesIO()
    write_sheet(viewer=officer, adopted=adopted, entries=entries, out=out)
    sheet = read_sheet(viewer=officer, adopted=adopted, upload=out)
    assert (sheet.rows, sheet.unchanged) == ([], entries.count())
    before = values_of(adopted)
    book = load_workbook(out)
    for row in book.worksheets[0].iter_rows(min_row=2, max_col=2):
        for cell in row:
            cell.value = None
    out = io.BytesIO()
    book.save(out)
    with transaction.atomic():
        for entry in entries:
            void_entry(by=officer, at=AT, on=END, entry_id=entry.pk, reason="重新登记")
        applied = apply_sheet(by=officer, at=AT, on=END, sheet=read_sheet(viewer=officer, adopted=adopted, upload=out))
        assert (applied.added, applied.stayed) == (len(before), [])
        again = values_of(adopted)
        initial = adopted.definition.lifecycle.initial
        left_out = {"f_rows", "how_many"}  # rows of a table belong to a number
        wanted = [{code: value for code, value in row.items() if code not in left_out} | {"state": initial} for row in before]
        assert [{code: value for code, value in row.items() if code not in left_out} for row in again] == wanted
        transaction.set_rollback(True)


def exported_and_imported(plan: Planned, adopted: Adopted, officer: Actor, system: Actor, format_: str) -> None:
    """The export goes into a second register of the same kind, columns recognised by their headings."""
    fields = [{**item, **({"to": "generated"} if item["type"] == "link" else {})} for item in plan.definition["fields"]]
    second = adopt(system, {**plan.definition, "id": f"second_{format_}", "prefix": format_.upper(), "fields": fields, "counters": []})
    rows = export_rows(viewer=officer, adopted=adopted, question=Question(sort="number"), on=END)
    content = b"".join(export_table(format_, export_columns(adopted), rows))
    kind = f"register-{second.code}"
    batch = start_import(
        by=officer, kind=kind, source="再导入", upload=io.BytesIO(content), name=f"导出.{format_}", region="120106", at=AT
    )  # fmt: skip
    columns = dict(batch.columns)
    assert columns == suggest(declare.get(kind), batch.options["header"])
    del columns["number"]  # the numbers are those of the first register
    confirm_mapping(by=officer, batch_id=batch.pk, columns=columns, at=AT)
    run_import(by=officer, batch_id=batch.pk, clock=lambda: AT)
    assert not list(QuarantinedRow.objects.filter(batch=batch).values_list("problems", flat=True))
    left_out = {item["code"] for item in fields if item["type"] in NOT_IMPORTED or "compute" in item}
    assert distinct(values_of(second), left_out) == distinct(values_of(adopted), left_out)


def distinct(rows: list[dict[str, Any]], left_out: set[str]) -> dict[str, int]:
    """Rows with the values that an import carries; an import takes two that are alike for one."""
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        told = {code: value for code, value in row.items() if code not in left_out and code != "state"}
        found[repr(sorted(told.items()))] = 1
    return dict(found)
