"""Counters of the registers in force as metrics of the catalogue, so that a plan indicator can be bound to one and opens to entries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wulian.directory.metrics.parts import tally_at
from wulian.engines.registers import Audience, CounterDefinition, FieldType
from wulian.engines.registers.schema import Label
from wulian.foundation.catalogue.metrics import Column, Facet, Metric, Part, Period, Scope, SourceReading, provide

from .access import title_rank
from .catalogue import Adopted, adopted_registers
from .models import Entry
from .selectors.counting import contribution_of, counted_entries, measure, newest_day, with_place
from .wording import said

ORDER = ("-state_since", "-pk")
PERIODS = {"at": Period.INSTANT, "year": Period.YEAR, "since": Period.INSTANT}


def metric_code(register: str, counter: str) -> str:
    """The code of a counter's metric: `envoys-envoys_in_year`."""
    return f"{register}-{counter}"


_made: tuple[dict[str, Adopted], dict[str, Metric]] = ({}, {})


def metrics_in_force() -> dict[str, Metric]:
    """Metrics of all counters by code; made anew only when a definition was adopted."""
    global _made
    registers = adopted_registers()
    if _made[0] is not registers:
        made = {metric_code(a.code, c.code): metric_of(a, c) for a in registers.values() for c in a.definition.counters}
        _made = (registers, made)
    return _made[1]


def find_metric(code: str) -> Metric | None:
    return metrics_in_force().get(code) if "-" in code else None


def all_metrics() -> list[Metric]:
    return list(metrics_in_force().values())


# One proxy class for all labels: `lazy` makes a new class at every call, and there are thousands of labels.
_said = lazy(said, str)


def _lazy(label: Label) -> Any:
    """A label that is read in the language of the moment."""
    return _said(label)


def metric_of(adopted: Adopted, counter: CounterDefinition) -> Metric:
    """A counter as a metric."""
    share = counter.how == "share"
    keys = ("numerator", "denominator") if share else ("records",)
    field = adopted.fields.get(counter.of)
    decimals = 0 if counter.how in {"count", "distinct"} or (field is not None and field.type is FieldType.INTEGER) else 2
    return Metric(
        code=metric_code(adopted.code, counter.code),
        name=_lazy(counter.label),
        unit=counter.unit,
        period=PERIODS[counter.per],
        version=counter.version,
        effective_from=date(2020, 1, 1),
        definition=_lazy(counter.definition),
        parts=tuple(_part(adopted, counter, key, decimals if not share else 0) for key in keys),
        article=f"{adopted.definition.name.zh}（{'、'.join(adopted.definition.serves)}）",
        aliases=counter.aliases,
        combine=_share if share else None,
        addable=counter.how in {"count", "sum", "latest"},
        decimals=decimals,
        chain=adopted.definition.chain,
    )


def _share(parts: Any) -> Decimal | None:
    numerator, denominator = parts["numerator"], parts["denominator"]
    return None if not denominator or numerator is None else numerator * 100 / denominator


