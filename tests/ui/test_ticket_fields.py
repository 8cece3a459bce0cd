"""What the pages know of each field of a ticket, and the kinds of values that none of today's fields has."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from contracts.tickets import TicketQuery, TicketRead, TicketSort, TicketUpdate
from streamlit_app.language import moments
from streamlit_app.tickets.editors import Choice, Moment
from streamlit_app.tickets.fields import FIELDS, ORDERS
from streamlit_app.tickets.queue_filters import ASKED
from tests.support.api import Visitor
from tests.ui.conftest import Opener

# In summer two hours ahead of UTC.
ROME = ZoneInfo("Europe/Rome")
FIRST_YEAR, LAST_YEAR = (datetime(year, 6, 1, 12, tzinfo=UTC) for year in (1, 9999))
SEVEN_PAST_NOON = datetime(2026, 7, 1, 10, 7, 33, tzinfo=UTC)


def test_fields_filters_and_orders_are_the_contracts() -> None:
    assert {field.name for field in FIELDS} <= set(TicketRead.model_fields)
    assert {field.name for field in FIELDS if field.editor} == set(TicketUpdate.model_fields) - {
        "version",
        "despite_blockers",
    }
    elsewhere = {"limit", "cursor"}
    assert {each.name for each in ASKED} == set(TicketQuery.model_fields) - elsewhere
    assert set(ORDERS) == set(TicketSort)


def test_a_stale_edit_names_what_stands_there_now(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Nowhere yet.")
    screen = see(agent, "ticket", id=str(ticket["id"])).press("Edit")
    student.edit(ticket["id"], room="2.14")
    agent.edit(ticket["id"], tags=["lift", "noise"], is_confidential=True)
    key = f"edit_{ticket['id']}_{ticket['version']}"
    screen.app.text_input(key=f"{key}_room").set_value("3.1")
    screen.app.multiselect(key=f"{key}_tags").set_value([])
    screen.press("Save")
    assert "Room is now “2.14”" in screen.data("warning")["text"]

    agent.edit(ticket["id"], room=None)
    screen.press("Save")
    assert "Room is now “nothing”" in screen.data("warning")["text"]


def form() -> None:
    """A page with a field for a moment. AppTest runs it as a text of its own."""
    import streamlit as st

    from streamlit_app.tickets.editors import Moment

    st.session_state["held"] = Moment().draw("due", "Due", st.session_state["due_before"])


@pytest.fixture
def _rome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "zone", lambda: ROME)


def drawn(before: datetime | None) -> AppTest:
    page = AppTest.from_function(form)
    page.session_state["due_before"] = before
    page.run()
    assert not page.exception
    return page


@pytest.mark.usefixtures("_rome")
@pytest.mark.parametrize("before", [SEVEN_PAST_NOON, None, FIRST_YEAR, LAST_YEAR])
def test_a_moment_that_nobody_touched_stays_as_it_is(before: datetime | None) -> None:
    """To the second, which the widget does not show."""
    assert drawn(before).session_state["held"] == before


@pytest.mark.usefixtures("_rome")
def test_a_moment_is_set_on_the_campus_clocks_and_can_be_emptied() -> None:
    page = drawn(SEVEN_PAST_NOON)
    field = page.datetime_input(key="due")
    assert str(field.value) == "2026-07-01 12:07:00"
    field.set_value(datetime.fromisoformat("2026-12-24 18:30")).run()
    assert page.session_state["held"] == datetime(2026, 12, 24, 17, 30, tzinfo=UTC)
    field.set_value(None).run()
    assert page.session_state["held"] is None


@pytest.mark.usefixtures("_rome")
def test_a_moment_in_a_sentence() -> None:
    assert Moment().in_words("2020-07-01T10:07:33+00:00") == "1 Jul 2020"
    assert Moment().in_words("soon") == "soon"


def test_a_value_that_is_on_no_list_any_more_can_stay() -> None:
    editor = Choice(lambda: {"annex": "Annex"}, nothing="None")
    assert list(editor.options("annex")) == [None, "annex"]
    assert editor.options("gone") == {"gone": "gone", None: "None", "annex": "Annex"}
    assert editor.in_words("gone") == "gone"
