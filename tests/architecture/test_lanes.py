"""What `make test-quick` leaves out, and what may be tried twice."""

import re

from tests.architecture.sources import ROOT, of
from tests.lanes import is_heavy

# Where tests or what they ask for do several things at once, or end a process.
RACES_AND_KILLS = re.compile(r"\bimport threading\b|\bconcurrent\.futures\b|\.kill\(|\bSIG(KILL|STOP)\b")


def test_the_quick_lane_drives_no_browser() -> None:
    drive = [
        source.name
        for source in of("tests")
        if source.name.rpartition("/")[2].startswith(("test_", "conftest"))
        and any(name.startswith(("playwright", "tests.journeys", "tests.support.browser")) for name in source.imports())
    ]
    assert drive
    assert [name for name in drive if not is_heavy(ROOT / name)] == []


def test_a_race_or_a_kill_is_never_tried_twice() -> None:
    twice = [source for source in of("tests") if "mark.second_try" in source.text and "architecture" not in source.name]
    assert twice
    assert [source.name for source in twice if RACES_AND_KILLS.search(source.text)] == []
