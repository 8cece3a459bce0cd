"""A case of an event log becomes a ticket with its history."""

import gzip
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from lodge.errors import LodgeError
from lodge.importing import ImportRefused
from tests.lodge.importing.conftest import LOG_MAPPING, Importer

Log = Callable[..., str]
STANDING = (
    "SELECT t.status, s.slug, t.waits_for, p.name, to_char(t.opened_at, 'HH24:MI'), to_char(t.closed_at, 'HH24:MI') "
    "FROM ticket t JOIN stage s ON s.id = t.stage_id LEFT JOIN person p ON p.id = t.assignee_id ORDER BY t.id"
)
HISTORY = (
    "SELECT e.kind, coalesce(former.name, from_value), coalesce(present.name, to_value), p.name, "
    "to_char(e.occurred_at, 'HH24:MI') FROM ticket_event e LEFT JOIN person former ON former.id = e.from_person_id "
    "LEFT JOIN person present ON present.id = e.to_person_id "
    "LEFT JOIN person p ON p.id = e.actor_id ORDER BY e.occurred_at, e.id"
)
DAY = "2026-03-02"


def test_a_case_is_opened_taken_on_and_closed(importer: Importer, log: Log) -> None:
    importer(LOG_MAPPING, log(f"A,note,{DAY} 09:00,Ada", f"A,take,{DAY} 10:00,Ben", f"A,close,{DAY} 11:00,Ada"))
    assert importer.rows(STANDING) == [("closed", "completed", None, "Ben", "09:00", "11:00")]
    assert importer.rows(HISTORY) == [
        ("opened", None, "open", "Ada", "09:00"),
        ("activity", None, "note", "Ada", "09:00"),
        ("activity", None, "take", "Ben", "10:00"),
        ("status", "open", "active", "Ben", "10:00"),
        ("stage", "to-do", "in-progress", "Ben", "10:00"),
        ("assignee", None, "Ben", "Ben", "10:00"),
        ("activity", None, "close", "Ada", "11:00"),
        ("status", "active", "closed", "Ada", "11:00"),
        ("stage", "in-progress", "completed", "Ada", "11:00"),
    ]
    assert importer.rows("SELECT title, description, first_response_at, source, source_id, version FROM ticket") == [
        ("Broken lamp", "Broken lamp", None, "log", "A", 1)
    ]


def test_people_are_known_by_source_role_and_name(importer: Importer, log: Log) -> None:
    """However the name is spelled."""
    importer(LOG_MAPPING, log(f"A,take,{DAY} 09:00,Mia", f"B,take,{DAY} 09:00,Mi\u200ba"))
    assert importer.rows("SELECT name, roles, entry_key FROM person ORDER BY entry_key") == [
        ("Mia", ["agent"], "import:log:agent:mia"),
        ("Mia", ["student"], "import:log:student:mia"),
    ]


def test_a_stage_waits_for_the_requester_until_somebody_goes_on(importer: Importer, log: Log) -> None:
    importer(
        LOG_MAPPING,
        log(
            f"A,take,{DAY} 09:00,Ben", f"A,wait,{DAY} 10:00,Ben",
            f"B,take,{DAY} 09:01,Ben", f"B,wait,{DAY} 10:00,Ben", f"B,take,{DAY} 11:00,Cleo",
            f"C,take,{DAY} 09:02,Ben", f"C,wait,{DAY} 10:00,Ben", f"C,solve,{DAY} 11:00,Ben",
            f"D,wait,{DAY} 09:03,Ben",
            f"E,solve,{DAY} 09:04,Ben",
        ),
    )  # fmt: skip
    assert [row[:4] for row in importer.rows(STANDING)] == [
        ("active", "pending", "requester", "Ben"),
        ("active", "in-progress", "desk", "Cleo"),
        ("active", "in-progress", "desk", "Ben"),
        ("active", "pending", "requester", None),
        ("open", "to-do", "desk", None),
    ]


def test_what_stages_are_called_does_not_matter(database_url: str, tmp_path: Path, log: Log) -> None:
    importer = Importer(database_url, tmp_path)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE stage SET slug = 'stage-' || position")
    lines = [f"A,take,{DAY} 09:00,Ben", f"A,wait,{DAY} 10:00,Ben", f"B,note,{DAY} 09:01,Ben"]
    lines += [f"C,take,{DAY} 09:02,Ben", f"C,wait,{DAY} 10:00,Ben", f"C,solve,{DAY} 11:00,Ben"]
    lifecycle = LOG_MAPPING["lifecycle"] | {"stages": {"wait": "stage-3"}}
    importer(LOG_MAPPING | {"lifecycle": lifecycle}, log(*lines))
    assert [row[:3] for row in importer.rows(STANDING)] == [
        ("active", "stage-3", "requester"),
        ("open", "stage-1", "desk"),
        ("active", "stage-2", "desk"),
    ]


