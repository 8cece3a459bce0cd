"""Figures other than times, with their confidence intervals and limits."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from data_api.learning.regression import Floats, Integers

Z = 1.959964  # 95 % of a normal distribution is within this many standard deviations
BINS = 10
DRAWS = 2_000


@dataclass(frozen=True)
class Figure:
    """One line of the table. `low` and `high` are the bounds of the 95 % interval, `of` is the sample size. A figure
    without a limit always passes."""

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
    """Returns the share of hits (1) among hits and misses (0), with Wilson's interval (1927)."""
    count = len(hits)
    found = float(hits.mean())
    middle = (found + Z**2 / (2 * count)) / (1 + Z**2 / count)
    reach = Z / (1 + Z**2 / count) * sqrt(found * (1 - found) / count + Z**2 / (4 * count**2))
    return Figure(name, count, found, max(0.0, middle - reach), min(1.0, middle + reach), at_least)


def bootstrapped(name: str, count: int, value_of: Callable[[Integers], float], at_most: float) -> Figure:
    """Returns a figure with the bootstrap percentile interval (Efron 1979). `value_of` computes it for the indexes of a
    sample of `count`; the samples are drawn with the same seed every time."""
    chance = np.random.default_rng(1979)
    drawn = [value_of(chance.integers(0, count, count)) for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Figure(name, count, value_of(np.arange(count)), float(low), float(high), at_most=at_most)


def mean(name: str, values: list[float], at_most: float) -> Figure:
    """Returns the mean with its normal interval."""
    reach = Z * float(np.std(values, ddof=1)) / sqrt(len(values))
    middle = float(np.mean(values))
    return Figure(name, len(values), middle, middle - reach, middle + reach, at_most=at_most)


def calibration_error(confidence: Floats, is_right: Integers) -> float:
    """Returns the expected calibration error, in ten bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return sum(
        float(np.abs(confidence[bins == each].mean() - is_right[bins == each].mean()) * (bins == each).mean())
        for each in np.unique(bins)
    )
