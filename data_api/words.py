"""From what someone typed to what Postgres searches."""

import re


def prefix_terms(typed: str, *, shortest: int) -> str:
    """A tsquery that wants every word, each as the beginning of one where it has at least `shortest` letters;
    empty when nothing typed is a word."""
    words = re.findall(r"\w+", typed)[:20]
    return " & ".join(f"'{word}'" + (":*" if len(word) >= shortest else "") for word in words)
