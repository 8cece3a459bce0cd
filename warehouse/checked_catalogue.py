"""Finds out at the start which analyses can run. DuckDB plans each one, with its default parameters, over empty tables
of the replica's schema. So a mistake in one file is known before anybody asks, and leaves the others alone."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from contracts.moments import EARLIEST
from warehouse.catalogue import FOLDER, Analysis, Catalogue, left_out, read_catalogue
from warehouse.replica import CONFIG, Value, used_values
from warehouse.sentence_macros import SENTENCE_MACROS
from warehouse.tables import Definition
from warehouse.writer import Writer

Values = Mapping[str, Value]

OPTION_COLUMNS = pa.schema([("value", pa.string()), ("label", pa.string())])


@cache
def checked_catalogue(definition: Definition, folder: Path = FOLDER) -> Catalogue:
    """Returns the analyses that can run on a replica of this definition, and those that cannot."""
    found = read_catalogue(folder)
    analyses, unavailable = dict(found.analyses), dict(found.unavailable)
    with duckdb.connect(":memory:", config={**CONFIG}) as database:
        Writer(database).create(definition)
        database.execute(SENTENCE_MACROS)
        for slug, analysis in found.analyses.items():
            if problem := _problem(database, analysis):
                del analyses[slug]
                unavailable[slug] = left_out(slug, analysis.head.title, problem)
    return Catalogue(analyses, unavailable)


def _problem(database: duckdb.DuckDBPyConnection, analysis: Analysis) -> str:
    """Returns why the analysis cannot run; empty if it can."""
    values: Values = {**analysis.defaults, "as_of": EARLIEST.replace(tzinfo=None), "today": EARLIEST.date()}
    try:
        _check_query(database, analysis, values)
        _check_sentence(database, analysis, values)
        _check_options(database, analysis)
    except (ValueError, duckdb.Error) as error:
        return str(error).strip().splitlines()[0]  # DuckDB adds suggestions, and the statement
    return ""


def _check_query(database: duckdb.DuckDBPyConnection, analysis: Analysis, values: Values) -> None:
    names, provisional = _plan(database, analysis.query, values).names, analysis.head.provisional
    if provisional is not None and provisional not in names:
        raise ValueError(f"the query does not return the column {provisional}, which `provisional` names")
    found = [name for name in names if name != provisional]
    if found != list(analysis.head.columns):
        raise ValueError(f"the query returns the columns {found}, and `columns` tells of {list(analysis.head.columns)}")


def _check_sentence(database: duckdb.DuckDBPyConnection, analysis: Analysis, values: Values) -> None:
    columns = ", ".join(analysis.head.columns)
    answer = f"answer AS (SELECT {columns} FROM ({analysis.query}\n))"
    statement = f"WITH {answer} SELECT {analysis.head.sentence} FROM answer"
    database.execute(f"EXPLAIN {statement}", used_values(statement, values))


def _check_options(database: duckdb.DuckDBPyConnection, analysis: Analysis) -> None:
    for parameter in analysis.head.parameters:
        if isinstance(parameter.options, str) and _plan(database, parameter.options, {}) != OPTION_COLUMNS:
            raise ValueError(f"the options of {parameter.name} need the text columns value and label")


def _plan(database: duckdb.DuckDBPyConnection, query: str, values: Values) -> pa.Schema:
    """Returns the columns of a query without running it. Raises ValueError, duckdb.Error."""
    statements = database.extract_statements(query)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise ValueError("the query is not one SELECT")
    used = used_values(query, values)
    database.execute(f"EXPLAIN {query}", used)
    return database.execute(f"SELECT * FROM ({query}\n) LIMIT 0", used).to_arrow_table().schema
