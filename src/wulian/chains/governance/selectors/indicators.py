"""Reading indicators with their status on a date. The number of queries does not grow with the number of indicators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wulian.chains.governance.access import observations_seen_by, one_of, plans_seen_by, visible_indicators
from wulian.chains.governance.drafting import SIGNS
from wulian.chains.governance.forecast import Forecast, forecast, yearly
from wulian.chains.governance.judging import judge_indicator
from wulian.chains.governance.models import Indicator, Observation, Plan, Target
from wulian.chains.governance.status import LABELS, Code, Judgement, of_components, worst
from wulian.chains.governance.wording import finding, plain
from wulian.foundation.access import Actor

SPARK_POINTS = 12
NO_NUMBER = {
    "assigned": gettext_lazy("待下达"),
    "masked": gettext_lazy("原文遮盖"),
    "qualitative": gettext_lazy("定性"),
    "blank": gettext_lazy("原文空白"),
}


@dataclass(slots=True)
class Row:
    """An indicator as a list shows it. `value` is the one that was judged; it opens at `observation`.

    A composite has `components` and no value of its own; its judgement is None and `code` its worst component's.
    """

    indicator: Indicator
    code: Code
    rule: str
    judgement: Judgement | None = None
    observation: Observation | None = None
    judged_on: date | None = None
    spark: list[Decimal] = field(default_factory=list)
    components: list[Row] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The status word, a msgid."""
        return self.judgement.label if self.judgement else LABELS[self.code]

    @property
    def status(self) -> str:
        """The code as filters use it: an indicator whose plan gives no milestone for the year is "undivided"."""
        return "undivided" if self.judgement and self.judgement.undivided else self.code.value

    @property
    def word(self) -> str:
        """The status word in the reader's language."""
        return _(self.label)

    @property
    def value(self) -> Decimal | None:
        return self.observation.value if self.observation else None

    @property
    def value_shown(self) -> Decimal | None:
        """The value as a table shows it: at most three decimals below ten, two above. The observation shows all."""
        return shortened(self.value)

    @property
    def old_year(self) -> int | None:
        """The year of the value when it is not the year of the judgement, so that a table can say so."""
        if self.value_on is None or self.judgement is None or self.judged_on is None:
            return None
        return self.value_on.year if self.value_on.year < self.judged_on.year else None

    @property
    def brief(self) -> str:
        """In two or three words why there is no progress to draw; the rule says it in full."""
        if self.final_state == "assigned":
            return _("下达后生效")
        if self.code == Code.NO_DATA and self.final_state == "numbered":
            return _("值已过期") if self.value is not None else _("还没有值")
        return ""

    @property
    def drawn(self) -> bool:
        """There is a value and a target to draw it against, and it was fit to judge by."""
        fit = self.code not in (Code.NO_DATA, Code.QUALITATIVE) and self.indicator.kind != Indicator.Kind.RANK
        return fit and self.value is not None and self.final is not None

    @property
    def value_on(self) -> date | None:
        return self.observation.as_of if self.observation else None

    @property
    def observation_id(self) -> int | None:
        return self.observation.pk if self.observation else None

    @property
    def milestone(self) -> Decimal | None:
        return self.judgement.milestone if self.judgement else None

    @property
    def final(self) -> Decimal | None:
        """The number of the final target, for a bullet; None without one."""
        return self.judgement.final.value if self.judgement and self.judgement.final else None

    @property
    def final_state(self) -> str:
        """numbered, assigned, masked, qualitative, blank; empty without a final target."""
        return self.judgement.final.number_state if self.judgement and self.judgement.final else ""

    @property
    def final_text(self) -> str:
        return goal_text(self.judgement.final if self.judgement else None)

    @property
    def milestone_shown(self) -> Decimal | None:
        """The milestone with at most two decimals; the judgement itself uses it unrounded."""
        return None if self.milestone is None else self.milestone.quantize(Decimal("0.01"))

    @property
    def value_places(self) -> int:
        """Decimals that the value or the final target shows: a forecast of firms is in whole firms."""
        shown = [value for value in (self.value, self.final) if value is not None]
        return max((min(2, max(0, -exponent(value))) for value in shown), default=0)

    @property
    def baseline(self) -> Decimal | None:
        return self.judgement.baseline.value if self.judgement and self.judgement.baseline else None

    @property
    def targets(self) -> list[Target]:
        return list(self.indicator.targets.all())

    @property
    def observations(self) -> list[Observation]:
        return list(self.indicator.observations.all())


