"""When things happen on a campus: terms, holidays, weekdays and times of day give each hour a weight."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.float64]  # seconds since 1970-01-01 UTC
HOUR = 3600

HOLIDAYS = {(1, 1), (1, 6), (5, 1), (8, 15), (11, 1), (12, 8), (12, 24), (12, 25), (12, 26), (12, 31)}
# The number of requests over the academic year: each factor holds from its (month, day) until that of the next line.
SEASONS = [
    ((1, 1), 0.15),  # Christmas break
    ((1, 7), 0.7),  # exams
    ((2, 12), 1.3),  # second term begins
    ((3, 5), 1.0),
    ((6, 10), 0.7),  # exams
    ((7, 20), 0.3),  # summer
    ((9, 5), 1.0),
    ((9, 16), 1.7),  # new students arrive
    ((10, 10), 1.1),
    ((12, 20), 0.15),
]
STUDENT_WEEK = [1.15, 1.1, 1.05, 1.0, 0.75, 0.2, 0.25]
STUDENT_DAY = [4, 2, 1, 1, 1, 2, 5, 18, 45, 80, 95, 90, 70, 75, 90, 85, 75, 60, 45, 35, 30, 26, 18, 9]
OFFICE_DAY = [0.002] * 7 + [0.1, 0.9, 1, 1, 1, 0.7, 0.9, 1, 1, 0.9, 0.5, 0.15, 0.06, 0.04, 0.02, 0.01, 0.005]


def season(day: date) -> float:
    return next(factor for start, factor in reversed(SEASONS) if (day.month, day.day) >= start)


def arrival_weight(at: datetime) -> float:
    """Returns the relative number of reports in an hour of campus time."""
    holiday = 0.15 if (at.month, at.day) in HOLIDAYS else 1.0
    return season(at.date()) * holiday * STUDENT_WEEK[at.weekday()] * STUDENT_DAY[at.hour]


def office_weight(at: datetime) -> float:
    """Returns how much staff work in an hour of campus time: 1 in office hours, little outside."""
    is_off = at.weekday() >= 5 or (at.month, at.day) in HOLIDAYS
    return OFFICE_DAY[at.hour] * (0.03 if is_off else 1.0)


@dataclass(frozen=True)
class Clock:
    """Converts between moments and sums of weighted hours: `passed` holds the sum at each moment of `edges`."""

    edges: Moments
    passed: NDArray[np.float64]

    @classmethod
    def of(cls, weight: Callable[[datetime], float], start: datetime, end: datetime, zone: ZoneInfo) -> "Clock":
        first = int(start.timestamp()) // HOUR * HOUR
        edges = np.arange(first, end.timestamp() + HOUR, HOUR, dtype=np.float64)
        weights = [weight(datetime.fromtimestamp(edge, zone)) for edge in edges[:-1]]
        return cls(edges, np.concatenate([[0.0], np.cumsum(weights)]))

    def amount(self, moments: Moments) -> NDArray[np.float64]:
        return np.interp(moments, self.edges, self.passed)

    def at(self, amounts: NDArray[np.float64]) -> Moments:
        """Returns the moments at which these sums are reached; a sum beyond the last one gives the last moment."""
        return np.interp(amounts, self.passed, self.edges)

    def spread(self, rng: np.random.Generator, count: int, start: datetime, end: datetime) -> Moments:
        """Draws `count` moments between two, by weight, in order and in whole seconds."""
        low, high = self.amount(np.array([start.timestamp(), end.timestamp()])).tolist()
        return np.floor(self.at(np.sort(rng.uniform(low, high, count))))
