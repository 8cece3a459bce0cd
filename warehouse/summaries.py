"""What the columns of a table or a view hold: how many values are missing, how many differ, and how they are spread."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from warehouse.replica import Replica
from warehouse.tables import Definition

# Of a larger table so many rows are read, drawn at random, so that a summary costs the same however much there is.
MOST_ROWS = 200_000
PARTS = 12  # of a histogram
FEW = 12  # so many different values are all listed
MANY = 1_000  # with more different texts, none of them is frequent
MOST_LISTED, EXAMPLES = 5, 3
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
TIMES = ("DATE", "TIMESTAMP")


@dataclass(frozen=True)
class ColumnSummary:
    """`distinct` is an estimate. `minimum` and `maximum` are None without any value. `values` are some values, and how
    many rows have each if that was counted. `histogram` counts the rows in parts of equal width between the minimum and
    the maximum; it is empty for what has no widths."""

    name: str
    type: str
    nulls: int
    distinct: int
    minimum: str | None
    maximum: str | None
    values: Sequence[tuple[str, int | None]]
    histogram: Sequence[int]


@dataclass(frozen=True)
class Summary:
    """`read` is the number of rows that were read; `as_of` is UTC without a zone."""

    rows: int
    read: int
    as_of: datetime
    columns: Sequence[ColumnSummary]


@dataclass(frozen=True)
class _Counted:
    """A column after the first reading. `low` and `high` are its bounds as numbers; moments count seconds."""

    name: str
    type: str
    filled: int
    distinct: int
    minimum: str | None
    maximum: str | None
    low: float | None
    high: float | None

    @property
    def has_few(self) -> bool:
        return self.distinct <= FEW

    @property
    def is_counted_by_value(self) -> bool:
        return self.has_few or (self.low is None and self.distinct <= MANY)

    @property
    def is_spread(self) -> bool:
        return not self.has_few and self.low is not None and self.high is not None and self.low < self.high


def summarise(replica: Replica, definition: Definition, name: str) -> Summary:
    """Reads a table or a view of the definition twice. Raises NoReplica, QueryFailed."""
    table = next((view.table for view in definition.views if view.name == name), name)
    rows = replica.count([table])[table]
    source = _source(definition, name, table, rows)
    hidden = [column for table_name, column in definition.only_analyses if table_name == name]
    types = {column: type_ for column, type_ in replica.types(name).items() if column not in hidden}
    counted, read, as_of = _count(replica, source, types)
    values, histograms = _spread(replica, source, counted)
    columns = [
        ColumnSummary(
            column.name,
            column.type,
            read - column.filled,
            column.distinct,
            column.minimum,
            column.maximum,
            values.get(column.name, []),
            histograms.get(column.name, []),
        )
        for column in counted
    ]
    return Summary(rows, read, as_of, columns)


def _source(definition: Definition, name: str, table: str, rows: int) -> str:
    """Returns what to read: all rows, or as many as a summary may read."""
    if rows <= MOST_ROWS:
        return name
    drawn = f"(FROM main.{table} TABLESAMPLE system({100 * MOST_ROWS / rows:.6f} PERCENT)) AS {table}"
    view = next((view for view in definition.views if view.name == name), None)
    return f"({definition.view_query(view, drawn)})" if view else drawn


def _count(replica: Replica, source: str, types: Mapping[str, str]) -> tuple[list[_Counted], int, datetime]:
    facts = ", ".join(_facts(name, type_) for name, type_ in types.items())
    answer = replica.ask(f"SELECT count(*) AS all_rows, {{ {facts} }} AS found FROM {source}", {})
    (row,) = answer.table.to_pylist()
    counted = [_Counted(name=name, type=types[name], **found) for name, found in row["found"].items()]
    return counted, row["all_rows"], answer.as_of


def _facts(name: str, type_: str) -> str:
    number = _number(name, type_)
    low, high = (f"min({number})", f"max({number})") if number else ("NULL", "NULL")
    return (
        f'{name}: {{filled: count({name}), "distinct": least(approx_count_distinct({name}), count({name})), '
        f"minimum: min({name})::VARCHAR, maximum: max({name})::VARCHAR, low: {low}, high: {high}}}"
    )


def _number(name: str, type_: str) -> str | None:
    """Returns SQL for the value as a number, if it is one or a moment."""
    kind = type_.split("(")[0]
    return f"epoch({name})" if kind in TIMES else f"{name}::DOUBLE" if kind in NUMBERS else None


def _spread(
    replica: Replica, source: str, counted: Sequence[_Counted]
) -> tuple[dict[str, list[tuple[str, int | None]]], dict[str, list[int]]]:
    """Returns the values and the histograms, by the columns' names."""
    wanted: list[str] = []
    parts: list[str] = []
    for column in counted:
        wanted.append(column.name)
        if column.is_spread:
            wanted.append(f"{_part(column)} AS part_of_{column.name}")
        parts += _queries(column)
    query = f"WITH source AS MATERIALIZED (SELECT {', '.join(wanted)} FROM {source}) {' UNION ALL '.join(parts)}"
    values: dict[str, list[tuple[str, int | None]]] = {}
    histograms: dict[str, list[int]] = {}
    for row in replica.ask(query, {}).table.to_pylist():
        if row["part"] is None:
            values.setdefault(row["name"], []).append((row["value"], row["rows"]))
        else:
            histograms.setdefault(row["name"], [0] * PARTS)[row["part"]] = row["rows"]
    return values, histograms


def _part(column: _Counted) -> str:
    """Returns SQL for the part of the histogram that a value is in. Rows that came meanwhile may lie outside."""
    assert column.low is not None
    assert column.high is not None
    share = f"({_number(column.name, column.type)} - {column.low!r}) / {column.high - column.low!r}"
    part = f"greatest(0, least({PARTS - 1}, floor({PARTS} * {share})))::TINYINT"
    return f"CASE WHEN {column.name} IS NOT NULL THEN {part} END"


def _queries(column: _Counted) -> Iterator[str]:
    name = column.name
    told = f"SELECT '{name}' AS name, NULL::TINYINT AS part, {name}::VARCHAR AS value"
    filled = f"FROM source WHERE {name} IS NOT NULL"
    if column.is_counted_by_value:
        most = FEW if column.has_few else MOST_LISTED
        yield f"({told}, count(*) AS rows {filled} GROUP BY ALL ORDER BY rows DESC, value LIMIT {most})"
    else:
        yield f"({told}, NULL::BIGINT AS rows {filled} LIMIT {EXAMPLES})"
    if column.is_spread:
        part = f"part_of_{name}"
        yield (
            f"(SELECT '{name}' AS name, {part} AS part, NULL AS value, count(*) AS rows FROM source "
            f"WHERE {part} IS NOT NULL GROUP BY ALL)"
        )
