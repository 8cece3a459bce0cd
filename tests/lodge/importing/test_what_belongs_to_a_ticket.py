"""Files, internal notes, tags and links of imported tickets."""

import hashlib
import math
import os
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rich.console import Console

from contracts.links import LinkKind
from lodge.errors import LodgeError
from lodge.importing import ImportRefused, attaching, importing, linking, undo_import
from lodge.importing.refusals import RowRefused
from service_kit.settings import Settings
from tests.lodge.importing.conftest import Importer
from tests.support.hostile_files import picture

HEADER = "id,opened,staff,files,tags,note,by,at,blocks,blocked by,like\n"
MAPPING: dict[str, Any] = {
    "kind": "tickets",
    "source": "old",
    "ticket": {
        "id": "{id}",
        "description": "Ticket {id}",
        "requester": "Mia",
        "assignee": "{staff}",
        "opened_at": "{opened}",
        "tags": [{"from": "{tags}", "separator": ","}],
        "attachments": [{"from": "{files}", "separator": ";"}],
        "notes": [{"text": "{note}", "author": "{by}", "at": "{at}"}],
        "links": [
            {"from": "{blocks}", "separator": " ", "kind": "blocks"},
            {"from": "{blocked by}", "separator": " ", "kind": "blocked-by"},
            {"from": "{like}", "separator": " ", "kind": "relates-to"},
        ],
    },
}
DAY = "2026-03-02T09:00:00Z"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files; the desk's home is beside it."""
    settings = Settings(home=tmp_path / "home", timezone="UTC", _env_file=None)
    monkeypatch.setattr(importing, "get_settings", lambda: settings)
    folder = tmp_path / "files"
    (folder / "photos").mkdir(parents=True)
    (folder / "log.txt").write_text("The lift says E17.\n")
    (folder / "photos" / "lift.png").write_bytes(picture())
    (folder / "run.exe").write_bytes(b"MZ" + bytes(58) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0d\x86" + bytes(200))
    (tmp_path / "secret.txt").write_text("Outside of the folder.\n")
    (folder / "linked.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.txt")
    return folder


def run(importer: Importer, rows: str, files: Path, mapping: dict[str, Any] = MAPPING, *, skip: bool = False) -> None:
    importer(mapping, HEADER + rows, skip=skip, files=files)


def test_files_go_through_the_checks_and_stay_inside_the_folder(
    importer: Importer, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = {
        "run.exe": "'run.exe': ",
        "missing.txt": "'missing.txt': there is no such file in the folder",
        "../secret.txt": "'../secret.txt': a name is relative to the folder, and stays inside it",
        "photos/../../secret.txt": "'photos/../../secret.txt': a name is relative to the folder, and stays inside it",
        str(files / "log.txt"): "a name is relative to the folder, and stays inside it",
        f"/{files / 'log.txt'}": "a name is relative to the folder, and stays inside it",
        f"\\{files / 'log.txt'}".replace("/", "\\"): "a name is relative to the folder, and stays inside it",
        "linked.txt": "'linked.txt': it cannot be read, or is a link",
        "up/secret.txt": "'up/secret.txt': it cannot be read, or is a link",
        "pipe.txt": "'pipe.txt': it is a folder or a device",
        "photos": "'photos': it is a folder or a device",
    }
    rows = f"1,{DAY},,log.txt; photos\\lift.png;log.txt,,,,,,,\n2,{DAY},,{';'.join(refused)},,,,,,,\n"
    run(importer, rows, files)
    told = capsys.readouterr().out
    assert "Added 2 tickets with 2 files.\n" in told
    for name, reason in refused.items():
        assert any(line.startswith("  line 3: attachments: ") and reason in line for line in told.splitlines()), name
    assert importer.rows(
        "SELECT source_id, name, type, a.created_at = opened_at, uploader_id = requester_id, message_id, "
        "thumbnail_hash IS NOT NULL FROM attachment a JOIN ticket t ON t.id = ticket_id ORDER BY a.id"
    ) == [
        ("1", "log.txt", "text/plain", True, True, None, False),
        ("1", "lift.png", "image/png", True, True, None, True),
    ]
    content = (files / "log.txt").read_bytes()
    kept = files.parent / "home" / "files"
    (path,) = kept.rglob(hashlib.sha256(content).hexdigest())
    assert path.read_bytes() == content
    assert path.stat().st_nlink == 1, "it is a copy"
    assert list((kept / "incoming").iterdir()) == []


def test_the_folder_is_named_when_and_only_when_the_mapping_names_files(importer: Importer, files: Path) -> None:
    with pytest.raises(LodgeError, match="say with --files which folder they are in"):
        importer(MAPPING, HEADER)
    ticket = {key: rule for key, rule in MAPPING["ticket"].items() if key != "attachments"}
    with pytest.raises(LodgeError, match="The mapping names no attachments"):
        run(importer, "", files, MAPPING | {"ticket": ticket})


def test_a_refused_row_takes_in_no_files(importer: Importer, files: Path) -> None:
    with pytest.raises(ImportRefused, match="opened_at: is missing"):
        run(importer, f"1,{DAY},,log.txt,,,,,,,\n2,,,,,,,,,,\n", files)
    assert not (files.parent / "home" / "files").exists()


def test_files_are_checked_before_the_transaction_and_once_only(
    importer: Importer, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []
    take = attaching.FolderOfFiles._take

    def looked_at(folder: attaching.FolderOfFiles, name: str) -> Any:
        working = "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() "
        of_imports = "AND datname = current_database() AND backend_type = 'client backend'"
        checked.append((name, importer.rows(working + of_imports)))
        return take(folder, name)

    monkeypatch.setattr(attaching.FolderOfFiles, "_take", looked_at)
    for _ in range(2):
        run(importer, f"1,{DAY},,log.txt,,,,,,,\n2,{DAY},,log.txt,,,,,,,\n", files)
    assert checked == [("log.txt", [(0,)])]
    assert importer.rows("SELECT count(*) FROM attachment") == [(2,)]


def test_a_ticket_has_so_many_files(importer: Importer, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MOST_OF_A_TICKET", 1)
    run(importer, f"1,{DAY},,log.txt;photos/lift.png,,,,,,,\n", files)
    assert importer.rows("SELECT name FROM attachment") == [("log.txt",)]


def test_notes_have_their_author_and_moment_and_are_internal(importer: Importer, files: Path) -> None:
    rows = (
        f'1,{DAY},Ben,,,"Called\nthe firm.",Ada,2026-03-03T10:00:00Z,,,\n'
        f"2,{DAY},Ben,,,Waits for a part.,,,,,\n"
        f"3,{DAY},,,,<p>Nobody &amp; nothing</p>,,,,,\n"
        f"4,{DAY},,,,,Ada,2026-03-03T10:00:00Z,,,\n"
    )
    run(importer, rows, files)
    assert importer.rows(
        "SELECT source_id, body, p.name, author_role, p.roles, is_internal, to_char(m.created_at, 'MM-DD HH24:MI'), "
        "t.first_response_at, t.last_message_at, waits_for "
        "FROM message m JOIN ticket t ON t.id = ticket_id JOIN person p ON p.id = author_id ORDER BY m.id"
    ) == [
        ("1", "Called\nthe firm.", "Ada", "agent", ["agent"], True, "03-03 10:00", None, None, "desk"),
        ("2", "Waits for a part.", "Ben", "agent", ["agent"], True, "03-02 09:00", None, None, "desk"),
        ("3", "Nobody & nothing", "Unknown", "agent", ["agent"], True, "03-02 09:00", None, None, "desk"),
    ]
    for cells, reason in (
        (f"{'x' * 20_001},Ada,", "notes: '.*' has 20,001 characters"),
        ("Text,Ada,2026-03-01T09:00:00Z", "notes: '2026-03-01T09:00:00Z' is before it was opened"),
        ("Text,Ada,soon", "notes: 'soon' is no time"),
        (f"Text,{'x' * 101},", "notes: '.*' has 101 characters"),
    ):
        with pytest.raises(ImportRefused, match=reason):
            run(importer, f"9,{DAY},,,,{cells},,,\n", files)


def test_links_are_stored_once_and_make_no_circle(
    importer: Importer, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(importer, f"old,{DAY},,,,,,,,,\n", files)
    rows = (
        f"1,{DAY},,,,,,,2,,old 3\n"  # blocks 2, is like an older one and 3
        f"2,{DAY},,,,,,,3,1,\n"  # says again that 1 blocks it
        f"3,{DAY},,,,,,,1 3 99,,1\n"  # a circle, itself, nobody; is like 1 again
    )
    for _ in range(2):
        run(importer, rows, files)
    told = capsys.readouterr().out
    assert "Added 3 tickets with 4 links." in told
    assert "Nothing new: all 3 tickets are here already." in told
    for reason in (
        "line 4: links: '1': the two would block each other, also by way of others",
        "line 4: links: '3' is the ticket itself",
        "line 4: links: the source has no ticket '99' here",
    ):
        assert reason in told
    assert importer.rows(
        "SELECT a.source_id, kind, b.source_id FROM ticket_link l JOIN ticket a ON a.id = l.ticket_id "
        "JOIN ticket b ON b.id = other_id ORDER BY 1, 2, 3"
    ) == [("1", "blocks", "2"), ("1", "relates-to", "3"), ("2", "blocks", "3"), ("old", "relates-to", "1")]


def test_a_circle_by_way_of_older_tickets_is_left_out(
    importer: Importer, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(importer, f"a,{DAY},,,,,,,b,,\nb,{DAY},,,,,,,,,\n", files)
    run(importer, f"c,{DAY},,,,,,,a,b,\n", files)
    assert "line 2: links: 'b': the two would block each other, also by way of others" in capsys.readouterr().out
    assert importer.rows("SELECT count(*) FROM ticket_link") == [(2,)]


class Lookups(defaultdict[int, set[int]]):
    """Counts how often somebody looks at the links of a ticket."""

    count = 0

    def get(self, key: int, default: Any = None) -> Any:
        Lookups.count += 1
        return super().get(key, default)


@pytest.mark.parametrize(
    ("length", "order"), [(10_000, "forward"), (100_000, "backward"), (10_000, "shuffled")], ids=str
)
def test_a_long_chain_is_looked_through_a_few_times(length: int, order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "defaultdict", Lookups)
    monkeypatch.setattr(Lookups, "count", 0)
    links = linking.Links([], {})
    told = [linking.NamedLink(number, 1, LinkKind.BLOCKS, "next") for number in range(1, length)]
    if order == "backward":
        told.reverse()
    elif order == "shuffled":
        random.Random(5).shuffle(told)
    assert all(links.check(link, link.ticket_id + 1) for link in told)
    with pytest.raises(RowRefused, match="block each other"):
        links.check(linking.NamedLink(length, 1, LinkKind.BLOCKS, "first"), 1)
    assert Lookups.count < 2 * length * math.log2(length)


@pytest.mark.parametrize("seed", range(5))
def test_just_the_links_that_close_a_circle_are_refused(seed: int) -> None:
    """As often as not, in a graph so small; looked at independently, by all tickets that each one blocks."""
    random_ = random.Random(seed)
    links, blocked = linking.Links([], {}), {number: {number} for number in range(1, 13)}
    for _ in range(80):
        one, other = random_.sample(range(1, 13), 2)
        closes = one in blocked[other]
        try:
            links.check(linking.NamedLink(one, 1, LinkKind.BLOCKS, "x"), other)
        except RowRefused:
            assert closes
        else:
            assert not closes
            for others in blocked.values():
                others |= blocked[other] if one in others else set()


def test_one_cell_may_hold_several_tags(importer: Importer, files: Path) -> None:
    run(importer, f'1,{DAY},,,"wifi, printer,,wifi",,,,,,\n', files)
    assert importer.rows("SELECT tag FROM ticket_tag ORDER BY tag") == [("printer",), ("wifi",)]


def test_an_undo_deletes_them_and_keeps_a_ticket_that_has_more_since(importer: Importer, files: Path) -> None:
    rows = f"1,{DAY},Ben,log.txt,wifi,Note,Ada,,2,,\n2,{DAY},Ben,,,Note,Ada,,,,\n3,{DAY},Ben,log.txt,,Note,,,,,\n"
    run(importer, rows, files)
    with psycopg.connect(importer.url) as connection:
        connection.execute(
            "INSERT INTO message (ticket_id, author_id, author_role, body) "
            "SELECT id, requester_id, 'student', 'Still broken' FROM ticket WHERE source_id = '3'"
        )
    [(number,)] = importer.rows("SELECT max(id) FROM import_batch")
    undo_import(importer.url, number, lambda _: None, Console(width=40))
    assert importer.tickets() == ["3"]
    for table, count in {"message": 2, "attachment": 1, "ticket_link": 0}.items():
        assert importer.rows(f"SELECT count(*) FROM {table}") == [(count,)], table
    assert importer.rows("SELECT name FROM person ORDER BY name") == [("Ben",), ("Mia",)]
