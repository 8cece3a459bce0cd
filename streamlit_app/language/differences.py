"""The differences between two versions of a text, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby, takewhile

# Counts words and the spaces between them. Comparing more takes seconds in the worst case, and is of no use to a
# reader.
MOST_COMPARED = 200
# Texts that are less alike than this have little but small words in common, and read better one after the other.
ALIKE = 0.5
# In characters: how much unchanged text is shown next to a change, and how much of a changed text.
AROUND, LONGEST = 60, 3_000


class Kind(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    kind: Kind
    text: str


def differences(before: str, after: str) -> Sequence[Piece]:
    """Returns the pieces of both texts in their order. Long pieces are shortened, which "…" marks."""
    old, new = (re.findall(r"\S+|\s+", text) for text in (before, after))
    start = _in_common(old, new)
    end = _in_common(old[start:][::-1], new[start:][::-1])
    middle = _compared(old[start : len(old) - end], new[start : len(new) - end])
    pieces = [
        (Kind.SAME, "".join(old[:start])),
        *middle,
        (Kind.SAME, "".join(old[len(old) - end :])),
    ]
    merged = [
        (kind, "".join(text for _, text in some))
        for kind, some in groupby((one for one in pieces if one[1]), lambda one: one[0])
    ]
    last = len(merged) - 1
    return tuple(
        Piece(kind, _around(text, place > 0, place < last) if kind is Kind.SAME else _cut(text))
        for place, (kind, text) in enumerate(merged)
    )


def _in_common(old: Sequence[str], new: Sequence[str]) -> int:
    """Returns how many words both texts have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _compared(old: Sequence[str], new: Sequence[str]) -> list[tuple[Kind, str]]:
    whole = [(Kind.GONE, "".join(old)), (Kind.NEW, "".join(new))]
    if max(len(old), len(new)) > MOST_COMPARED:
        return whole
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return whole
    found: list[tuple[Kind, str]] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found.append((Kind.SAME, "".join(old[i1:i2])))
        else:
            found += [(Kind.GONE, "".join(old[i1:i2])), (Kind.NEW, "".join(new[j1:j2]))]
    return found


def _around(text: str, follows: bool, goes_on: bool) -> str:
    """Shortens an unchanged text to what is next to a change."""
    if len(text) <= 2 * AROUND + 1:
        return text
    # If there is only white space, the split leaves no word.
    head = f"{(text[:AROUND].rsplit(None, 1) or [''])[0]} " if follows else ""
    tail = f" {(text[-AROUND:].split(None, 1) or [''])[-1]}" if goes_on else ""
    return f"{head}…{tail}" if head or tail else _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
