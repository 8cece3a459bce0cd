"""Figures that are not times, with how sure they are, and what they are held against."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from data_api.learning.regression import Floats, Integers

Z = 1.959964  # 95 % of a normal distribution lie within so many standard deviations
BINS = 10
DRAWS = 2_000


@dataclass(frozen=True)
class Figure:
    """One line of the table. `low` and `high`: the 95 % interval; `of`: how many it was measured on. Without a limit it
    is not judged."""

    name: str
    of: int
    value: float
    low: float
    high: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_as_it_must_be(self) -> bool:
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


def share(name: str, hits: Integers, at_least: float | None = None) -> Figure:
    """Of hits and misses, 1 and 0, with Wilson's interval (1927)."""
    count = len(hits)
    found = float(hits.mean())
    middle = (found + Z**2 / (2 * count)) / (1 + Z**2 / count)
    reach = Z / (1 + Z**2 / count) * sqrt(found * (1 - found) / count + Z**2 / (4 * count**2))
    return Figure(name, count, found, max(0.0, middle - reach), min(1.0, middle + reach), at_least)


def bootstrapped(name: str, count: int, value_of: Callable[[Integers], float], at_most: float) -> Figure:
    """With the percentile interval (Efron 1979) over samples of `count` places, drawn with the same seed every time."""
    chance = np.random.default_rng(1979)
    drawn = [value_of(chance.integers(0, count, count)) for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Figure(name, count, value_of(np.arange(count)), float(low), float(high), at_most=at_most)


def mean(name: str, values: list[float], at_most: float) -> Figure:
    """With the normal interval of the mean."""
    reach = Z * float(np.std(values, ddof=1)) / sqrt(len(values))
    middle = float(np.mean(values))
    return Figure(name, len(values), middle, middle - reach, middle + reach, at_most=at_most)


def calibration_error(confidence: Floats, is_right: Integers) -> float:
    """Expected, in ten bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return sum(
        float(np.abs(confidence[bins == each].mean() - is_right[bins == each].mean()) * (bins == each).mean())
        for each in np.unique(bins)
    )
