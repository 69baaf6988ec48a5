"""How an indicator stands on a date: pure functions over what the plan sets and what was observed.

The rules are published word for word (RULES): the page /status-rules/ and docs/concepts/status.md show the same text, and
every judgement carries the inputs that it was made from. Nothing here reads a clock or a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from wulian.kernel.errors import N_

SLOW_SHARE = Decimal("0.1")  # behind by no more than this share of the milestone is "slow"; our own convention, published below


class Code(StrEnum):
    MET = "met"
    ON_TRACK = "on_track"
    SLOW = "slow"
    BEHIND = "behind"
    NO_DATA = "no_data"
    NOT_SET = "not_set"
    QUALITATIVE = "qualitative"


# Worst first: what a composite is when its components differ, and the order in which a list shows what needs a person.
WORST_FIRST = (Code.BEHIND, Code.SLOW, Code.NO_DATA, Code.NOT_SET, Code.ON_TRACK, Code.MET, Code.QUALITATIVE)
LABELS = {
    Code.MET: N_("到位"),
    Code.ON_TRACK: N_("在轨"),
    Code.SLOW: N_("偏慢"),
    Code.BEHIND: N_("落后"),
    Code.NO_DATA: N_("无数"),
    Code.NOT_SET: N_("未下达"),
    Code.QUALITATIVE: N_("定性"),
}
UNDIVIDED = N_("未分解")  # not set because the plan gives no milestone for the year, though it has a target further on

LINEAR_KINDS = frozenset({"level", "roster", "cumulative"})  # inside a year the milestone runs straight between year ends
STANDING_KINDS = frozenset({"per_year", "growth"})  # a single printed figure holds for every year of the period
INTERPOLATED_KINDS = frozenset({"level", "roster", "cumulative", "share"})  # missing years may be filled, on request

RULES: tuple[str, ...] = (
    N_("对照的是所选日期的年度节点，不是终期目标；规划期结束后，按终期那一天对照。"),
    N_(
        "期末水平、名单、规划期累计三类：年底对照当年节点；年内的节点按上一年底到当年底的直线折算，并注明是计算得来。累计从规划期开始时的零算起。"
    ),
    N_("每年数量：本年截至某日的数，对照当年数量按天数折算的节点；只有一个数的，每年都是这个数。本年还没有数时，看上一年全年。"),
    N_(
        "占比、位次、增长率，以及绑定了按年统计口径的期末水平：按年度发布，不在年内折算；年内对照最近一个已到期的节点，增长率只有一个数的，每年都是这个数。位次越小越好。"
    ),
    N_("到位：已达到当年节点。在轨：当年还没结束，已达到折算的节点。偏慢：没达到，差距不超过节点的 10%。落后：差距更大。"),
    N_(
        "“不低于、达到”含本数，“超过、突破”不含本数；区间达到下限即为到位，高于上限的另外注明；“增加”以基数加上增量为目标，基数不明就不评判。"
    ),
    N_("确保与力争分别评判，状态以确保为准。复合指标逐项评判，合计写成“三项中两项到位”，状态取最差的一项。"),
    N_("无数：没有实际值，或最近一次早于上一年，或原文的数被遮盖。没有数不当零，也不算到位。"),
    N_(
        "未下达：目标待上级下达，或没有目标。未分解：有以后年份的目标，但这一年没有节点；缺的年份不自动补，工作人员可要求按直线补齐，补的节点注明是计算得来。"
    ),
    N_("目标低于基数不等于退步：注明“目标允许低于基数”的，照目标值本身评判。定性表述不按数评判。"),
    N_("同一天既有填报又有计算的，以能打开到记录的计算值为准，两个值都列出；退回的填报不用。"),
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message template (gettext msgid) with its values; the edge translates it. Labels among the values are translated too."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        return translate(self.template) % {k: translate(v) if isinstance(v, str) and v else v for k, v in self.values.items()}


@dataclass(frozen=True, slots=True)
class Frame:
    """What of the indicator and its plan decides the judgement."""

    kind: str
    direction: str
    first_year: int
    last_year: int
    falls_by_design: bool = False
    yearly: bool = False  # the value is a statistic of whole years, so there is no line inside a year

    @property
    def end(self) -> date:
        return date(self.last_year, 12, 31)


@dataclass(frozen=True, slots=True)
class Goal:
    """A current target. `value` is None exactly when `number_state` is not "numbered"."""

    year: int
    role: str
    value: Decimal | None
    number_state: str = "numbered"
    comparator: str = "="
    tier: str = "main"
    origin: str = "printed"

    @property
    def due(self) -> date:
        return date(self.year, 12, 31)


@dataclass(frozen=True, slots=True)
class Reading:
    """A current observation. `rank`: at the same date the higher rank is used (computed, verified, submitted, printed)."""

    as_of: date
    value: Decimal | None
    id: int | None = None
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The status on a date with everything it was made from.

    `value` is shown even when it was not fit to judge by (too old). `milestone` is what the value was held against,
    `milestone_computed` when it is not a printed year-end figure. `completion` is value over final target, in per cent.
    """

    code: Code
    rule: Sentence
    reading: Reading | None = None
    milestone: Decimal | None = None
    milestone_on: date | None = None
    milestone_computed: bool = False
    goal: Goal | None = None
    final: Goal | None = None
    baseline: Goal | None = None
    at_most: bool = False
    gap: Decimal | None = None  # how far the value is from the milestone; positive: on the wrong side
    position: str = ""  # below, within or above a printed range
    stretch: Goal | None = None
    stretch_met: bool | None = None
    completion: Decimal | None = None
    undivided: bool = False  # there is a target further on, but no milestone for this day

    @property
    def label(self) -> str:
        """The word for the status, a gettext msgid."""
        return UNDIVIDED if self.undivided else LABELS[self.code]


