"""The search of one person."""

from collections import defaultdict
from datetime import UTC, datetime

from contracts.base import MAX_ID
from contracts.search import SearchHit, SearchPage, SearchQuery
from data_api.access.actor import Actor
from data_api.kit.paging import read_cursor, write_cursor
from data_api.kit.words import Typed
from data_api.search.excerpts import excerpts_of
from data_api.search.marks import Marker
from data_api.search.repository import HIGHEST, MessageHit, Ranked, SearchRepository
from data_api.tickets.filters import SHORTEST
from data_api.tickets.presenter import ticket_read
from data_api.tickets.repository import TicketRepository

CURSOR = "search"
TYPES = (range(HIGHEST), range(1, MAX_ID + 1))


class SearchService:
    def __init__(self, actor: Actor, search: SearchRepository, tickets: TicketRepository, reopen_days: int) -> None:
        self.actor = actor
        self.search = search
        self.tickets = tickets
        self.reopen_days = reopen_days

    def page(self, query: SearchQuery) -> SearchPage:
        """Returns one page of what was found. Each page searches again; the cursor names the last hit's score and
        ticket, so that nothing is shown twice."""
        after = Ranked(*read_cursor(CURSOR, query.cursor, TYPES)) if query.cursor else None
        typed = self.search.typed(query.q)
        found, reach = self.search.find(self.actor, query.q, typed)
        remaining = [one for one in found if after is None or one < after]
        shown = remaining[: query.limit]
        is_nothing = not found and typed.words
        return SearchPage(
            items=self._hits(shown, typed, query.q),
            next_cursor=write_cursor(CURSOR, shown[-1]) if len(remaining) > len(shown) else None,
            reach=reach,
            alike=self.search.alike(self.actor, query.q, typed.words) if is_nothing else [],
        )

    def _hits(self, shown: list[Ranked], typed: Typed, q: str) -> list[SearchHit]:
        """The tickets are read after the messages, and left out if they may no longer be read: a ticket that becomes
        confidential in between must not show a message that was written after that."""
        if not shown:
            return []
        ids = [one.ticket_id for one in shown]
        messages: dict[int, list[MessageHit]] = defaultdict(list)
        for message in self.search.messages(self.actor, ids, typed.terms):
            messages[message.ticket_id].append(message)
        now, marker = datetime.now(UTC), Marker(typed.words, SHORTEST)
        rows = self.tickets.rows(self.actor, ids)
        tickets = [ticket_read(row, self.actor, now, self.reopen_days) for row in rows]
        return [
            SearchHit(ticket=ticket, excerpts=excerpts_of(ticket, messages[ticket.id], marker, q)) for ticket in tickets
        ]
