"""A row of a table becomes a ticket."""

from typing import Any

import psycopg
import pytest

from lodge.errors import LodgeError
from lodge.importing import ImportRefused
from tests.lodge.importing.conftest import TICKETS_MAPPING, Importer
from tests.support import rows

HEADER = "id,text,from,opened,closed,status,urgency,area,building,staff\n"
GOOD = "1,The lamp is dark,Mia,2026-03-02T09:00:00,,,,,,\n"


def with_ticket(**changes: Any) -> dict[str, Any]:
    """The mapping with other values; None takes one out."""
    ticket = {key: rule for key, rule in (TICKETS_MAPPING["ticket"] | changes).items() if rule is not None}
    return TICKETS_MAPPING | {"ticket": ticket}


def test_what_a_row_does_not_say_is_the_desks_default(importer: Importer) -> None:
    importer(TICKETS_MAPPING, HEADER + GOOD)
    assert importer.rows(
        "SELECT title, t.status, s.slug, c.slug, priority, building_id, assignee_id, waits_for, closed_at, p.name "
        "FROM ticket t JOIN stage s ON s.id = stage_id JOIN category c ON c.id = category_id "
        "JOIN person p ON p.id = requester_id"
    ) == [("The lamp is dark", "open", "to-do", "facility-management", 1, None, None, "desk", None, "Mia")]
    assert importer.rows("SELECT kind, to_value, occurred_at = opened_at FROM ticket_event, ticket") == [
        ("opened", "open", True)
    ]


def test_translated_values_status_and_assignee(importer: Importer) -> None:
    rows = (
        "1,Text,Mia,2026-03-02T09:00:00,2026-03-03T10:00:00,closed,1,IT,,Ben\n"
        "2,Text,Mia,2026-03-02T09:00:00,,active,low,technical-it,,\n"
        "3,Text,Mia,2026-03-02T09:00:00,,pending,,,,\n"
        "4,Text,Mia,2026-03-02T09:00:00,2026-03-02T09:00:00,,,,,\n"
    )
    importer(TICKETS_MAPPING, HEADER + rows)
    assert importer.rows(
        "SELECT source_id, t.status, s.slug, c.slug, priority, waits_for, p.name FROM ticket t "
        "JOIN stage s ON s.id = stage_id JOIN category c ON c.id = category_id "
        "LEFT JOIN person p ON p.id = assignee_id ORDER BY t.id"
    ) == [
        ("1", "closed", "completed", "technical-it", 3, None, "Ben"),
        ("2", "active", "in-progress", "technical-it", 0, "desk", None),
        ("3", "active", "pending", "facility-management", 1, "requester", None),
        ("4", "closed", "completed", "facility-management", 1, None, None),
    ]
    history = (
        "SELECT kind, from_value, coalesce(p.name, to_value) FROM ticket_event e JOIN ticket t ON t.id = ticket_id "
        "LEFT JOIN person p ON p.id = to_person_id WHERE {} ORDER BY e.id"
    )
    assert importer.rows(history.format("source_id = '1'")) == [
        ("opened", None, "open"),
        ("assignee", None, "Ben"),
        ("status", "open", "closed"),
        ("stage", "to-do", "completed"),
    ]


def test_a_team_is_found_by_its_name_or_slug_and_never_added(importer: Importer) -> None:
    with psycopg.connect(importer.url) as connection:
        connection.execute("DELETE FROM team")
        rows.team(connection, "Night shift")
    mapping = with_ticket(team="{staff}", assignee=None)
    named = [
        f"{number},Text,Mia,2026-03-02,,,,,,{name}" for number, name in enumerate(("NIGHT SHIFT", "night-shift", ""))
    ]
    importer(mapping, HEADER + "\n".join(named) + "\n")
    assert importer.rows("SELECT team.slug FROM ticket LEFT JOIN team ON team.id = team_id ORDER BY ticket.id") == [
        ("night-shift",),
        ("night-shift",),
        (None,),
    ]
    with pytest.raises(ImportRefused, match="line 2: team: there is no 'Porters' on this desk"):
        importer(mapping, f"{HEADER}9,Text,Mia,2026-03-02,,,,,,Porters\n")