@dataclass(frozen=True, slots=True)
class Bound:
    """A threshold with its side."""

    value: Decimal
    at_most: bool
    strict: bool = False

    def holds(self, value: Decimal) -> bool:
        if self.at_most:
            return value < self.value if self.strict else value <= self.value
        return value > self.value if self.strict else value >= self.value

    def gap(self, value: Decimal) -> Decimal:
        return value - self.value if self.at_most else self.value - value

    def miss(self, value: Decimal) -> Code:
        """Slow or behind, for a value on the wrong side."""
        return Code.SLOW if self.gap(value) <= abs(self.value) * SLOW_SHARE and self.value != 0 else Code.BEHIND


def judge(frame: Frame, goals: Iterable[Goal], readings: Iterable[Reading], on: date) -> Judgement:
    """The status on `on`. `goals` are the current targets of one indicator, `readings` its current observations."""
    day = min(on, frame.end)
    goals = sorted(goals, key=lambda goal: goal.year)
    mains = [goal for goal in goals if goal.tier == "main" and goal.role != "baseline"]
    baselines = [goal for goal in goals if goal.role == "baseline" and goal.tier == "main"]
    case = _Case(
        frame=frame,
        day=day,
        mains=mains,
        baseline=baselines[-1] if baselines else None,
        reading=latest(readings, day),
        goal=next((goal for goal in mains if goal.year >= day.year), mains[-1] if mains else None),
        uppers={goal.year: goal.value for goal in goals if goal.tier == "upper" and goal.value is not None},
        stretches={goal.year: goal for goal in goals if goal.tier == "stretch"},
    )
    return case.judge()


def latest(readings: Iterable[Reading], day: date) -> Reading | None:
    """The newest reading with a number up to `day`; at one date the better kind of origin."""
    fit = [reading for reading in readings if reading.as_of <= day and reading.value is not None]
    return max(fit, key=lambda reading: (reading.as_of, reading.rank), default=None)


def worst(codes: Sequence[Code]) -> Code:
    """The code of a composite: its worst component."""
    return next((code for code in WORST_FIRST if code in codes), Code.NOT_SET)


def of_components(codes: Sequence[Code]) -> Sentence:
    """What a composite says of its components."""
    values = {"met": sum(code == Code.MET for code in codes), "all": len(codes)}
    return Sentence(N_("%(all)s 项中 %(met)s 项到位"), values)


