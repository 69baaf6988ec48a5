"""The review page: the text with its highlighted places, and what was read, grouped by indicator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wulian.foundation.access import Actor, require_officer
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.suggesting import Suggestion, suggest_metrics
from wulian.kernel.errors import Invalid, NotFound

from .. import mentions
from ..access import may_edit, one_of, visible_plans
from ..models import Extraction, Indicator, Plan, PlanDocument, Target
from ..units import UnitMatcher

State = Extraction.State
What = Extraction.What
SECTION = 5000  # characters of text shown at once
PER_PAGE = 25


def mention_labels() -> dict[str, str]:
    """What a mention tells, in the words of the page."""
    return {
        "target": _("目标"),
        "annual_target": _("年度目标"),
        "cumulative": _("期内累计"),
        "per_year": _("每年"),
        "baseline": _("基数"),
        "actual": _("已实现"),
    }


@dataclass(slots=True)
class Row:
    """One extraction as the page shows it."""

    pk: int
    version: int
    state: str
    state_label: str
    values: dict[str, Any]
    printed: dict[str, Any]
    span: tuple[int, int] | None
    section: int
    key: str
    position: int
    merged_into: int | None
    mention_label: str = ""
    value_label: str = ""
    conflict: str = ""

    @property
    def changed(self) -> bool:
        """Whether the officer has made something else of what was printed."""
        return bool(self.printed.get("name")) and self.values.get("name") != self.printed.get("name")


@dataclass(slots=True)
class Group:
    """One indicator: its head, the mentions that publish something, and the repeats."""

    key: str
    head: Row
    rows: list[Row]
    repeats: list[Row]
    owner_id: int | None
    owner_name: str
    metric: str
    metric_name: str
    state: str
    conflicts: list[str] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
    moved_in: bool = False

    @property
    def versions(self) -> str:
        """The rows with the versions seen, as a form carries them."""
        return " ".join(f"{row.pk}:{row.version}" for row in [*self.rows, *self.repeats])

    @property
    def open_versions(self) -> str:
        return " ".join(f"{row.pk}:{row.version}" for row in self.rows)


@dataclass(frozen=True, slots=True)
class Alike:
    """Another group that may be the same indicator."""

    key: str
    name: str
    year: int
    value: str
    scope: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. `row` is the extraction that it belongs to, `kind` how it is marked."""

    text: str
    row: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """An inconsistency with its places: (quote, section number, start)."""

    number: int
    code: str
    text: str
    places: tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class Review:
    """Everything that the review page shows."""

    plan: Plan
    document: PlanDocument
    editable: bool
    tab: str
    state: str
    section: int
    sections: int
    pieces: list[Piece]
    groups: list[Group]
    tasks: list[Row]
    total: int
    page: int
    pages: int
    counts: dict[str, int]
    progress: dict[str, tuple[int, int]]
    findings: list[Finding]
    focus: int | None
    offset: int
    queue: dict[str, int]


def get_plan_for_review(*, viewer: Actor, plan_id: int) -> Plan:
    """The plan, for an officer of its region; hidden otherwise. Raises: NotFound, Denied."""
    plan: Plan = one_of(visible_plans(viewer).select_related("region__parent", "parent", "predecessor"), plan_id, _("这份规划"))
    if not may_edit(viewer, plan):
        require_officer(viewer, region=str(plan.region_id), act=_("校核摘录"))
    return plan


def get_document_of(plan: Plan) -> PlanDocument:
    found = PlanDocument.objects.select_related("file").filter(plan=plan).first()
    if found is None:
        raise NotFound(what=_("这份规划的文本"))
    return found


def find_document(plan: Plan) -> PlanDocument | None:
    """The document of a plan; None for a plan entered by hand."""
    return PlanDocument.objects.select_related("file").filter(plan=plan).first()


def reading_state(*, viewer: Actor, plan_id: int) -> PlanDocument:
    """The document with the state of its reading. Raises: NotFound, Denied."""
    return get_document_of(get_plan_for_review(viewer=viewer, plan_id=plan_id))


def section_bounds(text: str, size: int = SECTION) -> list[tuple[int, int]]:
    """The text cut into sections of about `size` characters, only at line ends."""
    bounds, start = [], 0
    while start < len(text):
        end = min(start + size, len(text))
        if end < len(text):
            line_end = text.find("\n", end)
            end = len(text) if line_end < 0 or line_end - end > size else line_end + 1
        bounds.append((start, end))
        start = end
    return bounds or [(0, 0)]


def section_of(bounds: Sequence[tuple[int, int]], position: int) -> int:
    """Index of the section that holds `position`."""
    return next((index for index, (_start, end) in enumerate(bounds) if position < end), len(bounds) - 1)


