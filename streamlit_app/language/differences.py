"""What of a text was changed, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby, takewhile

# Words and the spaces between them. Comparing more of them costs seconds in the worst case, and tells nobody more.
MOST_COMPARED = 200
# Below it two texts have little but small words in common, and read better one after the other.
ALIKE = 0.5
# Of what stayed the same, so much is shown around a change, and of a change so much.
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
    """The pieces of both in their order. Long ones are shortened, which "…" tells."""
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
    """How many words both begin with."""
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
    """Of what stayed the same: what stands next to a change."""
    if len(text) <= 2 * AROUND + 1:
        return text
    # Of nothing but white space no word is left over.
    head = f"{(text[:AROUND].rsplit(None, 1) or [''])[0]} " if follows else ""
    tail = f" {(text[-AROUND:].split(None, 1) or [''])[-1]}" if goes_on else ""
    return f"{head}…{tail}" if head or tail else _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
