"""Finding the tickets of a list: which ids, in which order, and how many there are."""

import re
import time
from collections.abc import Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from contracts.tickets import TicketQuery
from data_api.access.actor import Actor
from data_api.kit.moments import now
from data_api.kit.paging import position
from data_api.kit.words import terms_of
from data_api.lists.lookups import Lookups
from data_api.tickets.asker import Asker
from data_api.tickets.filters import ORDERS, SHORTEST, Order, filters_of, form_of, search_of, statuses_of, values_of
from data_api.tickets.list_statements import (
    Shape,
    called_statement,
    column_counts_statement,
    columns_statement,
    count_statement,
    frequency_statement,
    in_room_statement,
    looked_up_statement,
    near_filtered_statement,
    near_statement,
    page_statement,
    rare_statement,
    valued_statement,
    whole_statement,
)

COUNT_LIMIT = 10_000
# A count up to this number reads tickets one by one.
FEW = 1_000
# How long the lists of a person's views are counted, all together.
SECONDS_TO_COUNT = 0.2
# A search looks first at this many tickets from the top of the list; see docs/adr/0006-search.md.
WALKED = 5_000
# A word is rare if at most this many of those tickets contain it; at a million tickets, that means twenty thousand.
RARE = WALKED // 50


# A ticket's position in a list: its sort values, the last of which is its id.
Position = tuple[Any, ...]


class Count(NamedTuple):
    """The number of tickets; if `is_capped`, there are at least this many."""

    total: int
    is_capped: bool


class TicketListRepository:
    """`counting`: the engine whose statements are cancelled after a short time."""

    def __init__(self, session: Session, counting: Engine, campus_zone: ZoneInfo) -> None:
        self.session = session
        self.counting = counting
        self.campus_zone = campus_zone
        self._terms: dict[str, list[str]] = {}  # by what was typed

    def asked(self, actor: Actor, query: TicketQuery, after: Sequence[Any]) -> "TicketList":
        """Returns the list that the query describes. `after`: the sort values of the last ticket that was shown; empty
        for the first page."""
        return self.asked_by(self.asker(actor), query, after)

    def count_each(self, actor: Actor, queries: Sequence[TicketQuery | None], most: int) -> list[Count | None]:
        """Counts several lists, each up to `most`. Returns None for a list that is None, for one that takes too long,
        and for those whose turn would come later than SECONDS_TO_COUNT."""
        asker, until = self.asker(actor), time.monotonic() + SECONDS_TO_COUNT
        counts: list[Count | None] = []
        with self.counting.connect() as connection:
            for query in queries:
                is_late = time.monotonic() > until
                total = None if query is None or is_late else self.asked_by(asker, query, ()).count_on(connection, most)
                counts.append(None if total is None else Count(min(total, most), total > most))
        return counts

    def asker(self, actor: Actor) -> Asker:
        """Returns what `asked_by` looks things up with: one for all lists that a person asks for at the same time."""
        return Asker(actor, self.campus_zone, Lookups(self.session))

    def asked_by(
        self, asker: Asker, query: TicketQuery, after: Sequence[Any], order: Order | None = None
    ) -> "TicketList":
        """Returns the list as `asked` does; `order` stands in place of the query's own."""
        order, actor = order or ORDERS[query.sort], asker.actor
        filters = filters_of(query, asker)
        terms = self._terms_of(query.q) if query.q else []
        search = search_of(query.q, terms) if query.q else {}
        shape = Shape(
            reads=actor.reads,
            statuses=statuses_of(filters),
            form=form_of(filters),
            search=frozenset(search),
            leaves_out=False,
            order=order,
            goes_on=bool(after),
            is_null=bool(after) and after[0] is None,
            is_behind=bool(after) and after[-2] == order.end,
        )
        values = values_of(filters) | search | position(after)
        bounds = {"rows": query.limit + 1, "walked": WALKED, "typed": query.q} | now()
        return TicketList(self.session, self.counting, query, shape, {"me": actor.person_id} | bounds | values, terms)

    def _terms_of(self, typed: str) -> list[str]:
        """Returns the tsqueries of the words, which are asked for once for all lists."""
        if typed not in self._terms:
            self._terms[typed] = terms_of(self.session.connection(), typed, shortest=SHORTEST)
        return self._terms[typed]


