"""Writes docs/data-dictionary.md, which describes for people what the replica holds: `python -m
warehouse.dictionary`."""

from pathlib import Path

from contracts.moments import EARLIEST, LATEST
from warehouse.tables import ALL, Column, Table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "data-dictionary.md"

INTRODUCTION = f"""\
# Data dictionary

What the replica holds, and so what analyses can ask about: each table with its columns, in DuckDB's types. What is not
here is not there; [ADR 11](adr/0011-what-is-copied.md) says why. Moments are in UTC; days, months and hours are the
campus's (`LODGE_TIMEZONE`). A moment before {EARLIEST:%Y-%m-%d} or after {LATEST:%Y-%m-%d} is copied as that day, and
durations from or to it are left empty; [ADR 26](adr/0026-moments-that-cannot-be.md) says why.

Written from `warehouse/tables.py` by `.venv/bin/python -m warehouse.dictionary`; changes belong there.
"""
WITH_TEXT_ONLY = "copied only with `LODGE_WAREHOUSE_TEXT=on`"


def render() -> str:
    """Returns the whole page in markdown."""
    return "\n".join([INTRODUCTION, *(_section(table) for table in ALL)])


def _section(table: Table) -> str:
    rows = (f"| `{column.name}` | {column.type} | {_says(column)} |" for column in table.columns)
    return "\n".join(
        [f"## {table.name}\n", f"{table.says}.\n", "| column | type | what it says |", "|---|---|---|", *rows, ""]
    )


def _says(column: Column) -> str:
    return f"{column.says}; {WITH_TEXT_ONLY}" if column.is_text else column.says


if __name__ == "__main__":
    PAGE.write_text(render(), "utf-8")
