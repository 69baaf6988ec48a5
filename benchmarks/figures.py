"""Opening a figure: time from metric, region and date to value, definition, sources and the first 20 records.

Beside each stands a plain recount: one hand-written query that counts or sums the same thing without validity read back
through moves, without duplicates taken out by rule, without sources and without any record. Every size is generated anew
into a throw-away database (SQLite, or the one of DATABASE_URL in which an own database is made by Django's test runner).

    python -m benchmarks.figures [ORGANISATIONS …]        default: 7000 70000; --large of `python -m benchmarks`: 70000 300000
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.db.models import Model

from benchmarks import _django  # starts Django before the tables below are imported
from wulian.directory.access import region_closure
from wulian.directory.models import (
    FactValue,
    IPHolding,
    IPRight,
    Organisation,
    RegionFactValue,
    RegionMove,
    Source,
    SourceRecord,
    TitleGrant,
)
from wulian.directory.selectors.figures import list_records, open_figure
from wulian.directory.services.regions import load_regions
from wulian.foundation.access import system
from wulian.foundation.catalogue import metrics

AT = datetime(2026, 6, 30, tzinfo=UTC)
ON = date(2026, 6, 30)
TITLES = {"hnte": 0.15, "tech_sme": 0.16, "innovative_sme": 0.08, "srdi": 0.04, "eaglet": 0.06, "gazelle": 0.006, "little_giant": 0.004}
RUNS = 30

RECOUNT = {
    "titles": "SELECT COUNT(DISTINCT t.organisation_id) FROM directory_titlegrant t JOIN directory_organisation o ON o.id = t.organisation_id "
    "WHERE t.kind = '{kind}' AND t.valid_from <= '{on}' AND t.valid_to > '{on}' AND o.region_id IN ({regions})",
    "patents": "SELECT COUNT(DISTINCT r.id) FROM directory_ipright r JOIN directory_ipholding h ON h.ip_right_id = r.id "
    "JOIN directory_organisation o ON o.id = h.organisation_id WHERE r.kind = 'invention' AND r.granted_on <= '{on}' "
    "AND (r.lapsed_on IS NULL OR r.lapsed_on > '{on}') AND o.region_id IN ({regions})",
    "facts": "SELECT SUM(f.value) FROM directory_factvalue f JOIN directory_organisation o ON o.id = f.organisation_id "
    "WHERE f.fact = '{fact}' AND f.year = 2025 AND f.is_current AND o.region_id IN ({regions})",
    "organisations": "SELECT COUNT(*) FROM directory_organisation o WHERE o.region_id IN ({regions}) AND o.established_on <= '{on}'",
}


def write(model: type[Model], rows: list[Model]) -> None:
    model._default_manager.bulk_create(rows, batch_size=2000)


def generate(size: int) -> None:
    """A city of `size` organisations: titles with renewals, patents with co-owners, three years of facts of every fifth firm, moves."""
    dice = random.Random(size)
    load_regions(by=system("benchmark"))
    regions = sorted(region_closure("120000") - {"120000"})
    source = Source.objects.create(code="bench", name="合成登记", is_synthetic=True)
    day0 = date(1990, 1, 1)
    write(
        Organisation,
        [
            Organisation(
                name=f"天津合成{number}有限公司",
                name_key=f"天津合成{number}有限公司",
                region_id=dice.choice(regions),
                status="active",
                established_on=day0 + timedelta(days=dice.randrange(13_300)),
                is_synthetic=True,
                created_at=AT,
                updated_at=AT,
            )
            for number in range(size)
        ],
    )
    ids = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    write(
        SourceRecord,
        [SourceRecord(source=source, key=str(i), organisation_id=i, values={}, digest="", first_seen_at=AT, last_seen_at=AT) for i in ids],
    )
    grants = []
    for kind, share in TITLES.items():
        for holder in dice.sample(ids, int(size * share)):
            start = date(2019, 1, 1) + timedelta(days=dice.randrange(1000))
            while start < ON:  # renewed every three years, a little before the old one ends
                end = start + timedelta(days=1096)
                grants.append(
                    TitleGrant(organisation_id=holder, kind=kind, granted_on=start, valid_from=start, valid_to=end, source=source)
                )
                start = end - timedelta(days=dice.randrange(60)) if dice.random() < 0.8 else ON
    write(TitleGrant, grants)
    rights = [
        IPRight(
            kind="invention" if number % 2 else "utility",
            number=f"ZL{number:09}",
            title=f"一种合成装置{number}",
            granted_on=date(2008, 1, 1) + timedelta(days=dice.randrange(6700)),
            lapsed_on=date(2015, 1, 1) + timedelta(days=dice.randrange(9000)) if dice.random() < 0.3 else None,
            source=source,
        )
        for number in range(int(size * 1.6))
    ]
    write(IPRight, rights)
    owners = dice.sample(ids, max(1, size // 8))
    write(
        IPHolding,
        [
            IPHolding(ip_right=right, organisation_id=owner, position=position)
            for right in rights
            for position, owner in enumerate(dice.sample(owners, 2 if dice.random() < 0.12 else 1), 1)
        ],
    )
    facts = []
    for holder in dice.sample(ids, size // 5):
        revenue = int(dice.lognormvariate(21.5, 1.5))
        for year in (2023, 2024, 2025):
            for code, value in (
                ("revenue", revenue),
                ("rd_expense", int(revenue * dice.uniform(0.01, 0.12))),
                ("staff_rd", dice.randrange(1, 60)),
            ):
                facts.append(
                    FactValue(
                        organisation_id=holder, fact=code, year=year, value=value, source=source, as_of=date(year, 12, 31), recorded_at=AT
                    )
                )
    write(FactValue, facts)
    movers = dice.sample(ids, size // 200)
    write(
        RegionMove,
        [
            RegionMove(
                organisation_id=who,
                from_region_id=dice.choice(regions),
                to_region_id=dice.choice(regions),
                moved_on=date(2025, 1, 1) + timedelta(days=dice.randrange(700)),
            )
            for who in movers
        ],
    )
    for code, value in (
        ("gdp", 18_000 * 10**10),
        ("population", 13_640_000),
        ("rd_expense_society", 640 * 10**10),
        ("tech_contract_turnover", 2_000 * 10**10),
    ):
        RegionFactValue.objects.create(
            region_id="120000",
            fact=code,
            year=2025,
            value=value,
            verification="verified",
            source=source,
            as_of=date(2025, 12, 31),
            recorded_at=AT,
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds over RUNS runs, the first one included: nothing is kept between runs."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        act()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.95)]


def recount(metric: str) -> str | None:
    regions = ", ".join(f"'{code}'" for code in sorted(region_closure("120000")))
    kind = metric.removesuffix("_valid")
    if kind in TITLES:
        return RECOUNT["titles"].format(kind=kind, on=ON, regions=regions)
    if metric == "invention_patents_valid":
        return RECOUNT["patents"].format(on=ON, regions=regions)
    if metric in {"rd_expense_enterprises", "rd_staff_enterprises"}:
        return RECOUNT["facts"].format(fact="staff_rd" if "staff" in metric else "rd_expense", regions=regions)
    if metric == "organisations_total":
        return RECOUNT["organisations"].format(on=ON, regions=regions)
    return None


def plain(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.fetchall()


def measure(size: int) -> dict[str, float]:
    """Print the times of every metric and give the median of opening each, in milliseconds."""
    viewer = system("benchmark")
    print(
        f"\n{size:,} organisations, {TitleGrant.objects.count():,} titles, {IPRight.objects.count():,} IP rights, {FactValue.objects.count():,} facts"
    )
    print(f"{'metric':28}{'value':>16}{'open p50':>10}{'p95 ms':>9}{'CPU':>7}{'list p95':>10}{'recount p95':>13}")
    worst = 0.0
    medians = {}
    for metric in metrics.all_metrics():
        figure = open_figure(viewer, metric.code, "120000", ON)
        p50, p95 = timed(lambda: open_figure(viewer, metric.code, "120000", ON))  # noqa: B023  (called at once)
        started = time.process_time()
        open_figure(viewer, metric.code, "120000", ON)
        busy = (time.process_time() - started) * 1000  # what remains of it where other work does not hold it up
        _, listing = timed(lambda: list(list_records(viewer, metric.code, "120000", ON).records[:50]))  # noqa: B023
        sql = recount(metric.code)
        beside = f"{timed(lambda: plain(sql))[1]:.1f}" if sql else "–"  # noqa: B023
        value = "unknown" if figure.value.value is None else f"{figure.value.value:,.2f}"
        print(f"{metric.code:28}{value:>16}{p50:>10.1f}{p95:>9.1f}{busy:>7.1f}{listing:>10.1f}{beside:>13}", flush=True)
        worst = max(worst, p95)
        medians[metric.code] = p50
    print(
        f"slowest p95 to open: {worst:.1f} ms (promise at 70,000: 100 ms); load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    return medians


def growth(small: int, large: int, before: dict[str, float], after: dict[str, float]) -> None:
    """How much longer opening takes in the larger register; as much as the register has grown is in proportion."""
    times = sorted((after[code] / before[code], code) for code in before if before[code] > 0)
    middle, (most, code) = times[len(times) // 2][0], times[-1]
    print(
        f"growth from {small:,} to {large:,} organisations (x {large / small:.1f}): opening takes x {middle:.1f} in the middle, x {most:.1f} at most ({code})"
    )


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [7_000, 70_000]
    embedded = connection.vendor == "sqlite"
    earlier: tuple[int, dict[str, float]] | None = None
    for size in sizes:
        old = connection.settings_dict["NAME"]
        # A file, as an installation has it: Django would otherwise test in a shared memory, which locks on every page.
        connection.settings_dict["TEST"]["NAME"] = f"{tempfile.gettempdir()}/wulian-bench-{os.getpid()}.sqlite3" if embedded else None
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            generate(size)
            medians = measure(size)
            if earlier:
                growth(earlier[0], size, earlier[1], medians)
            earlier = size, medians
        finally:
            connection.creation.destroy_test_db(old, verbosity=0)


if __name__ == "__main__":
    _django.announce()
    main()
