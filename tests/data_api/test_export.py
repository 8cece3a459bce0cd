"""Exports: every format holds what the list finds, for whoever asks, and nothing that a spreadsheet runs."""

import asyncio
import csv
import io
import re
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contracts.export import MOST_CHOSEN, PIECE_NUMBER_BYTES
from contracts.sheets import MOST_CELL_LETTERS
from contracts.tickets import TicketSort
from data_api.export import making, service
from data_api.export.errors import TooManyExports
from data_api.export.writing import TicketFile
from data_api.models import Attachment, TicketLink, TimeEntry
from service_kit import pace
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.population import populate

ZONE = ZoneInfo("Europe/Berlin")
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://evil","x")', "=cmd|' /C calc'!A0"]
ODD = [
    *FORMULAS,
    "00712",
    "12345678901234567890",
    "1e5",
    'a "quoted", b; c',
    "two\nlines\r\nthree",
    "\x07 bell \x1b[31m",
    "<&>_x0041_ ]]>",
    "😀 café مرحبا \u202eright",
    "\ufffe\uffff",
    " spaces  around ",
    "'apostrophe",
]
LONG = "😀" * 20_000


@pytest.fixture(scope="module")
def api(module_database_url: str) -> Iterator[Api]:
    with running_api(module_database_url, LODGE_TIMEZONE=ZONE.key) as running:
        yield running


@pytest.fixture(scope="module")
def desk(api: Api, student: Visitor, agent: Visitor) -> Api:
    """2,000 tickets of all kinds, and some with texts of all kinds."""
    rows.team(api, "Networks")
    populate(api, 2_000)
    for number, text in enumerate(ODD):
        made = rows.ticket(api, title=text, description=text, room=text[:20], requester_id=student.person_id)
        rows.tag(api, made, "odd")
        rows.tag(api, made, "a tag, with a comma")
        if number % 2:
            rows.message(api, made, agent.person_id, body=text)
            rows.message(api, made, agent.person_id, body=f"note {text}", is_internal=True)
    return api


def export(visitor: Visitor, format_: str = "csv", **asked: Any) -> bytes:
    answer = visitor.get("/tickets/export", params={"format": format_, **asked})
    assert answer.status_code == 200, answer.text
    assert f'.{format_}"' in answer.headers["Content-Disposition"]
    return answer.content


