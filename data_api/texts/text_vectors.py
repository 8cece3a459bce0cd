"""Encodes each text once per request, whatever needs its vector: encoding takes milliseconds."""

from data_api.models import Ticket
from data_api.texts.encoder import Vectors, vectors_of
from data_api.texts.texts import text_of


class TextVectors:
    """The vectors of one request's texts."""

    def __init__(self) -> None:
        self._by_text: dict[str, Vectors | None] = {}

    def keep(self, text: str, vector: Vectors) -> None:
        self._by_text[text] = vector

    def known(self, ticket: Ticket) -> Vectors | None:
        """Returns the vector of the ticket's current text if this request has already encoded it, else None."""
        return self._by_text.get(text_of(ticket.title, ticket.description))

    def of(self, ticket: Ticket) -> Vectors | None:
        """Returns the vector of the ticket's current text, or None if the encoder is unavailable."""
        text = text_of(ticket.title, ticket.description)
        if text not in self._by_text:
            vectors = vectors_of([text])
            self._by_text[text] = None if vectors is None else vectors[0]
        return self._by_text[text]
