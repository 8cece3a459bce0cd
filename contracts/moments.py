"""The range of years that is accepted for moments, wherever one is stored or sent in a request."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator

# Between these two, every time zone's clock, every rule's hours and every chart's axis can be computed: the ends of
# Python's calendar (9999) and of nanoseconds (2262) are far outside. The first day of 1970 is excluded because exports
# write "no date" as 0 seconds since then.
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)  # the first moment that is too late
# A moment outside that range that is stored nevertheless is limited to these bounds when it is shown. They are a day
# inside Python's calendar, so that in no time zone the moment falls outside it.
FIRST_SHOWN, LAST_SHOWN = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def shown(moment: datetime) -> datetime:
    """Returns the moment, limited to FIRST_SHOWN and LAST_SHOWN, so that it can be converted to every time zone."""
    return min(max(moment if moment.tzinfo else moment.replace(tzinfo=UTC), FIRST_SHOWN), LAST_SHOWN)


def is_within_years(moment: datetime) -> bool:
    """Whether the moment is from EARLIEST to LATEST. A moment without a zone is read as UTC: a few hours do not matter
    at these bounds."""
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    # Compared without `astimezone`, which fails at both ends of the calendar.
    return EARLIEST <= known < LATEST


def refuse_far_years(moment: datetime) -> datetime:
    """Raises ValueError for a moment before EARLIEST or not before LATEST."""
    if not is_within_years(moment):
        raise ValueError(f"must lie between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d}")
    return moment


MomentWithinYears = Annotated[datetime, AfterValidator(refuse_far_years)]
