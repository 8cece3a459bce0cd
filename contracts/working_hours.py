"""When somebody works: spans of the week, by the clock on the campus."""

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from contracts.base import Input

MOST_SPANS = 28
_MIDNIGHT = "24:00"


class Weekday(StrEnum):
    """In the order of `date.weekday()`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEKDAYS = list(Weekday)
MINUTES_A_DAY = 24 * 60
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="As 09:00.")]
ClockOrMidnight = Annotated[
    str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", description="As 17:30; 24:00 ends the day.")
]


def minute_of(clock: str) -> int:
    """Returns the minute of the day, from 0 to 1,440."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clock_of(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


class WorkingSpan(Input):
    """One span of a day. Whoever works past midnight has a span until 24:00, and one from 00:00 on the next day."""

    day: Weekday
    starts: Clock
    ends: ClockOrMidnight

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> Self:
        if minute_of(self.ends) <= minute_of(self.starts):
            raise ValueError(f"ends must be after starts; {_MIDNIGHT} is the end of the day")
        return self

    @property
    def place(self) -> tuple[int, int]:
        """Its position in the week."""
        return WEEKDAYS.index(self.day), minute_of(self.starts)


def _in_order(spans: list[WorkingSpan]) -> list[WorkingSpan]:
    """Returns the spans from Monday on. Raises ValueError where two overlap."""
    ordered = sorted(spans, key=lambda span: span.place)
    for one, following in pairwise(ordered):
        if one.day == following.day and minute_of(following.starts) < minute_of(one.ends):
            raise ValueError(f"two spans overlap on {one.day}: until {one.ends}, and from {following.starts}")
    return ordered


WorkingHours = Annotated[
    list[WorkingSpan],
    Field(max_length=MOST_SPANS, description="By the clock on the campus. No span at all means always."),
    AfterValidator(_in_order),
]
