"""Recognises the names in a text that stand after an @, as somebody typed or pasted them."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from contracts.base import name_key
from contracts.people import PersonBrief

# In an address such as ada@campus.edu, a letter stands before the sign.
TYPED = re.compile(r"(?<![\w.+\-/@])@(?=[^\W\d_])([^\n@]{1,120})")
# Within a word, as in Anne-Marie or O'Brien, but not in Ann's.
GOES_ON = re.compile(r"(?!['’]s\b)[-'’.]?\w")
# A text may hold thousands, and the ticket is locked meanwhile.
MOST_LOOKED_AT = 200
LONGEST_PART = 8  # words
SHOWN = re.compile(r"[^\s,;:!?()\[\]{}\"]+")


class Recognised(NamedTuple):
    """What became of the names in a text. `unknown` and `ambiguous` are as they were typed, without the @."""

    people: list[PersonBrief]
    unknown: list[str]
    ambiguous: list[str]


def typed_in(text: str, chosen: Sequence[PersonBrief], most: int) -> list[str]:
    """Returns what stands after each @ up to the end of its line, without those that begin with the name of somebody
    who was chosen."""
    names = [_folded(person.name) for person in chosen]
    found = dict.fromkeys(match[1] for match in islice(TYPED.finditer(text), MOST_LOOKED_AT))
    return [one for one in found if not any(_begins(_folded(one), name) for name in names)][:most]


def recognised(typed: Sequence[str], readers: Sequence[PersonBrief]) -> Recognised:
    """Looks for each name among those who may read the text."""
    answer = Recognised([], [], [])
    called_so = [(_folded(person.name), person) for person in readers]
    for text in typed:
        people, words = _meant(text, called_so)
        called = " ".join(SHOWN.findall(text)[: max(words, 1)]).rstrip(".")
        if len(people) == 1:
            answer.people.extend(people)
        elif called:
            (answer.ambiguous if people else answer.unknown).append(called)
    people, unknown, ambiguous = answer
    return Recognised([*dict.fromkeys(people)], [*dict.fromkeys(unknown)], [*dict.fromkeys(ambiguous)])


def _meant(text: str, readers: Sequence[tuple[str, PersonBrief]]) -> tuple[list[PersonBrief], int]:
    """Returns those whose name agrees with the beginning of the text in the most letters, and in how many words. One
    whose name stands there whole comes before those who have it as a part of theirs."""
    folded = _folded(text)
    matches = [(_longest(folded, name), name, person) for name, person in readers]
    most = max((len(run) for run, _, _ in matches), default=0)
    if not most:
        return [], 0
    people = [(run, name, person) for run, name, person in matches if len(run) == most]
    words = len(people[0][0].split())
    if whole := [person for run, name, person in people if run == name]:
        return whole, words
    return ([], words + 1) if _is_longer_name(text, words) else ([person for _, _, person in people], words)


def _is_longer_name(text: str, words: int) -> bool:
    """Whether a capitalised word follows so many words: "Ada Lovelace" is not Ada Okafor."""
    said = text.split()
    follows = said[words : words + 1]
    return bool(follows) and said[words - 1][-1].isalnum() and len(follows[0]) > 1 and follows[0][0].isupper()


def _longest(text: str, name: str) -> str:
    """Returns the name if the text begins with it, or else the longest run of a few whole words of the name with which
    it begins."""
    if _begins(text, name):
        return name
    words = name.split()
    runs = (
        " ".join(words[first:last])
        for first in range(len(words))
        for last in range(first + 1, min(first + LONGEST_PART, len(words)) + 1)
    )
    return max((run for run in runs if _begins(text, run)), key=len, default="")


def _begins(text: str, words: str) -> bool:
    """Whether the text begins with these words, and not only with a part of the last one, as "Ann" in "Anna"."""
    return text.startswith(words) and not GOES_ON.match(text, len(words))


def _folded(text: str) -> str:
    """Upper and lower case, and letters with and without accents, are the same."""
    apart = unicodedata.normalize("NFKD", name_key(text))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
