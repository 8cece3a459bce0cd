"""A report's text in the form in which it is encoded."""

import hashlib

from data_api.texts.encoder import LONGEST
from data_api.texts.titles import title_from


def text_of(title: str | None, description: str) -> str:
    """Joins title and description. Leaves out a title that was derived from the description."""
    if title is None or title == title_from(description):
        return description[:LONGEST]
    return f"{title}\n{description}"[:LONGEST]


def key_of(text: str) -> bytes:
    """Returns the same key for texts that differ only in case and spaces."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode("utf-8", "surrogatepass")).digest()