@dataclass(slots=True)
class Overview:
    """A plan on a date. `counts` are by status code over the indicators that are judged (components, not their composite)."""

    plan: Plan
    on: date
    rows: list[Row]
    counts: dict[str, int]
    finding: str

    @property
    def judged(self) -> list[Row]:
        return leaves(self.rows)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def shortened(value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    return value.quantize(Decimal("0.001") if abs(value) < 10 else Decimal("0.01"))


def exponent(value: Decimal) -> int:
    found = value.normalize().as_tuple().exponent
    return found if isinstance(found, int) else 0


class HasNumber(Protocol):
    """A target, as a row or in its pure form."""

    @property
    def value(self) -> Decimal | None: ...

    @property
    def number_state(self) -> str: ...

    @property
    def comparator(self) -> str: ...


def goal_text(goal: HasNumber | None) -> str:
    """A target in a cell: ≥2.2, 102, or why it has no number; a dash when there is none at all."""
    if goal is None:
        return "—"
    if goal.value is None:
        return str(NO_NUMBER.get(goal.number_state, "—"))
    return SIGNS.get(goal.comparator, "") + plain(goal.value)


def leaves(rows: Iterable[Row]) -> list[Row]:
    """The rows that are judged: components instead of their composite."""
    return [leaf for row in rows for leaf in (row.components or [row])]


def load_indicators(viewer: Actor, plans: Sequence[Plan]) -> list[Indicator]:
    """The plans' indicators with owner, current targets and the observations that the viewer may see, in three queries."""
    ids = [plan.pk for plan in plans]
    return list(
        Indicator.objects.filter(plans_seen_by(viewer, "plan__"), plan_id__in=ids)
        .select_related("owner", "chain")
        .prefetch_related(
            Prefetch("targets", Target.objects.filter(superseded_by__isnull=True).order_by("year", "tier", "id")),
            Prefetch("observations", seen_observations(viewer)),
        )
        .order_by("plan_id", "position", "id")
    )


def seen_observations(viewer: Actor):  # type: ignore[no-untyped-def]  # a QuerySet; the stubs cannot name a prefetch's
    """Current observations that the viewer may see, oldest first."""
    return (
        Observation.objects.filter(observations_seen_by(viewer), superseded_by__isnull=True)
        .select_related("unit_organisation", "recorded_by")
        .order_by("as_of", "id")
    )


def plan_overview(viewer: Actor, plan: Plan, on: date) -> Overview:
    """One plan with all its indicators judged on `on`."""
    return overviews(viewer, [plan], on)[0]


def overviews(viewer: Actor, plans: Sequence[Plan], on: date) -> list[Overview]:
    """The same for several plans, in the same number of queries."""
    by_plan: dict[int, list[Indicator]] = {plan.pk: [] for plan in plans}
    for indicator in load_indicators(viewer, plans):
        by_plan[indicator.plan_id].append(indicator)
    found = []
    for plan in plans:
        rows = rows_of(by_plan[plan.pk], plan, on)
        counts: Counter[str] = Counter(row.code for row in leaves(rows))
        ordered = {code.value: counts[code] for code in Code if counts[code]}
        words = Counter(row.label for row in leaves(rows))
        found.append(Overview(plan=plan, on=on, rows=rows, counts=ordered, finding=finding(words)))
    return found


def rows_of(indicators: Iterable[Indicator], plan: Plan, on: date) -> list[Row]:
    """Top-level rows in the plan's order, components under their composite."""
    rows = {indicator.pk: row_of(indicator, plan, on) for indicator in indicators}
    top: list[Row] = []
    for row in rows.values():
        whole = rows.get(row.indicator.composite_id or 0)
        (whole.components if whole else top).append(row)
    for row in top:
        if row.components:
            codes = [component.code for component in row.components]
            row.code, row.rule = worst(codes), of_components(codes).text(_)
            row.judgement = row.observation = None
            row.spark = []
    return top


def row_of(indicator: Indicator, plan: Plan, on: date) -> Row:
    """One indicator judged; its targets and observations must have been loaded by `load_indicators`."""
    observations = list(indicator.observations.all())
    judgement = judge_indicator(indicator, plan, indicator.targets.all(), observations, on)
    chosen = judgement.reading.id if judgement.reading else None
    shown = [row.value for row in best_by_date(observations, on) if row.value is not None]
    return Row(
        indicator=indicator,
        code=judgement.code,
        rule=judgement.rule.text(_),
        judgement=judgement,
        judged_on=min(on, date(plan.last_year, 12, 31)),
        observation=next((row for row in observations if row.pk == chosen), None),
        spark=shown[-SPARK_POINTS:],
    )


def best_by_date(observations: Iterable[Observation], on: date) -> list[Observation]:
    """One observation per date up to `on`: computed before verified before submitted before printed; returned ones never."""
    order = {
        Observation.Origin.COMPUTED: 3,
        Observation.Origin.REPORTED: 1,
        Observation.Origin.PRINTED: 0,
    }
    best: dict[date, tuple[int, Observation]] = {}
    for row in observations:
        if row.as_of > on or row.value is None or row.verification == Observation.Verification.RETURNED:
            continue
        rank = order[Observation.Origin(row.origin)]
        rank += row.origin == Observation.Origin.REPORTED and row.verification == Observation.Verification.VERIFIED
        if row.as_of not in best or rank > best[row.as_of][0]:
            best[row.as_of] = (rank, row)
    return [best[day][1] for day in sorted(best)]


def forecasts(row: Row, plan: Plan, on: date) -> list[Forecast]:
    """Where a straight line through the yearly values up to `on` leads: this year's end and the end of the period.

    Empty below three yearly values, for ranks and rosters of a composite, and once the period is over.
    """
    indicator = row.indicator
    ends = sorted({day for day in (date(on.year, 12, 31), date(plan.last_year, 12, 31)) if on < day <= date(plan.last_year, 12, 31)})
    whole = indicator.kind in (Indicator.Kind.PER_YEAR, Indicator.Kind.GROWTH, Indicator.Kind.SHARE, Indicator.Kind.RANK)
    points = [(one.as_of, float(one.value)) for one in best_by_date(indicator.observations.all(), on) if one.value is not None]
    line = yearly(points, whole_years=whole)
    floor = None if indicator.kind == Indicator.Kind.GROWTH else 1 if indicator.kind == Indicator.Kind.RANK else 0
    return [found for day in ends if (found := forecast(line, day, floor=floor))]


def get_indicator(viewer: Actor, indicator_id: int) -> Indicator:
    """The indicator with what its page needs, or NotFound when hidden."""
    found = one_of(visible_indicators(viewer).select_related("plan", "plan__region"), indicator_id, _("指标"))
    loaded = {one.pk: one for one in load_indicators(viewer, [found.plan])}
    indicator = loaded[indicator_id]
    indicator.plan = found.plan
    return indicator
