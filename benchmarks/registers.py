"""A large register: lists, counters with their entries, and writing 1,000 rows of a table, as the register grows.

Entries are made in bulk with the writer of the imports, so columns, search words and states are those of real entries. A list is
its count and its first page with all cells; opening a counter is what the drawer of a figure does. Beside each figure stands
a plain baseline on the same machine in the same run: the same list asked of the JSON values, the same counter recounted
over all entries in Python. `cpu` is the processor time of this process: on SQLite all there is, whatever else the machine does.

    python -m benchmarks.registers [ENTRIES …]        default: 10000 50000 200000
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from benchmarks import _django  # starts Django before the tables below are imported
from wulian.directory.access import region_closure
from wulian.directory.models import Organisation, Person
from wulian.directory.selectors.figures import open_figure
from wulian.directory.services.regions import load_regions
from wulian.engines.lifecycle.moves import deadline
from wulian.engines.registers import CounterDefinition
from wulian.foundation.access import ANONYMOUS, Actor, Grant, Role, system
from wulian.foundation.bulk import refresh_statistics
from wulian.foundation.catalogue.metrics import scope_of
from wulian.foundation.imports.declare import Context, Row
from wulian.kernel.money import UNITS
from wulian.registers.catalogue import Adopted
from wulian.registers.importing import EntryWriter, NewEntry
from wulian.registers.metrics import metric_of
from wulian.registers.models import Entry, StateSpell
from wulian.registers.selectors.counting import breakdown, counted_entries
from wulian.registers.selectors.entries import facet_counts
from wulian.registers.selectors.questions import Question, list_entries
from wulian.registers.selectors.showing import rows_of
from wulian.registers.selectors.todo import todo_counts
from wulian.registers.services import writing
from wulian.registers.services.definitions import adopt_definition

BY = system("benchmark")
AT = datetime(2026, 6, 30, tzinfo=UTC)
ON = date(2026, 6, 30)
RUNS = 20
STATES = ("draft", "running", "ended")
SYLLABLES = "天地人和科技创新产业企业平台成果转化服务研发制造材料生物能源信息网络数据模型安全绿色低碳海洋航空轨道医药农业粮食"

TEXT = """\
id: trials
chain: talent
prefix: BEN
name: {zh: 试验, en: Trials}
serves: [T3]
purpose: {zh: 度量用, en: For measuring}
subject: person
level: [city, district]
create: [officer]
audience: parties
public_in: [running]
fields:
  - {code: name, type: text, label: {zh: 名目, en: Name}, required_from: always, visible: public}
  - {code: code, type: text, label: {zh: 代号, en: Code}, unique: true}
  - {code: partners, type: organisation, multiple: true, label: {zh: 参与单位, en: Partners}}
  - {code: note, type: long_text, label: {zh: 说明, en: Note}}
  - {code: kind, type: choice, label: {zh: 类别, en: Kind}, choices: [KINDS]}
  - {code: area, type: choice, label: {zh: 领域, en: Area}, choices: [KINDS]}
  - {code: fee, type: money, label: {zh: 经费, en: Fee}}
  - {code: began_on, type: date, label: {zh: 开始, en: Began}}
lifecycle:
  initial: draft
  states:
    - {code: draft, label: {zh: 拟办, en: Draft}, meaning: {zh: 未开始, en: Not begun}, days: 10}
    - {code: running, label: {zh: 在办, en: Running}, meaning: {zh: 已开始, en: Begun}}
    - {code: ended, label: {zh: 结束, en: Ended}, meaning: {zh: 已结束, en: Over}, ended: true}
  transitions:
    - {code: start, label: {zh: 开始, en: Start}, from: [draft], to: running, who: [officer]}
    - {code: finish, label: {zh: 结束, en: Finish}, from: [running], to: ended, who: [officer]}
counters:
  - {code: count_year, label: &l {zh: 项数, en: Number}, how: count, per: year, where: [{state: [running, ended]}], unit: 项, definition: *l}
  - {code: persons_year, label: {zh: 人数, en: Persons}, how: distinct, of: subject, per: year, date: began_on, unit: 人, definition: *l}
  - {code: partners_year, label: {zh: 单位, en: Units}, how: distinct, of: partners, per: year, date: began_on, unit: 家, definition: *l}
  - {code: fee_year, label: {zh: 经费, en: Fees}, how: sum, of: fee, per: year, date: began_on, by: [area], unit: 万元, definition: *l}
  - {code: standing, label: {zh: 在办, en: Standing}, how: count, per: at, where: [{state: [running]}], unit: 项, definition: *l}
  - code: once
    label: {zh: 每人一次, en: Once each}
    how: count
    per: year
    date: began_on
    once: [subject, kind]
    unit: 项
    definition: *l
  - code: part
    label: {zh: 占比, en: Share}
    how: share
    per: at
    base: [{state: [running, ended]}]
    where: [{field: kind, in: [k1, k2]}]
    unit: '%'
    definition: *l
