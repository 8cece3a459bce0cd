"""Finding what contains the words of a search: first among the newest tickets, then by the indexes (ADR 49)."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from contracts.people import Permission
from contracts.search import Place, Reach
from data_api.access.actor import Actor
from data_api.kit.database import Database
from data_api.kit.words import Typed, all_of, typed_words
from data_api.search.statements import (
    BOUNDS,
    OFFERS,
    Statement,
    alike_statement,
    called_statement,
    looked_up_statement,
    message_statement,
    near_statement,
)
from data_api.tickets.filters import SHORTEST, search_of

# A search looks through this many of the newest tickets, and then through so many that the indexes have. For one word,
# each of those is a hit.
NEWEST = 1_000
LOOKED_UP, LOOKED_UP_FOR_ONE = 1_000, 300
# A word is rare if at most this many of the newest tickets contain it; at a million tickets, that means 20,000.
RARE = NEWEST // 50
# With this many hits among the newest tickets, older ones are not looked for.
ENOUGH = 25

# What a word counts by the best place where it is found. The places of a row of `near_statement`, in its order.
COUNTS = {Place.TITLE: 6, Place.TAG: 5, Place.NAME: 4, Place.TEXT: 3, Place.MESSAGE: 2, Place.NOTE: 1}
# A number that was typed is worth more than any words.
EXACT_NUMBER, BEGINNING_OF_NUMBER = 1_000, 500
HIGHEST = 2_000


class Ranked(NamedTuple):
    """A ticket that was found. Those with the highest score come first, and of equal ones the newest."""

    score: int
    ticket_id: int


class Found(NamedTuple):
    ranked: list[Ranked]
    reach: Reach


class MessageHit(NamedTuple):
    ticket_id: int
    is_internal: bool
    body: str


class _Seen(NamedTuple):
    """A candidate: for each place of `COUNTS` a number whose bits say which of the words are there. `words`: those that
    are anywhere."""

    ticket_id: int
    words: int
    places: Sequence[int]

    def ranked(self, words: int) -> Ranked:
        best = (self._count(1 << number) for number in range(words))
        return Ranked(sum(best), self.ticket_id)

    def _count(self, bit: int) -> int:
        return next((count for count, place in zip(COUNTS.values(), self.places, strict=True) if place & bit), 0)


class _Looked(NamedTuple):
    """The candidates with any of the words. `reach`: whether there were more candidates than were looked through."""

    seen: list[_Seen]
    reach: Reach


class SearchRepository:
    def __init__(self, session: Session, database: Database) -> None:
        self.session = session
        self.database = database

    def typed(self, q: str) -> Typed:
        return typed_words(self.session.connection(), q, shortest=SHORTEST)

    def find(self, actor: Actor, q: str, typed: Typed) -> Found:
        """Returns what this person may read and find, the best first."""
        search = search_of(q, typed.terms)
        called = self._called(actor, q, search)
        found, reach = self._with_words(actor, typed.terms) if "terms" in search else ([], Reach.ALL)
        known = {one.ticket_id for one in called}
        ranked = called + [one for one in found if one.ticket_id not in known]
        return Found(sorted(ranked, reverse=True), reach)

    def _called(self, actor: Actor, q: str, search: dict[str, Any]) -> list[Ranked]:
        """Returns the tickets with the number that was typed. A text without a digit is no number."""
        asked = frozenset(search) - {"terms"}
        if not asked or not re.search(r"\d", q):
            return []
        values = search | {"typed": q, "me": actor.person_id, "candidates": ENOUGH}
        rows = self.session.connection().execute(called_statement(actor.reads, asked), values)
        return [Ranked(EXACT_NUMBER if row.is_exact else BEGINNING_OF_NUMBER, row.id) for row in rows]

    def _with_words(self, actor: Actor, terms: list[str]) -> tuple[list[Ranked], Reach]:
        found: list[_Seen] = []
        try:
            with self._searching() as connection:
                search = _Search(connection, actor, terms)
                near = search.near()
                found, reach = search.complete(near.seen), near.reach
                if reach is Reach.NEWEST and (driver := search.driver(near.seen, len(found))):
                    looked_up = search.looked_up(driver)
                    found = list({one.ticket_id: one for one in [*found, *search.complete(looked_up.seen)]}.values())
                    reach = looked_up.reach
        except OperationalError as error:
            if error.connection_invalidated:
                raise
            reach = Reach.CUT_OFF
        return [one.ranked(len(terms)) for one in found], reach

    @contextmanager
    def _searching(self) -> Iterator[Connection]:
        """Gives a connection whose statements are cancelled after the time that a search may take."""
        with self.database.searching.begin() as connection:
            connection.execute(BOUNDS, {"milliseconds": str(self.database.search_milliseconds)})
            yield connection

    def messages(self, actor: Actor, ids: Sequence[int], terms: list[str]) -> list[MessageHit]:
        """Returns for each ticket the message, and for staff the internal note, that has most of the words."""
        if not terms:
            return []
        asked = {"ids": list(ids), "terms": terms}
        statement = message_statement(is_staff=actor.is_staff)
        return [MessageHit(*row) for row in self.session.connection().execute(statement, asked)]

    def alike(self, actor: Actor, q: str, words: list[str]) -> list[str]:
        """Returns what is spelt like one of the words, the most similar first. Short words are like too many others."""
        long_enough = [word for word in words if len(word) >= SHORTEST]
        asked = {"words": long_enough, "me": actor.person_id, "candidates": NEWEST}
        statement = alike_statement(actor.reads, looks_people_up=actor.may(Permission.PEOPLE_READ))
        try:
            with self._searching() as connection:
                offers = [text for text, _ in connection.execute(statement, asked)]
        except OperationalError as error:
            if error.connection_invalidated:
                raise
            return []
        return [offer for offer in offers if offer.casefold() != q.casefold()][:OFFERS]


class _Search:
    """One search for words, in a transaction of its own."""

    def __init__(self, connection: Connection, actor: Actor, terms: list[str]) -> None:
        self.connection = connection
        self.actor = actor
        self.terms = terms
        self.every_bit = (1 << len(terms)) - 1

    def near(self) -> _Looked:
        """Looks through the newest tickets."""
        return self._seen(near_statement(self.actor.reads, is_staff=self.actor.is_staff), NEWEST)

    def looked_up(self, driver: str) -> _Looked:
        """Looks through the newest tickets of those that the indexes have for `driver`."""
        statement = looked_up_statement(self.actor.reads, is_staff=self.actor.is_staff)
        return self._seen(statement, LOOKED_UP if len(self.terms) > 1 else LOOKED_UP_FOR_ONE, driver=driver)

    def complete(self, seen: list[_Seen]) -> list[_Seen]:
        return [one for one in seen if one.words == self.every_bit]

    def driver(self, near: list[_Seen], found: int) -> str | None:
        """Returns the tsquery to look up in the indexes: the rarest word if it is rare, so that the others may stand
        elsewhere in the ticket; otherwise all words, together in one place. None if the newest tickets are enough."""
        frequencies = [sum(1 for one in near if one.words >> number & 1) for number in range(len(self.terms))]
        frequency, rarest = min(zip(frequencies, self.terms, strict=True))
        if frequency <= RARE:
            return rarest
        return all_of(self.terms) if found < ENOUGH else None

    def _seen(self, statement: Statement, most: int, **more: Any) -> _Looked:
        asked = {"terms": self.terms, "every_bit": self.every_bit, "me": self.actor.person_id, "candidates": most}
        rows = self.connection.execute(statement, asked | more).all()
        seen = [_Seen(ticket_id, words, places) for _, ticket_id, words, *places in rows if ticket_id is not None]
        return _Looked(seen, Reach.ALL if rows[0][0] < most else Reach.NEWEST)
