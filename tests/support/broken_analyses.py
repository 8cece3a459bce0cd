"""Analyses that cannot run."""

from pathlib import Path

HEAD = """/*
title: {title}
question: How many?
unit: tickets
excludes: Nothing.
sentence: count_text(max(tickets), 'ticket', 'tickets')
chart: {{mark: number, y: [tickets]}}
columns:
  tickets: {{title: Tickets, unit: tickets}}
*/
{query}
"""
# The reason of each begins so.
UNAVAILABLE = {
    "no-column": 'Binder Error: Referenced column "mood" not found',
    "no-head": "no-head.sql does not begin with a comment",
}
# DuckDB can plan it. It fails when it runs.
FAILS = "too-large"


def write_broken_analyses(folder: Path) -> None:
    (folder / "no-column.sql").write_text(HEAD.format(title="Of good mood", query="SELECT mood AS tickets FROM ticket"))
    (folder / "no-head.sql").write_text("SELECT 1")
    query = "SELECT (9223372036854775807 - count(*) + count(*) + 1)::INTEGER AS tickets FROM ticket"
    (folder / f"{FAILS}.sql").write_text(HEAD.format(title="Too large", query=query))
