"""What the tabs of one person share: the stream, the count, the looks, and what they ask at the same moment."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from starlette.testclient import TestClient

from streamlit_app.client import api as client
from streamlit_app.client.shared_answers import HOLDS_SECONDS, MOST_KEPT, SharedAnswers
from streamlit_app.server import live_updates
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor
from tests.ui.conftest import Opener
from tests.ui.test_live_updates import line, next_event, relayed

TABS = 3


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    with relayed(monkeypatch) as client:
        yield client


def test_all_tabs_hear_over_one_line_and_a_look_is_told_once(browser: TestClient, api: Api, agent: Visitor) -> None:
    student = api.enter("student", "Tara Tabs")
    ticket = student.report("Listen to this.")
    with ExitStack() as stack:
        tabs = [stack.enter_context(line(browser, student)) for _ in range(TABS)]
        for tab in tabs:
            next_event(tab, unread=0)
        assert len(live_updates._subscriptions) == 1
        message = agent.say(ticket["id"], "We come.")
        for tab in tabs:
            next_event(tab, kind="message", ticket_id=ticket["id"])
            tab.send_json({"read": ticket["id"], "latest": message["id"]})
            next_event(tab, unread=0)
        seen = {ticket["id"]: message["id"]}
        wait_until(lambda: live_updates._subscriptions[student.token]._latest_read == seen, "the look is noted")
    assert live_updates._subscriptions == {}


def test_a_page_takes_the_count_of_the_open_line(
    browser: TestClient, api: Api, agent: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = api.enter("student", "Cora Count")
    agent.say(student.report("The tap drips.")["id"], "Which one?")
    with line(browser, student) as tab:
        next_event(tab, unread=1)
        found = live_updates.subscription_of(student.token)
        assert found is not None
        assert found.news == (1, 0)
        with monkeypatch.context() as patch:
            patch.delattr(client.Api, "unread")
            see(student, "open_tickets")
    assert live_updates.subscription_of(student.token) is None


def test_a_browser_that_does_not_read_is_told_to_begin_anew() -> None:
    tab = live_updates.Tab()
    for number in range(live_updates.MOST_WAITING + 1):
        tab.send(str(number))

    async def read() -> None:
        for number in range(live_updates.MOST_WAITING):
            assert await tab.next() == str(number)
        await tab.next()

    with pytest.raises(live_updates.Ended) as ended:
        asyncio.run(read())
    assert ended.value.code == live_updates.TRY_AGAIN


class Desk:
    """Counts how often it is asked, and answers when it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self) -> int:
        self.asked += 1
        answer = self.asked
        assert self.may_answer.wait(60)
        return answer


def test_the_same_question_at_the_same_moment_is_asked_once() -> None:
    answers, desk, found = SharedAnswers(lambda: 0.0), Desk(), []
    desk.may_answer.clear()
    threads = [threading.Thread(target=lambda: found.append(answers.get("q", desk))) for _ in range(TABS)]
    for thread in threads:
        thread.start()
    wait_until(lambda: desk.asked > 0, "the desk is asked")
    desk.may_answer.set()
    for thread in threads:
        thread.join()

    assert (found, desk.asked) == ([1] * TABS, 1)
    assert answers.get("another", desk) == 2


def test_after_a_change_it_is_asked_again_even_while_an_older_question_is_on_its_way() -> None:
    answers, desk, old = SharedAnswers(lambda: 0.0), Desk(), []
    desk.may_answer.clear()
    thread = threading.Thread(target=lambda: old.append(answers.get("q", desk)))
    thread.start()
    wait_until(lambda: desk.asked > 0, "the desk is asked")
    answers.forget()
    desk.may_answer.set()

    assert answers.get("q", desk) == 2
    thread.join()
    assert old == [1]
    assert answers.get("q", desk) == 2


def test_an_answer_holds_for_a_second_at_most() -> None:
    now = [0.0]
    answers, desk = SharedAnswers(lambda: now[0]), Desk()
    assert answers.get("q", desk) == 1
    now[0] = HOLDS_SECONDS - 0.01
    assert answers.get("q", desk) == 1
    now[0] = HOLDS_SECONDS
    assert answers.get("q", desk) == 2


def test_few_answers_are_kept_and_a_refusal_is_told_to_all() -> None:
    answers, desk = SharedAnswers(lambda: 0.0), Desk()
    for number in range(MOST_KEPT + 1):
        answers.get(number, desk)
    assert len(answers._kept) == MOST_KEPT
    assert answers.get(MOST_KEPT, desk) == MOST_KEPT + 1
    assert answers.get(0, desk) == MOST_KEPT + 2

    def refuse() -> int:
        raise ValueError("no")

    for ask in (refuse, desk):
        with pytest.raises(ValueError, match="no"):
            answers.get("refused", ask)