def test_who_chose_the_category_is_kept(importer: Importer) -> None:
    """What the row does not name, `lodge recategorise` may find out from its words."""
    importer(TICKETS_MAPPING, f"{HEADER}1,Text,Mia,2026-03-02,,,,IT,,\n2,Text,Mia,2026-03-02,,,,,,\n")
    assert importer.rows("SELECT category_by FROM ticket ORDER BY id") == [("import",), ("default",)]
    rest = {"from": "{area}", "default": "technical-it"}
    importer(with_ticket(category=rest) | {"source": "named"}, f"{HEADER}1,Text,Mia,2026-03-02,,,,,,\n")
    assert importer.rows("SELECT category_by FROM ticket WHERE source = 'named'") == [("import",)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2,,Mia,2026-03-02,,,,,,", "description: is missing"),
        ("2,Text,,2026-03-02,,,,,,", "requester: is missing"),
        ("2,Text,Mia,,,,,,,", "opened_at: is missing"),
        ("2,Text,Mia,02/03/2026,,,,,,", "opened_at: '02/03/2026' is no time (ISO 8601"),
        ("2,Text,Mia,2026-03-02,2026-03-01,,,,,", "closed_at: '2026-03-01' is before it was opened ('2026-03-02')"),
        ("2,Text,Mia,2026-03-02,2026-03-03,open,,,,", "status: it is open, but there is a closed_at"),
        ("2,Text,Mia,2026-03-02,,closed,,,,", "status: it is closed, but there is no closed_at"),
        ("2,Text,Mia,2026-03-02,,lost,,,,", "status: there is no 'lost'"),
        ("2,Text,Mia,2026-03-02,,,2,,,", "priority: there is no '2', only low, normal, high, urgent"),
        ("2,Text,Mia,2026-03-02,,,,Garden,,", "category: there is no 'Garden'"),
        ("2,Text,Mia,2026-03-02,,,,,Moon,", "building: there is no 'Moon'"),
        (f"2,{'x' * 20_001},Mia,2026-03-02,,,,,,", f"description: '{'x' * 59}…' has 20,001 characters, at most 20,000"),
        (f"2,Text,{'x' * 101},2026-03-02,,,,,,", f"requester: '{'x' * 59}…' has 101 characters, at most 100"),
        (f"{'2' * 201},Text,Mia,2026-03-02,,,,,,", f"id: '{'2' * 59}…' has 201 characters, at most 200"),
        (",Text,Mia,2026-03-02,,,,,,", "id: is missing"),
        ("1,Text,Mia,2026-03-02,,,,,,", "id: '1' stands on line 2 already"),
    ],
)
def test_a_refused_row_stops_the_import_unless_it_is_skipped(importer: Importer, row: str, reason: str) -> None:
    content = f"{HEADER}{GOOD}{row}\n{GOOD.replace('1', '3', 1)}"
    with pytest.raises(ImportRefused) as refused:
        importer(TICKETS_MAPPING, content)
    assert f"line 3: {reason}" in str(refused.value)
    assert importer.rows("SELECT (SELECT count(*) FROM ticket) + (SELECT count(*) FROM person)") == [(0,)]
    importer(TICKETS_MAPPING, content, skip=True)
    assert importer.tickets() == ["1", "3"]


def test_refused_rows_are_counted_by_reason_with_the_first_of_each(importer: Importer) -> None:
    """One column that is wrong everywhere does not hide what else is."""
    rows = "".join(f"{number},Text,Mia,day {number},,,,,,\n" for number in range(2, 1032))
    rows += "2000,,Mia,2026-03-02,,,,,,\n2001,,Mia,2026-03-02,,,,,,\n"
    with pytest.raises(ImportRefused) as refused:
        importer(TICKETS_MAPPING, HEADER + GOOD + rows)
    told = str(refused.value)
    assert told.startswith("Refused 1,032 rows, so nothing was imported:")
    assert "line 3: opened_at: 'day 2' is no time" in told
    assert "line 7: opened_at: 'day 6' is no time" in told
    assert "line 8:" not in told
    assert "… and 1,025 rows more with other values: opened_at" in told
    assert "line 1033: description: is missing – the first of 2 rows" in told


