"""Everything that is known of one organisation, as one archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wulian.directory.flags import flags_of
from wulian.directory.models import (
    FactValue,
    IPRight,
    Organisation,
    OrganisationName,
    RegionMove,
    SourceRecord,
    TitleGrant,
)
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import facts
from wulian.foundation.catalogue.facts import Fact, FactType
from wulian.kernel.problems import Problem

from .organisations import sees_all
from .values import FieldLine, field_lines

IP_SHOWN = 20


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact over the years. `values`: year -> current value or None."""

    fact: Fact
    values: dict[int, FactValue | None]

    @property
    def is_money(self) -> bool:
        return self.fact.type == FactType.MONEY

    def numbers(self) -> list[float | None]:
        """Values for a small chart, oldest first, in the fact's reading unit."""
        return [
            float(self.fact.to_decimal(row.value)) if row is not None and row.value is not None else None for row in self.values.values()
        ]


@dataclass(frozen=True, slots=True)
class TitleLine:
    grant: TitleGrant
    state: str  # valid, expired, revoked, coming

    @property
    def last_day(self) -> date | None:
        return date.fromordinal(self.grant.valid_to.toordinal() - 1) if self.grant.valid_to else None


@dataclass(frozen=True, slots=True)
class Event:
    on: date
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Archive:
    """`sees_all` false: public register data only, so facts, records and flags are empty."""

    organisation: Organisation
    sees_all: bool
    names: list[OrganisationName]
    titles: list[TitleLine]
    ip: list[IPRight]
    ip_in_force: dict[str, int]
    ip_count: int
    years: list[int]
    facts: list[FactLine]
    moves: list[RegionMove]
    records: list[SourceRecord]
    flags: list[Problem]
    events: list[Event]
    fields: list[FieldLine]

    @property
    def valid_titles(self) -> list[TitleLine]:
        return [line for line in self.titles if line.state == "valid"]

    @property
    def inventions(self) -> int:
        return self.ip_in_force.get(IPRight.Kind.INVENTION, 0)


def state_of_title(grant: TitleGrant, on: date) -> str:
    if grant.revoked_on and grant.revoked_on <= on:
        return "revoked"
    if grant.valid_from > on:
        return "coming"
    return "expired" if grant.valid_to and grant.valid_to <= on else "valid"


def family(organisation: Organisation) -> list[int]:
    """The organisation and those merged into it: their records are part of the archive."""
    ids, queue = [organisation.pk], [organisation.pk]
    while queue:
        below = list(Organisation.objects.filter(merged_into__in=queue).exclude(pk__in=ids).values_list("pk", flat=True))
        ids += below
        queue = below
    return ids


def archive(*, viewer: Actor, organisation: Organisation, on: date) -> Archive:
    """The archive as it stands on `on`, cut to what the viewer may see."""
    ids, whole = family(organisation), sees_all(viewer, organisation)
    names = _once(ids, OrganisationName.objects.filter(organisation__in=ids).order_by("kind", "name"), "kind", "name")
    grants = TitleGrant.objects.filter(organisation__in=ids).select_related("source").order_by("-valid_from", "kind")
    titles = [TitleLine(grant, state_of_title(grant, on)) for grant in _once(ids, grants, "kind", "valid_from")]
    rights = IPRight.objects.filter(holdings__organisation__in=ids).distinct()
    in_force = rights.filter(Q(lapsed_on__isnull=True) | Q(lapsed_on__gt=on), granted_on__lte=on)
    moves = list(RegionMove.objects.filter(organisation__in=ids).select_related("from_region", "to_region").order_by("-moved_on", "-pk"))
    years, lines = _facts(ids, on) if whole else ([], [])
    records = list(SourceRecord.objects.filter(organisation__in=ids).select_related("source").order_by("source", "key")) if whole else []
    return Archive(
        organisation=organisation,
        sees_all=whole,
        names=names,
        titles=titles,
        ip=list(rights.order_by("-granted_on", "pk")[:IP_SHOWN]),
        ip_in_force=dict(Counter(in_force.values_list("kind", flat=True))),
        ip_count=rights.count(),
        years=years,
        facts=lines,
        moves=moves,
        records=records,
        flags=flags_of(organisation) if whole else [],
        events=_events(organisation, names, titles, moves, on),
        fields=field_lines(organisation, records) if whole else [],
    )


