"""Writing the synthetic world into the directory, in bulk. What is there already is left alone, so it can be run again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from hashlib import blake2b

from django.db import connection
from django.db.models import Model

from wulian.directory.models import (
    FactValue,
    IPHolding,
    IPRight,
    Organisation,
    OrganisationName,
    RegionFactValue,
    RegionMove,
    Source,
    SourceRecord,
    TitleGrant,
)
from wulian.foundation.access import Actor
from wulian.kernel.names import name_key

from .generate import World
from .generate.model import Firm
from .planfiles import Unit, units

REGISTER, STATISTICS, UNITS = "demo-register", "demo-statistics", "demo-units"
SOURCES = (
    (REGISTER, "演示登记库（合成）", True),
    (STATISTICS, "演示统计数据（合成）", True),
    (UNITS, "规划文件所列单位", False),
)
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Written:
    """Rows added by one run. `touched`: ids of organisations whose entry in the search index must be written."""

    organisations: int
    titles: int
    rights: int
    facts: int
    region_facts: int
    units: int
    touched: tuple[int, ...] = ()


def write_world(*, by: Actor, at: datetime, world: World) -> Written:
    """Everything of `world` that the directory does not hold yet; a firm that closed or moved since is brought up to date."""
    sources = {
        code: Source.objects.get_or_create(code=code, defaults={"name": name, "is_synthetic": True})[0]
        for code, name, synthetic in SOURCES
        if synthetic
    }
    register, statistics = sources[REGISTER], sources[STATISTICS]
    before = set(Organisation.objects.values_list("pk", flat=True))
    changed = write_firms(world.firms, at)
    ids = dict(Organisation.objects.filter(is_synthetic=True).exclude(uscc="").values_list("uscc", "pk"))
    write_histories(world.firms, ids, register, at)
    titles = insert(
        TitleGrant,
        ("organisation_id", "kind", "valid_from"),
        (
            TitleGrant(
                organisation_id=ids[title.code], kind=title.kind, certificate=title.certificate, granted_on=title.granted_on,
                valid_from=title.granted_on, valid_to=title.valid_to, revoked_on=title.revoked_on, source=register,
            )
            for title in world.titles
        ),
    )  # fmt: skip
    revoke_titles(world, ids)
    rights = write_rights(world, ids, register)
    facts = insert(
        FactValue,
        ("organisation_id", "fact", "year"),
        (
            FactValue(
                organisation_id=ids[figure.subject], fact=figure.fact, year=figure.year, value=figure.value,
                unknown_because=figure.unknown_because, source=statistics, as_of=date(figure.year, 12, 31), recorded_at=at,
            )
            for figure in world.figures
        ),
    )  # fmt: skip
    region_facts = insert(
        RegionFactValue,
        ("region_id", "fact", "year"),
        (
            RegionFactValue(
                region_id=figure.subject, fact=figure.fact, year=figure.year, value=figure.value, source=statistics,
                as_of=date(figure.year, 12, 31), recorded_at=at, verification=RegionFactValue.Verification.VERIFIED,
            )
            for figure in world.region_figures
        ),
    )  # fmt: skip
    named = write_units(at)
    refresh_statistics()
    new = set(Organisation.objects.values_list("pk", flat=True)) - before
    return Written(len(new) - named, titles, rights, facts, region_facts, named, tuple(sorted(new | changed)))


def refresh_statistics() -> None:
    """Tell PostgreSQL how large the tables have become: figures are computed before its own round of doing so."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in (Organisation, RegionMove, TitleGrant, IPRight, IPHolding, FactValue, RegionFactValue):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def insert(model: type[Model], key: tuple[str, ...], rows: Iterable[Model]) -> int:
    """Insert the rows whose `key` is not there yet. Returns how many were added."""
    present = set(model._default_manager.values_list(*key).order_by())
    new = [row for row in rows if tuple(getattr(row, name) for name in key) not in present]
    model._default_manager.bulk_create(new, batch_size=BATCH)
    return len(new)


def write_firms(firms: list[Firm], at: datetime) -> set[int]:
    """Add new firms and bring closed or moved ones up to date; returns the ids of the latter."""
    present = {row.uscc: row for row in Organisation.objects.filter(is_synthetic=True)}
    added = [
        Organisation(
            name=firm.name,
            name_key=name_key(firm.name),
            uscc=firm.code,
            kind=firm.kind,
            status=status_of(firm),
            region_id=firm.region,
            region_basis=Organisation.RegionBasis.ADDRESS,
            industry=firm.industry,
            established_on=firm.established_on,
            closed_on=firm.closed_on,
            capital_amount=firm.capital_fen,
            capital_currency="CNY" if firm.capital_fen is not None else "",
            address=firm.address,
            business_scope=firm.business_scope,
            legal_form=firm.legal_form,
            short_name=firm.short_name,
            is_synthetic=True,
            created_at=at,
            updated_at=at,
        )
        for firm in firms
        if firm.code not in present
    ]
    Organisation.objects.bulk_create(added, batch_size=BATCH)
    changed = []
    for firm in firms:
        row = present.get(firm.code)
        if row and (row.closed_on, row.region_id) != (firm.closed_on, firm.region):
            row.closed_on, row.region_id, row.address, row.status, row.updated_at = (
                firm.closed_on,
                firm.region,
                firm.address,
                status_of(firm),
                at,
            )
            changed.append(row)
    Organisation.objects.bulk_update(changed, ["closed_on", "region", "address", "status", "updated_at"], batch_size=BATCH)
    return {row.pk for row in changed}