def test_it_is_closed_when_its_last_event_closes_it(importer: Importer, log: Log) -> None:
    importer(
        LOG_MAPPING,
        log(
            f"A,close,{DAY} 10:00,Ben", f"A,take,{DAY} 09:00,Ben",
            f"B,close,{DAY} 09:01,Ben", f"B,note,{DAY} 09:01,Ben",
            f"C,note,{DAY} 09:02,Ben", f"C,close,{DAY} 09:02,Ben",
            f"D,note,{DAY} 09:03,Ben", f"D,close,{DAY} 10:00,Ben", f"D,close,{DAY} 11:00,Ben",
        ),
    )  # fmt: skip
    assert [(row[0], row[5]) for row in importer.rows(STANDING)] == [
        ("closed", "10:00"),
        ("active", None),
        ("closed", "09:02"),
        ("closed", "11:00"),
    ]
    closings = "SELECT count(*) FROM ticket_event WHERE kind = 'status' AND to_value = 'closed'"
    assert importer.rows(closings) == [(4,)]  # B's too, which its note reopened


def test_the_first_response_is_what_the_mapping_says(importer: Importer, log: Log) -> None:
    lifecycle = {**LOG_MAPPING["lifecycle"], "first_response": ["take"]}
    importer(LOG_MAPPING | {"lifecycle": lifecycle}, log(f"A,take,{DAY} 09:00,Ben", f"A,take,{DAY} 10:00,Ben"))
    assert importer.rows("SELECT to_char(first_response_at, 'HH24:MI') FROM ticket") == [("09:00",)]


@pytest.mark.parametrize("is_backwards", [False, True])
@pytest.mark.parametrize(
    ("lines", "utc"),
    [
        (["A,note,01:00,Ada", "A,take,02:50,Ada", "A,take,02:10,Ada", "A,close,02:30,Ada"], {"A": ("23:00", "01:30")}),
        # In order of time as a whole, so that one case tells of the other.
        (
            ["C,note,01:00,Ada", "A,note,02:40,Ada", "B,note,02:10,Ada", "B,close,02:20,Ada", "D,note,05:00,Ada"],
            {"A": ("00:40", None), "B": ("01:10", "01:20"), "C": ("23:00", None), "D": ("04:00", None)},
        ),
        # Case after case.
        (
            ["A,note,02:40,Ada", "A,close,09:00,Ada", "B,note,01:00,Ada", "B,take,02:50,Ada", "B,close,02:20,Ada"],
            {"A": ("00:40", "08:00"), "B": ("23:00", "01:20")},
        ),
    ],
)
def test_the_files_order_decides_in_an_hour_that_comes_twice(
    importer: Importer, log: Log, lines: list[str], utc: dict[str, tuple[str, str | None]], is_backwards: bool
) -> None:
    """Also where the file begins with what happened last."""
    lines = [line.replace(",0", ",2025-10-26T0") for line in (lines[::-1] if is_backwards else lines)]
    importer(LOG_MAPPING | {"file": {"time_zone": "Europe/Rome"}}, log(*lines))
    moments = "SELECT source_id, to_char(opened_at, 'HH24:MI'), to_char(closed_at, 'HH24:MI') FROM ticket ORDER BY 1"
    assert {case: (opened, closed) for case, opened, closed in importer.rows(moments)} == utc


def test_of_one_moment_the_order_of_the_lines_counts(importer: Importer, log: Log) -> None:
    """Read from its end where the file begins with what happened last."""
    up = [f"A,note,{DAY} 08:00,Ben", f"A,take,{DAY} 09:00,Ben", f"A,close,{DAY} 09:00,Ben"]
    importer(LOG_MAPPING, log(*up))
    importer(LOG_MAPPING | {"source": "down"}, log(*up[::-1]))
    assert importer.rows("SELECT status FROM ticket") == [("closed",), ("closed",)]


def test_cases_that_are_stored_alike_are_one(importer: Importer, log: Log) -> None:
    importer(LOG_MAPPING, log(f"A  1,note,{DAY} 08:00,Ben", f"A 1\u200b,take,{DAY} 09:00,Ben"))
    assert importer.tickets() == ["A 1"]


@pytest.mark.parametrize("far", ["9999-12-31T23:59:59", "2062-01-01", "1900-01-01"])
def test_an_event_that_cannot_have_happened_refuses_its_case(importer: Importer, log: Log, far: str) -> None:
    content = log(f"A,take,{DAY} 09:00,Ben", f"A,close,{far},Ben", f"B,take,{DAY} 09:00,Ben")
    with pytest.raises(ImportRefused, match=f"line 3: time: '{far}' .+ \\('A' is left out\\)"):
        importer(LOG_MAPPING, content)
    importer(LOG_MAPPING, content, skip=True)
    assert importer.tickets() == ["B"]


