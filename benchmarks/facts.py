"""Values to ask a seeded desk for, chosen by the same rules on each desk, so that the sizes can be compared."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

VARIANTS = 4  # values of a filter that are used in turn, so that no row measures a single lucky value
THREADS = 500  # tickets that are read with their thread, spread over all years
MEDIUM_SHARE = 0.01  # a medium word occurs in at most this share of the tickets


@dataclass(frozen=True)
class Facts:
    """Slugs, ids, names and words; those with the most tickets come first."""

    tickets: int
    newest: datetime
    ids: list[int]
    categories: list[str]
    stages: list[str]
    rooms: list[str]
    buildings: list[str]
    tags: list[str]
    assignees: list[int]
    teams: list[str]
    requesters: list[int]
    student: str
    names: list[str]
    common_words: list[str]
    medium_words: list[str]
    rare_words: list[str]


def read_facts(database_url: str) -> Facts:
    with psycopg.connect(database_url) as connection:

        def column(statement: str, **values: Any) -> list[Any]:
            return [row[0] for row in connection.execute(statement.encode(), values)]

        words = connection.execute(FREQUENT_WORDS).fetchall()
        return Facts(
            tickets=column("SELECT count(*) FROM ticket")[0],
            newest=column("SELECT max(opened_at) FROM ticket")[0],
            ids=column(SPREAD_IDS, count=THREADS),
            categories=column(busiest("category_id", "category.slug")),
            stages=column("SELECT slug FROM stage ORDER BY position, id"),
            rooms=column("SELECT room FROM ticket WHERE room <> '' GROUP BY room ORDER BY count(*) DESC, room LIMIT 4"),
            buildings=column(busiest("building_id", "building.slug")),
            tags=column("SELECT tag FROM ticket_tag GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 4"),
            assignees=column(busiest("assignee_id", "person.id")),
            teams=column(busiest("team_id", "team.slug")),
            requesters=column(busiest("requester_id", "person.id")),
            student=column(busiest("requester_id", "person.name"))[0],
            names=column(busiest("requester_id", "person.name")),
            common_words=[word for word, _ in words[:VARIANTS]],
            medium_words=[word for word, share in words if share <= MEDIUM_SHARE][:VARIANTS],
            rare_words=[word for word, _ in words[-VARIANTS:]],
        )


def busiest(key: str, shown: str) -> str:
    """Returns the statement for the rows that most tickets refer to by `key`; `shown` is their column to return."""
    table = shown.partition(".")[0]
    enterable = "AND entry_key LIKE '%%:%%'" if table == "person" else ""  # people whom one can sign in as by name
    return (
        f"SELECT {shown} FROM ticket JOIN {table} ON {table}.id = {key} {enterable} "
        f"GROUP BY {table}.id ORDER BY count(*) DESC, {table}.id LIMIT {VARIANTS}"
    )


SPREAD_IDS = """
SELECT id FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS total FROM ticket WHERE NOT is_confidential
) AS numbered
WHERE place %% greatest(1, total / %(count)s) = 0 ORDER BY md5(id::text)
"""
# Words with their frequency in the planner's statistics. The last ones are the rarest that the planner knows.
FREQUENT_WORDS = r"""
SELECT word, share FROM (
    SELECT unnest(most_common_elems::text::text[]) AS word, unnest(most_common_elem_freqs) AS share
    FROM pg_stats WHERE schemaname = 'public' AND tablename = 'ticket' AND attname = 'search'
) AS frequent
WHERE word ~ '^[[:alpha:]]{4,}$' ORDER BY share DESC, word
"""
