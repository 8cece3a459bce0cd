"""Reads a pasted list of people: name, mail address, roles and team, one person a line, as spreadsheets copy it."""

import csv
from collections.abc import Iterable, Mapping, Sequence

from contracts.people import MOST_IMPORTED, PersonRow
from streamlit_app.language.words import count

COLUMNS = ("name", "email", "roles", "team")
# What people write above a column.
TITLES = {
    "name": "name",
    "email": "email",
    "e-mail": "email",
    "mail": "email",
    "mail address": "email",
    "role": "roles",
    "roles": "roles",
    "team": "team",
}
SEPARATORS = "\t;,"
BETWEEN_ROLES = "|/"
Names = Mapping[str, str]


class NotReadable(Exception):
    """The text as a whole cannot be read. The message is a sentence for people."""


def read_people(text: str, roles: Names, teams: Names) -> list[PersonRow]:
    """Returns the rows. `roles` and `teams` are names by slug: either may be written. A first line of titles says which
    column is which, and is no person. Raises NotReadable."""
    separator = _separator(text)
    try:
        lines = [cells for cells in csv.reader(text.splitlines(), delimiter=separator) if any(map(str.strip, cells))]
    except csv.Error as error:
        raise NotReadable(f"This cannot be read as a list: {error}.") from None
    columns = _titles(lines[0]) if lines else None
    people = lines[1:] if columns else lines
    if not people:
        raise NotReadable("There is nobody in it. Write one person a line, such as: Ada Okafor, ada@campus.edu")
    if len(people) > MOST_IMPORTED:
        raise NotReadable(f"At most {MOST_IMPORTED:,} people at once, please; these are {len(people):,}.")
    return [_row(number, cells, columns or COLUMNS, roles, teams) for number, cells in enumerate(people, 1)]


def _separator(text: str) -> str:
    """Returns the separator that is most frequent in the first line that is not empty."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def _titles(cells: Sequence[str]) -> list[str] | None:
    """Returns the column of each cell if these are titles; otherwise None."""
    found = [TITLES.get(cell.strip().strip("\ufeff").casefold(), "") for cell in cells]
    return found if "name" in found and all(found) and len(set(found)) == len(found) else None


def _row(number: int, cells: Sequence[str], columns: Sequence[str], roles: Names, teams: Names) -> PersonRow:
    if len(cells) > len(columns):
        said = f"{count(len(cells), 'cell', 'cells')}, and there are {len(columns)} columns"
        raise NotReadable(f"Person {number} has {said}. A comma inside a cell needs quotation marks around the cell.")
    given = dict(zip(columns, map(str.strip, cells), strict=False))
    team, several = given.get("team", ""), _split(given.get("roles", ""))
    row = PersonRow(name=given.get("name", ""), email=given.get("email") or None, team=_slug(team, teams) or None)
    return row.model_copy(update={"roles": [_slug(role, roles) for role in several]}) if several else row


def _split(cell: str) -> list[str]:
    for mark in BETWEEN_ROLES:
        cell = cell.replace(mark, ",").replace(";", ",")
    return [part.strip() for part in cell.split(",") if part.strip()]


def _slug(written: str, names: Names) -> str:
    """Returns the slug of what may be a name, in any case; what is neither stays as it is, and is refused later."""
    return next((slug for slug in _slugs(written, names)), written)


def _slugs(written: str, names: Names) -> Iterable[str]:
    said = written.casefold()
    return (slug for slug, name in names.items() if said in (slug, name.casefold()))