def test_the_same_log_again_adds_nothing(importer: Importer, log: Log) -> None:
    importer(LOG_MAPPING, log(f"A,take,{DAY} 09:00,Ben"))
    before = importer.rows("SELECT count(*) FROM change")
    importer(LOG_MAPPING, log(f"A,take,{DAY} 09:00,Ben"))
    assert importer.rows("SELECT count(*) FROM change") == before
    importer(LOG_MAPPING, log(f"A,take,{DAY} 09:00,Ben", f"B,take,{DAY} 09:00,Ben"))
    importer(LOG_MAPPING | {"source": "another log"}, log(f"A,take,{DAY} 09:00,Ben"))
    assert importer.tickets() == ["A", "B", "A"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("B,take,yesterday,Ben,Text,Mia", "line 3: time: 'yesterday' is no time"),
        ("B,take,,Ben,Text,Mia", "line 3: time: is missing"),
        ("B,,2026-03-02,Ben,Text,Mia", "line 3: activity: is missing"),
        (",take,2026-03-02,Ben,Text,Mia", "line 3: case: is missing"),
        ("B,take", "line 3: it has 2 fields instead of 6"),
        ("B,take,2026-03-02,Ben,Text,Mia,more", "line 3: it has 7 fields instead of 6"),
        ("B,take,2026-03-02,Ben,,Mia", "line 3: description: is missing"),
        ("B,take,2026-03-02,Ben,Text,", "line 3: requester: is missing"),
        ("B,take,2026-03-02,Ben,Te\x00xt,Mia", "line 3: it holds the NUL character"),
        (f"B,take,2026-03-02,{'B' * 101},Text,Mia", f"line 3: resource: '{'B' * 59}…' has 101 characters, at most 100"),
    ],
)
def test_a_broken_line_in_the_middle_changes_nothing(importer: Importer, log: Log, broken: str, reason: str) -> None:
    first, *rest = log(f"A,take,{DAY} 09:00,Ben", f"C,take,{DAY} 09:00,Ben").splitlines()
    content = "\n".join([first, rest[0], broken, rest[1]])
    with pytest.raises(ImportRefused) as refused:
        importer(LOG_MAPPING, content)
    assert reason in str(refused.value)
    assert importer.rows("SELECT (SELECT count(*) FROM ticket) + (SELECT count(*) FROM person)") == [(0,)]
    importer(LOG_MAPPING, content, skip=True)
    assert importer.tickets() == ["A", "C"]


def test_a_refused_case_is_named_so_that_a_terminal_does_not_obey_it(importer: Importer, log: Log) -> None:
    case = "\x1b[2J\x9b2J\u202e" + "x" * 1_000
    with pytest.raises(ImportRefused) as refused:
        importer(LOG_MAPPING, log(f"{case},take,tomorrow,Ben"))
    assert f"('\\x1b[2J\\x9b2J\\u202e{'x' * 51}…' is left out)" in str(refused.value)


def test_a_case_with_a_refused_line_is_left_out_whole(importer: Importer, log: Log) -> None:
    content = log(f"A,take,{DAY} 09:00,Ben", f"B,take,{DAY} 09:00,Ben", "A,close,tomorrow,Ben", f"A,note,{DAY},Ben")
    importer(LOG_MAPPING, content, skip=True)
    assert importer.tickets() == ["B"]


def test_a_gzipped_log_is_read_as_well(importer: Importer, log: Log) -> None:
    content = gzip.compress(log(f"A,take,{DAY} 09:00,Ben").encode())
    importer(LOG_MAPPING, content, name="log.csv.gz")
    assert importer.tickets() == ["A"]


def test_a_damaged_archive_changes_nothing(importer: Importer, log: Log) -> None:
    content = gzip.compress(log(*(f"{number},take,{DAY} 09:00,Ben{number * 7919}" for number in range(9_000))).encode())
    with pytest.raises(LodgeError, match="is damaged after line"):
        importer(LOG_MAPPING, content[: len(content) // 2], name="log.csv.gz")
    assert importer.tickets() == []


def test_a_stage_that_the_board_does_not_have_is_told(importer: Importer, log: Log) -> None:
    lifecycle = {**LOG_MAPPING["lifecycle"], "stages": {"wait": "parked"}}
    with pytest.raises(LodgeError, match="the board has no parked, only to-do, in-progress"):
        importer(LOG_MAPPING | {"lifecycle": lifecycle}, log(f"A,take,{DAY} 09:00,Ben"))
