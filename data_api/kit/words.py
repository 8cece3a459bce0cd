"""Turns what somebody typed into terms for the full-text search of Postgres."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

# Each word of a search costs a look at every ticket that may have it.
MOST_WORDS = 10


class Typed(NamedTuple):
    """The words of a text that somebody typed: folded as the indexed ones are, and as a tsquery each. A word matches as
    a prefix if it has enough letters."""

    words: list[str]
    terms: list[str]


def typed_words(connection: Connection, typed: str, *, shortest: int) -> Typed:
    """Returns the first `MOST_WORDS` words; those of at least `shortest` letters match as prefixes. The database splits
    the text into words, as it does for the indexed text, because Python knows another version of Unicode."""
    asked = select(func.lodge_words(typed), func.lodge_terms(typed, shortest))
    words, terms = connection.execute(asked).one()
    return Typed(words[:MOST_WORDS], terms[:MOST_WORDS])


def terms_of(connection: Connection, typed: str, *, shortest: int) -> list[str]:
    """Returns a tsquery for each word, as `typed_words` does."""
    return typed_words(connection, typed, shortest=shortest).terms


def all_of(terms: list[str]) -> str:
    """Returns a tsquery that requires every term; empty when there are none."""
    return " & ".join(terms)
