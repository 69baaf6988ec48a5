"""The counters of a register as a person reads them: value, standing against the target, and the breakdown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from wulian.directory.selectors.figures import may_list, read_metric
from wulian.engines.registers import CounterDefinition, FieldType
from wulian.foundation.access import Actor
from wulian.foundation.catalogue.metrics import Metric, MetricValue, scope_of

from ..catalogue import Adopted
from ..metrics import metric_of
from ..wording import said
from .counting import breakdown, counted_entries, standing

MOST_ROWS = 12
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class CounterPart:
    """The breakdown by one field: (stored value, what a person reads, number), largest first."""

    field: str
    label: str
    rows: list[tuple[str, str, Decimal]]


@dataclass(frozen=True, slots=True)
class CounterView:
    """A counter on a day. `standing`: below, within or above its target; "" without target or value."""

    counter: CounterDefinition
    metric: Metric
    value: MetricValue
    standing: str
    parts: list[CounterPart]


def counters_of(*, viewer: Actor, adopted: Adopted, region: str, on: date) -> list[CounterView]:
    """Every counter of the register in `region` (with all below it) on `on`."""
    scope = scope_of(region, on)
    found = []
    for counter in adopted.definition.counters:
        metric = metric_of(adopted, counter)
        value = read_metric(viewer, metric, scope)
        # A sum broken down to one firm would tell what the firm reported: only for who may open the records.
        shown = all(not part.few_hidden or may_list(viewer, part, region) for part in metric.parts)
        parts = [_part(adopted, counter, scope.regions, on, code) for code in counter.by] if shown else []
        found.append(CounterView(counter, metric, value, standing(counter, value.value), parts))
    return found


def _part(adopted: Adopted, counter: CounterDefinition, regions: frozenset[str] | None, on: date, code: str) -> CounterPart:
    field = adopted.field(code)
    labels = {choice.code: said(choice.label) for choice in field.choices}
    if field.type is FieldType.YES_NO:
        labels = {"1": _("是"), "0": _("否")}
    rows = _numbers(adopted, counter, regions, on, code)[:MOST_ROWS]
    named = [("" if value is None else str(value), number) for value, number in rows]
    return CounterPart(code, said(field.label), [(value, labels.get(value) or value or _("未填"), number) for value, number in named])


def _numbers(
    adopted: Adopted, counter: CounterDefinition, regions: frozenset[str] | None, on: date, code: str
) -> list[tuple[Any, Decimal]]:
    """(value, number), largest first; for a share, the per cent of the entries with that value in its base."""
    found = breakdown(adopted, counter, counted_entries(adopted, counter, regions, on), code)
    if counter.how != "share":
        return found
    above = dict(found)
    below = breakdown(adopted, counter, counted_entries(adopted, counter, regions, on, base=True), code)
    shares = [(value, (above.get(value, Decimal(0)) * 100 / number).quantize(CENT)) for value, number in below if number]
    return sorted(shares, key=lambda item: (-item[1], str(item[0])))
