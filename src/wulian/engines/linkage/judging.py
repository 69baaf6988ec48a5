"""What is said of two records, and of one record and a known organisation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """SAME: linked without asking. UNSURE: shown to a person, not linked. DIFFERENT: too little speaks for it. FORBIDDEN: cannot be
    the same whatever else agrees (see `Judgement.barrier`)."""

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One thing that was compared. `weight`: log2 of how much likelier it is among records of one organisation than among two;
    `left`, `right`: the values that were compared."""

    code: str
    level: str
    zh: str
    en: str
    weight: float
    left: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`weight`: log2 odds, the sum of the contributions (the prior is one of them). `score`: the same as a probability, 0 to 1.
    `zh`, `en`: one sentence each. `barrier`: code of the reason why they cannot be the same, or ""."""

    score: float
    weight: float
    verdict: Verdict
    barrier: str
    zh: str
    en: str
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known record that the asked one may belong with."""

    key: str
    judgement: Judgement

    @property
    def score(self) -> float:
        return self.judgement.score

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict
