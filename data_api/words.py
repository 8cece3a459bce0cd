"""From what someone typed to what Postgres searches."""

import re

MOST_WORDS = 20


def terms_of(typed: str, *, shortest: int) -> list[str]:
    """A tsquery for each word, as the beginning of one where it has at least `shortest` letters."""
    words = re.findall(r"\w+", typed)[:MOST_WORDS]
    return [f"'{word}'" + (":*" if len(word) >= shortest else "") for word in words]


def prefix_terms(typed: str, *, shortest: int) -> str:
    """A tsquery that wants every word; empty when nothing typed is one."""
    return " & ".join(terms_of(typed, shortest=shortest))
