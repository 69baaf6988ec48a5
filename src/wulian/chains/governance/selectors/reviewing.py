"""Reading the review of frozen evaluations: who is invited, what was said of what, what waits for an answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from wulian.directory.models import Membership, Organisation
from wulian.foundation.access import Actor, Role

from ..access import READERS, may_edit, visible_comments, visible_evaluations
from ..models import Evaluation, EvaluationComment, EvaluationReviewer

OPEN = Q(answered_at__isnull=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a comment may be about: an indicator or a task of the evaluation. `key`: `indicator-12`."""

    kind: str
    id: int
    label: str

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.id}"


@dataclass(slots=True)
class EvaluationItem:
    """A frozen evaluation in a list, with the comments that the viewer may see. `due_on`: until when the viewer is asked."""

    evaluation: Evaluation
    comments: int
    waiting: int
    invited: bool = False
    due_on: date | None = None


@dataclass(slots=True)
class Review:
    """The review of one evaluation as the viewer sees it: open comments first."""

    comments: list[EvaluationComment]
    waiting: int
    reviewers: list[EvaluationReviewer]
    editable: bool
    inside: bool  # reads the evaluation as one of the region or as an invited reviewer
    seats: list[EvaluationReviewer] = field(default_factory=list)  # the viewer's own invitations
    subjects: list[Subject] = field(default_factory=list)
    bodies: list[Organisation] = field(default_factory=list)  # that could be invited


def subjects_of(evaluation: Evaluation) -> list[Subject]:
    """Indicators and tasks of the frozen content, in its order. Tasks of early evaluations carry no id and are left out."""
    content = evaluation.content
    found = [Subject("indicator", line["id"], line["name"]) for line in content["indicators"] if not line["composite"]]
    return found + [Subject("task", line["id"], f"{line['number']} {line['title']}".strip()) for line in content["tasks"] if line.get("id")]


def evaluations_list(viewer: Actor) -> list[EvaluationItem]:
    """Frozen evaluations that the viewer may see: those that wait for the viewer first, then the newest."""
    rows = list(visible_evaluations(viewer).select_related("plan__region").defer("content").order_by("-as_of", "-id"))
    said = visible_comments(viewer).order_by().values_list("evaluation_id", "answered_at")
    comments = Counter(pk for pk, _answered in said)
    waiting = Counter(pk for pk, answered in said if answered is None)
    seats = {seat.evaluation_id: seat for seat in _seats(viewer)}
    items = [
        EvaluationItem(row, comments[row.pk], waiting[row.pk], row.pk in seats, seats[row.pk].due_on if row.pk in seats else None)
        for row in rows
    ]
    return sorted(items, key=lambda item: not item.waiting)


def review_of(viewer: Actor, evaluation: Evaluation, on: date) -> Review:
    """Comments, invitations and what the viewer may do on `on`. The public sees what is marked public, and nobody's invitation."""
    comments = list(
        visible_comments(viewer)
        .filter(evaluation=evaluation)
        .select_related("organisation", "filed_by", "answered_by", "indicator", "task")
        .order_by("answered_at", "filed_at", "id")
    )
    comments.sort(key=lambda one: one.answered_at is not None)
    editable = may_edit(viewer, evaluation.plan)
    reader = viewer.has(*READERS, region=evaluation.plan.region_id)
    seats = [seat for seat in _seats(viewer) if seat.evaluation_id == evaluation.pk]
    invited = evaluation.reviewers.filter(withdrawn_at__isnull=True).select_related("organisation").order_by("id")
    return Review(
        comments=comments,
        waiting=sum(one.answered_at is None for one in comments),
        reviewers=list(invited) if reader else [],
        editable=editable,
        inside=reader or bool(seats),
        seats=seats,
        subjects=subjects_of(evaluation) if seats else [],
        bodies=bodies_to_invite(evaluation, on) if editable else [],
    )


def bodies_to_invite(evaluation: Evaluation, on: date) -> list[Organisation]:
    """Bodies in which somebody holds the role of a reviewer on `on` and which are not invited yet."""
    held = Membership.objects.in_force(on).filter(role=Role.REVIEWER, person__user__is_active=True)
    seated = evaluation.reviewers.filter(withdrawn_at__isnull=True).values("organisation")
    return list(Organisation.objects.filter(pk__in=held.values("organisation")).exclude(pk__in=seated).order_by("name", "id"))


def waiting_of(viewer: Actor, plan_id: int) -> list[EvaluationItem]:
    """Frozen evaluations of a plan with comments that wait for an answer from the viewer."""
    open_ones = visible_comments(viewer).filter(OPEN, evaluation__plan_id=plan_id)
    counts = dict(open_ones.order_by().values_list("evaluation_id").annotate(Count("pk")))
    rows = visible_evaluations(viewer).filter(pk__in=counts).select_related("plan").defer("content").order_by("-as_of", "-id")
    return [EvaluationItem(row, counts[row.pk], counts[row.pk]) for row in rows]


def _seats(viewer: Actor) -> list[EvaluationReviewer]:
    """The viewer's invitations that stand."""
    bodies = viewer.organisations_as(Role.REVIEWER)
    rows = EvaluationReviewer.objects.filter(organisation__in=bodies, withdrawn_at__isnull=True)
    return list(rows.select_related("organisation").order_by("id"))
