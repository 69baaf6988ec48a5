"""A simple forecast: a straight line through yearly values, with a prediction interval. Labelled as such, never a promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

LEAST_YEARS = 3
CONFIDENCE = 80  # per cent; two-sided
# 0.90 quantiles of Student's t for 1, 2, 3 … degrees of freedom (two-sided 80 %); beyond the table the normal one.
T_90 = (
    3.078,
    1.886,
    1.638,
    1.533,
    1.476,
    1.440,
    1.415,
    1.397,
    1.383,
    1.372,
    1.363,
    1.356,
    1.350,
    1.345,
    1.341,
    1.337,
    1.333,
    1.330,
    1.328,
    1.325,
)
NORMAL_90 = 1.282


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where the line is on `on`: `value` with [low, high] holding CONFIDENCE per cent of outcomes if the line goes on."""

    on: date
    value: float
    low: float
    high: float
    slope: float  # per year
    years: int


def yearly(points: Sequence[tuple[date, float]], *, whole_years: bool) -> list[tuple[date, float]]:
    """The last point of each year, in order. `whole_years`: only values of the whole year (31 December) count."""
    last: dict[int, tuple[date, float]] = {}
    for day, value in sorted(points):
        if not whole_years or (day.month, day.day) == (12, 31):
            last[day.year] = (day, value)
    return [last[year] for year in sorted(last)]


def forecast(points: Sequence[tuple[date, float]], on: date, *, floor: float | None = None) -> Forecast | None:
    """Least squares through `points` (one per year, from `yearly`), read on `on`; None below LEAST_YEARS points.

    Interval: y ± t(0.90, n-2) · s · sqrt(1 + 1/n + (x - mean)² / Sxx), the usual one for a new observation
    (e.g. Draper & Smith, Applied Regression Analysis, 1.4). `floor` cuts it off below, e.g. 0 for a count.
    """
    n = len(points)
    if n < LEAST_YEARS:
        return None
    xs = [day.toordinal() / 365.2425 for day, _ in points]
    ys = [value for _, value in points]
    mean_x, mean_y = sum(xs) / n, sum(ys) / n
    sxx = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sxx
    residual = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in zip(xs, ys, strict=True))
    x = on.toordinal() / 365.2425
    t = T_90[n - 3] if n - 3 < len(T_90) else NORMAL_90
    half = t * sqrt(residual / (n - 2)) * sqrt(1 + 1 / n + (x - mean_x) ** 2 / sxx)
    value = mean_y + slope * (x - mean_x)
    least = float("-inf") if floor is None else floor
    low, middle, high = (max(least, number) for number in (value - half, value, value + half))
    return Forecast(on=on, value=middle, low=low, high=high, slope=slope, years=n)
