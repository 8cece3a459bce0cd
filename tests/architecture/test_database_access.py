"""Where the database is spoken to, and who ends a transaction."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import Source, of

SERVICES = ("contracts", "service_kit", "data_api", "warehouse", "analytics_api", "streamlit_app", "pages", "lodge")
STATEMENT_MAKERS = {"select", "insert", "update", "delete", "text", "func", "exists", "union_all"}
STATEMENT = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|MERGE\s+INTO\s|WITH\s+\w+\s+AS\s|COPY\s|LISTEN\s"
    r"|(CREATE|ALTER|DROP)\s+(TABLE|ROLE|DATABASE|INDEX|FUNCTION|TRIGGER|EXTENSION)\s|ANALYZE\s|VACUUM\s|SET\s+LOCAL\s)"
)

# Files that speak SQL although they are neither a repository nor a model nor a migration.
MAY_SPEAK_SQL = {
    "service_kit/change_feed.py": "reads the change feed, for whichever service follows it",
    "data_api/access/actor.py": "finds the token's person before there is an actor to ask for",
    "data_api/access/reading.py": "the reading rule, with which every query on tickets begins",
    "data_api/access/roles.py": "what roles permit, for the statements of all domains",
    "data_api/access/turns.py": "locks what decides who may do what, before it is changed",
    "data_api/access/counts.py": "counts in a file of its own, not in the database",
    "data_api/access/idempotency.py": "keeps its keys, in the request's own transaction",
    "data_api/lists/lookups.py": "the repository of slugs, which all domains share",
    "data_api/desk/endpoints.py": "health asks whether the database answers",
    "data_api/bulk/gathered_writes.py": "the repository of tickets that are changed together",
    "data_api/background/cleanup.py": "deletes old rows, for no request",
    "data_api/export/columns.py": "how a file's columns are read, for the statement of its rows",
    "data_api/kit/paging.py": "asks the last row that was shown for the moment at which a page goes on",
    "data_api/kit/words.py": "asks the database for the words of a search, for every repository that searches",
    "data_api/tickets/fields.py": "how each field of a ticket is read and filtered, for those statements",
    "data_api/tickets/rows.py": "the statement and the row of a ticket, for the repositories of one and of lists",
    "data_api/tickets/list_statements.py": "what the ticket list's repository asks, built once for each shape",
    "data_api/tickets/filters.py": "the ticket list's conditions, which its repository puts together",
    "data_api/search/statements.py": "what the search's repository asks, built once for everybody who reads the same",
    "data_api/similar/tables.py": "makes the table of vectors, where the server has the type for it",
    "warehouse/tables.py": "says what is copied, in the words of both engines",
    "warehouse/source.py": "the one place that asks Postgres for the replica",
    "warehouse/access.py": "makes the views that the analytics API's own role reads",
    "warehouse/signal.py": "listens for commits",
    "warehouse/replica.py": "the one place where queries on the replica run",
    "warehouse/writer.py": "what is done to its rows",
    "warehouse/state.py": "what its file says of itself",
    "warehouse/summaries.py": "what a summary of a table asks the replica",
    "warehouse/questions.py": "questions to the replica, for people",
    "warehouse/take_home.py": "copies the replica into a file of its own",
    "warehouse/check.py": "compares the two",
    "lodge/cluster.py": "makes the role and the database of a new data folder",
    "lodge/outside.py": "asks a server of the administrator's own what it allows, before anything uses it",
    "lodge/preparation.py": "asks which schema a database has, and whether it has tickets",
    "lodge/demo.py": "asks whether a desk is a demo before it fills it",
    "warehouse/checked_catalogue.py": "plans the queries of analyses, over empty tables of its own",
}
MAY_COMMIT = {
    "data_api/kit/database.py": "the request owns the transaction",
    "warehouse/replica.py": "a step of following owns its own, in a file of its own",
}


def is_data_layer(source: Source) -> bool:
    name = source.name.rpartition("/")[2]
    return name.endswith("repository.py") or source.name.startswith("data_api/models/")


def spoken_sql(source: Source) -> Iterator[str]:
    """Statements written out, and the makers of statements imported."""
    documentation = {id(node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            if STATEMENT.match(node.value):
                yield f"{source.name}:{node.lineno} {node.value.strip()[:40]!r}"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "sqlalchemy":
            made = STATEMENT_MAKERS & {alias.name for alias in node.names}
            if made:
                yield f"{source.name}:{node.lineno} imports {', '.join(sorted(made))}"


def test_sql_is_spoken_in_repositories_only() -> None:
    spoken = [
        place
        for source in of(*SERVICES)
        if not is_data_layer(source) and source.name not in MAY_SPEAK_SQL
        for place in spoken_sql(source)
    ]
    assert spoken == []


def commits(source: Source) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == "commit" for node in ast.walk(source.tree))


def test_nothing_else_commits() -> None:
    assert [source.name for source in of(*SERVICES) if commits(source) and source.name not in MAY_COMMIT] == []


def test_every_exception_is_still_needed() -> None:
    by_name = {source.name: source for source in of(*SERVICES)}
    assert [name for name in MAY_SPEAK_SQL if not (name in by_name and list(spoken_sql(by_name[name])))] == []
    assert [name for name in MAY_COMMIT if not (name in by_name and commits(by_name[name]))] == []