def test_what_was_skipped_is_told(importer: Importer, capsys: pytest.CaptureFixture[str]) -> None:
    importer(TICKETS_MAPPING, HEADER + GOOD + "2,,Mia,2026-03-02,,,,,,\n", skip=True)
    told = capsys.readouterr().out
    assert "Added 1 ticket.\nThis was import " in told
    assert "Refused 1 row:\n  line 3: description: is missing" in told


def test_rows_without_ids_are_known_by_what_they_hold(importer: Importer) -> None:
    """Two rows that are alike are two tickets, and stay two when the file comes again."""
    mapping, content = with_ticket(id=None), HEADER + GOOD + GOOD
    importer(mapping, content)
    importer(mapping, content)
    assert importer.rows("SELECT count(*) FROM ticket") == [(2,)]
    importer(mapping, content + GOOD)
    assert importer.rows("SELECT count(*) FROM ticket") == [(3,)]


def test_unknown_buildings_are_added_when_the_mapping_says_so(importer: Importer) -> None:
    rows = "".join(f"{number},Text,Mia,2026-03-02,,,,,{name},\n" for number, name in enumerate(["Tower 1", "TOWER 1"]))
    importer(TICKETS_MAPPING | {"unknown_buildings": "add"}, HEADER + rows)
    assert importer.rows(
        "SELECT slug, name, count(*) FROM building JOIN ticket ON building_id = building.id GROUP BY 1, 2"
    ) == [("tower-1", "Tower 1", 2)]
    importer(TICKETS_MAPPING, HEADER + "9,Text,Mia,2026-03-02,,,,,tower-1,\n")
    assert importer.tickets() == ["0", "1", "9"]


def test_times_are_read_in_the_files_zone_and_format(importer: Importer) -> None:
    form = {"time_format": "%d.%m.%Y %H:%M", "time_zone": "Europe/Rome"}
    rows = "1,Text,Mia,15.07.2026 12:00,,,,,,\n2,Text,Mia,15.01.2026 12:00,,,,,,\n"
    importer(TICKETS_MAPPING | {"file": form}, HEADER + rows)
    assert importer.rows("SELECT to_char(opened_at, 'MM-DD HH24:MI') FROM ticket ORDER BY id") == [
        ("07-15 10:00",),
        ("01-15 11:00",),
    ]


def test_other_delimiters_and_encodings(importer: Importer) -> None:
    content = (HEADER + GOOD).replace(",", ";").replace("lamp", "lämp").encode("latin-1")
    importer(TICKETS_MAPPING | {"file": {"delimiter": ";", "encoding": "latin-1"}}, content)
    assert importer.rows("SELECT title FROM ticket") == [("The lämp is dark",)]
    importer(TICKETS_MAPPING | {"source": "bom"}, b"\xef\xbb\xbf" + (HEADER + GOOD).encode())
    with pytest.raises(ImportRefused, match="line 2: it is not utf-8"):
        importer(TICKETS_MAPPING, content.replace(b";", b","))


def test_line_numbers_count_the_lines_inside_quotes(importer: Importer) -> None:
    with pytest.raises(ImportRefused, match="line 5: description: is missing"):
        importer(TICKETS_MAPPING, HEADER + '1,"two\n\nlines",Mia,2026-03-02,,,,,,\n2,,Mia,2026-03-02,,,,,,\n')


def test_a_quote_that_nobody_closed_is_refused(importer: Importer) -> None:
    with pytest.raises(ImportRefused, match="line 3: this is no CSV"):
        importer(TICKETS_MAPPING, HEADER + GOOD + '2,"Text,Mia\n' + GOOD * 30_000)
    assert importer.tickets() == []


@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_file_is_told(importer: Importer, content: str) -> None:
    with pytest.raises(LodgeError, match="its first line must name the columns"):
        importer(TICKETS_MAPPING, content)


def test_a_header_alone_adds_nothing(importer: Importer, capsys: pytest.CaptureFixture[str]) -> None:
    importer(TICKETS_MAPPING, HEADER)
    assert "no ticket was found in the file" in capsys.readouterr().out
