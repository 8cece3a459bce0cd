"""The time that staff work on tickets: timers, entries, and what was changed about these. Requesters never see it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.base import Id, Input, NoNul, NotNull, Output, Slug, Stripped, Version
from contracts.pages import Page, PageQuery
from contracts.people import PersonBrief

MOST_MINUTES = 24 * 60
# How far back an entry may be, and how many days may be asked for at once.
MOST_DAYS = 366
# A timer that shows more than this was perhaps forgotten: the pages ask before they make an entry of it.
LONG_SECONDS = 8 * 60 * 60
MOST_PAUSED = 50
MOST_UNCONFIRMED = 20
MOST_PEOPLE = 100
# Of several people at once.
MOST_DAYS_OF_TEAM = 31

Minutes = Annotated[int, Field(ge=1, le=MOST_MINUTES)]
Note = Annotated[str, StringConstraints(max_length=500), Stripped, NoNul]


class TimerAction(StrEnum):
    START = "start"
    PAUSE = "pause"
    STOP = "stop"


class StoppedBecause(StrEnum):
    """Why somebody else than its owner stopped a timer: they were deactivated, may no longer work on tickets, or it ran
    for as long as a timer may (`LODGE_TIMER_HOURS`)."""

    DEACTIVATED = "deactivated"
    ROLE = "role"
    LIMIT = "limit"


class TimerChange(Input):
    """Both are for the entry that a stop makes. `minutes` says how long it really was, if the timer was forgotten: at
    most as long as it shows."""

    action: TimerAction
    minutes: Minutes | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def fits_its_action(self) -> Self:
        if self.minutes is not None and self.action is not TimerAction.STOP:
            raise ValueError("minutes can only be given with stop")
        if self.note and self.action is not TimerAction.STOP:
            raise ValueError("a note can only be given with stop")
        return self


class TimerRead(Output):
    """One's own timer of a ticket. `seconds` is what it shows at `as_of` of the answer. `ticket_title` is null if one
    may no longer read the ticket; the timer can be paused and stopped nevertheless."""

    ticket_id: int
    ticket_title: str | None
    is_running: bool
    seconds: int
    last_started_at: datetime
    is_long: bool = Field(description="More than 8 hours: it was perhaps forgotten, and people are asked about it.")


class TimeEntryRead(Output):
    """`seconds` is exact; `minutes` is rounded, and at least 1. `day` is in the campus's time zone."""

    id: int
    ticket_id: int
    person: PersonBrief
    day: date
    seconds: int
    minutes: int
    note: str | None
    is_timed: bool = Field(description="Whether a timer measured it. False if somebody typed it.")
    stopped_because: StoppedBecause | None = Field(
        description="Why the timer was stopped, if its owner did not do it: `deactivated` or `role` when they could no "
        "longer do so, `limit` when it ran for as long as a timer may."
    )
    is_unconfirmed: bool = Field(
        description="Its timer reached the limit, and nobody has said yet how long it really was. A correction says "
        "it, also one that changes nothing."
    )
    may_change: bool = Field(description="Whether the asking person may correct and delete it.")
    version: int
    created_at: datetime


class TimerChanged(Output):
    """`timer`: the ticket's, null after a stop. `paused`: the timer that was running on another ticket until this
    start. `entry`: what a stop has made."""

    timer: TimerRead | None
    paused: TimerRead | None
    entry: TimeEntryRead | None
    as_of: datetime


class PersonTime(Output):
    person: PersonBrief
    seconds: int
    entries: int


class TimeOfTicket(Page[TimeEntryRead]):
    """Entries of one ticket, the latest day first. `seconds` and `people` are about all entries, not only this page;
    `people` has who worked longest first, at most 100. `timer` is one's own. `running`: whoever's timer runs on this
    ticket now, at most 100 people."""

    seconds: int
    people: list[PersonTime]
    timer: TimerRead | None
    running: list[PersonBrief]
    as_of: datetime


class TimeEntryCreate(Input):
    """`day` is not in the future, in the campus's time zone, and at most 366 days ago."""

    minutes: Minutes
    day: date
    note: Note | None = None


class TimeEntryUpdate(Input):
    """Fields that are left out stay as they are; null clears the note. `minutes` as they were read leave the seconds as
    they are."""

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present entry.")
    minutes: Annotated[Minutes | None, NotNull] = None
    day: Annotated[date | None, NotNull] = None
    note: Note | None = None


class TimeChangeRead(Output):
    """That an entry was corrected or, with `is_deletion`, deleted; then there are no values after it."""

    id: int
    entry_id: int
    person: PersonBrief = Field(description="Whose entry it is.")
    actor: PersonBrief
    changed_at: datetime
    is_deletion: bool
    from_seconds: int
    to_seconds: int | None
    from_day: date
    to_day: date | None
    from_note: str | None
    to_note: str | None


class MyTimeQuery(PageQuery):
    """Both days are included, and at most 366 days can be asked for. Without `to` it is today in the campus's time
    zone, without `from` the six days before."""

    from_: date | None = Field(default=None, alias="from")
    to: date | None = None


class MyTimeEntry(TimeEntryRead):
    """`ticket_title` is null if one may no longer read the ticket."""

    ticket_title: str | None


class MyTimers(Output):
    """`paused`: the latest first, at most 50. `unconfirmed`: one's own entries of timers that ran for as long as a
    timer may, and were probably forgotten; the latest first, at most 20."""

    running: TimerRead | None
    paused: list[TimerRead]
    unconfirmed: list[MyTimeEntry]
    as_of: datetime


class DayTime(Output):
    day: date
    seconds: int


class MyTime(Page[MyTimeEntry]):
    """One's own entries across tickets, the latest day first. `seconds` and `days` are about all entries of these days,
    not only this page. `first` and `last` are the days that were asked for."""

    seconds: int
    days: list[DayTime]
    first: date
    last: date


class TeamTimeQuery(PageQuery):
    """Both days are included, and at most 31 days can be asked for. Without `to` it is today in the campus's time zone,
    without `from` the six days before."""

    from_: date | None = Field(default=None, alias="from")
    to: date | None = None
    team: Slug | None = Field(default=None, description="Only of the people who are in this team now.")
    person: Id | None = Field(default=None, description="Only of this person.")


class PersonDays(Output):
    """`days` has only those with time, the latest first. `unconfirmed`: how many entries are of timers that were
    probably forgotten."""

    person: PersonBrief
    seconds: int
    entries: int
    unconfirmed: int
    days: list[DayTime]


class TeamTime(Page[MyTimeEntry]):
    """Entries of several people on the tickets that the asking person may read, the latest day first. `seconds` and
    `people` are about all of them, not only this page; `people` is ordered by name and has at most 100."""

    seconds: int
    people: list[PersonDays]
    more_people: bool = Field(description="Whether there are more people with time than `people` has.")
    first: date
    last: date
