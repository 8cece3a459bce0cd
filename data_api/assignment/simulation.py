"""Replays the tickets of some weeks, as if rules had assigned them. Pure functions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from heapq import heapify, heappop, heappush
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import Range

from data_api.assignment.choosing import Choice, Member, choose


class PastTicket(NamedTuple):
    """`rule` is the number of the rule that it fits, or None."""

    id: int
    opened_at: datetime
    closed_at: datetime | None
    category_id: int
    building_id: int | None
    rule: int | None


@dataclass(frozen=True)
class Colleague:
    """A person of a team, as they are known now. `had_until`: when those tickets were closed that they had when the
    replay begins; None for those that are not closed yet. `last_opened_at`: when the latest of their tickets of before
    was reported."""

    id: int
    name: str
    team_id: int
    capacity: int | None
    away_from: date | None
    away_until: date | None
    working_hours: Sequence[Range[int]] | None
    category_ids: frozenset[int]
    building_ids: frozenset[int]
    had_until: Sequence[datetime | None] = ()
    last_opened_at: datetime | None = None


class Outcome(NamedTuple):
    """What would have become of a ticket that fits a rule."""

    ticket: PastTicket
    team_id: int
    choice: Choice


@dataclass
class _State:
    """What changes during the replay. `ends` is a heap of moments at which somebody has one ticket less."""

    load: dict[int, int] = field(default_factory=dict)
    most: dict[int, int] = field(default_factory=dict)
    last: dict[int, datetime | None] = field(default_factory=dict)
    ends: list[tuple[datetime, int]] = field(default_factory=list)

    def close_until(self, moment: datetime) -> None:
        while self.ends and self.ends[0][0] <= moment:
            self.load[heappop(self.ends)[1]] -= 1

    def assign(self, person_id: int, ticket: PastTicket) -> None:
        self.load[person_id] += 1
        self.most[person_id] = max(self.most[person_id], self.load[person_id])
        self.last[person_id] = ticket.opened_at
        if ticket.closed_at is not None:
            heappush(self.ends, (max(ticket.closed_at, ticket.opened_at), person_id))


class Replay:
    """Tickets come in the order in which they were opened, and are closed when they were closed in truth. After
    `outcomes`, `most_at_once` is how many tickets each person would have had at the same time at most."""

    def __init__(self, colleagues: Iterable[Colleague], team_of_rule: Mapping[int, int], campus_zone: ZoneInfo) -> None:
        self.teams: dict[int, list[Colleague]] = defaultdict(list)
        self.team_of_rule = team_of_rule
        self.campus_zone = campus_zone
        self._state = _State()
        for person in colleagues:
            self.teams[person.team_id].append(person)
            self._begin(person)
        heapify(self._state.ends)

    @property
    def most_at_once(self) -> Mapping[int, int]:
        return self._state.most

    def outcomes(self, tickets: Iterable[PastTicket]) -> Iterator[Outcome]:
        for ticket in tickets:
            if ticket.rule is None:
                continue
            self._state.close_until(ticket.opened_at)
            team_id, now = self.team_of_rule[ticket.rule], ticket.opened_at.astimezone(self.campus_zone)
            choice = choose([self._member(person, ticket, now) for person in self.teams[team_id]])
            if choice.person_id is not None:
                self._state.assign(choice.person_id, ticket)
            yield Outcome(ticket, team_id, choice)

    def _begin(self, person: Colleague) -> None:
        state = self._state
        state.load[person.id] = state.most[person.id] = len(person.had_until)
        state.last[person.id] = person.last_opened_at
        state.ends.extend((end, person.id) for end in person.had_until if end is not None)

    def _member(self, person: Colleague, ticket: PastTicket, now: datetime) -> Member:
        return Member.of(
            person,
            now,
            load=self._state.load[person.id],
            is_expert=ticket.category_id in person.category_ids or ticket.building_id in person.building_ids,
            last_opened_at=self._state.last[person.id],
        )
