"""Reading appraisals: what units answer for and how it stands, schemes with their versions, results down to their inputs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from wulian.directory.models import Organisation
from wulian.foundation.access import ANONYMOUS, Actor, Role

from ..access import EDITORS, READERS, may_edit, one_of
from ..models import AppraisalResult, AppraisalScheme, AppraisalScore, AppraisalWeight, Plan, RoundReport, TaskUnit
from ..status import Code
from ..wording import counted
from .indicators import leaves, plan_overview

UNKNOWN = frozenset({Code.NO_DATA, Code.NOT_SET, Code.QUALITATIVE})
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Item:
    """An indicator or task that a unit answers for. `key`: kind and id."""

    key: Key
    label: str

    @property
    def code(self) -> str:
        return f"{self.key[0]}-{self.key[1]}"


@dataclass(frozen=True, slots=True)
class State:
    """How an item stands on a date: its code (empty: never reported), the word (a msgid), and what it rests on."""

    code: str
    word: str
    rests_on: str = ""
    known: bool = True


def items_of(plan: Plan) -> dict[Organisation, list[Item]]:
    """What each unit of the plan answers for: the indicators that it owns, and the tasks that it leads (not their headings)."""
    found: dict[int, list[Item]] = {}
    units: dict[int, Organisation] = {}

    def put(unit: Organisation, item: Item) -> None:
        units[unit.pk] = unit
        if item not in found.setdefault(unit.pk, []):
            found[unit.pk].append(item)

    rows = list(plan.indicators.select_related("owner", "composite__owner").order_by("position", "id"))
    wholes = {row.composite_id for row in rows}
    for row in rows:
        owner = row.owner or (row.composite.owner if row.composite else None)
        if owner is not None and row.pk not in wholes:
            put(owner, Item(("indicator", row.pk), row.name))
    leads = (
        TaskUnit.objects.filter(task__plan=plan, role=TaskUnit.Role.LEAD, organisation__isnull=False, task__children__isnull=True)
        .select_related("task", "organisation")
        .order_by("task__position", "task_id", "position", "id")
    )
    for lead in leads:
        if lead.organisation is not None:
            put(lead.organisation, Item(("task", lead.task_id), str(lead.task)))
    return {units[pk]: found[pk] for pk in sorted(found, key=lambda pk: (units[pk].name, pk))}


def states_on(plan: Plan, on: date) -> tuple[dict[int, State], dict[tuple[int, int], State]]:
    """The states on `on`: of indicators by id, of tasks by unit and task.

    Only what the public may rely on counts: verified values, and reports of rounds that an officer has accepted.
    """
    indicators = {
        row.indicator.pk: State(row.code.value, row.label, row.rule, known=row.code not in UNKNOWN)
        for row in leaves(plan_overview(ANONYMOUS, plan, on).rows)
    }
    reports = (
        RoundReport.objects.filter(round__plan=plan, round__as_of__lte=on, task__isnull=False, state=RoundReport.State.ACCEPTED)
        .exclude(standing="")
        .select_related("round")
        .order_by("round__as_of", "filed_at", "id")
    )
    with override(None):  # words are kept as msgids and said in the reader's language
        tasks = {(one.unit_id, one.task_id or 0): State(one.standing, str(one.get_standing_display()), str(one.round)) for one in reports}
    return indicators, tasks


# --------------------------------------------------------------------------------------------------------------- schemes


def visible_schemes(viewer: Actor) -> QuerySet[AppraisalScheme]:
    """Schemes of the regions one reads, and those that score a unit one reports for. The public sees none."""
    schemes = AppraisalScheme.objects.select_related("plan__region", "made_by")
    if viewer.is_system:
        return schemes
    own = AppraisalWeight.objects.filter(unit__in=viewer.organisations_as(Role.REPORTER))
    return schemes.filter(Q(plan__region_id__in=viewer.regions_as(*READERS)) | Q(pk__in=own.values("scheme")))


def visible_scores(viewer: Actor) -> QuerySet[AppraisalScore]:
    scores = AppraisalScore.objects.select_related("unit", "result__scheme__plan__region")
    if viewer.is_system:
        return scores
    own = Q(unit__in=viewer.organisations_as(Role.REPORTER))
    return scores.filter(own | Q(result__scheme__plan__region_id__in=viewer.regions_as(*READERS)))


@dataclass(frozen=True, slots=True)
class SchemeItem:
    """The current version of a plan's scheme for a year, with its latest result that the viewer may see."""

    scheme: AppraisalScheme
    units: int
    result: AppraisalResult | None


def schemes_list(viewer: Actor) -> list[SchemeItem]:
    """One line per plan and year, the newest year first."""
    rows = visible_schemes(viewer).order_by("-year", "plan_id", "-version")
    current: dict[tuple[int, int], AppraisalScheme] = {}
    for row in rows:
        current.setdefault((row.plan_id, row.year), row)
    units: dict[int, set[int]] = {}
    for scheme_id, unit_id in AppraisalWeight.objects.filter(scheme__in=current.values()).order_by().values_list("scheme_id", "unit_id"):
        units.setdefault(scheme_id, set()).add(unit_id)
    results: dict[tuple[int, int], AppraisalResult] = {}
    shown = AppraisalResult.objects.filter(pk__in=visible_scores(viewer).order_by().values("result")).select_related("scheme")
    for result in shown.order_by("as_of", "id"):
        results[result.scheme.plan_id, result.scheme.year] = result
    return [SchemeItem(scheme, len(units.get(scheme.pk, ())), results.get(key)) for key, scheme in current.items()]


