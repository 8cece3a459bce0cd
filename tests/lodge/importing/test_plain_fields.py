"""Fields that a mapping fills in by name, whichever there are: read by what the contract says of them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from contracts.tickets import Status
from lodge.importing import fields
from lodge.importing.drafts import Stage
from lodge.importing.fields import FieldReader, Lists
from lodge.importing.mapping import PLAIN, TicketsMapping
from lodge.importing.moments import MomentReader
from lodge.importing.refusals import RowRefused
from lodge.importing.templates import Row
from tests.lodge.importing.conftest import TICKETS_MAPPING

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LISTS = Lists({"it": "IT"}, [Stage("to-do", Status.OPEN, waits_for_requester=False)], {}, {})


def read(text: str, *, too_long: str = "refuse") -> object:
    """What becomes of a text in the room's column."""
    rules = {"description": "Text", "requester": "Mia", "opened_at": "2026-03-01", "room": "{room}"}
    mapping = TicketsMapping.model_validate({**TICKETS_MAPPING, "ticket": rules, "too_long": too_long})
    moments = MomentReader(None, None, ZoneInfo("UTC"), keeps_future=False, now=NOW)
    row = Row({"room": [0]}, [text])
    return FieldReader(LISTS, mapping, moments).draft(mapping.ticket, row, 2, "1", NOW).plain.get("room")


def test_a_room_is_one_of_them() -> None:
    assert "room" in PLAIN
    assert read("2.14") == "2.14"
    assert read("") is None
    assert read("\u00ad") is None
    assert read("x" * 61, too_long="cut") == "x" * 59 + "…"
    with pytest.raises(RowRefused, match=r"room: .* has 61 characters, at most 60 are possible"):
        read("x" * 61)


def test_a_moment_may_lie_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "MOMENTS", ["room"])
    assert read("2030-05-01T09:00+02:00") == datetime(2030, 5, 1, 7, tzinfo=UTC)
    with pytest.raises(RowRefused, match="room: 'tomorrow' is no time"):
        read("tomorrow")
