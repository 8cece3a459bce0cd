"""Samples of times, and the limits for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles


@dataclass(frozen=True)
class Limits:
    """`milliseconds` are limits by percentile. `ratio` limits the large desk's figure at each of these percentiles, as
    a multiple of the small desk's. `times` is the least multiple of the small desk's median. Unset limits do not count.
    """

    milliseconds: dict[int, float] = field(default_factory=dict)
    ratio: float | None = None
    times: float | None = None


@dataclass
class Samples:
    """The times of one operation on one desk, in milliseconds."""

    milliseconds: list[float] = field(default_factory=list)

    def add(self, seconds: Sequence[float]) -> None:
        self.milliseconds += [value * 1000 for value in seconds]

    def percentile(self, percent: int) -> float:
        if len(self.milliseconds) == 1:
            return self.milliseconds[0]
        return quantiles(self.milliseconds, n=100, method="inclusive")[percent - 1]


@dataclass
class Row:
    """One line of the table. `small` is None when the sizes are not compared."""

    name: str
    limits: Limits
    large: Samples = field(default_factory=Samples)
    small: Samples | None = None

    def ratio(self, percent: int) -> float | None:
        return self.large.percentile(percent) / self.small.percentile(percent) if self.small else None

    def failures(self) -> list[str]:
        """Returns descriptions of the limits that are not kept."""
        found = [
            f"p{percent} > {most:g} ms"
            for percent, most in self.limits.milliseconds.items()
            if self.large.percentile(percent) > most
        ]
        ratios = {percent: self.ratio(percent) for percent in self.limits.milliseconds}
        if (most := self.limits.ratio) is not None:
            found += [f"p{percent} > {most:g}x" for percent, ratio in ratios.items() if ratio and ratio > most]
        if (least := self.limits.times) is not None and (ratio := self.ratio(50)) is not None and ratio < least:
            found.append(f"p50 < {least:g}x")
        return found
