"""Transactions that overlap in every order, some of them rolled back, some of thousands of rows, with restarts between:
the replica is the database after each of the looks."""

import random
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg

from tests.warehouse.following import connection, following
from tests.warehouse.rows import TICKETS, fill

ROUNDS, STEPS, WRITERS = 3, 80, 4
STATEMENTS = [
    "UPDATE ticket SET priority = {n} % 4, room = 'r{n}' WHERE id % {few} = {own}",
    "UPDATE ticket SET status = 'closed', stage_id = 5, closed_at = now(), waits_for = NULL WHERE id % {few} = {own}",
    "UPDATE ticket SET status = 'open', stage_id = 1, closed_at = NULL WHERE id % {few} = {own}",
    "UPDATE ticket SET is_confidential = NOT is_confidential WHERE id % {few} = {own}",
    "DELETE FROM ticket WHERE id % {few} = {own} AND id % 7 = {n} % 7",
    "INSERT INTO message (ticket_id, author_id, author_role, body) "
    "SELECT id, 2, 'agent', repeat('x', {n}) FROM ticket WHERE id % {few} = {own}",
    "UPDATE message SET body = body || '!' WHERE ticket_id % {few} = {own}",
    "INSERT INTO ticket_watcher (ticket_id, person_id) SELECT id, 2 FROM ticket WHERE id % {few} = {own} "
    "ON CONFLICT DO NOTHING",
    "DELETE FROM ticket_watcher WHERE ticket_id % {few} = {own}",
    TICKETS.replace("%%", "%").replace("%s", "{n}"),
]


class Writer:
    """A connection that does one thing at a time, to rows that no other writer touches: nobody waits for a lock."""

    def __init__(self, open_connection: psycopg.Connection[tuple[Any, ...]], own: int, chosen: random.Random) -> None:
        self._connection, self._own, self._random = open_connection, own, chosen

    def step(self) -> None:
        roll = self._random.random()
        if roll < 0.15:
            self._connection.commit()
        elif roll < 0.22:
            self._connection.rollback()
        else:
            self._write(with_savepoint=roll < 0.3)

    def _write(self, *, with_savepoint: bool) -> None:
        statement = self._random.choice(STATEMENTS)
        number = self._random.choice((1, 2, 3, 5, 30, 200))
        filled = statement.format(n=number, few=WRITERS, own=self._own)
        if with_savepoint:
            self._connection.execute("SAVEPOINT here")
        self._connection.execute(filled.encode())
        if with_savepoint and self._random.random() < 0.5:
            self._connection.execute("ROLLBACK TO here")


def test_the_replica_is_the_database_throughout(database_url: str, tmp_path: Path) -> None:
    chosen = random.Random(1)
    with ExitStack() as stack:
        connections = [stack.enter_context(connection(database_url)) for _ in range(WRITERS)]
        writers = [Writer(opened, own, chosen) for own, opened in enumerate(connections)]
        for round_ in range(ROUNDS):
            with following(database_url, tmp_path) as desk:
                if round_ == 0:
                    fill(desk)
                    desk.catch_up()
                file = desk.file
                for _ in range(STEPS):
                    chosen.choice(writers).step()
                    if chosen.random() < 0.1:
                        assert desk.difference() is None
                assert desk.difference() is None
                assert desk.file == file, "followed all the while"
            for _ in range(STEPS // 4):
                chosen.choice(writers).step()
