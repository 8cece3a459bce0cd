"""Writes docs/data-dictionary.md, which describes for people what the replica holds: `python -m
warehouse.dictionary`."""

from collections.abc import Iterator
from pathlib import Path

from contracts.moments import EARLIEST, LATEST
from warehouse.questions import ALL_QUESTIONS, Question
from warehouse.tables import ALL, Column, Definition, Table
from warehouse.views import View

PAGE = Path(__file__).resolve().parents[1] / "docs" / "data-dictionary.md"
WITH_TEXT = Definition("UTC", with_text=True)

INTRODUCTION = f"""\
# Data dictionary

What the replica holds, and so what analyses, the SQL lab and [a snapshot](snapshot.md) can be asked about: each table
with its columns, in DuckDB's types. What is not here is not there; [ADR 11](adr/0011-what-is-copied.md) says why.

- **People** are a number, a role and a team. **Rows of confidential tickets carry no people and no text**: they count,
  and nothing says whose they are.
- **Moments** are in UTC; days, months and hours are the campus's (`LODGE_TIMEZONE`). A moment before
  {EARLIEST:%Y-%m-%d} or after {LATEST:%Y-%m-%d} is copied as that day, and durations from or to it are left empty;
  [ADR 26](adr/0026-moments-that-cannot-be.md) says why.
- **Durations** are in seconds.
- The same words are inside the file, as comments: `FROM duckdb_columns()`, and in the SQL lab's list of tables.

[Relations](#relations) · [Tables](#tables) · [Kinds](#kinds) · [Views](#views) · [Worked questions](#worked-questions)

Written from `warehouse/tables.py`, `views.py` and `questions.py` by `.venv/bin/python -m warehouse.dictionary`; changes
belong there.
"""
# What the columns with a fixed set of values can hold.
KINDS = {
    "`ticket.status`, `stage.status`": [
        "`open`: nobody has begun.",
        "`active`: somebody works on it, or waits.",
        "`closed`.",
    ],
    "`ticket.waits_for`": ["`desk`: staff are to answer.", "`requester`: the requester is.", "Empty when closed."],
    "`ticket.priority`": ["0 low, 1 normal, 2 high, 3 urgent."],
    "`ticket.category_by`": [
        "`predicted`: the categoriser, and nobody has changed it.",
        "`requester`: chosen in the report.",
        "`staff`: chosen later.",
        "`import`: as imported.",
        "`default`: nobody, so it is the usual one.",
        "Empty on tickets that are older than this column.",
    ],
    "`ticket.closed_reason`": [
        "`solved` or `no-longer-needed`;",
        "`duplicate` if another ticket is about the same.",
        "Empty if it is not closed, or unknown.",
    ],
    "`person.role`, `message.author_role`": [
        "`agent`, `manager` and `admin` are staff;",
        "`student` and `analyst` are not;",
        "other roles are those that administrators have made, and in `person` only.",
    ],
    "`ticket_event.kind`": [
        "`opened`, `status`, `stage`, `category`, `priority`, `building`, `team`:",
        "`from_value` and `to_value` are copied.",
        "`assignee`, `room`, `title`, `description`, `confidential`, `follower`, `tags`, `attachment`, `link`:",
        "these values are not copied.",
        "`blocker`: a ticket that blocks this one was closed or opened again.",
        "`activity`: a line of an imported log; its text is not copied.",
        "A ticket's first stage has no line: it is the `from_value` of its first `stage` line, if there is one.",
        "A `status` line from `closed` says that the ticket was opened again.",
    ],
    "`ticket_link.kind`": [
        "`blocks`: the other ticket is to wait for this one.",
        "`duplicates`: the other one is about the same, and goes on.",
        "`relates-to`: has no direction.",
    ],
    "`ticket_prediction.sureness`": [
        "`sure`: the category was taken.",
        "`likely`: it was taken, and another one offered.",
        "`unsure`: the requester was asked.",
    ],
}
WITH_TEXT_ONLY = "copied only with `LODGE_WAREHOUSE_TEXT=on`"


def render() -> str:
    """Returns the whole page in markdown."""
    parts = [INTRODUCTION, _relations(), "## Tables\n", *(_section(table) for table in ALL), _kinds()]
    parts += ["## Views\n", "With names in place of numbers. A view has one row for each row of its table.\n"]
    parts += [_view(view) for view in WITH_TEXT.views]
    parts += ["## Worked questions\n", "Each runs in the SQL lab and on a snapshot, as it stands here.\n"]
    return "\n".join([*parts, *(_question(number, question) for number, question in enumerate(ALL_QUESTIONS, 1))])


def _relations() -> str:
    columns = [(table.name, column) for table in ALL for column in WITH_TEXT.open_columns(table)]
    keys = [(column.refers, table, column.name) for table, column in columns if column.refers]
    lines = (f'    {refers} |o--o{{ {table} : "{column}"' for refers, table, column in keys)
    return "\n".join(["## Relations\n", "```mermaid", "erDiagram", *lines, "```", ""])


def _kinds() -> str:
    rows = (f"| {columns} | {' '.join(values)} |" for columns, values in KINDS.items())
    return "\n".join(["## Kinds\n", "| column | values |", "|---|---|", *rows, ""])


def _section(table: Table) -> str:
    return "\n".join([f"### {table.name}\n", f"{table.says}.\n", *_columns(table)])


def _columns(table: Table) -> Iterator[str]:
    yield "| column | type | what it says |\n|---|---|---|"
    for column in WITH_TEXT.open_columns(table):
        yield f"| `{column.name}` | {column.type} | {_says(column)} |"
    yield ""


def _says(column: Column) -> str:
    return f"{column.comment}; {WITH_TEXT_ONLY}" if column.is_text else column.comment


def _view(view: View) -> str:
    """The columns that are as in the table are only named."""
    columns = WITH_TEXT.view_columns(view)
    own = [*view.instead.values(), *view.beside]
    rest = ", ".join(f"`{column.name}`" for column in columns if column not in own)
    rows = [f"| `{column.name}` | {column.says} |" for column in own]
    head = [f"### {view.name}\n", f"{view.says}; from `{view.table}`.\n", "| column | what it says |", "|---|---|"]
    return "\n".join([*head, *rows, f"\nAs in the table: {rest}.\n"])


def _question(number: int, question: Question) -> str:
    reads = f"{question.reads} Needs `LODGE_WAREHOUSE_TEXT=on`." if question.needs_text else question.reads
    return f"### {number}. {question.title}\n\n{reads}\n\n```sql\n{question.sql.strip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(render(), "utf-8")
