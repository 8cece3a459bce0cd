"""What is asked for on one page and arrives on the next. In the browser: tests/journeys/test_on_the_way.py."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_cache import populate_hash_if_needed
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequestType

from streamlit_app import asgi
from streamlit_app.server import page_requests
from streamlit_app.server.page_requests import PageRequests

WHOLE_QUEUE = RerunData(page_script_hash="queue")
QUEUE_LIST = RerunData(page_script_hash="queue", fragment_id="list")
OVERVIEW_FIGURES = RerunData(page_script_hash="overview", fragment_id="figures")


@pytest.fixture(autouse=True)
def _tab_on_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_requests, "get_script_run_ctx", lambda: SimpleNamespace(page_script_hash="queue"))


def asked(*requests: RerunData) -> RerunData | None:
    """What a script is to do that was asked for these; None for nothing."""
    waiting = PageRequests()
    assert all(map(waiting.request_rerun, requests))
    request = waiting.on_scriptrunner_ready()
    return request.rerun_data if request.type is ScriptRequestType.RERUN else None


def test_pages_ask_in_this_way() -> None:
    assert asgi.app
    assert vars(script_runner)["ScriptRequests"] is PageRequests


def test_a_change_of_page_is_not_lost_to_a_part_of_the_page_before() -> None:
    assert asked(WHOLE_QUEUE, OVERVIEW_FIGURES) == WHOLE_QUEUE


def test_a_part_of_the_page_before_is_not_drawn() -> None:
    assert asked(OVERVIEW_FIGURES) is None


def test_what_comes_after_it_is_drawn() -> None:
    waiting = PageRequests()
    waiting.request_rerun(OVERVIEW_FIGURES)
    assert waiting.on_scriptrunner_yield() is None
    waiting.request_rerun(QUEUE_LIST)
    request = waiting.on_scriptrunner_ready()
    assert (request.rerun_data.page_script_hash, request.rerun_data.fragment_id_queue[-1]) == ("queue", "list")


def test_parts_of_the_page_are_drawn_as_ever() -> None:
    part = asked(QUEUE_LIST)
    assert part is not None
    assert part.fragment_id_queue == ["list"]
    whole = asked(WHOLE_QUEUE, QUEUE_LIST)
    assert whole is not None
    assert whole.fragment_id_queue == []


def test_back_is_still_back_when_a_part_of_the_page_is_asked_for_too() -> None:
    """Otherwise the page would keep its filters, and write them over the URL that Back leads to."""
    whole = asked(replace(WHOLE_QUEUE, is_history_navigation=True), QUEUE_LIST)
    assert whole is not None
    assert (whole.fragment_id_queue, whole.is_history_navigation) == ([], True)
    widget = asked(replace(WHOLE_QUEUE, is_history_navigation=True), WHOLE_QUEUE)
    assert widget is not None
    assert not widget.is_history_navigation, "somebody used a widget afterwards"


def test_nothing_is_named_to_the_browser_that_it_may_have_dropped() -> None:
    """However large: Streamlit would keep it there, and end the connection where it is named and not found."""
    message = ForwardMsg()
    message.delta.new_element.text.body = "x" * 1_000_000
    populate_hash_if_needed(message)
    assert not message.metadata.cacheable