class TicketList:
    """One list, as its reader asks for it. `terms` are the tsqueries of the words searched for."""

    def __init__(
        self,
        session: Session,
        counting: Engine,
        query: TicketQuery,
        shape: Shape,
        values: dict[str, Any],
        terms: list[str],
    ) -> None:
        self.session = session
        self.counting = counting
        self.query = query
        self.shape = shape
        self.values = values
        self.terms = terms
        self._total: int | None = None

    def positions(self) -> Sequence[Position]:
        """Returns up to limit + 1 positions in the list's order; the extra one shows that there is a next page."""
        if not self.query.q:
            return self._page()
        if not self.shape.search:
            return []
        called = self._called()
        near = [] if self.shape.is_behind else self._positions(near_statement(self.shape))
        found = near if len(near) == self.values["rows"] else self._rare_positions(len(called))
        return found if self.shape.goes_on else [*called, *found]

    def ids(self, chosen: Sequence[int] = ()) -> list[int]:
        """Returns the tickets of the whole list in its order, or those of them that are `chosen`. What that costs grows
        with their number."""
        if chosen:
            self.shape = self.shape._replace(is_of_chosen=True)
            self.values = self.values | {"chosen": chosen}
        if self.query.q and not self.shape.search:
            return []
        called = [position[-1] for position in self._called()] if self.query.q else []
        found: list[int] | None = self.session.connection().scalar(whole_statement(self.shape), self.values)
        return [*called, *(found or [])]

    def _page(self) -> Sequence[Position]:
        if self.shape.is_looked_up:
            return self._near_or_looked_up()
        if self.shape.may_have_values and self.shape.order.may_be_null:
            found = self._positions(valued_statement(self.shape))
            if len(found) == self.values["rows"]:
                return found
        return self._positions(page_statement(self.shape))

    def _near_or_looked_up(self) -> Sequence[Position]:
        """The planner's guess at how common a tag or the beginning of a room is would be wrong too often. How many
        tickets a room has, its index tells in less time than looking through as many."""
        is_rare = self.shape.is_by_room and self._number_in_room() <= self.values["walked"]
        is_far = is_rare or self.shape.is_behind
        near = [] if is_far else self._positions(near_filtered_statement(self.shape))
        return near if len(near) == self.values["rows"] else self._whole(looked_up_statement(self.shape), self.values)

    def _number_in_room(self) -> int:
        return self.session.connection().scalars(in_room_statement(self.shape), self.values).one()

    def _called(self) -> Sequence[Position]:
        """Returns the tickets whose number, now or before an import, is exactly what was typed. They are shown first,
        and the rest of the list leaves them out. A text without a digit is no number and costs no query. Fewer tickets
        than the limit are returned, because the last ticket of a page must be one in the list's order, which a cursor
        can name."""
        if not re.search(r"\d", str(self.query.q)):
            return []
        called = self._positions(called_statement(self.shape))[: self.query.limit - 1]
        if called:
            self.shape = self.shape._replace(leaves_out=True)
            self.values = self.values | {"called": [position[-1] for position in called]}
            self.values["rows"] -= 0 if self.shape.goes_on else len(called)
        return called

    def _positions(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Position]:
        return [tuple(row) for row in self.session.connection().execute(statement, self.values).all()]

    def _rare_positions(self, more: int) -> Sequence[Position]:
        """Searches by the index on words. `more`: how many tickets of the list were found before."""
        rarest = self._rarest_word()
        statement = rare_statement(self.shape, by_one_word=rarest is not None)
        return self._whole(statement, self.values | {"rarest": rarest}, more)

    def _whole(self, statement: Select[*tuple[Any, ...]], values: dict[str, Any], more: int = 0) -> Sequence[Position]:
        """Returns what the statement finds, and sets the total."""
        rows = self.session.connection().execute(statement, values).all()
        self._total = more + (rows[0][0] if rows else 0)
        return [tuple(row[1:]) for row in rows]

    def _rarest_word(self) -> str | None:
        """Returns the rarest of several words, if it is rare."""
        if len(self.terms) < 2:
            return None
        asked = self.values | {f"word_{number}": term for number, term in enumerate(self.terms)}
        frequencies = self.session.connection().execute(frequency_statement(self.shape, len(self.terms)), asked).one()
        frequency, term = min(zip(frequencies, self.terms, strict=True))
        return term if frequency <= RARE else None

    def count(self, at_least: int, most: int = COUNT_LIMIT) -> Count:
        """Counts the whole list, up to `most` and within a time limit. If the time runs out, returns `at_least` as a
        capped count."""
        total = self._count(most) if self._total is None else self._total
        return Count(at_least, True) if total is None else Count(min(total, most), total > most)

    def _count(self, most: int) -> int | None:
        with self.counting.connect() as connection:
            return self.count_on(connection, most)

    def count_on(self, connection: Connection, most: int) -> int | None:
        """Counts the whole list up to `most` + 1. Returns None if that takes too long."""
        statement = count_statement(self.shape, counts_few=most <= FEW)
        counts = self._counts_on(connection, statement, {"counted": most + 1})
        return None if counts is None else counts[0]

    def positions_by_stage(self, stage_ids: Sequence[int]) -> list[list[Position]]:
        """Returns for each of these stages up to limit + 1 positions of the tickets that are in it. Only for a list
        without a search."""
        found: list[list[Position]] = [[] for _ in stage_ids]
        values = self.values | {"stages": stage_ids}
        for place, *there in self.session.connection().execute(columns_statement(self.shape), values).all():
            found[place - 1].append(tuple(there))
        return found

    def counts_by_stage(self, stage_ids: Sequence[int], at_least: Sequence[int], most: int) -> list[Count]:
        """Counts the tickets of each of these stages, as `count` counts all of them."""
        values = {"stages": stage_ids, "counted": most + 1}
        with self.counting.connect() as connection:
            totals = self._counts_on(connection, column_counts_statement(self.shape), values)
        if totals is None:
            return [Count(found, True) for found in at_least]
        return [Count(min(total, most), total > most) for total in totals]

    def _counts_on(
        self, connection: Connection, statement: Select[int], values: dict[str, Any]
    ) -> Sequence[int] | None:
        """Returns None if it takes too long."""
        try:
            return connection.scalars(statement, self.values | values).all()
        except OperationalError as error:
            if error.connection_invalidated:
                raise
            return None