def _part(adopted: Adopted, counter: CounterDefinition, key: str, decimals: int) -> Part:
    base = key == "denominator"

    def plain(scope: Scope) -> QuerySet[Any]:
        return counted_entries(adopted, counter, scope.regions, scope.on, base=base)

    def records(scope: Scope) -> QuerySet[Any]:
        entries = plain(scope)
        return entries if counter.how == "share" else with_place(adopted, counter, entries)

    def contribution(entry: Any) -> Decimal | None:
        return Decimal(1) if counter.how == "share" else contribution_of(adopted, counter, entry)

    def number(entries: QuerySet[Any]) -> tuple[Decimal | None, int]:
        value, count = measure(adopted, counter, entries)
        # A register in which nobody has recorded anything is not one that has none.
        known = count or Entry.objects.filter(register=adopted.id, voided_at__isnull=True).exists()
        return (value, count) if known else (None, 0)

    def first(entries: QuerySet[Any], most: int) -> QuerySet[Any]:
        # The ids come from an index; read in order with all they need, every counted entry would be read.
        ids = list(entries.order_by(*ORDER).values_list("pk", flat=True)[:most])
        return (entries if counter.how == "distinct" else Entry.objects.all()).filter(pk__in=ids)

    def missing(scope: Scope) -> str:
        if not Entry.objects.filter(register=adopted.id, voided_at__isnull=True).exists():
            return _("台账“%(register)s”里还没有条目") % {"register": said(adopted.definition.name)}
        return _("没有符合条件的条目，或都没有填“%(what)s”") % {
            "what": adopted.fields[counter.of].label.zh if counter.of in adopted.fields else counter.label.zh
        }

    def sources(scope: Scope) -> list[SourceReading]:
        synthetic = Entry.objects.filter(register=adopted.id, is_synthetic=True).exists()
        return [SourceReading(said(adopted.definition.name), newest_day(adopted), synthetic)]

    return Part(
        key=key,
        label=gettext_lazy("分母") if base else gettext_lazy("条目"),
        unit="条" if counter.how == "share" else counter.unit,
        records=records,
        measure=number,
        contribution=contribution,
        columns=_columns(adopted, counter),
        order=ORDER,
        first=first,
        related=("subject", "subject_person", "region"),
        search_fields=("number", "title") if title_rank(adopted) == 0 else ("number",),
        facets=_facets(adopted, counter),
        missing=missing,
        sources=sources,
        restricted=not _is_public(adopted, counter),
        # One of several entries counts within a scope, so that districts can only be counted one by one.
        tally=None if counter.once or counter.how == "latest" else tally_at(plain, "region"),
        few_hidden=counter.how in {"sum", "average", "latest"},
        decimals=decimals,
    )


def _is_public(adopted: Adopted, counter: CounterDefinition) -> bool:
    """Whether everything that is counted is public anyway: the entries, and for a sum what each adds to it."""
    definition = adopted.definition
    if counter.how in {"sum", "average", "latest"} and not _shown_to_all(adopted, counter.of):
        return False
    if definition.audience is Audience.PUBLIC:
        return True
    states = [set(condition.state) for condition in (*counter.where, *counter.base) if condition.state]
    return bool(states) and set.intersection(*states) <= set(definition.public_in) and counter.how in {"count", "distinct"}


def _shown_to_all(adopted: Adopted, code: str) -> bool:
    return adopted.field(code).visible is Audience.PUBLIC


def _columns(adopted: Adopted, counter: CounterDefinition) -> tuple[Column, ...]:
    definition = adopted.definition

    def address(entry: Any) -> str:
        return f"/registers/{adopted.code}/{entry.number}/"

    def state(entry: Any) -> str:
        found = definition.state(entry.state)
        return said(found.label) if found else entry.state

    public = _is_public(adopted, counter)
    named = not public or title_rank(adopted) == 0
    columns = [Column("title", gettext_lazy("名称"), "title" if named else "number", sort="title" if named else "pk", href=address)]
    if named:
        columns.append(Column("number", gettext_lazy("编号"), "number", sort="pk"))
    if definition.subject == "organisation":
        columns.append(Column("subject", gettext_lazy("主体"), "subject.name", organisation="subject.pk"))
    columns += [Column("region", gettext_lazy("区域"), "region"), Column("state", gettext_lazy("状态"), state, sort="state")]
    when = adopted.field(counter.date) if counter.date and (not public or _shown_to_all(adopted, counter.date)) else None
    if when:
        columns.append(Column("day", _lazy(when.label), adopted.columns[when.code], sort=adopted.columns[when.code]))
    else:
        columns.append(Column("since", gettext_lazy("进入状态"), "state_since", sort="state_since"))
    if counter.how in {"sum", "latest", "average", "distinct"}:
        columns.append(Column("adds", gettext_lazy("计入"), "", numeric=True))
    return tuple(columns)


def _facets(adopted: Adopted, counter: CounterDefinition) -> tuple[Facet, ...]:
    states = {state.code: _lazy(state.label) for state in adopted.definition.lifecycle.states}
    facets = [Facet("state", gettext_lazy("状态"), "state", states)]
    for code in counter.by:
        field = adopted.field(code)
        if field.type is FieldType.CHOICE and (not _is_public(adopted, counter) or _shown_to_all(adopted, code)):
            labels = {choice.code: _lazy(choice.label) for choice in field.choices}
            facets.append(Facet(code, _lazy(field.label), adopted.columns[code], labels))
    return tuple(facets)


provide(find_metric, all_metrics)
