"""Reading the change feed: every committed line exactly once, late commits too, waiting for nobody."""

import random
import socket
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from service_kit.change_feed import ChangeFeed
from tests.support.databases import cloned_database

ADD = "INSERT INTO building (slug, name) VALUES (%s, 'x')"
SOON = 60.0  # only a failure takes so long


@pytest.fixture
def feed(database_url: str) -> Iterator[ChangeFeed]:
    with psycopg.connect(database_url) as connection:
        yield ChangeFeed(connection)


def add(connection: psycopg.Connection, *slugs: str) -> None:
    for slug in slugs:
        connection.execute(ADD, [slug])


def rows_of(feed: ChangeFeed, limit: int = 1000) -> list[int]:
    return [line.row_id for line in feed.read(limit).lines]


def test_only_what_happens_from_now_on(database_url: str) -> None:
    with psycopg.connect(database_url) as reader, psycopg.connect(database_url, autocommit=True) as writer:
        add(writer, "before")
        feed = ChangeFeed(reader)
        add(writer, "after", "later")
        assert len(rows_of(feed)) == 2
        assert rows_of(feed) == []


def test_a_line_is_read_whole(feed: ChangeFeed, database_url: str) -> None:
    with psycopg.connect(database_url) as writer:
        writer.execute("SELECT set_config('lodge.actor_id', '7', true)")
        writer.execute("UPDATE category SET name = 'IT' WHERE slug = 'technical-it'")
    (line,) = feed.read(10).lines
    assert (line.table_name, line.op, line.actor_id) == ("category", "update", 7)
    assert (line.before, line.after) == ({"name": "Technical IT"}, {"name": "IT"})


def test_who_begins_first_and_commits_last_is_read_once(feed: ChangeFeed, database_url: str) -> None:
    """Its lines have the lowest ids and moments, and appear after others were read."""
    with psycopg.connect(database_url) as slow, psycopg.connect(database_url) as quick:
        add(slow, "slow")
        add(quick, "quick")
        quick.commit()
        read = [rows_of(feed)]
        add(slow, "slow again")
        slow.commit()
        read += [rows_of(feed), rows_of(feed)]
    assert [len(rows) for rows in read] == [1, 2, 0]
    assert min(read[1]) < read[0][0]


def test_a_long_open_write_transaction_holds_nobody_up(feed: ChangeFeed, database_url: str) -> None:
    with psycopg.connect(database_url) as long, psycopg.connect(database_url, autocommit=True) as writer:
        add(long, "long")
        for number in range(5):
            add(writer, f"short-{number}")
            assert len(rows_of(feed)) == 1
        long.commit()
        assert len(rows_of(feed)) == 1


def test_nor_does_one_in_another_database(
    feed: ChangeFeed, database_url: str, postgres_url: str, template_database: str
) -> None:
    with (
        cloned_database(postgres_url, template_database) as elsewhere,
        psycopg.connect(elsewhere) as long,
        psycopg.connect(database_url, autocommit=True) as writer,
    ):
        add(long, "elsewhere")
        for number in range(5):
            add(writer, f"here-{number}")
            assert len(rows_of(feed)) == 1
        long.commit()
        assert rows_of(feed) == []


def test_what_is_rolled_back_is_never_read(feed: ChangeFeed, database_url: str) -> None:
    with psycopg.connect(database_url) as writer:
        add(writer, "gone")
        assert rows_of(feed) == []
        writer.rollback()
        with writer.transaction(), pytest.raises(psycopg.errors.UniqueViolation), writer.transaction():
            add(writer, "twice", "twice")
        add(writer, "kept")
        writer.commit()
    assert len(rows_of(feed)) == 1


def test_lines_of_a_savepoint_are_read_with_their_transaction(feed: ChangeFeed, database_url: str) -> None:
    with psycopg.connect(database_url) as writer:
        add(writer, "outer")
        with writer.transaction():
            add(writer, "inner")
        assert rows_of(feed) == []
        writer.commit()
    assert len(rows_of(feed)) == 2


def test_a_reading_that_is_cut_says_so_and_begins_anew(feed: ChangeFeed, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as writer:
        writer.execute("INSERT INTO building (slug, name) SELECT 'b' || n, 'B' FROM generate_series(1, 30) n")
        new = feed.read(10)
        assert (len(new.lines), new.is_cut) == (10, True)
        add(writer, "next")
        new = feed.read(10)
        assert (len(new.lines), new.is_cut) == (1, False)


def test_a_reading_of_exactly_the_limit_is_not_cut(feed: ChangeFeed, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as writer:
        writer.execute("INSERT INTO building (slug, name) SELECT 'b' || n, 'B' FROM generate_series(1, 10) n")
    new = feed.read(10)
    assert (len(new.lines), new.is_cut) == (10, False)
    assert [line.id for line in new.lines] == sorted(line.id for line in new.lines)


def test_waiting_ends_with_a_commit_or_with_the_time(feed: ChangeFeed, database_url: str) -> None:
    assert not feed.wait(0.05)
    with psycopg.connect(database_url, autocommit=True) as writer:
        add(writer, "one")
        assert feed.wait(SOON)
        add(writer, "two")
        # Said before the reading, so that nothing that comes meanwhile is waited for.
        assert len(rows_of(feed)) == 2
        assert feed.wait(SOON)


def test_waiting_ends_with_a_call(feed: ChangeFeed) -> None:
    caller, call = socket.socketpair()
    with call:
        caller.close()
        began = time.monotonic()
        assert not feed.wait(SOON, call)
        assert time.monotonic() - began < SOON


def test_each_line_of_many_writers_is_read_exactly_once(feed: ChangeFeed, database_url: str) -> None:
    """Transactions that overlap in every way, some rolled back, while the feed is read."""
    writers = [threading.Thread(target=write_at_random, args=(database_url, seed)) for seed in range(4)]
    for writer in writers:
        writer.start()
    found: list[int] = []
    while any(writer.is_alive() for writer in writers):
        found += [line.id for line in feed.read(1000).lines]
    found += [line.id for line in feed.read(1000).lines]
    with psycopg.connect(database_url) as connection:
        written = [row[0] for row in connection.execute("SELECT id FROM change WHERE table_name = 'building'")]
    assert len(found) == len(set(found))
    assert sorted(found) == sorted(written)
    assert len(written) > 100


def write_at_random(database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    with psycopg.connect(database_url) as connection:
        for number in range(40):
            for part in range(chance.randint(1, 3)):
                add(connection, f"w{seed}-{number}-{part}")
                time.sleep(chance.random() * 0.004)
            if chance.random() < 0.2:
                connection.rollback()
            else:
                connection.commit()
