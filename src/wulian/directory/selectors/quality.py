"""How good the linking is, on the pairs that people have judged, and what waits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from django.db.models import Q
from django.utils.translation import gettext as _

from wulian.directory.linking.records import owners_of
from wulian.directory.models import Doubt, IdentityChange, IdentityUndo, Judgement, SourceRecord, Verdict
from wulian.foundation.access import Actor, Role, require

BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0001)
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with the 95% interval of Wilson; None without any."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.total:
            return None
        z, n, p = 1.96, self.total, self.hits / self.total
        middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))


@dataclass(frozen=True, slots=True)
class Band:
    """Judged pairs whose score lies in [low, high): how many people called the same and different; and open doubts."""

    low: float
    high: float
    same: int
    different: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """What would follow if doubts from this score on were merged without asking."""

    score: float
    merged: int  # open doubts that would be merged
    right: int  # judged pairs at or above it that people called the same
    wrong: int  # and different


@dataclass(frozen=True, slots=True)
class Quality:
    """`precision`: of judged pairs that stand in one archive, those that people call the same; `recall`: of pairs that people call the
    same, those that stand in one archive; `agreement`: judged doubts on which the model leaned the way people decided."""

    precision: Share
    recall: Share
    agreement: Share
    bands: list[Band]
    thresholds: list[Threshold]
    states: dict[str, int]
    records: dict[str, int]  # source records by how they came to their organisation
    model_merges: int
    model_undone: int


def last_judgements() -> dict[tuple[str, str], tuple[str, float | None]]:
    """Pair -> the last verdict and the score at the time of it."""
    last: dict[tuple[str, str], tuple[str, float | None]] = {}
    for left, right, verdict, score in Judgement.objects.order_by("id").values_list("left_key", "right_key", "verdict", "score").iterator():
        last[left, right] = (verdict, score)
    return last


def quality(*, viewer: Actor) -> Quality:
    """Figures of the whole directory. Raises Denied."""
    require(viewer.has(Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR), act=_("看归并质量"), reason=_("需要科技部门工作人员或审计身份"))
    said = {pair: what for pair, what in last_judgements().items() if what[0] in (Verdict.SAME, Verdict.DIFFERENT)}
    owners = owners_of({key for pair in said for key in pair})
    together = {pair: owners.get(pair[0]) is not None and owners.get(pair[0]) == owners.get(pair[1]) for pair in said}
    same = [pair for pair, (verdict, _score) in said.items() if verdict == Verdict.SAME]
    linked = [pair for pair in said if together[pair]]
    scored = [(verdict, score) for verdict, score in said.values() if score is not None]
    agreed = sum((score >= 0.5) == (verdict == Verdict.SAME) for verdict, score in scored)
    waiting = list(
        Doubt.objects.filter(state=Doubt.State.OPEN, left__merged_into__isnull=True, right__merged_into__isnull=True).values_list(
            "score", flat=True
        )
    )
    bands = [
        Band(
            low, min(high, 1.0), sum(v == Verdict.SAME and low <= s < high for v, s in scored),
            sum(v == Verdict.DIFFERENT and low <= s < high for v, s in scored), sum(low <= s < high for s in waiting),
        )
        for low, high in pairwise(BANDS)
    ]  # fmt: skip
    thresholds = [
        Threshold(
            at, sum(s >= at for s in waiting), sum(v == Verdict.SAME and s >= at for v, s in scored),
            sum(v == Verdict.DIFFERENT and s >= at for v, s in scored),
        )
        for at in THRESHOLDS
    ]  # fmt: skip
    by_model = Q(change__basis=IdentityChange.Basis.MODEL)
    states = Counter(Doubt.objects.order_by().values_list("state", flat=True))
    states[Doubt.State.OPEN] = len(waiting)
    return Quality(
        precision=Share(sum(said[pair][0] == Verdict.SAME for pair in linked), len(linked)),
        recall=Share(sum(together[pair] for pair in same), len(same)),
        agreement=Share(agreed, len(scored)),
        bands=bands,
        thresholds=thresholds,
        states=dict(states),
        records=dict(Counter(SourceRecord.objects.order_by().values_list("linked_by", flat=True))),
        model_merges=IdentityChange.objects.filter(basis=IdentityChange.Basis.MODEL).count(),
        model_undone=IdentityUndo.objects.filter(by_model).count(),
    )
