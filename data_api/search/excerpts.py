"""Shows where in a ticket the words of a search were found."""

from collections.abc import Iterable, Iterator

from contracts.search import Excerpt, MarkedPart, Place
from contracts.tickets import TicketRead
from data_api.search.marks import Marker
from data_api.search.repository import MessageHit

ORDER = list(Place)


def excerpts_of(ticket: TicketRead, messages: Iterable[MessageHit], marker: Marker, q: str) -> list[Excerpt]:
    """Returns an excerpt for each place where something matches, the most telling first. `messages` are those of the
    ticket that match."""
    found = [
        Excerpt(place=place, parts=parts) for place, parts in _found(ticket, messages, marker, q) if parts is not None
    ]
    return sorted(found, key=lambda one: ORDER.index(one.place))


def _found(
    ticket: TicketRead, messages: Iterable[MessageHit], marker: Marker, q: str
) -> Iterator[tuple[Place, list[MarkedPart] | None]]:
    yield Place.NUMBER, _number(ticket, q)
    yield Place.TITLE, marker.marked(ticket.title)
    yield Place.TAG, _first(marker, ticket.tags)
    yield Place.NAME, _first(marker, [one.name for one in (ticket.requester, ticket.assignee) if one])
    yield Place.TEXT, marker.excerpt(ticket.description)
    for message in messages:
        yield Place.NOTE if message.is_internal else Place.MESSAGE, marker.excerpt(message.body)


def _first(marker: Marker, texts: Iterable[str]) -> list[MarkedPart] | None:
    return next((parts for text in texts if (parts := marker.marked(text))), None)


def _number(ticket: TicketRead, q: str) -> list[MarkedPart] | None:
    if q.removeprefix("#") == str(ticket.id):
        return [MarkedPart(text=f"#{ticket.id}", is_match=True)]
    former = ticket.external_number or ""
    if not former.casefold().startswith(q.casefold()):
        return None
    rest = former[len(q) :]
    return [
        MarkedPart(text=former[: len(q)], is_match=True),
        *([MarkedPart(text=rest, is_match=False)] if rest else []),
    ]
