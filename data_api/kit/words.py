"""From what someone typed to what Postgres searches."""

from sqlalchemy import Connection, func, select

MOST_WORDS = 20


def terms_of(connection: Connection, typed: str, *, shortest: int) -> list[str]:
    """A tsquery for each word, as the beginning of one where it has at least `shortest` letters. The database finds the
    words, as it does in what is searched: Python knows another version of Unicode."""
    terms: list[str] = connection.scalars(select(func.lodge_terms(typed, shortest))).one()
    return terms[:MOST_WORDS]


def all_of(terms: list[str]) -> str:
    """A tsquery that wants every one of them; empty when there is none."""
    return " & ".join(terms)