def fill_years(frame: Frame, goals: Iterable[Goal]) -> list[tuple[int, Decimal, str]]:
    """Year, value and comparator of the milestones missing between two known year-end values, on a straight line.

    Values get as many decimals as the two ends show. Years with a target of any kind, even a masked one, are not missing.
    """
    goals = list(goals)
    case = _Case(frame=frame, day=frame.end, mains=[g for g in goals if g.role != "baseline" and g.tier == "main"])
    case.baseline = next((g for g in goals if g.role == "baseline" and g.value is not None), None)
    points = sorted((day.year, value) for day, value in case.points().items())
    taken = {goal.year for goal in case.mains}
    comparators = {goal.year: goal.comparator for goal in case.mains}
    found = []
    for (year, value), (next_year, next_value) in pairwise(points):
        places = min(_exponent(value), _exponent(next_value), 0)
        comparator = comparators.get(next_year, "=")
        for missing in range(max(year + 1, frame.first_year), next_year):
            if missing in taken:
                continue
            line = value + (next_value - value) * (missing - year) / (next_year - year)
            rounded = line.quantize(Decimal(1).scaleb(places), ROUND_HALF_UP)
            found.append((missing, rounded, ">=" if comparator == "increase" else comparator))
    return found


@dataclass(slots=True)
class _Case:
    """One indicator on one day."""

    frame: Frame
    day: date
    mains: list[Goal]
    baseline: Goal | None = None
    reading: Reading | None = None
    goal: Goal | None = None  # of the milestone year: the first target not before the day's year
    uppers: Mapping[int, Decimal] = field(default_factory=dict)
    stretches: Mapping[int, Goal] = field(default_factory=dict)

    # ------------------------------------------------------------------------------------------------ thresholds
    @property
    def value(self) -> Decimal:
        assert self.reading is not None
        assert self.reading.value is not None
        return self.reading.value

    def bound(self, goal: Goal) -> Bound | None:
        """The goal as a threshold; None without a number, or when it is an increase over an unknown baseline."""
        if goal.value is None:
            return None
        lower_is_better = self.frame.kind == "rank" or self.frame.direction == "down"
        if goal.comparator == "increase" and self.frame.kind not in ("cumulative", "per_year", "growth"):
            if self.baseline is None or self.baseline.value is None:
                return None
            return Bound(self.baseline.value + (-goal.value if lower_is_better else goal.value), lower_is_better)
        upper = self.uppers.get(goal.year)
        if upper is not None and lower_is_better:
            return Bound(upper, at_most=True)
        if self.frame.kind == "rank":
            return Bound(goal.value, at_most=True, strict=goal.comparator == ">")
        at_most = goal.comparator == "<=" or (goal.comparator == "=" and lower_is_better)
        return Bound(goal.value, at_most, strict=goal.comparator == ">")

    def points(self) -> dict[date, Decimal]:
        """Known year-end values of the line from the baseline to the final target."""
        found: dict[date, Decimal] = {}
        if self.frame.kind == "cumulative":
            found[date(self.frame.first_year - 1, 12, 31)] = Decimal(0)
        elif self.baseline and self.baseline.value is not None:
            found[self.baseline.due] = self.baseline.value
        for goal in self.mains:
            if bound := self.bound(goal):
                found[goal.due] = bound.value
        return found

    # -------------------------------------------------------------------------------------------------- judgement
    def judge(self) -> Judgement:
        if self.goal is None:
            return self.result(Code.NOT_SET, Sentence(N_("规划没有给这项指标定目标。")))
        if self.day.year < self.frame.first_year:
            return self.result(Code.NOT_SET, Sentence(N_("规划期从 %(year)s 年开始，还不评判。"), {"year": self.frame.first_year}))
        if self.frame.kind in STANDING_KINDS:
            return self.judge_standing()
        if self.goal.year < self.day.year:
            return self.result(Code.NOT_SET, Sentence(N_("%(year)s 年没有节点，之后也没有目标。"), {"year": self.day.year}), self.goal)
        if refused := self.unnumbered(self.goal) or self.unfit():
            return refused
        linear = self.frame.kind in LINEAR_KINDS and not self.frame.yearly
        return self.judge_line() if linear else self.judge_yearly()

    def unnumbered(self, goal: Goal) -> Judgement | None:
        """The judgement when the goal has no usable number."""
        if goal.number_state == "masked":
            return self.result(Code.NO_DATA, Sentence(N_("%(year)s 年目标在原文中被遮盖，没有数可以对照。"), {"year": goal.year}), goal)
        if goal.number_state == "qualitative":
            return self.result(Code.QUALITATIVE, Sentence(N_("目标是定性表述，不按数评判。")), goal)
        if goal.number_state == "assigned":
            return self.result(Code.NOT_SET, Sentence(N_("%(year)s 年目标待上级下达，下达后生效。"), {"year": goal.year}), goal)
        if goal.value is None:
            return self.result(Code.NOT_SET, Sentence(N_("%(year)s 年目标在原文中是空白。"), {"year": goal.year}), goal)
        if self.bound(goal) is None:
            return self.result(Code.NO_DATA, Sentence(N_("目标是在基数上增加，基数不明，无从对照。")), goal)
        return None

    def unfit(self) -> Judgement | None:
        """The judgement when there is no value, or one too old to stand for the day."""
        if self.reading is None:
            return self.result(Code.NO_DATA, Sentence(N_("到 %(on)s 还没有实际值。"), {"on": self.day.isoformat()}), self.goal)
        if self.reading.as_of.year < self.day.year - 1:
            rule = Sentence(N_("最近一次实际值是 %(as_of)s 的，早于上一年，不能代表现在。"), {"as_of": self.reading.as_of.isoformat()})
            return self.result(Code.NO_DATA, rule, self.goal)
        return None

    def judge_line(self) -> Judgement:
        assert self.goal is not None
        bound = self.bound(self.goal)
        assert bound is not None
        points = self.points()
        before, end = date(self.day.year - 1, 12, 31), date(self.day.year, 12, 31)
        if self.goal.due <= self.day:
            return self.against(self.goal, bound, bound, self.goal.due)
        # A running total under a ceiling is not "met" before the time is over: it can still rise.
        early = bound.holds(self.value) and not (bound.at_most and self.frame.kind == "cumulative")
        if end not in points or before not in points:
            if early:
                return self.result(Code.MET, Sentence(N_("已提前达到 %(year)s 年的目标。"), {"year": self.goal.year}), self.goal, bound)
            if self.goal.year != self.day.year:
                years = {"year": self.day.year, "next": self.goal.year}
                rule = Sentence(N_("%(year)s 年没有节点，下一个节点是 %(next)s 年；可要求按直线补齐。"), years)
            else:
                rule = Sentence(N_("%(year)s 年年初没有起点值，年内折算不出节点；到年底再判。"), {"year": self.day.year})
            return self.result(Code.NOT_SET, rule, self.goal, bound, undivided=True)
        share = Decimal((self.day - before).days) / Decimal((end - before).days)
        line = points[before] + (points[end] - points[before]) * share
        return self.against(self.goal, bound, Bound(line, bound.at_most), self.day, early=early, computed=True)

    def judge_yearly(self) -> Judgement:
        """Share, rank and statistics of whole years: no line inside the year; the last milestone that is due counts."""
        assert self.goal is not None
        bound = self.bound(self.goal)
        assert bound is not None
        if self.goal.due <= self.day:
            return self.against(self.goal, bound, bound, self.goal.due)
        if bound.holds(self.value):
            return self.result(Code.MET, Sentence(N_("已提前达到 %(year)s 年的目标。"), {"year": self.goal.year}), self.goal, bound)
        passed = [goal for goal in self.mains if goal.due <= self.day]
        previous = self.bound(passed[-1]) if passed else None
        if previous is None:
            rule = Sentence(N_("第一个有数的节点到 %(due)s 才到期，现在不评判。"), {"due": self.goal.due.isoformat()})
            return self.result(Code.NOT_SET, rule, self.goal, bound, undivided=True)
        return self.against(self.goal, bound, previous, passed[-1].due)

    def judge_standing(self) -> Judgement:
        """Per year and growth: the year of the value is held against that year's figure, or the one that stands for all."""
        assert self.goal is not None
        if self.reading is None or self.reading.as_of.year < self.day.year - 1:
            return self.unnumbered(self.goal) or self.unfit() or self.result(Code.NO_DATA, Sentence(N_("没有实际值。")), self.goal)
        year = self.reading.as_of.year
        if year < self.frame.first_year:
            rule = Sentence(N_("最近一次实际值是 %(as_of)s 的，在规划期之前。"), {"as_of": self.reading.as_of.isoformat()})
            return self.unnumbered(self.goal) or self.result(Code.NO_DATA, rule, self.goal)
        goal = self.mains[0] if len(self.mains) == 1 else next((goal for goal in self.mains if goal.year == year), None)
        if goal is None:
            return self.result(Code.NOT_SET, Sentence(N_("%(year)s 年没有定数量。"), {"year": year}), self.goal)
        if refused := self.unnumbered(goal):
            return refused
        bound = self.bound(goal)
        assert bound is not None
        end = date(year, 12, 31)
        if self.frame.kind == "growth" or self.reading.as_of == end:
            return self.against(goal, bound, bound, self.reading.as_of)
        days = Decimal((self.reading.as_of - date(year - 1, 12, 31)).days) / Decimal((end - date(year - 1, 12, 31)).days)
        early = bound.holds(self.value) and not bound.at_most
        prorated = Bound(bound.value * days, bound.at_most)
        return self.against(goal, bound, prorated, self.reading.as_of, early=early, computed=True)

    def against(
        self, goal: Goal, bound: Bound, milestone: Bound, milestone_on: date, *, early: bool | None = None, computed: bool = False
    ) -> Judgement:
        """Hold the value against the year's threshold and then against the milestone of the day."""
        met = bound.holds(self.value) if early is None else early
        values = {"year": goal.year if self.frame.kind not in STANDING_KINDS else milestone_on.year}
        if met:
            code, rule = Code.MET, Sentence(N_("已达到 %(year)s 年节点。"), values)
        elif milestone.holds(self.value) and milestone is not bound:
            code, rule = Code.ON_TRACK, Sentence(N_("%(year)s 年还没结束，已达到这一天的节点。"), values)
        else:
            code = milestone.miss(self.value)
            rule = Sentence(N_("没达到节点，差距不超过 10%%。")) if code == Code.SLOW else Sentence(N_("没达到节点，差距超过 10%%。"))
        return self.result(code, rule, goal, bound, milestone=milestone, milestone_on=milestone_on, computed=computed)

    def result(
        self,
        code: Code,
        rule: Sentence,
        goal: Goal | None = None,
        bound: Bound | None = None,
        *,
        milestone: Bound | None = None,
        milestone_on: date | None = None,
        computed: bool = False,
        undivided: bool = False,
    ) -> Judgement:
        final = next((g for g in reversed(self.mains)), None)
        stretch = self.stretches.get(goal.year) if goal else None
        stretch_bound = self.bound(stretch) if stretch else None
        known = self.reading is not None
        return Judgement(
            code=code,
            rule=rule,
            reading=self.reading,
            milestone=milestone.value if milestone else None,
            milestone_on=milestone_on,
            milestone_computed=computed or bool(goal and goal.origin == "interpolated"),
            goal=goal,
            final=final,
            baseline=self.baseline,
            at_most=bool(bound and bound.at_most),
            gap=milestone.gap(self.value) if milestone and known else None,
            position=self.position(goal) if goal and known else "",
            stretch=stretch,
            stretch_met=stretch_bound.holds(self.value) if stretch_bound and known else None,
            completion=self.completion(final),
            undivided=undivided,
        )

    def position(self, goal: Goal) -> str:
        upper = self.uppers.get(goal.year)
        if upper is None or goal.value is None:
            return ""
        if self.value < goal.value:
            return "below"
        return "within" if self.value <= upper else "above"

    def completion(self, final: Goal | None) -> Decimal | None:
        """Value over final target in per cent; towards a ceiling, the share of the way down from the baseline."""
        bound = self.bound(final) if final else None
        if bound is None or self.reading is None or self.frame.kind == "rank":
            return None
        if not bound.at_most:
            return self.value / bound.value * 100 if bound.value > 0 else None
        start = self.baseline.value if self.baseline else None
        if start is None or start == bound.value:
            return None
        return (start - self.value) / (start - bound.value) * 100


def _exponent(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
