"""Chance that is the same on every machine and Python version."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of numbers drawn from the hash of its name.

    The standard generator is not used because its derived draws (gauss, sample) may change between Python versions, and
    because a stream per purpose and firm keeps one firm's story the same when another is added.
    """

    def __init__(self, *name: object) -> None:
        self._key = hashlib.blake2b("/".join(map(str, name)).encode()).digest()
        self._block = 0
        self._numbers: list[int] = []

    def _next(self) -> int:
        if not self._numbers:
            digest = hashlib.blake2b(self._block.to_bytes(8, "big"), key=self._key).digest()
            self._numbers = [int.from_bytes(digest[i : i + 8], "big") for i in range(0, 64, 8)]
            self._block += 1
        return self._numbers.pop()

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number in [low, high)."""
        return low + (high - low) * (self._next() >> 11) / (1 << 53)

    def integer(self, low: int, high: int) -> int:
        """A whole number in [low, high], both included."""
        return low + self._next() % (high - low + 1)

    def chance(self, probability: float) -> bool:
        return self.uniform() < probability

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return mean + deviation * radius * math.cos(2 * math.pi * self.uniform())

    def lognormal(self, median: float, deviation: float) -> float:
        return median * math.exp(self.normal(0, deviation))

    def count(self, mean: float) -> int:
        """A whole number around `mean` (Poisson by inversion; means here stay below a few dozen)."""
        threshold, product, events = math.exp(-mean), self.uniform(), 0
        while product > threshold:
            product *= self.uniform()
            events += 1
        return events

    def choice(self, items: Sequence[T]) -> T:
        return items[self._next() % len(items)]

    def weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        mark = self.uniform(0, sum(weights))
        for item, weight in zip(items, weights, strict=True):
            mark -= weight
            if mark < 0:
                return item
        return items[-1]

    def day(self, first: date, last: date) -> date:
        """A day in [first, last]."""
        return first + timedelta(days=self.integer(0, (last - first).days))