def cut_pieces(text: str, start: int, end: int, marks: Iterable[tuple[int, int, int | None, str]]) -> list[Piece]:
    """`text[start:end]` cut at every border of a mark. Where marks overlap, the shortest one shows."""
    clipped = [(max(a, start), min(b, end), row, kind) for a, b, row, kind in marks if a < end and b > start and a < b]
    clipped.sort(key=lambda mark: mark[1] - mark[0])
    borders = sorted({start, end, *(mark[0] for mark in clipped), *(mark[1] for mark in clipped)})
    # Longest first, so that a shorter mark written later wins its own stretch.
    owner: dict[int, tuple[int | None, str]] = {}
    place = {border: index for index, border in enumerate(borders)}
    for a, b, row, kind in reversed(clipped):
        for index in range(place[a], place[b]):
            owner[index] = (row, kind)
    pieces = []
    for index, (a, b) in enumerate(pairwise(borders)):
        row, kind = owner.get(index, (None, ""))
        pieces.append(Piece(text[a:b], row, kind))
    return pieces


def review(
    *,
    viewer: Actor,
    plan_id: int,
    tab: str = "indicators",
    state: str = "",
    section: int | None = None,
    page: int = 1,
    focus: int | None = None,
    finding: int | None = None,
) -> Review:
    """The review page of a plan. `tab`: indicators, tasks or findings; `focus`: an extraction to show; `page` from 1.

    Raises: NotFound, Denied.
    """
    plan = get_plan_for_review(viewer=viewer, plan_id=plan_id)
    document = get_document_of(plan)
    bounds = section_bounds(document.text)
    stored = list(document.extractions.select_related("owner").order_by("what", "position"))
    rows = [_row(one, bounds) for one in stored]
    what = What.TASK if tab == "tasks" else What.INDICATOR
    of_tab = [row for row, one in zip(rows, stored, strict=True) if one.what == what]
    groups = _groups(rows, stored) if tab != "tasks" else []
    findings = _findings(document, bounds)

    shown_groups = [group for group in groups if _in_filter(group, state)]
    shown_tasks = [row for row in of_tab if not state or row.state == state] if tab == "tasks" else []
    shown: Sequence[Any] = shown_tasks if tab == "tasks" else shown_groups
    total, pages = len(shown), max(1, -(-len(shown) // PER_PAGE))
    if focus is not None:
        page = _page_of(shown, focus) or page
    page = min(max(page, 1), pages)
    window = shown[(page - 1) * PER_PAGE : page * PER_PAGE]
    known = metrics.all_metrics()  # once, not once a group
    for group in window if tab != "tasks" else ():
        group.suggestions = suggest_metrics(group.head.values["name"], group.head.values["unit"], among=known, limit=3)

    section = _section(section, focus, finding, of_tab, findings, window, bounds)
    marks: list[tuple[int, int, int | None, str]] = [
        (start, end, row.pk, row.state) for row in of_tab for start, end in _marked(row, document.text)
    ]
    if finding is not None and 0 <= finding < len(findings):
        marks += [(start, start + max(1, len(quote)), None, "finding") for quote, _section_no, start in findings[finding].places]
    start, end = bounds[section]
    return Review(
        plan=plan,
        document=document,
        editable=plan.state == Plan.State.DRAFT and document.state == PlanDocument.State.READ,
        tab=tab,
        state=state,
        section=section,
        sections=len(bounds),
        pieces=cut_pieces(document.text, start, end, marks),
        groups=[] if tab == "tasks" else list(window),
        tasks=list(window) if tab == "tasks" else [],
        total=total,
        page=page,
        pages=pages,
        counts=_counts(groups, of_tab, tab),
        progress=_progress(stored),
        findings=findings,
        focus=focus,
        offset=start,
        queue={"indicators": sum(one.what == What.INDICATOR for one in stored), "tasks": sum(one.what == What.TASK for one in stored)},
    )


def get_group(*, viewer: Actor, plan_id: int, key: str) -> Group:
    """One indicator of the review, for an htmx fragment. Raises: NotFound, Denied."""
    document = get_document_of(get_plan_for_review(viewer=viewer, plan_id=plan_id))
    stored = list(document.extractions.select_related("owner").filter(what=What.INDICATOR).order_by("position"))
    bounds = section_bounds(document.text)
    found = next((group for group in _groups([_row(one, bounds) for one in stored], stored) if group.key == key), None)
    if found is None:
        raise NotFound(what=_("这项指标的摘录"))
    found.suggestions = suggest_metrics(found.head.values["name"], found.head.values["unit"], limit=3)
    return found


def get_row(*, viewer: Actor, plan_id: int, extraction_id: int) -> Row:
    """One extraction of the review. Raises: NotFound, Denied."""
    document = get_document_of(get_plan_for_review(viewer=viewer, plan_id=plan_id))
    stored = document.extractions.filter(pk=extraction_id).first()
    if stored is None:
        raise NotFound(what=_("这条摘录"))
    return _row(stored, section_bounds(document.text))


def unit_names(*, viewer: Actor, plan: Plan) -> list[str]:
    """Names of the units of the plan's region and above, for completion while typing."""
    return sorted(known.name for known in UnitMatcher(plan.region).known.values())


def unit_choices(*, viewer: Actor, plan: Plan) -> list[tuple[int, str]]:
    """Units of the plan's region and above, for a form."""
    return sorted(((known.pk, known.name) for known in UnitMatcher(plan.region).known.values()), key=lambda pair: pair[1])


def find_unit(*, viewer: Actor, plan: Plan, name: str) -> int | None:
    """The unit that a typed name means: an exact name, short name or alias; None when none or several."""
    match = UnitMatcher(plan.region).match(name)
    if match.organisation_id is None and len(match.candidates) == 1 and match.candidates[0][1] == name:
        return match.candidates[0][0]
    return match.organisation_id


def locate(text: str, quote: str, start: int | None) -> tuple[int, int]:
    """The place of quoted words in the text: at `start` when they stand there, else the first place. Raises: Invalid."""
    # A browser sends line ends as CRLF; the text has them as LF.
    words = quote.replace("\r\n", "\n").strip()
    if start is not None and (found := text.find(words, start)) >= 0 and found - start < 8:
        return found, found + len(words)
    found = text.find(words)
    if not words or found < 0:
        raise Invalid(field=_("原文"), why=_("在文本里找不到这一段，请照抄（连标点）"))
    return found, found + len(words)


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the forms of the review offer, with labels."""
    return {
        "kind": [(str(code), str(label)) for code, label in Indicator.Kind.choices],
        "direction": [(str(code), str(label)) for code, label in Indicator.Direction.choices],
        "attribute": [("", "—"), *((str(code), str(label)) for code, label in Indicator.Attribute.choices)],
        "comparator": [(str(code), str(label)) for code, label in Target.Comparator.choices],
        "number_state": [(str(code), str(label)) for code, label in Target.NumberState.choices],
        "mention": list(mention_labels().items()),
    }


# ---------------------------------------------------------------------------------------------------------- inner steps


def _row(one: Extraction, bounds: Sequence[tuple[int, int]]) -> Row:
    span = (one.span_start, one.span_end) if one.span_start is not None and one.span_end is not None else None
    row = Row(
        pk=one.pk,
        version=one.version,
        state=one.state,
        state_label=one.get_state_display(),
        values=one.values,
        printed=one.printed,
        span=span,
        section=section_of(bounds, span[0]) if span else 0,
        key=one.group_key,
        position=one.position,
        merged_into=one.merged_into_id,
    )
    if one.what == What.INDICATOR:
        row.mention_label = mention_labels().get(one.values["mention"], one.values["mention"])
        row.value_label = value_label(one.values)
    return row


def value_label(values: dict[str, Any]) -> str:
    """The value as a person reads it: comparator, number and unit, or why there is no number."""
    if values["value"] is None:
        return str(Target.NumberState(values["number_state"]).label)
    signs = {"=": "", ">=": "≥ ", ">": "> ", "<=": "≤ ", "increase": "+"}
    return f"{signs.get(values['comparator'], '')}{values['value']}"


def _groups(rows: list[Row], stored: list[Extraction]) -> list[Group]:
    """All groups in the order of the text, with what disagrees inside them and what looks like the same indicator."""
    members: dict[str, list[tuple[Row, Extraction]]] = {}
    for row, one in zip(rows, stored, strict=True):
        if one.what == What.INDICATOR:
            members.setdefault(one.group_key, []).append((row, one))
    live = {
        key: [mentions.mention_of(one) for _row, one in pairs if one.state in (State.PENDING, State.ACCEPTED)]
        for key, pairs in members.items()
    }
    groups = []
    for key, pairs in members.items():
        ranked = sorted(pairs, key=lambda pair: (pair[1].state == State.MERGED, mentions.rank(mentions.mention_of(pair[1]))))
        head = ranked[0][0]
        owner = next((one.owner for _row, one in ranked if one.owner is not None), None)
        metric = next((one.metric for _row, one in ranked if one.metric), "")
        declared = metrics.find(metric) if metric else None
        group = Group(
            key=key,
            head=head,
            rows=[row for row, one in pairs if one.state != State.MERGED],
            repeats=[row for row, one in pairs if one.state == State.MERGED],
            owner_id=owner.pk if owner else None,
            owner_name=owner.name if owner else "",
            metric=metric,
            metric_name=str(declared.name) if declared else "",
            state=_state(one.state for _row, one in pairs),
            moved_in=any("came_from" in one.values for _row, one in pairs),
        )
        group.rows.sort(key=lambda row: (mentions.is_past(row.values["mention"]), int(row.values["year"]), row.position))
        for first, other in mentions.disagreements(live[key]):
            told = {"year": first.year, "one": _text(first), "other": _text(other)}
            group.conflicts.append(_("%(year)s 年有两个值：%(one)s 与 %(other)s，请留一个，或拆成两项") % told)
            for row in group.rows:
                if row.pk in (first.pk, other.pk):
                    row.conflict = group.conflicts[-1]
        groups.append(group)
    by_key = {group.key: group for group in groups}
    for likeness in mentions.likely_same({key: found for key, found in live.items() if found}):
        keep, drop = by_key[likeness.keep], by_key[likeness.drop]
        value = format(likeness.value.normalize(), "f")
        keep.alike.append(Alike(drop.key, drop.head.values["name"], likeness.year, value, likeness.scope))
    return groups


def _text(mention: mentions.Mention) -> str:
    return format(mention.value.normalize(), "f") if mention.value is not None else str(Target.NumberState(mention.state).label)


def _state(states: Iterable[str]) -> str:
    """The state of a group: waiting while anything waits; then accepted if anything is; else rejected or merged."""
    found = set(states)
    return next((str(state) for state in (State.PENDING, State.ACCEPTED, State.REJECTED) if state in found), str(State.MERGED))


def _in_filter(group: Group, state: str) -> bool:
    if state == "flagged":
        return bool(group.conflicts or group.alike)
    return not state or group.state == state


def _counts(groups: list[Group], rows: list[Row], tab: str) -> dict[str, int]:
    if tab == "tasks":
        counts = Counter(row.state for row in rows)
        counts[""] = len(rows)
    else:
        counts = Counter(group.state for group in groups)
        counts[""] = len(groups)
        counts["flagged"] = sum(1 for group in groups if group.conflicts or group.alike)
    return dict(counts)


def _progress(stored: list[Extraction]) -> dict[str, tuple[int, int]]:
    """Decided and all, per kind; repeats do not count, since nobody has to decide on them."""
    found = {}
    for tab, what in (("indicators", What.INDICATOR), ("tasks", What.TASK)):
        states = [one.state for one in stored if one.what == what and one.state != State.MERGED]
        found[tab] = (sum(state != State.PENDING for state in states), len(states))
    return found


def _findings(document: PlanDocument, bounds: Sequence[tuple[int, int]]) -> list[Finding]:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    found = []
    for number, one in enumerate(document.findings):
        places = tuple((document.text[a:b][:80], section_of(bounds, a), a) for a, b in one["spans"])
        found.append(Finding(number, one["code"], one[language], places))
    return found


def _page_of(shown: Sequence[Any], focus: int) -> int | None:
    for index, item in enumerate(shown):
        ids = [item.pk] if isinstance(item, Row) else [row.pk for row in [*item.rows, *item.repeats]]
        if focus in ids:
            return index // PER_PAGE + 1
    return None


def _marked(row: Row, text: str) -> list[tuple[int, int]]:
    """The places that show a row in the text: the printed quantity; of a task its title and its units, not its whole body."""
    if row.span is None or "title" not in row.values:
        return [row.span] if row.span else []
    start, end = row.span
    title = str(row.printed.get("title") or "")
    found = text.find(title, start, end) if title else -1
    places = [(found, found + len(title)) if found >= 0 else (start, min(end, start + 30))]
    units = row.printed.get("units_span")
    return [*places, (units[0], units[1])] if units else places


def _section(
    wanted: int | None,
    focus: int | None,
    finding: int | None,
    rows: list[Row],
    findings: list[Finding],
    window: Sequence[Any],
    bounds: Sequence[tuple[int, int]],
) -> int:
    if wanted is not None:
        return min(max(wanted, 0), len(bounds) - 1)
    if focus is not None:
        return next((row.section for row in rows if row.pk == focus), 0)
    if finding is not None and 0 <= finding < len(findings) and findings[finding].places:
        return findings[finding].places[0][1]
    first = window[0] if window else None
    if first is None:
        return 0
    return first.section if isinstance(first, Row) else first.head.section