views: {title: name, columns: [name, subject, kind, area, fee, began_on, state], filters: [kind, area, fee, began_on]}
""".replace("KINDS", ", ".join(f"{{code: k{n}, label: {{zh: 类{n}, en: Kind {n}}}}}" for n in range(1, 9)))

OFFICER = Actor(1, "市科技局", (Grant(Role.OFFICER, region="120000"),))  # its regions are filled in once they are loaded
QUESTIONS = {
    "no filter": Question(),
    "one choice": Question(filters={"kind": ("k1",)}),
    "half of the choices": Question(filters={"kind": ("k1", "k2", "k3", "k4")}),
    "two choices and a range": Question(filters={"kind": ("k1",), "area": ("k2", "k3")}, ranges={"fee": ("10000", "50000")}),
    "one state": Question(states=("running",)),
    "one region": Question(regions=("120106",)),
    "late": Question(late=True),
    "words in 4 of 10": Question(text="智能 装置"),
    "words in every entry": Question(text="一种"),
    "rare words": Question(text="装置777"),
    "words and a choice": Question(text="智能", filters={"kind": ("k1",)}),
    "sorted by number": Question(sort="number"),
    "sorted by fee": Question(sort="-fee"),
    "sorted by fee, upwards": Question(sort="fee"),
    "a choice, sorted by fee": Question(filters={"kind": ("k1",)}, sort="-fee"),
    "sorted by title": Question(sort="title"),
    "sorted by change": Question(sort="-updated"),
}
# The same questions over the JSON values (PostgreSQL and SQLite read a key in the same way through the ORM).
PLAIN: dict[str, tuple[dict[str, Any], str]] = {
    "no filter": ({}, "-pk"),
    "one choice": ({"body__values__kind": "k1"}, "-pk"),
    "half of the choices": ({"body__values__kind__in": ["k1", "k2", "k3", "k4"]}, "-pk"),
    "two choices and a range": (
        {"body__values__kind": "k1", "body__values__area__in": ["k2", "k3"], "body__values__fee__gte": 1_000_000, "body__values__fee__lte": 5_000_000},
        "-pk",
    ),
    "words in 4 of 10": ({"body__values__name__icontains": "智能"}, "-pk"),
    "rare words": ({"body__values__name__icontains": "装置777"}, "-pk"),
    "sorted by fee": ({}, "-body__values__fee"),
}  # fmt: skip


def made(adopted: Adopted, first: int, count: int, people: list[int], units: list[int]) -> Iterator[NewEntry]:
    dice = random.Random(first)
    regions = sorted(region_closure("120000") - {"120000"})
    for number in range(first, first + count):
        state, since = dice.choice(STATES), date(2023, 1, 1) + timedelta(days=dice.randrange(1270))
        values = {
            "name": f"一种{''.join(dice.choices(('高效', '节能', '智能', '自动', '检测', '控制'), k=3))}装置{number}", "code": f"C{number}",
            "kind": f"k{dice.randrange(1, 9)}", "area": f"k{dice.randrange(1, 9)}", "fee": dice.randrange(10_000, 10_000_000),
            "began_on": str(since), "partners": dice.sample(units, dice.randrange(3)), "note": "".join(dice.choices(SYLLABLES, k=120)),
        }  # fmt: skip
        if not number % 10:
            del values["fee"]
        due = deadline(adopted.lifecycle.state(state), since)
        entry = Entry(
            register_id=adopted.id, version=adopted.version, state=state, state_since=since, due_on=due.day if due else None,
            region_id=dice.choice(regions), subject_person_id=dice.choice(people), created_at=AT, updated_at=AT - timedelta(minutes=number % 99_991),
            batch_id=1,
        )  # fmt: skip
        yield NewEntry(entry, writing.merged(adopted, {}, values))


def grow(adopted: Adopted, size: int, people: list[int], units: list[int]) -> None:
    """Bring the register to `size` entries. What is ended had been running for a while before."""
    writer = EntryWriter(adopted, Context(1, "bench", BY, "120000", None, AT, ON))
    for first in range(Entry.objects.filter(voided_at__isnull=True).count(), size, 2_000):
        with transaction.atomic():
            new = list(made(adopted, first, min(2_000, size - first), people, units))
            writer.create(new)
            ended = [item.entry for item in new if item.entry.state == "ended"]
            earlier = [(entry, entry.state_since - timedelta(days=90)) for entry in ended]
            StateSpell.objects.bulk_create(
                StateSpell(entry=entry, register_id=adopted.id, state="running", entered_on=began, left_on=entry.state_since)
                for entry, began in earlier
            )
    refresh_statistics(Entry, StateSpell)  # as the daily job does
    if connection.vendor == "postgresql":  # as autovacuum does
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def timed(act: Callable[[], object], runs: int = RUNS) -> tuple[float, float, float]:
    """Median, 95th percentile, and median of the time that this process was given the processor, in milliseconds."""
    taken, worked = [], []
    for _ in range(runs):
        start, began = time.perf_counter(), time.process_time()
        act()
        taken.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - began) * 1000)
    taken.sort()
    worked.sort()
    return taken[len(taken) // 2], taken[min(int(len(taken) * 0.95), len(taken) - 1)], worked[len(worked) // 2]


GROWTH: dict[str, list[str]] = {}  # line -> p95 at each size


def line(what: str, act: Callable[[], object], promise: int | None, plain: Callable[[], object] | None = None) -> None:
    p50, p95, work = timed(act)
    beside = f"{timed(plain, 1)[0]:.0f}" if plain else "–"
    over = " over" if promise is not None and p95 > promise else ""
    print(f"{what:<44}{p50:>9.0f}{p95:>9.0f}{work:>9.0f}{promise or '–':>9}{over:<6}{beside:>10}", flush=True)
    GROWTH.setdefault(what, []).append(f"{p95:.0f}{over}")


def page(viewer: Actor, adopted: Adopted, question: Question) -> None:
    entries = list_entries(viewer=viewer, adopted=adopted, question=question, on=ON)
    entries.order_by().count()
    rows_of(viewer, adopted, entries[:50], adopted.definition.views.columns, ON)


def plain_page(adopted: Adopted, filters: dict[str, Any], order: str) -> None:
    found = Entry.objects.filter(register=adopted.id, **filters)
    found.count()
    key = F(order.removeprefix("-"))
    list(found.order_by(key.desc(nulls_last=True)).select_related("body")[:50])


def recount(counter: CounterDefinition, on: date) -> Decimal:
    """The counter by hand, over every entry: what a script over exported JSON would do."""
    firsts: set[Any] = set()
    total, base = Decimal(0), 0
    rows = Entry.objects.filter(voided_at__isnull=True).values_list("subject_person", "state", "state_since", "body__values")
    for subject, state, since, values in rows.iterator(chunk_size=5_000):
        # What is ended had come into a counted state 90 days before (see `grow`).
        began = date.fromisoformat(values["began_on"]) if counter.date else since - timedelta(days=90 * (state == "ended"))
        if counter.per == "year" and not date(on.year, 1, 1) <= began <= on:
            continue
        if (counter.code in {"count_year", "part"} and state not in {"running", "ended"}) or (
            counter.code == "standing" and state != "running"
        ):
            continue
        base += 1
        if counter.code == "part" and values.get("kind") not in {"k1", "k2"}:
            continue
        if counter.how == "sum":
            total += values.get("fee") or 0
        elif counter.how == "distinct":
            firsts.update([subject] if counter.of == "subject" else values.get("partners", ()))
        elif counter.once:
            firsts.add((subject, values.get("kind")))
        else:
            total += 1
    return Decimal(len(firsts)) if firsts else total


def measure_all(adopted: Adopted, size: int, people: list[int]) -> None:
    print(f"\n{size:,} entries, {StateSpell.objects.count():,} spells; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':<44}{'p50 ms':>9}{'p95 ms':>9}{'cpu p50':>9}{'promise':>9}{'':<6}{'plain':>10}")
    city = replace(OFFICER, grants=tuple(replace(grant, regions=region_closure("120000")) for grant in OFFICER.grants))
    district = Actor(2, "区科技局", (Grant(Role.OFFICER, regions=region_closure("120106")),))
    firm = Actor(3, "企业", (Grant(Role.ENTERPRISE, 7, regions=region_closure("120106")),))
    for name, question in QUESTIONS.items():
        by_json = partial(plain_page, adopted, *PLAIN[name]) if name in PLAIN else None
        line(f"list: {name}", partial(page, city, adopted, question), 150, by_json)
    for who, viewer in (("a district officer", district), ("a firm", firm), ("nobody signed in", ANONYMOUS)):
        for name in ("no filter", "one choice", "words in 4 of 10"):
            line(f"list: {name}, for {who}", partial(page, viewer, adopted, QUESTIONS[name]), 150)
    names = ["state", "region", "kind", "area"]
    for name in ("no filter", "one choice", "words in 4 of 10"):
        ask = partial(facet_counts, viewer=city, adopted=adopted, question=QUESTIONS[name], on=ON, names=names)
        line(f"counts beside the filters: {name}", ask, 300)
    line("to-do counts of all registers", partial(todo_counts, viewer=city, on=ON), None)
    for counter in adopted.definition.counters:
        metric = metric_of(adopted, counter)
        for on in (ON, date(2025, 6, 30)):
            by_hand = partial(recount, counter, on) if on == ON else None
            line(f"counter: {counter.code} {on}", partial(metric.compute, scope_of("120000", on)), 300, by_hand)
        if (ours := metric.compute(scope_of("120000", ON)).parts["numerator" if counter.how == "share" else "records"]) is not None:
            expected = recount(counter, ON) / (UNITS["万元"] if counter.how == "sum" else 1)
            assert ours == expected, (counter.code, ours, expected)
        line(f"counter: {counter.code}, opened", partial(open_figure, city, metric.code, "120000", ON), 150)
        for code in counter.by:
            counted = counted_entries(adopted, counter, None, ON)
            line(f"counter: {counter.code} by {code}", partial(breakdown, adopted, counter, counted, code), 300)
    write_rows(adopted, size, people)


def write_rows(adopted: Adopted, size: int, people: list[int]) -> None:
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    rows: list[dict[str, Any]] = [
        {"subject": names[people[item]], "f_name": f"导入{size}-{item}", "f_code": f"N{size}-{item}", "f_kind": "k1", "f_fee": "3万元"}
        for item in range(1_000)
    ]
    for label in ("new", "the same again", "changed"):
        if label == "changed":
            numbers = Entry.objects.filter(batch_id=2, voided_at__isnull=True).order_by("pk").values_list("number", flat=True)
            rows = [{"number": number, "f_fee": "4万元"} for number in numbers[:100]]  # one by one, each with its checks and audit event
        start, began = time.perf_counter(), time.process_time()
        with transaction.atomic():
            context = Context(2, "bench", BY, "120000", None, AT, ON)
            outcomes = EntryWriter(adopted, context).write([Row(place, row, {}) for place, row in enumerate(rows)])
        seconds, work = time.perf_counter() - start, time.process_time() - began
        done = Counter(outcome.result.value for outcome in outcomes)
        what = f"writing {len(rows):,} rows of a table: {label}"
        print(f"{what}: {seconds:.1f} s ({work:.1f} s cpu), {dict(done)} (promise 5 s{', over' if seconds > 5 else ''})", flush=True)
        GROWTH.setdefault(f"{what}, ms", []).append(f"{seconds * 1000:.0f}")
    Entry.objects.filter(batch_id=2).update(voided_at=AT)


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [10_000, 50_000, 200_000]
    old = connection.settings_dict["NAME"]
    embedded = connection.vendor == "sqlite"
    connection.settings_dict["TEST"]["NAME"] = f"{tempfile.gettempdir()}/wulian-bench-{os.getpid()}.sqlite3" if embedded else None
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        load_regions(by=BY)
        adopted = adopt_definition(by=BY, at=AT, text=TEXT, file="trials.yaml")
        Person.objects.bulk_create([Person(name=f"某人{number}") for number in range(20_000)])
        Organisation.objects.bulk_create(
            [Organisation(name=f"单位{number}", name_key=f"单位{number}", created_at=AT, updated_at=AT) for number in range(2_000)]
        )
        people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
        units = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
        for size in sizes:
            grow(adopted, size, people, units)
            measure_all(adopted, size, people)
        if len(sizes) > 1:
            print(f"\ngrowth: p95 ms at{'':<30}{''.join(f'{size:>12,}' for size in sizes)}")
            for what, values in GROWTH.items():
                print(f"{what:<46}{''.join(f'{value:>12}' for value in values)}")
    finally:
        connection.creation.destroy_test_db(old, verbosity=0)


if __name__ == "__main__":
    _django.announce()
    main()
