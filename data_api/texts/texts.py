"""The text of a report, as the encoder gets it."""

import hashlib

from data_api.texts.encoder import LONGEST
from data_api.texts.titles import title_from


def text_of(title: str | None, description: str) -> str:
    """Without the title where it was taken from the description."""
    if title is None or title == title_from(description):
        return description[:LONGEST]
    return f"{title}\n{description}"[:LONGEST]


def key_of(text: str) -> bytes:
    """The same for texts that differ in case and spaces only."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode("utf-8", "surrogatepass")).digest()
