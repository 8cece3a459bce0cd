"""Working hours: what may be sent, how they are stored, and what they mean when the clocks are changed."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.working_hours import WEEKDAYS, WorkingHours, WorkingSpan
from data_api.people.hours import hours_read, stored_hours, works_at

BERLIN = ZoneInfo("Europe/Berlin")
HOURS: TypeAdapter[list[WorkingSpan]] = TypeAdapter(WorkingHours)


def span(day: str, starts: str, ends: str) -> dict[str, str]:
    return {"day": day, "starts": starts, "ends": ends}


def works(at: datetime, *spans: dict[str, str]) -> bool:
    return works_at(stored_hours(HOURS.validate_python(spans)), at.astimezone(BERLIN))


def test_they_come_in_the_order_of_the_week() -> None:
    sent = [span("tuesday", "09:00", "12:00"), span("monday", "13:00", "17:00"), span("monday", "08:00", "12:00")]
    assert [one.model_dump() for one in HOURS.validate_python(sent)] == [sent[2], sent[1], sent[0]]


@pytest.mark.parametrize(
    "wrong",
    [
        [span("monday", "12:00", "12:00")],
        [span("monday", "12:00", "08:00")],
        [span("monday", "24:00", "24:00")],
        [span("monday", "8:00", "12:00")],
        [span("monday", "08:00", "12:60")],
        [span("someday", "08:00", "12:00")],
        [span("monday", "08:00", "12:00"), span("monday", "11:59", "14:00")],
        [span(day, f"{hour:02}:00", f"{hour:02}:30") for day in WEEKDAYS for hour in range(5)],
    ],
    ids=lambda wrong: str(wrong)[:60],
)
def test_wrong_hours_are_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        HOURS.validate_python(wrong)


def test_they_are_read_as_they_were_sent() -> None:
    sent = [span("monday", "22:00", "24:00"), span("tuesday", "00:00", "06:00"), span("sunday", "10:00", "24:00")]
    stored = stored_hours(HOURS.validate_python(sent))
    assert [one.model_dump() for one in hours_read(stored)] == sent


def test_what_adjoins_is_one() -> None:
    parts = [span("monday", "08:00", "12:00"), span("monday", "12:00", "16:00")]
    stored = stored_hours(HOURS.validate_python(parts))
    assert [one.model_dump() for one in hours_read(stored)] == [span("monday", "08:00", "16:00")]


def test_no_hours_mean_always() -> None:
    assert stored_hours([]) is None
    assert hours_read(None) == []
    assert works_at(None, datetime.now(BERLIN))


@pytest.mark.parametrize(("minute", "is_there"), [(7 * 60 + 59, False), (8 * 60, True), (719, True), (720, False)])
def test_the_first_minute_belongs_to_them_and_the_last_does_not(minute: int, is_there: bool) -> None:
    monday = datetime(2026, 11, 30, minute // 60, minute % 60, 59, tzinfo=BERLIN)
    assert works(monday, span("monday", "08:00", "12:00")) is is_there


def test_on_another_day_nobody_works() -> None:
    assert not works(datetime(2026, 12, 1, 9, tzinfo=BERLIN), span("monday", "08:00", "12:00"))


# Clocks are set forward on 29 March 2026 at 2:00 (1:00 UTC), and back on 25 October 2026 at 3:00 (1:00 UTC).
@pytest.mark.parametrize(
    ("moment", "is_there"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), False),  # 1:59
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), False),  # 3:00: the hour from 2:00 is left out
        (datetime(2026, 10, 24, 23, 59, tzinfo=UTC), False),  # 1:59
        (datetime(2026, 10, 25, 0, 0, tzinfo=UTC), True),  # 2:00, in summer time
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), True),  # 2:00 again
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), False),  # 3:00
        (datetime(2026, 11, 1, 1, 30, tzinfo=UTC), True),  # 2:30 on any other Sunday
    ],
)
def test_the_clock_on_the_wall_decides_in_the_nights_when_it_is_changed(moment: datetime, is_there: bool) -> None:
    assert works(moment, span("sunday", "02:00", "03:00")) is is_there


@pytest.mark.parametrize("day", [29, 30])
def test_after_such_a_night_work_begins_at_its_hour(day: int) -> None:
    """8:00 is another moment in UTC than on the days before."""
    eight = datetime(2026, 3, day, 6, 0, tzinfo=UTC)
    weekday = WEEKDAYS[eight.weekday()].value
    assert works(eight, span(weekday, "08:00", "12:00"))
    assert not works(eight.replace(hour=5, minute=59), span(weekday, "08:00", "12:00"))