def records(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet(content: bytes, number: int = 0) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return list(book.worksheets[number].values)


def frame(content: bytes) -> pa.Table:
    return pq.read_table(io.BytesIO(content))


def all_columns(visitor: Visitor) -> list[str]:
    return [one["name"] for one in done(visitor.get("/tickets/export/columns"))["columns"]]


def in_database(desk: Api) -> list[dict[str, Any]]:
    """What a person with all permissions finds, the latest first, written anew for this test."""
    found = desk.sql(
        """
        SELECT t.id, t.title, t.description, t.status, stage.name, category.name, building.name, t.room,
               (ARRAY['low','normal','high','urgent'])[t.priority + 1], asker.name, worker.name, team.name, t.waits_for,
               (SELECT string_agg(tag, ', ' ORDER BY tag) FROM ticket_tag WHERE ticket_id = t.id), t.is_confidential,
               t.opened_at, t.closed_at, t.reports,
               (SELECT count(*) FROM message WHERE ticket_id = t.id AND is_internal)
        FROM ticket t JOIN stage ON stage.id = t.stage_id JOIN category ON category.id = t.category_id
        JOIN person asker ON asker.id = t.requester_id LEFT JOIN building ON building.id = t.building_id
        LEFT JOIN person worker ON worker.id = t.assignee_id LEFT JOIN team ON team.id = t.team_id
        ORDER BY t.opened_at DESC, t.id DESC
        """
    )
    return [dict(zip(NAMES, row, strict=True)) for row in found]


NAMES = [
    *("id", "title", "description", "status", "stage", "category", "building", "room", "priority", "requester"),
    *("assignee", "team", "waits_for", "tags", "is_confidential", "opened_at", "closed_at", "reports", "notes"),
]
HEADS = {
    **{name: name.replace("_", " ").capitalize() for name in NAMES},
    **{"id": "Number", "is_confidential": "Confidential"},
    **{"opened_at": f"Opened ({ZONE.key})", "closed_at": f"Closed ({ZONE.key})"},
}


def test_csv_is_what_the_database_holds(desk: Api, admin: Visitor) -> None:
    content = export(admin, columns=NAMES)
    found, expected = records(content), in_database(desk)
    assert list(found[0]) == [HEADS[name] for name in NAMES]
    assert [{name: as_csv(row[name]) for name in NAMES} for row in expected] == [
        {name: row[HEADS[name]] for name in NAMES} for row in found
    ]


def as_csv(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in tuple("=+-@\t\r") else text


def test_xlsx_is_what_the_database_holds(desk: Api, admin: Visitor) -> None:
    header, *found = sheet(export(admin, "xlsx", columns=NAMES))
    assert list(header) == [HEADS[name] for name in NAMES]
    expected = [[in_cell(row[name]) for name in NAMES] for row in in_database(desk)]
    assert [list(map(as_read, row)) for row in found] == expected


def in_cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(ZONE).replace(tzinfo=None, microsecond=0)
    return value


def as_read(value: Any) -> Any:
    """openpyxl reads moments a microsecond off, and leaves some escapes of characters that XML cannot hold."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), value) if isinstance(value, str) else value


def test_parquet_has_the_types_of_the_database(desk: Api, admin: Visitor) -> None:
    found = frame(export(admin, "parquet", columns=NAMES))
    assert found.column_names == NAMES
    kinds = {name: found.schema.field(name).type for name in NAMES}
    assert (kinds["is_confidential"], kinds["opened_at"]) == (pa.bool_(), pa.timestamp("us", tz="UTC"))
    assert pa.types.is_int64(kinds["id"])
    assert found.to_pylist() == in_database(desk)


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_no_cell_is_a_formula(desk: Api, admin: Visitor, format_: str) -> None:
    """Neither in a text of somebody, nor in a name."""
    rows.person(desk, "=2+3", email=None)
    content = export(admin, format_, tag="odd", columns=["title", "room", "description"])
    if format_ == "csv":
        cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]
        assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]
        assert "'=1+1" in cells
    else:
        book = openpyxl.load_workbook(io.BytesIO(content))
        kinds = {(cell.data_type, cell.quotePrefix) for row in book.worksheets[0].iter_rows() for cell in row}
        assert {kind for kind, _ in kinds} <= {"s", "inlineStr", "n"}
        assert "=1+1" in [cell.value for row in book.worksheets[0].iter_rows() for cell in row]


def test_a_text_longer_than_a_cell_is_cut_and_the_workbook_says_so(desk: Api, admin: Visitor) -> None:
    made = rows.ticket(desk, title="Long", description=LONG, requester_id=admin.person_id)
    content = export(admin, "xlsx", q=f"#{made}", columns=["id", "description"])
    assert sheet(content)[1] == (made, LONG[: MOST_CELL_LETTERS // 2])
    assert dict(sheet(content, 1))["Texts cut"].startswith("1,")
    assert records(export(admin, q=f"#{made}", columns=["description"]))[0]["Description"] == LONG
    desk.sql("DELETE FROM ticket WHERE id = %s", made)


@pytest.mark.parametrize("sort", list(TicketSort))
def test_the_order_is_the_lists(desk: Api, agent: Visitor, sort: str) -> None:
    asked: dict[str, Any] = {"sort": sort, "status": ["active", "closed"], "priority": "high"}
    listed = [one["id"] for one in agent.walk("/tickets", limit=200, **asked)]
    assert len(listed) > 200, "more than a page"
    assert [int(row["Number"]) for row in records(export(agent, columns=["id"], **asked))] == listed


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "ticket 12"},
        {"q": "12"},
        {"q": "#12"},
        {"q": "?!"},
        {"tag": "water"},
        {"room": "r3", "status": ["open"]},
        {"team": "none", "assignee": ["me", "none"]},
        {"opened_after": "2026-03-10", "sort": "modified_at"},
        {"followed": "true"},
        {"requester": "999999"},
    ],
    ids=str,
)
def test_what_it_holds_is_what_the_list_finds(desk: Api, agent: Visitor, asked: dict[str, Any]) -> None:
    answer = agent.get("/tickets/export", params={"columns": "id", **asked})
    found = [int(row["Number"]) for row in records(answer.content)]
    assert found == [one["id"] for one in agent.walk("/tickets", limit=200, **asked)]


def test_chosen_tickets_are_those_of_them_that_one_may_read(desk: Api, agent: Visitor, admin: Visitor) -> None:
    made = [
        rows.ticket(
            desk, title="Chosen", requester_id=admin.person_id, is_confidential=secret, opened_at=f"2026-0{day}-01"
        )
        for day, secret in ((3, False), (1, False), (2, True))
    ]
    asked: dict[str, Any] = {"columns": ["id"], "sort": "opened_at"}
    for visitor, expected in ((agent, [made[1], made[0]]), (admin, [made[1], made[2], made[0]])):
        for ids in (",".join(map(str, [*made, 10**9])), [str(one) for one in made]):
            assert [int(row["Number"]) for row in records(export(visitor, ids=ids, **asked))] == expected
    assert records(export(agent, ids=str(made[0]), q="Chosen", status="closed", **asked)) == []
    for number in made:
        desk.sql("DELETE FROM ticket WHERE id = %s", number)


@pytest.mark.parametrize("role", ["student", "analyst", "agent", "manager", "admin"])
def test_everybody_gets_what_they_may_list(desk: Api, role: str) -> None:
    visitor = desk.enter(role, "Somebody Exporting")
    listed = {one["id"] for one in visitor.walk("/tickets", limit=200, priority="high")}
    assert {int(row["Number"]) for row in records(export(visitor, columns=["id"], priority="high"))} == listed
    has_notes = "notes" in all_columns(visitor)
    assert has_notes == (role in {"agent", "manager", "admin"})
    if not has_notes:
        answer = visitor.get("/tickets/export", params={"columns": "last_note"})
        assert (answer.status_code, answer.json()["fields"][0]["name"]) == (422, "query.columns")


def test_each_column_can_be_had_in_each_format(desk: Api, agent: Visitor) -> None:
    names = all_columns(agent)
    offer = {one["name"]: one["label"] for one in done(agent.get("/tickets/export/columns"))["columns"]}
    assert len(set(offer.values())) == len(names), "two columns of one label"
    found = frame(export(agent, "parquet", tag="odd", columns=names))
    assert found.column_names == names
    assert [len(sheet(export(agent, "xlsx", tag="odd", columns=names))[0])] == [len(names)]
    said = [row for row in found.to_pylist() if row["messages"]]
    assert {row["messages"] for row in said} == {1} == {row["notes"] for row in said}
    assert all(row["last_note"] == f"note {row['last_message']}" for row in said)


def test_time_links_and_files_can_be_had_by_those_who_may_read_them(
    desk: Api, admin: Visitor, agent: Visitor, student: Visitor
) -> None:
    """Links to confidential tickets only by those who may read all of them."""
    here, other, secret = (
        rows.ticket(desk, title="Hangs together", requester_id=student.person_id, is_confidential=is_confidential)
        for is_confidential in (False, False, True)
    )
    rows.tag(desk, here, "hangs together")
    rows.tag(desk, other, "hangs on it")
    timed = {"ticket_id": here, "person_id": agent.person_id, "day": date(2026, 1, 5), "is_timed": True}
    rows.add(desk, TimeEntry, [timed | {"seconds": seconds} for seconds in (80, 30)])
    for kind, one, two in (("blocks", here, other), ("duplicates", other, here), ("blocks", here, secret)):
        copies = {"ticket_is_confidential": False, "other_is_confidential": two == secret}
        rows.add(desk, TicketLink, [{"ticket_id": one, "other_id": two, "kind": kind, **copies}])
    file = {"ticket_id": here, "uploader_id": agent.person_id, "name": "a.txt", "type": "text/plain", "size": 1}
    for is_internal in (False, True, True):
        said = rows.message(desk, here, agent.person_id, is_internal=is_internal)
        rows.add(desk, Attachment, [file | {"message_id": said, "content_hash": bytes(32)}])
    names = ["minutes_worked", "links", "message_files", "note_files"]
    (found,) = frame(export(agent, "parquet", tag="hangs together", columns=names)).to_pylist()
    links = f"blocks #{other}, duplicated-by #{other}"
    assert found == {"minutes_worked": 2, "links": links, "message_files": 1, "note_files": 2}
    (found,) = records(export(admin, tag="hangs together", columns=["links"]))
    assert found["Links"] == f"{links}, blocks #{secret}"
    (found,) = records(export(agent, tag="hangs on it", columns=["links", "minutes_worked"]))
    assert found == {"Links": f"blocked-by #{here}, duplicates #{here}", "Minutes worked": "0"}
    assert set(names) & set(all_columns(student)) == {"message_files"}
    for number in (here, other, secret):
        desk.sql("DELETE FROM ticket WHERE id = %s", number)


def test_the_usual_columns_are_there_unless_others_are_chosen(desk: Api, agent: Visitor) -> None:
    usual = [one["name"] for one in done(agent.get("/tickets/export/columns"))["columns"] if one["is_usual"]]
    assert frame(export(agent, "parquet", tag="odd")).column_names == usual
    assert frame(export(agent, "parquet", tag="odd", columns=["title", "id", "title"])).column_names == ["title", "id"]


def test_nothing_found_is_a_file_all_the_same(desk: Api, agent: Visitor) -> None:
    asked: dict[str, Any] = {"q": "nothing has these words", "columns": ["id", "opened_at"]}
    assert records(export(agent, **asked)) == []
    assert len(sheet(export(agent, "xlsx", **asked))) == 1
    assert frame(export(agent, "parquet", **asked)).num_rows == 0


def test_moments_beyond_every_calendar(desk: Api, agent: Visitor) -> None:
    for moment in ("infinity", "-infinity", "294276-01-01", "1200-01-01"):
        made = rows.ticket(desk, opened_at=moment, title="Far", requester_id=agent.person_id)
        rows.tag(desk, made, "far")
    found = records(export(agent, tag="far", columns=["opened_at"]))
    assert sorted(row[HEADS["opened_at"]][:4] for row in found) == ["0001", "1200", "9999", "9999"]
    assert frame(export(agent, "parquet", tag="far", columns=["opened_at"])).num_rows == 4
    assert len(sheet(export(agent, "xlsx", tag="far", columns=["opened_at"]))) == 5
    desk.sql("DELETE FROM ticket WHERE title = 'Far'")


def test_pieces_say_how_far_it_is_and_when_it_is_whole(desk: Api, agent: Visitor) -> None:
    whole = export(agent, "xlsx", columns=["id", "title"])
    content, seen, file = export(agent, "xlsx", columns=["id", "title"], pieces=True), [], b""
    while content:
        numbers = [content[place * PIECE_NUMBER_BYTES :][:PIECE_NUMBER_BYTES] for place in range(3)]
        so_far, of, size = map(int.from_bytes, numbers)
        seen.append((so_far, of, size))
        content = content[3 * PIECE_NUMBER_BYTES :]
        file, content = file + content[:size], content[size:]
    total = len(sheet(whole)) - 1
    assert sheet(file) == sheet(whole)
    assert seen[0][:2] == (0, 0), "the head comes before the tickets are found"
    assert {of for _, of, _ in seen[1:]} == {total}
    assert seen[-1] == (total, total, 0)


def test_what_fails_in_the_middle_breaks_the_transfer(
    desk: Api, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "TICKETS_AT_ONCE", dict.fromkeys(making.TICKETS_AT_ONCE, 100))
    write = TicketFile.write

    def fail_later(file: TicketFile, batch: Any, seen: list[int] = [0]) -> None:  # noqa: B006
        seen[0] += 1
        if seen[0] > 3:
            raise OSError
        write(file, batch)

    monkeypatch.setattr(TicketFile, "write", fail_later)
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
        agent.get("/tickets/export")
    monkeypatch.undo()
    assert export(agent, tag="odd")


def test_the_file_is_of_one_moment(desk: Api, agent: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "TICKETS_AT_ONCE", dict.fromkeys(making.TICKETS_AT_ONCE, 1))
    made = [rows.ticket(desk, title=f"Moment {n}", requester_id=agent.person_id) for n in range(3)]
    for number in made:
        rows.tag(desk, number, "moment")
    write = TicketFile.write

    def change_meanwhile(file: TicketFile, batch: Any) -> None:
        desk.sql("UPDATE ticket SET title = 'Changed' WHERE title LIKE 'Moment%%'")
        desk.sql("DELETE FROM ticket WHERE id = %s", made[0])
        write(file, batch)

    monkeypatch.setattr(TicketFile, "write", change_meanwhile)
    found = records(export(agent, tag="moment", columns=["title"]))
    assert sorted(row["Title"] for row in found) == ["Moment 0", "Moment 1", "Moment 2"]
    desk.sql("DELETE FROM ticket WHERE title = 'Changed'")


def wait_until_none_goes_on(desk: Api) -> None:
    going_on = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lodge export'"
    until = time.monotonic() + 60
    while desk.sql(going_on)[0][0] and time.monotonic() < until:
        time.sleep(0.05)
    assert desk.sql(going_on) == [(0,)]


def test_few_go_on_at_once_and_who_leaves_makes_room(
    desk: Api, agent: Visitor, admin: Visitor, student: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is larger than what the connection holds, so that it waits for its reader. Nobody makes two."""
    monkeypatch.setattr(service, "LONGEST_WAIT_SECONDS", 0.1)
    monkeypatch.setattr(service, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(making, "TICKETS_AT_ONCE", dict.fromkeys(making.TICKETS_AT_ONCE, 10))
    wide = rows.ticket(desk, room="wide", description="x" * 20_000, requester_id=agent.person_id)
    rows.copies(desk, wide, 600)
    unread = [one.stream("GET", "/tickets/export", params={"room": "wide"}) for one in (agent, admin)]
    for stream, meanwhile in zip(unread, (agent, student), strict=True):
        assert stream.__enter__().status_code == 200
        refused = meanwhile.get("/tickets/export", params={"tag": "odd"})
        told = (429, "ExportGoesOn") if meanwhile is agent else (503, "TooManyExports")
        assert (refused.status_code, refused.json()["error"]) == told
        assert int(refused.headers["Retry-After"]) > 0
    for stream in unread:
        stream.__exit__(None, None, None)
    monkeypatch.setattr(service, "LONGEST_WAIT_SECONDS", 60.0)
    assert export(agent, tag="odd")
    wait_until_none_goes_on(desk)


@pytest.mark.parametrize(
    ("going_on", "has_room"),
    [
        (["student"], {"student", "agent"}),
        (["student", "student"], {"agent"}),
        (["student", "agent"], {"student", "agent"}),
        (["agent", "agent"], {"student", "agent"}),
        (["student", "student", "agent"], set()),
        (["agent", "agent", "agent"], set()),
    ],
)
def test_one_place_is_for_staff_alone(going_on: list[str], has_room: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LONGEST_WAIT_SECONDS", 0.01)

    async def with_room() -> set[str]:
        places = service.Places()
        found: set[str] = set()
        async with AsyncExitStack() as held:
            for number, role in enumerate(going_on):
                await held.enter_async_context(places.taken_by(number, is_staff=role == "agent"))
            for role in ("student", "agent"):
                with suppress(TooManyExports):
                    async with places.taken_by(role, is_staff=role == "agent"):
                        found.add(role)
        return found

    assert asyncio.run(with_room()) == has_room


def test_one_that_nobody_reads_makes_room(desk: Api, agent: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is larger than what the connection holds."""
    wide = rows.ticket(desk, room="unread", description="x" * 20_000, requester_id=agent.person_id)
    rows.copies(desk, wide, 600)
    monkeypatch.setattr(pace, "PATIENCE_SECONDS", 0.1)
    with agent.stream("GET", "/tickets/export", params={"room": "unread"}) as answer:
        assert answer.status_code == 200
        wait_until_none_goes_on(desk)
        with pytest.raises(httpx.TransportError):
            answer.read()


def test_it_says_when_it_was(desk: Api, agent: Visitor) -> None:
    told = dict(sheet(export(agent, "xlsx", tag="odd"), 1))
    assert (told["Tickets"], told["Times of day"]) == (str(len(ODD)), ZONE.key)
    assert told["As of"][:13] == f"{datetime.now(UTC).astimezone(ZONE):%Y-%m-%d %H}"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"format": "pdf"}, "query.format"),
        ({"columns": "nothing"}, "query.columns"),
        ({"columns": "id); DROP TABLE ticket"}, "query.columns.0"),
        ({"limit": "10"}, "query.limit"),
        ({"status": "lost"}, "query.status.0"),
        ({"ids": "1,two"}, "query.ids.1"),
        ({"ids": ",".join(map(str, range(1, MOST_CHOSEN + 2)))}, "query.ids"),
    ],
)
def test_what_cannot_be_asked(agent: Visitor, asked: dict[str, str], field: str) -> None:
    answer = agent.get("/tickets/export", params=asked)
    assert (answer.status_code, answer.json()["fields"][0]["name"]) == (422, field)
