"""The mappings in docs/examples do what they say; the real log is read where it is there."""

import gzip
from pathlib import Path

import pytest

from lodge.errors import LodgeError
from lodge.importing import ImportRefused, import_file
from lodge.importing.mapping import load_mapping
from tests.lodge.importing.conftest import Importer
from tests.lodge.seeding.invariants import INVARIANTS

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "docs" / "examples"
REAL_LOG = ROOT.parent / "shared" / "data" / "helpdesk_log.csv.gz"  # not ours to ship
MAPPING = EXAMPLES / "helpdesk-log.yml"
HISTORY_RULES = [rule for rule in INVARIANTS if "history" in rule and "tags" not in rule] + [
    "the stage belongs to the status",
    "the assignee is the last one assigned",
    "the last closing counts",
    "each change begins where the one before it ended",
    "nothing happened before the opening or after the last change",
    "modified is the latest event or public message",
    "numbers rise with time",
]
needs_real_log = pytest.mark.skipif(not REAL_LOG.exists(), reason="the real log is not here")


def test_the_example_table_is_imported(importer: Importer) -> None:
    for _ in range(2):
        import_file(importer.url, EXAMPLES / "tickets.csv", EXAMPLES / "tickets.yml")
    assert importer.rows(
        "SELECT source_id, title, status, priority, to_char(opened_at, 'HH24:MI'), room FROM ticket ORDER BY id"
    ) == [
        ("1001", "No WiFi in the reading room", "closed", 2, "08:12", "1.02"),
        ("1002", "The lift does not come. There is no other way up with a wheelchair.", "active", 3, "07:05", None),
        ("1003", "Cold lunch", "open", 1, "12:20", None),
        ("1004", "Printer jams", "active", 1, "09:30", "0.11"),
        ("1005", "Bins not emptied", "closed", 0, "17:00", None),
        ("1006", "The WiFi on the third floor drops every few minutes.", "open", 1, "08:40", None),
    ]
    assert importer.rows("SELECT count(*) FROM building") == [(4,)]


def test_the_mapping_of_the_real_log_is_read() -> None:
    assert load_mapping(MAPPING).source == "helpdesk-log"


def test_no_file_is_told(importer: Importer) -> None:
    with pytest.raises(LodgeError, match=r"missing\.yml cannot be read: No such file"):
        import_file(importer.url, EXAMPLES / "tickets.csv", EXAMPLES / "missing.yml")


@needs_real_log
def test_the_real_log(importer: Importer, tmp_path: Path) -> None:
    """The figures that the log is known for; the second time nothing; a broken line in the middle nothing either."""
    lines = gzip.decompress(REAL_LOG.read_bytes()).splitlines(keepends=True)
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"".join([*lines[:9000], b"Case 77,Wait,half a li\n", *lines[9000:]]))
    with pytest.raises(ImportRefused, match="line 9001: it has 3 fields instead of 16"):
        import_file(importer.url, broken, MAPPING)
    assert importer.rows("SELECT count(*) FROM ticket") == [(0,)]

    import_file(importer.url, REAL_LOG, MAPPING)
    by_status = "SELECT count(*), count(*) FILTER (WHERE status = 'closed') FROM ticket"
    assert importer.rows(by_status) == [(4580, 4557)]
    hours = "SELECT round(avg(extract(epoch FROM closed_at - opened_at) / 3600), 2)::float, count(*) FROM ticket "
    assert importer.rows(hours + "WHERE status = 'closed'") == [(980.27, 4557)]
    october = "WHERE status = 'closed' AND opened_at >= '2012-10-01' AND opened_at < '2012-11-01'"
    assert importer.rows(hours + october) == [(991.77, 42)]
    assert importer.rows("SELECT count(*) FROM ticket_event WHERE kind = 'activity'") == [(21_348,)]
    broken_rules = [
        rule
        for rule in HISTORY_RULES
        if importer.rows(f"SELECT count(*) FROM ({INVARIANTS[rule]}) AS broken") != [(0,)]
    ]
    assert broken_rules == []

    import_file(importer.url, REAL_LOG, MAPPING)
    assert importer.rows(by_status) == [(4580, 4557)]
