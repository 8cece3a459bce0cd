"""Documents the tables: `python -m data_api.models.page` writes docs/database.md."""

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from pathlib import Path

from sqlalchemy import Column, Dialect, ForeignKey, Table
from sqlalchemy.dialects import registry

from data_api.models import Base
from data_api.models.base import InFeed

PAGE = Path(__file__).resolve().parents[2] / "docs" / "database.md"
POSTGRES: Dialect = registry.load("postgresql")()
INTRODUCTION = """\
# The database

The tables of the data API's Postgres, and how they refer to each other. The data team asks the replica instead, whose
tables are in the [data dictionary](data-dictionary.md): it holds no names, and no words of people
unless `LODGE_WAREHOUSE_TEXT` is on.

Written from `data_api/models/` by `.venv/bin/python -m data_api.models.page`; changes belong there.

A line leads from a row to those that refer to it, and bears the name of the column that refers: `person ||--o{ ticket`
says that a ticket has exactly one person as its requester, and a person any number of tickets; `|o` stands where the
column may be empty.
"""


def render() -> str:
    """Returns the whole page as Markdown, with the diagram in Mermaid."""
    models = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
    tables = sorted(Base.metadata.tables.values(), key=str)
    picture = ["```mermaid", "erDiagram", *(f"    {line}" for table in tables for line in _relations(table)), "```\n"]
    return "\n".join([INTRODUCTION, *picture, *(_section(table, models[table.name]) for table in tables)])


def _relations(table: Table) -> Iterator[str]:
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        one = "|o" if key.parent.nullable else "||"
        yield f"{key.column.table.name} {one}--o{{ {table.name} : {key.parent.name.removesuffix('_id')}"


def _section(table: Table, model: type[Base]) -> str:
    feed = model.change_feed
    in_feed = feed.columns if isinstance(feed, InFeed) else ()
    rows = (f"| `{column.name}` | {_type(column)} | {_notes(column, in_feed)} |" for column in table.columns)
    told = "are in the change feed" if isinstance(feed, InFeed) else f"are not in the change feed: {feed.reason}"
    says = " ".join(cleandoc(model.__doc__ or "").split())
    return "\n".join(
        [f"## {table.name}\n", f"{says} Its changes {told}.\n", "| column | type | notes |", "|---|---|---|", *rows, ""]
    )


def _type(column: Column[object]) -> str:
    return column.type.compile(dialect=POSTGRES).lower()


def _notes(column: Column[object], in_feed: Sequence[str]) -> str:
    notes = [
        "key" if column.primary_key else "",
        *(_refers(key) for key in column.foreign_keys),
        "may be empty" if column.nullable else "",
        "told in the change feed" if column.name in in_feed else "",
    ]
    return ", ".join(filter(None, notes))


def _refers(key: ForeignKey) -> str:
    table = f"[{key.column.table.name}](#{key.column.table.name})"
    return f"{table}, and goes with it" if key.ondelete == "CASCADE" else table


if __name__ == "__main__":
    PAGE.write_text(render(), "utf-8")