def status_of(firm: Firm) -> str:
    return Organisation.Status.CANCELLED if firm.closed_on else Organisation.Status.ACTIVE


def write_histories(firms: list[Firm], ids: dict[str, int], source: Source, at: datetime) -> None:
    """Former names, moves and the source records from which the firms are said to come."""
    insert(
        OrganisationName,
        ("organisation_id", "kind", "name"),
        (
            OrganisationName(
                organisation_id=ids[firm.code], name=firm.former_name[0], name_key=name_key(firm.former_name[0]),
                kind=OrganisationName.Kind.FORMER, valid_to=firm.former_name[1],
            )
            for firm in firms
            if firm.former_name
        ),
    )  # fmt: skip
    insert(
        RegionMove,
        ("organisation_id", "moved_on"),
        (
            RegionMove(
                organisation_id=ids[firm.code], from_region_id=came_from, to_region_id=went_to, moved_on=day, basis="登记地址变更（合成）"
            )
            for firm in firms
            for day, came_from, went_to in firm.moves
        ),
    )
    insert(SourceRecord, ("source_id", "key"), (source_record(firm, ids[firm.code], source, at) for firm in firms))


def source_record(firm: Firm, organisation_id: int, source: Source, at: datetime) -> SourceRecord:
    seen = max(datetime.combine(firm.established_on, time(1), UTC), datetime(2019, 1, 1, tzinfo=UTC))
    values = {
        "企业名称": firm.name,
        "统一社会信用代码": firm.code,
        "注册日期": firm.established_on.isoformat(),
        "企业类型": firm.legal_form,
        "注册地址": firm.address,
    }
    digest = blake2b(repr(sorted(values.items())).encode(), digest_size=16).hexdigest()
    return SourceRecord(
        source=source,
        key=firm.code,
        organisation_id=organisation_id,
        values=values,
        digest=digest,
        first_seen_at=min(seen, at),
        last_seen_at=at,
    )


def revoke_titles(world: World, ids: dict[str, int]) -> None:
    """Titles that ended early with their firm since an earlier run."""
    ended = {(ids[title.code], title.kind, title.granted_on): title.revoked_on for title in world.titles if title.revoked_on}
    rows = [
        row
        for row in TitleGrant.objects.filter(
            organisation__is_synthetic=True, revoked_on__isnull=True, organisation__closed_on__isnull=False
        )
        if (row.organisation_id, row.kind, row.valid_from) in ended
    ]
    for row in rows:
        row.revoked_on = ended[row.organisation_id, row.kind, row.valid_from]
    TitleGrant.objects.bulk_update(rows, ["revoked_on"], batch_size=BATCH)


def write_rights(world: World, ids: dict[str, int], source: Source) -> int:
    added = insert(
        IPRight,
        ("kind", "number"),
        (
            IPRight(
                kind=right.kind, number=right.number, title=right.title, filed_on=right.filed_on, granted_on=right.granted_on,
                lapsed_on=right.lapsed_on, source=source,
            )
            for right in world.rights
        ),
    )  # fmt: skip
    stored = {row.number: row for row in IPRight.objects.filter(source=source)}
    insert(
        IPHolding,
        ("ip_right_id", "organisation_id"),
        (
            IPHolding(ip_right_id=stored[right.number].pk, organisation_id=ids[code], position=position)
            for right in world.rights
            for position, code in enumerate(right.holders, start=1)
        ),
    )
    lapsed = [right for right in world.rights if right.lapsed_on != stored[right.number].lapsed_on]
    for right in lapsed:
        stored[right.number].lapsed_on = right.lapsed_on
    IPRight.objects.bulk_update([stored[right.number] for right in lapsed], ["lapsed_on"], batch_size=BATCH)
    return added


def write_units(at: datetime) -> int:
    """The public bodies that the plans name. They are real, so they carry no made-up code and are not marked synthetic."""
    source = Source.objects.get_or_create(code=UNITS, defaults={"name": "规划文件所列单位"})[0]
    present = set(Organisation.objects.filter(name_key__in=[name_key(unit.name) for unit in units()]).values_list("name_key", flat=True))
    rows = [
        Organisation(
            name=unit.name,
            name_key=name_key(unit.name),
            kind=Organisation.Kind.GOVERNMENT,
            status=Organisation.Status.ACTIVE,
            region_id=unit.region,
            region_basis=Organisation.RegionBasis.OFFICER,
            short_name=unit.short,
            created_at=at,
            updated_at=at,
        )
        for unit in units()
        if name_key(unit.name) not in present
    ]
    Organisation.objects.bulk_create(rows)
    insert(
        OrganisationName,
        ("organisation_id", "kind", "name"),
        (
            OrganisationName(organisation=row, name=alias, name_key=name_key(alias), kind=OrganisationName.Kind.ALIAS)
            for row in rows
            for alias in unit_of(row.name).aliases
        ),
    )
    insert(
        SourceRecord,
        ("source_id", "key"),
        (
            SourceRecord(
                source=source,
                key=row.name,
                organisation=row,
                values=asdict(unit_of(row.name)),
                digest="",
                first_seen_at=at,
                last_seen_at=at,
            )
            for row in rows
        ),
    )
    return len(rows)


def unit_of(name: str) -> Unit:
    return next(unit for unit in units() if unit.name == name)
