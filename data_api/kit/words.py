"""Turns what somebody typed into terms for the full-text search of Postgres."""

from sqlalchemy import Connection, func, select

MOST_WORDS = 20


def terms_of(connection: Connection, typed: str, *, shortest: int) -> list[str]:
    """Returns a tsquery for each word, which matches as a prefix if it has at least `shortest` letters. The database
    splits the text into words, as it does for the indexed text, because Python knows another version of Unicode."""
    terms: list[str] = connection.scalars(select(func.lodge_terms(typed, shortest))).one()
    return terms[:MOST_WORDS]


def all_of(terms: list[str]) -> str:
    """Returns a tsquery that requires every term; empty when there are none."""
    return " & ".join(terms)