def _once(ids: list[int], rows: Iterable[Any], *names: str) -> list[Any]:
    """Rows of which a merged organisation has the same as the one it went into, once: the own one. `ids`: the own id first."""
    every = list(rows)
    own = {tuple(getattr(row, name) for name in names) for row in every if row.organisation_id == ids[0]}
    return [row for row in every if row.organisation_id == ids[0] or tuple(getattr(row, name) for name in names) not in own]


def _facts(ids: list[int], on: date) -> tuple[list[int], list[FactLine]]:
    rows = FactValue.objects.filter(organisation__in=ids, is_current=True, year__lte=on.year).select_related("source")
    # The own value outranks one that stayed behind with a merged organisation.
    values: dict[tuple[str, int], FactValue] = {
        (row.fact, row.year): row for row in sorted(rows, key=lambda row: (row.organisation_id == ids[0], row.pk))
    }
    if not values:
        return [], []
    found = sorted({year for _fact, year in values})
    years = list(range(max(found[0], found[-1] - 4), found[-1] + 1))
    declared = [fact for fact in facts.all_facts() if any((fact.code, year) in values for year in years)]
    order = {code: place for place, code in enumerate(ORDER)}
    declared.sort(key=lambda fact: (order.get(fact.code, len(order)), fact.code))
    return years, [FactLine(fact, {year: values.get((fact.code, year)) for year in years}) for fact in declared]


ORDER = ("revenue", "hightech_revenue", "rd_expense", "net_profit", "tax_paid", "total_assets", "export_revenue", "staff_total", "staff_rd")


def _events(organisation: Organisation, names: list[Any], titles: list[TitleLine], moves: list[RegionMove], on: date) -> list[Event]:
    events = _rights_by_year(organisation, on)
    if organisation.established_on:
        events.append(Event(organisation.established_on, _("成立"), "established"))
    for name in names:
        if name.kind == OrganisationName.Kind.FORMER and name.valid_to:
            events.append(Event(name.valid_to, _("更名，原名“%(name)s”") % {"name": name.name}, "name"))
    for line in titles:
        grant, title = line.grant, line.grant.get_kind_display()
        events.append(Event(grant.granted_on, _("认定为%(title)s") % {"title": title}, "title"))
        if grant.revoked_on:
            events.append(Event(grant.revoked_on, _("%(title)s被取消") % {"title": title}, "lost"))
        elif grant.valid_to:
            events.append(Event(grant.valid_to, _("%(title)s到期") % {"title": title}, "lost"))
    for move in moves:
        params = {"from": move.from_region or _("不详"), "to": move.to_region or _("不详")}
        events.append(Event(move.moved_on, _("由%(from)s迁至%(to)s") % params, "move"))
    if organisation.closed_on:
        events.append(Event(organisation.closed_on, _("注销"), "lost"))
    return sorted((event for event in events if event.on <= on), key=lambda event: event.on, reverse=True)


def _rights_by_year(organisation: Organisation, on: date) -> list[Event]:
    """Patents and other rights granted, one line for each year and kind, dated with the last of them."""
    granted = IPRight.objects.filter(holdings__organisation__in=[organisation.pk], granted_on__lte=on).order_by("granted_on")
    years: dict[tuple[int, str], list[date]] = {}
    for kind, day in granted.values_list("kind", "granted_on"):
        if day is not None:
            years.setdefault((day.year, kind), []).append(day)
    labels = dict(IPRight.Kind.choices)
    return [
        Event(
            days[-1],
            ngettext("%(kind)s授权 %(count)s 件", "%(kind)s授权 %(count)s 件", len(days)) % {"kind": labels[kind], "count": len(days)},
            "right",
        )
        for (_year, kind), days in years.items()
    ]