@dataclass(frozen=True, slots=True)
class WeightLine:
    item: Item
    weight: Decimal


@dataclass(frozen=True, slots=True)
class SchemePage:
    """One version: its units with their weights (a reporter sees the own unit's), its siblings, its results."""

    scheme: AppraisalScheme
    units: list[tuple[Organisation, list[WeightLine]]]
    versions: list[AppraisalScheme]
    results: list[AppraisalResult]
    is_current: bool
    editable: bool


def scheme_page(viewer: Actor, scheme_id: int) -> SchemePage:
    """Raises: NotFound."""
    scheme: AppraisalScheme = one_of(visible_schemes(viewer), scheme_id, _("考核方案"))
    versions = list(visible_schemes(viewer).filter(plan=scheme.plan, year=scheme.year).order_by("-version"))
    current = AppraisalScheme.objects.filter(plan=scheme.plan, year=scheme.year).order_by("-version").values_list("pk", flat=True).first()
    results = AppraisalResult.objects.filter(
        scheme__plan=scheme.plan, scheme__year=scheme.year, pk__in=visible_scores(viewer).order_by().values("result")
    )
    return SchemePage(
        scheme=scheme,
        units=weights_of(scheme, viewer),
        versions=versions,
        results=list(results.select_related("scheme", "scored_by").order_by("-as_of", "-id")),
        is_current=scheme.pk == current,
        editable=scheme.pk == current and may_edit(viewer, scheme.plan),
    )


def weights_of(scheme: AppraisalScheme, viewer: Actor) -> list[tuple[Organisation, list[WeightLine]]]:
    """The units of a version with their weights, by name."""
    rows = scheme.weights.select_related("unit", "indicator", "task").order_by("unit__name", "unit_id", "id")
    if not viewer.has(*READERS, region=scheme.plan.region_id):
        rows = rows.filter(unit__in=viewer.organisations_as(Role.REPORTER))
    found: dict[int, tuple[Organisation, list[WeightLine]]] = {}
    for row in rows:
        lines = found.setdefault(row.unit_id, (row.unit, []))[1]
        lines.append(WeightLine(Item(key_of(row), str(row.task) if row.task else row.indicator.name if row.indicator else ""), row.weight))
    return list(found.values())


def key_of(row: AppraisalWeight) -> Key:
    return ("task", row.task_id) if row.task_id is not None else ("indicator", row.indicator_id or 0)


def unit_weights(viewer: Actor, scheme_id: int, unit_id: int) -> tuple[SchemePage, Organisation, list[WeightLine]]:
    """What the unit answers for, each with its weight in the version (zero: not counted). Raises: NotFound."""
    page = scheme_page(viewer, scheme_id)
    everything = items_of(page.scheme.plan)
    unit = one_of(Organisation.objects.filter(pk__in=[one.pk for one in everything]), unit_id, _("这个单位"))
    held = {line.item.key: line.weight for one, lines in page.units if one.pk == unit_id for line in lines}
    return page, unit, [WeightLine(item, held.get(item.key, Decimal(0))) for item in everything[unit]]


def plans_to_appraise(viewer: Actor) -> list[Plan]:
    """Published and closed plans of the viewer's regions as an officer, the running ones first."""
    plans = Plan.objects.exclude(state=Plan.State.DRAFT)
    if not viewer.is_system:
        plans = plans.filter(region_id__in=viewer.regions_as(*EDITORS))
    return list(plans.order_by("-last_year", "title", "pk"))


# --------------------------------------------------------------------------------------------------------------- results


@dataclass(frozen=True, slots=True)
class ResultPage:
    """A result with the scores that the viewer may see: the highest first, those without a score last."""

    result: AppraisalResult
    scores: list[AppraisalScore]
    finding: str


def result_page(viewer: Actor, result_id: int) -> ResultPage:
    """Raises: NotFound."""
    scores = visible_scores(viewer).order_by("unit__name", "unit_id")
    rows = (
        AppraisalResult.objects.filter(pk__in=scores.order_by().values("result"))
        .select_related("scheme__plan__region", "scored_by")
        .prefetch_related(Prefetch("scores", queryset=scores, to_attr="seen"))
    )
    result: Any = one_of(rows, result_id, _("考核结果"))
    ordered = sorted(result.seen, key=lambda one: (one.value is None, -(one.value or 0)))
    return ResultPage(result, ordered, _finding(ordered))


def _finding(scores: Iterable[AppraisalScore]) -> str:
    rows = list(scores)
    values = [one.value for one in rows if one.value is not None]
    if not values:
        return _("%(count)s家单位，还评不出分") % {"count": counted(len(rows))}
    told = {"count": counted(len(rows)), "best": max(values), "least": min(values)}
    unknown = sum(bool(one.unknown_weight) for one in rows)
    if unknown:
        return _("%(count)s家单位，%(least)s 到 %(best)s 分；%(unknown)s家有无数的项") % {**told, "unknown": counted(unknown)}
    return _("%(count)s家单位，%(least)s 到 %(best)s 分") % told


def get_score(viewer: Actor, score_id: int) -> AppraisalScore:
    """One score with its inputs. Raises: NotFound."""
    found: AppraisalScore = one_of(visible_scores(viewer), score_id, _("得分"))
    return found
