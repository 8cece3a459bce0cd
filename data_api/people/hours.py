"""Working hours, stored as ranges of minutes of the week: their form in the API, and whether somebody works now."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import Range

from contracts.working_hours import MINUTES_A_DAY, WEEKDAYS, WorkingSpan, clock_of, minute_of


def minute_of_week(at: datetime) -> int:
    """Returns the minute of the week that a clock shows at this moment; `at` is in the campus's time zone. In the night
    when clocks are set back, one hour's minutes come twice; when they are set forward, one hour's minutes are left
    out."""
    return at.weekday() * MINUTES_A_DAY + at.hour * 60 + at.minute


def works_at(hours: Sequence[Range[int]] | None, at: datetime) -> bool:
    """`at` is in the campus's time zone. Without hours, somebody always works."""
    return hours is None or any(minute_of_week(at) in span for span in hours)


def stored_hours(spans: Iterable[WorkingSpan]) -> list[Range[int]] | None:
    """Returns the spans, which must be in order, in the form that the database gives them: what adjoins is one."""
    ranges: list[Range[int]] = []
    for span in spans:
        start = WEEKDAYS.index(span.day) * MINUTES_A_DAY
        first, end = start + minute_of(span.starts), start + minute_of(span.ends)
        if ranges and ranges[-1].upper == first:
            first = ranges.pop().lower or 0
        ranges.append(Range(first, end))
    return ranges or None


def hours_read(hours: Sequence[Range[int]] | None) -> list[WorkingSpan]:
    return [span for one in hours or () for span in _by_day(one.lower or 0, one.upper or 0)]


def _by_day(first: int, end: int) -> Iterator[WorkingSpan]:
    """Splits minutes of the week at each midnight."""
    while first < end:
        day, minute = divmod(first, MINUTES_A_DAY)
        until = min(end - day * MINUTES_A_DAY, MINUTES_A_DAY)
        yield WorkingSpan(day=WEEKDAYS[day], starts=clock_of(minute), ends=clock_of(until))
        first = day * MINUTES_A_DAY + until
