"""Each text that a request looks at takes milliseconds to encode: it is encoded once, whoever needs it."""

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
        """Of its present words, where this request has looked at them already."""
        return self._by_text.get(text_of(ticket.title, ticket.description))

    def of(self, ticket: Ticket) -> Vectors | None:
        """Of its present words. None where texts cannot be understood."""
        text = text_of(ticket.title, ticket.description)
        if text not in self._by_text:
            vectors = vectors_of([text])
            self._by_text[text] = None if vectors is None else vectors[0]
        return self._by_text[text]
