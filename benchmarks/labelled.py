"""Texts with their categories: those that come with Lodge, and those by somebody who had not seen them or Lodge."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from data_api.learning.knowledge import Example
from data_api.learning.regression import Floats, Integers
from data_api.texts.encoder import Vectors, get_encoder
from data_api.texts.starting_texts import starting_texts
from data_api.texts.texts import key_of

DATA = Path(__file__).parent / "data"
SLUGS = ["facility-management", "technical-it", "services-complaints"]


@dataclass(frozen=True)
class Labelled:
    """`classes` are indexes in SLUGS."""

    texts: Sequence[str]
    languages: Sequence[str]
    classes: Integers

    @cached_property
    def vectors(self) -> Vectors:
        return get_encoder().encode(list(self.texts))

    def __len__(self) -> int:
        return len(self.texts)

    def some(self, places: Integers) -> "Labelled":
        return Labelled([self.texts[i] for i in places], [self.languages[i] for i in places], self.classes[places])

    def examples(self, first_id: int, *, weight: int = 1, is_check_text: bool = False) -> list[Example]:
        """Returns the texts as the database would store them. A category's id is its index plus 1."""
        return [
            Example(first_id + place, int(kind) + 1, weight, is_check_text, None, key_of(text), vector, 1)
            for place, (text, kind, vector) in enumerate(zip(self.texts, self.classes, self.vectors, strict=True))
        ]


@dataclass(frozen=True)
class Predicted:
    """`probabilities` has one row per text and one column per category."""

    truth: Labelled
    probabilities: Floats

    @property
    def confidence(self) -> Floats:
        highest: Floats = self.probabilities.max(axis=1)
        return highest

    @property
    def is_right(self) -> Integers:
        right: Integers = (self.probabilities.argmax(axis=1) == self.truth.classes).astype(np.int64)
        return right

    @property
    def is_in_first_two(self) -> Integers:
        likeliest = np.argsort(-self.probabilities, axis=1)[:, :2]
        found: Integers = (likeliest == self.truth.classes[:, None]).any(axis=1).astype(np.int64)
        return found


def read(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()]


def labelled(rows: Sequence[dict[str, str]]) -> Labelled:
    return Labelled(
        [row["text"] for row in rows],
        [row["language"] for row in rows],
        np.array([SLUGS.index(row["category"]) for row in rows]),
    )


def unseen() -> Labelled:
    return labelled(read("unseen_tickets"))


def starting(name: str) -> Labelled:
    return labelled(starting_texts(name))


def vague() -> list[str]:
    """Returns texts that do not say what is wrong; none of them is among those that come with Lodge."""
    return [row["text"] for row in read("vague_texts")]


def fresh() -> Labelled:
    """Returns texts that were written after all settings had been chosen, by somebody who knew none of them."""
    return labelled(read("fresh_tickets"))
