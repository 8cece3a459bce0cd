"""`{column}` templates: how a mapping says a value in terms of a row."""

from collections.abc import Mapping
from string import Formatter

from lodge.terminal import quoted

Row = Mapping[str, str]


def check_template(template: str) -> str:
    """Raises ValueError for one that cannot be read. Column names may hold spaces."""
    for _, column, spec, conversion in Formatter().parse(template):
        if column is not None and (not column or spec or conversion):
            raise ValueError(
                f"{quoted(template)} is no template: a column's name goes between braces, such as {{Case ID}}"
            )
    return template


def columns_of(template: str) -> list[str]:
    return [column for _, column, _, _ in Formatter().parse(template) if column]


def fill(template: str, row: Row) -> str:
    """The text, without space at its ends. Empty when it names columns and all of them are empty."""
    columns = columns_of(template)
    if columns and not any(row[column].strip() for column in columns):
        return ""
    parts = Formatter().parse(template)
    return "".join(literal + (row[column] if column else "") for literal, column, _, _ in parts).strip()
