"""`{column}` templates, from which a mapping builds values of a row."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from contracts.base import UNSEEN
from lodge.terminal import quoted

TOKEN = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]")


class Row:
    """One row of the file. `columns` holds the indexes of each column name, which may appear several times."""

    __slots__ = ("columns", "fields")

    def __init__(self, columns: Mapping[str, Sequence[int]], fields: Sequence[str]) -> None:
        self.columns = columns
        self.fields = fields

    def all(self, column: str) -> list[str]:
        """Returns the text in each column of this name, from left to right; it is empty where the row is too short."""
        return [self.fields[place] if place < len(self.fields) else "" for place in self.columns[column]]


class Part(NamedTuple):
    """Literal text, followed by the text of a column unless `column` is None."""

    literal: str
    column: str | None


def column_name(name: str) -> str:
    """Normalises a column's name, so that headers and templates can be compared: line breaks, doubled spaces, invisible
    characters at the ends and the Unicode form of accents make no difference."""
    return " ".join(unicodedata.normalize("NFC", name).split()).strip(UNSEEN)


def places(header: Sequence[str]) -> dict[str, list[int]]:
    """Returns the indexes of the columns, by normalised name."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        found.setdefault(column_name(name), []).append(place)
    return found


@lru_cache(maxsize=10_000)
def parts_of(template: str) -> tuple[Part, ...]:
    """Parses a template. The text between a pair of braces is a column's name; a doubled brace means the brace itself.
    Raises ValueError."""
    parts: list[Part] = []
    literal, end = "", 0
    for token in TOKEN.finditer(template):
        literal += template[end : token.start()]
        end = token.end()
        sign = token[0]
        if sign in {"{{", "}}"}:
            literal += sign[0]
            continue
        name = column_name(sign[1:-1])
        if not name:
            raise ValueError(
                f"{quoted(template)} is no template: a column's name goes between braces, such as {{Case ID}}; "
                "a brace itself is written twice"
            )
        parts.append(Part(literal, name))
        literal = ""
    return (*parts, Part(literal + template[end:], None))


def check_template(template: str) -> str:
    """Returns the template. Raises ValueError when it cannot be parsed."""
    parts_of(template)
    return template


def columns_of(parts: Iterable[Part]) -> list[str]:
    return [part.column for part in parts if part.column is not None]


def fill(parts: Sequence[Part], value_of: Callable[[str], str]) -> str:
    """Returns the filled template, stripped. It is empty when the template names columns and all of them are empty."""
    values = {column: value_of(column) for column in columns_of(parts)}
    if values and not any(map(str.strip, values.values())):
        return ""
    return "".join(part.literal + (values[part.column] if part.column is not None else "") for part in parts).strip()
