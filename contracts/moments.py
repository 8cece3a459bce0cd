"""The years that moments may lie in, for everything that stores or asks for one."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator

# Within these, every zone's clock, every rule's hours and every chart's axis can be computed with room to spare: the
# ends of Python's calendar (9999) and of nanoseconds (2262) lie beyond. The first day of 1970 is left out because
# exports write "no date" as 0 seconds since then.
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)  # the first moment that is too late
# What is stored all the same is shown as far as Python's calendar goes, a day short of its ends: in no zone is it
# beyond them then.
FIRST_SHOWN, LAST_SHOWN = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def shown(moment: datetime) -> datetime:
    """As it is, or the end of the calendar that it is too near to, so that every zone can tell it."""
    return min(max(moment if moment.tzinfo else moment.replace(tzinfo=UTC), FIRST_SHOWN), LAST_SHOWN)


def is_within_years(moment: datetime) -> bool:
    """One without a zone is read as UTC: a few hours do not matter at these bounds."""
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    # Compared without `astimezone`, which fails at both ends of the calendar.
    return EARLIEST <= known < LATEST


def refuse_far_years(moment: datetime) -> datetime:
    """Raises ValueError for a moment before EARLIEST or not before LATEST."""
    if not is_within_years(moment):
        raise ValueError(f"must lie between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d}")
    return moment


MomentWithinYears = Annotated[datetime, AfterValidator(refuse_far_years)]
