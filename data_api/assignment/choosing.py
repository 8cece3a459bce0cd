"""Who of a team gets a ticket. Pure functions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol, Self

from sqlalchemy.dialects.postgresql import Range

from data_api.people.hours import works_at
from data_api.people.presenter import Absent, is_away

NEVER = datetime.min.replace(tzinfo=UTC)


class Availability(StrEnum):
    """Whether somebody can be given a ticket; the first reason why not that applies."""

    AWAY = "away"
    OFF_HOURS = "off_hours"
    FULL = "full"
    FREE = "free"


class Worker(Absent, Protocol):
    """A person, as far as it matters for what they can be given."""

    @property
    def id(self) -> int: ...

    @property
    def capacity(self) -> int | None: ...

    @property
    def working_hours(self) -> Sequence[Range[int]] | None: ...


@dataclass(frozen=True)
class Member:
    """Somebody of the team who works on tickets. `load`: how many tickets they have that are not closed.
    `last_opened_at`: when the latest ticket that they have was reported. `is_expert`: whether they know about the
    ticket's category or building."""

    id: int
    load: int
    capacity: int | None
    is_away: bool
    works_now: bool
    is_expert: bool
    last_opened_at: datetime | None

    @classmethod
    def of(cls, person: Worker, now: datetime, *, load: int, is_expert: bool, last_opened_at: datetime | None) -> Self:
        """`now` is in the campus's time zone."""
        return cls(
            id=person.id,
            load=load,
            capacity=person.capacity,
            is_away=is_away(person, now.date()),
            works_now=works_at(person.working_hours, now),
            is_expert=is_expert,
            last_opened_at=last_opened_at,
        )

    @property
    def availability(self) -> Availability:
        if self.is_away:
            return Availability.AWAY
        if not self.works_now:
            return Availability.OFF_HOURS
        return Availability.FULL if self.is_full else Availability.FREE

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.load >= self.capacity


@dataclass(frozen=True)
class Choice:
    """`person_id` is None where nobody is free. `counts`: how many of the team are away, free and so on. `experts`: how
    many of those who are free have the expertise."""

    person_id: int | None
    counts: Counter[Availability]
    experts: int


def choose(team: Sequence[Member]) -> Choice:
    """Chooses among those who are free: if any of them has the expertise, among these only. The least loaded gets the
    ticket; on equal load whoever has been without a new ticket for longest; then the one with the lowest id."""
    free = [member for member in team if member.availability is Availability.FREE]
    experts = [member for member in free if member.is_expert]
    chosen = min(experts or free, key=_turn, default=None)
    counts = Counter(member.availability for member in team)
    return Choice(chosen.id if chosen else None, counts, len(experts))


def _turn(member: Member) -> tuple[int, datetime, int]:
    return member.load, member.last_opened_at or NEVER, member.id
