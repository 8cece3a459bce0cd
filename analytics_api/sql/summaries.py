"""Answers what the columns of a table hold, for people who look for what to ask about."""

import threading
from collections.abc import Sequence
from datetime import UTC

from analytics_api.sql.errors import UnknownTable
from contracts.sql import SqlColumnSummary, SqlTableSummary, SqlValueRead
from service_kit.single_flight import SingleFlight
from warehouse.replica import Replica
from warehouse.summaries import ColumnSummary, Summary, summarise
from warehouse.tables import Definition

KEPT_SECONDS = 60.0
MOST_KEPT = 64


class SummaryService:
    """The summaries of one organisation. Each is made at most once a minute, and one at a time, so that they leave the
    processors to the dashboards."""

    def __init__(self, replica: Replica, definition: Definition) -> None:
        self._replica = replica
        self._definition = definition
        self._summaries = SingleFlight(MOST_KEPT, seconds=KEPT_SECONDS)
        self._lock = threading.Lock()

    def read(self, name: str) -> SqlTableSummary:
        """Returns the summary of a table or a view. Raises UnknownTable, NoReplica."""
        comments = self._comments(name)
        says = comments.pop("")
        summary: Summary = self._summaries.get(name, lambda: self._summarise(name))
        return SqlTableSummary(
            name=name,
            comment=says,
            rows=summary.rows,
            read=summary.read,
            as_of=summary.as_of.replace(tzinfo=UTC),
            columns=[_read(column, comments[column.name]) for column in summary.columns],
        )

    def _summarise(self, name: str) -> Summary:
        with self._lock:
            return summarise(self._replica, self._definition, name)

    def _comments(self, name: str) -> dict[str, str]:
        """Returns what is said of the columns, and under the empty name what is said of the table."""
        for table in self._definition.tables:
            if table.name == name:
                return {"": table.says, **{each.name: each.comment for each in self._definition.open_columns(table)}}
        for view in self._definition.views:
            if view.name == name:
                return {"": view.says, **{each.name: each.says for each in self._definition.view_columns(view)}}
        raise UnknownTable


def _read(column: ColumnSummary, comment: str) -> SqlColumnSummary:
    return SqlColumnSummary(
        name=column.name,
        type=column.type,
        comment=comment,
        nulls=column.nulls,
        distinct=column.distinct,
        minimum=column.minimum,
        maximum=column.maximum,
        values=_values(column.values),
        histogram=list(column.histogram),
    )


def _values(values: Sequence[tuple[str, int | None]]) -> list[SqlValueRead]:
    return [SqlValueRead(value=value, rows=rows) for value, rows in values]
