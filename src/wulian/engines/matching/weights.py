"""The learned combination: five signals and how much each counts.

Chosen on labelled demands by cross-validation over groups of demands that share an achievement (`python -m benchmarks.matching`),
then rounded; the optimum is flat, so that a library of another kind needs no other weights.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Weights:
    """Per standard deviation of a signal over the library (`field`: per unit of log probability)."""

    characters: float = 1.0
    pairs: float = 0.2
    latent: float = 0.7
    field: float = 0.6
    feedback: float = 0.4


WEIGHTS = Weights()
CODES = tuple(one.name for one in fields(Weights))
LABELS = {
    "characters": ("共有的字和词", "shared characters and words"),
    "pairs": ("共有的字组", "shared pairs of characters"),
    "latent": ("用语所属的题材", "subject of the wording"),
    "field": ("所属领域", "field"),
    "feedback": ("与最靠前的几条相近", "likeness to the first results"),
}
# Saturation and length: a long abstract names much that it is not about (no weaker b than 1 was better), and a character
# repeated within it goes on counting for longer than a word does.
K1 = 2.0
# The query is expanded by its first results, weighed by their distance in score from the first.
NEAREST, FIELDS_FROM, FALL = 10, 30, 1.5
FLOOR = 0.02
