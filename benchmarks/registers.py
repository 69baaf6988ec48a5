"""A large register: lists, counters with their entries, and writing 1,000 rows of a table, as the register grows.

Entries are made in bulk with the writer of the imports, so columns, search words and states are those of real entries. Beside
each figure stands a plain baseline: the same question put to the stored JSON values, without the columns.

    python -m benchmarks.registers [ENTRIES …]        default: 10000 50000 200000
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from benchmarks import _django  # starts Django before the tables below are imported
from wulian.directory.access import region_closure
from wulian.directory.models import Person
from wulian.directory.services.regions import load_regions
from wulian.engines.lifecycle.moves import deadline
from wulian.foundation.access import system
from wulian.foundation.imports.declare import Context, Result, Row
from wulian.registers.catalogue import Adopted
from wulian.registers.importing import EntryWriter, _New
from wulian.registers.models import Entry, StateSpell
from wulian.registers.selectors.counting import breakdown, counted_entries, measure
from wulian.registers.selectors.questions import Question, list_entries
from wulian.registers.selectors.showing import rows_of
from wulian.registers.services import writing
from wulian.registers.services.definitions import adopt_definition

BY = system("benchmark")
AT = datetime(2026, 6, 30, tzinfo=UTC)
ON = date(2026, 6, 30)
RUNS = 20
STATES = ("draft", "running", "ended")

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
audience: signed_in
fields:
  - {code: name, type: text, label: {zh: 名目, en: Name}, required_from: always}
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

QUESTIONS = {
    "no filter": Question(),
    "one choice": Question(filters={"kind": ("k1",)}),
    "two choices and a range": Question(filters={"kind": ("k1",), "area": ("k2", "k3")}, ranges={"fee": ("10000", "50000")}),
    "words": Question(text="智能 装置"),
    "rare words": Question(text="装置777"),
    "sorted by number": Question(sort="number"),
    "sorted by fee": Question(sort="-fee"),
    "one region": Question(regions=("120106",)),
    "late": Question(late=True),
}
# The same questions over the JSON values (PostgreSQL and SQLite read a key in the same way through the ORM).
PLAIN = {
    "one choice": {"body__values__kind": "k1"},
    "two choices and a range": {
        "body__values__kind": "k1", "body__values__area__in": ["k2", "k3"], "body__values__fee__gte": 1_000_000, "body__values__fee__lte": 5_000_000,
    },
    "words": {"body__values__name__icontains": "智能"},
    "rare words": {"body__values__name__icontains": "装置777"},
}  # fmt: skip


def made(adopted: Adopted, first: int, count: int, people: list[int]) -> Iterator[_New]:
    dice = random.Random(first)
    regions = sorted(region_closure("120000") - {"120000"})
    for number in range(first, first + count):
        state, since = dice.choice(STATES), date(2023, 1, 1) + timedelta(days=dice.randrange(1270))
        values = {
            "name": f"一种{''.join(dice.choices(('高效', '节能', '智能', '自动', '检测', '控制'), k=3))}装置{number}",
            "kind": f"k{dice.randrange(1, 9)}", "area": f"k{dice.randrange(1, 9)}", "fee": dice.randrange(10_000, 10_000_000),
            "began_on": str(since),
        }  # fmt: skip
        due = deadline(adopted.lifecycle.state(state), since)
        yield _New(
            Entry(
                register_id=adopted.id, version=adopted.version, state=state, state_since=since, due_on=due.day if due else None,
                region_id=dice.choice(regions), subject_person_id=dice.choice(people), created_at=AT, updated_at=AT, batch_id=1,
            ),
            writing.merged(adopted, {}, values), [], [],
        )  # fmt: skip


def grow(adopted: Adopted, size: int, people: list[int]) -> None:
    """Bring the register to `size` entries."""
    writer = EntryWriter(adopted, Context(1, "bench", BY, "120000", None, AT, ON))
    for first in range(Entry.objects.count(), size, 2_000):
        with transaction.atomic():
            new = made(adopted, first, min(2_000, size - first), people)
            writer._create([(place, item.entry, item.values, item.exceptions) for place, item in enumerate(new)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def timed(act: Callable[[], object], runs: int = RUNS) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        act()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[min(int(len(taken) * 0.95), len(taken) - 1)]


def line(what: str, act: Callable[[], object], promise: int, plain: Callable[[], object] | None = None) -> None:
    p50, p95 = timed(act)
    beside = f"{timed(plain, 5)[0]:.0f}" if plain else "–"
    print(f"{what:<44}{p50:>9.0f}{p95:>9.0f}{promise:>9}{'' if p95 <= promise else ' over':<6}{beside:>10}", flush=True)


def page(adopted: Adopted, entries: QuerySet[Entry]) -> None:
    entries.count()
    rows_of(BY, adopted, entries[:50], adopted.definition.views.columns, ON)


def plain_page(adopted: Adopted, filters: dict[str, object]) -> None:
    found = Entry.objects.filter(register=adopted.id, **filters)
    found.count()
    list(found.select_related("body")[:50])


def measure_all(adopted: Adopted, size: int, people: list[int]) -> None:
    print(f"\n{size:,} entries, {StateSpell.objects.count():,} spells; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':<44}{'p50 ms':>9}{'p95 ms':>9}{'promise':>9}{'':<6}{'plain p50':>10}")
    for name, question in QUESTIONS.items():
        plain = (lambda filters=PLAIN[name]: plain_page(adopted, filters)) if name in PLAIN else None
        line(
            f"list: {name}",
            lambda question=question: page(adopted, list_entries(viewer=BY, adopted=adopted, question=question, on=ON)),
            150,
            plain,
        )
    for counter in adopted.definition.counters:
        for on in (ON, date(2025, 6, 30)):

            def counted(counter=counter, on=on) -> QuerySet[Entry]:  # type: ignore[no-untyped-def]
                return counted_entries(adopted, counter, None, on)

            line(f"counter: {counter.code} {on}", lambda counted=counted, counter=counter: measure(adopted, counter, counted()), 300)
        line(f"counter: {counter.code}, its entries", lambda counted=counted: list(counted().order_by("-state_since", "-pk")[:20]), 150)
        for code in counter.by:
            line(f"counter: {counter.code} by {code}", lambda counted=counted, c=counter, f=code: breakdown(adopted, c, counted(), f), 300)
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    rows = [
        Row(item, {"subject": names[people[item]], "f_name": f"导入{size}-{item}", "f_kind": "k1", "f_fee": "3万元"}, {})
        for item in range(1_000)
    ]
    for label in ("first", "the same again"):
        start = time.perf_counter()
        with transaction.atomic():
            context = Context(2, "bench", BY, "120000", None, AT, ON)
            outcomes = EntryWriter(adopted, context).write(rows)
        created = sum(outcome.result is Result.CREATED for outcome in outcomes)
        print(f"writing 1,000 rows of a table, {label}: {time.perf_counter() - start:.1f} s, {created} new (promise 5 s)", flush=True)
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
        people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
        for size in sizes:
            grow(adopted, size, people)
            measure_all(adopted, size, people)
    finally:
        connection.creation.destroy_test_db(old, verbosity=0)


if __name__ == "__main__":
    _django.announce()
    main()
