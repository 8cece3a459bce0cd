"""The words of DuckDB's SQL for the editor of the SQL lab: `python -m tests.components.duckdb_words` writes them."""

import json

import duckdb

from tests.support.serving import ROOT

FILE = ROOT / "streamlit_app" / "static" / "codemirror" / "duckdb.json"
# DuckDB takes these for names as well. They begin a query or belong into one; others of their kind, such as `role` or
# `position`, are more often names of columns.
IN_QUERIES = (
    *("all", "by", "current", "cube", "describe", "escape", "exclude", "explain", "filter", "first", "following"),
    *("groups", "if", "ignore", "last", "materialized", "no", "nulls", "ordinality", "others", "over", "partition"),
    *(
        "percent",
        "preceding",
        "range",
        "recursive",
        "replace",
        "respect",
        "rollup",
        "rows",
        "sets",
        "ties",
        "unbounded",
    ),
    *("values", "view", "within", "without"),
)
KEYWORDS = f"""
SELECT DISTINCT keyword_name FROM duckdb_keywords()
WHERE keyword_category <> 'unreserved' OR keyword_name IN {IN_QUERIES} ORDER BY ALL
"""
TYPES = "SELECT DISTINCT lower(type_name) FROM duckdb_types() WHERE type_name ~ '^[A-Za-z][A-Za-z0-9_]*$' ORDER BY ALL"
# Table functions that read files or tell about the engine are not for the lab.
FUNCTIONS = """
SELECT DISTINCT function_name FROM duckdb_functions()
WHERE function_type IN ('scalar', 'aggregate', 'macro') AND function_name ~ '^[a-z][a-z0-9_]*$' AND schema_name = 'main'
OR function_name IN ('generate_series', 'range', 'unnest')
ORDER BY ALL
"""


def words() -> dict[str, list[str]]:
    """Returns keywords, types and functions, each in lower case and in order."""
    with duckdb.connect() as connection:
        queries = {"keywords": KEYWORDS, "types": TYPES, "functions": FUNCTIONS}
        return {kind: [word for (word,) in connection.execute(query).fetchall()] for kind, query in queries.items()}


def text() -> str:
    return json.dumps(words(), indent=0) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
