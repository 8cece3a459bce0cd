"""Encodes each text once per request, whatever needs its vector: encoding takes milliseconds."""

from collections.abc import Iterable

from data_api.models import Ticket
from data_api.texts.encoder import Vectors, vectors_of
from data_api.texts.texts import text_of


class TextVectors:
    """The vectors of one request's texts."""

    def __init__(self) -> None:
        self._by_text: dict[str, Vectors | None] = {}

    def keep(self, text: str, vector: Vectors) -> None:
        self._by_text[text] = vector

    def prepare(self, tickets: Iterable[Ticket]) -> None:
        """Encodes the current texts of all these tickets together."""
        texts = dict.fromkeys(text_of(ticket.title, ticket.description) for ticket in tickets)
        missing = [text for text in texts if text not in self._by_text]
        if missing:
            vectors = vectors_of(missing)
            self._by_text |= zip(missing, [None] * len(missing) if vectors is None else vectors, strict=True)

    def known(self, ticket: Ticket) -> Vectors | None:
        """Returns the vector of the ticket's current text if this request has already encoded it, else None."""
        return self._by_text.get(text_of(ticket.title, ticket.description))

    def of(self, ticket: Ticket) -> Vectors | None:
        """Returns the vector of the ticket's current text, or None if the encoder is unavailable."""
        self.prepare([ticket])
        return self.known(ticket)
