"""Who is inside stays apart from who else is, and who has left is out: in every tab, and with a kept cookie too."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.journeys.conftest import Opener
from tests.journeys.window import Window, resume, row, settled, streamlit_session, text_of
from tests.support.api import Api

ELSEWHERE = Origin("http://elsewhere.example")
NOT_ENTERED = 4401
# Seconds, for whoever asks without a browser.
PATIENCE = 30


def session_cookie(window: Window) -> dict[str, Any]:
    return dict(next(one for one in window.context.cookies() if one["name"].startswith("lodge_session")))


def leave(page: Page) -> None:
    page.get_by_role("group").filter(has_text="Helpdesk staff").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Helpdesk staff")).to_be_visible()


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visit: Opener) -> None:
    window = visit()
    page = window.page
    page.goto(window.url)
    page.get_by_role("button", name="Helpdesk staff").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    cookie = session_cookie(window)
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert cookie["value"] not in page.evaluate("document.cookie")
    assert not window.record.has_received(cookie["value"])


def test_two_people_see_their_own(visit: Opener, api: Api) -> None:
    ticket = api.enter("student", "Anna One").report("The first one's problem.")["id"]
    one, two = visit("student", "Anna One"), visit("student", "Ben Two")
    expect(row(one.open("my_tickets"), ticket)).to_be_visible()
    two.open("my_tickets")
    expect(two.page.get_by_text("None of your tickets is open.")).to_be_visible()
    assert "Anna One" not in text_of(two.page)
    assert "Ben Two" not in text_of(one.page)
    assert not two.record.has_received("Anna One")


def test_anothers_session_number_opens_nothing(visit: Opener) -> None:
    """Streamlit resumes a lost session for whoever names its number; nothing of it may come along."""
    victim, thief = visit("agent", "Vera Victim"), visit("student", "Theo Thief")
    number = streamlit_session(victim)
    victim.page.goto("about:blank")
    resume(thief, number)
    expect(thief.page.get_by_text("Theo Thief")).to_be_visible()
    assert not thief.record.has_received("Vera Victim")


def enter_by_hand(page: Page, name: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Helpdesk staff").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def switch(page: Page, to: str) -> None:
    page.get_by_label("switch role or sign out").click()
    page.get_by_role("button", name=f"Sign in as {to}", exact=True).click()


def test_every_tab_follows_who_is_inside_and_leaving_ends_the_kept_cookie(visit: Opener, api: Api) -> None:
    window = visit()
    page = window.page
    page.goto(window.address("overview"))
    enter_by_hand(page, "Otto Out")
    other = window.open_tab("queue")
    switch(page, "student")
    expect(page.get_by_role("heading", name="Report a problem")).to_be_visible()
    expect(other.get_by_text("You are Student now")).to_be_visible()
    expect(other.get_by_text("This page is not for the role you signed in with.")).to_be_visible()
    switch(page, "helpdesk staff: Otto Out")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(other.get_by_text("You are Otto Out now")).to_be_visible()
    settled(other)
    kept = session_cookie(window)
    leave(window.page)
    expect(other.get_by_role("button", name="Helpdesk staff")).to_be_visible()
    settled(other)
    assert "Otto Out" not in text_of(other)

    assert api.get("/me", headers={"Authorization": f"Bearer {kept['value']}"}).status_code == 401
    thief = visit()
    thief.context.add_cookies([{"name": kept["name"], "value": kept["value"], "url": thief.url}])
    thief.page.goto(thief.address("queue"))
    expect(thief.page.get_by_role("button", name="Helpdesk staff")).to_be_visible()
    assert not thief.record.has_received("Tickets")


@pytest.mark.parametrize("path", ["/enter", "/leave"])
@pytest.mark.parametrize("origin", [ELSEWHERE, "null", None])
def test_a_page_elsewhere_enters_nobody(url: str, path: str, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = httpx.post(url + path, json={"role": "agent"}, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_form_elsewhere_enters_nobody(url: str) -> None:
    """A form can be sent across sites without asking first; JSON cannot."""
    text = {"Content-Type": "text/plain", "Origin": url}
    answer = httpx.post(f"{url}/enter", content='{"role": "agent"}', headers=text, timeout=PATIENCE)
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/queue", "/enter", "/_stcore/health", "/live"])
def test_another_name_is_not_answered(url: str, path: str) -> None:
    """Or a page elsewhere could point its own name at this machine."""
    answer = httpx.get(url + path, headers={"Host": "elsewhere.example"}, timeout=PATIENCE)
    assert answer.status_code == 400


def test_the_line_wants_the_desks_own_page(visit: Opener, url: str) -> None:
    cookie = session_cookie(visit("agent", "Ada Okafor"))
    headers = {"Cookie": f"{cookie['name']}={cookie['value']}"}
    address = url.replace("http", "ws") + "/live"
    for foreign in (ELSEWHERE, None):
        with pytest.raises(InvalidStatus) as refused:
            connect(address, origin=foreign, additional_headers=headers, open_timeout=PATIENCE)
        assert refused.value.response.status_code == 403
    with connect(address, origin=Origin(url), additional_headers=headers, open_timeout=PATIENCE) as line:
        assert "session" in line.recv(timeout=PATIENCE)
        assert "unread" in line.recv(timeout=PATIENCE)


def test_the_line_wants_somebody_who_entered(url: str) -> None:
    address = url.replace("http", "ws") + "/live"
    with connect(address, origin=Origin(url), open_timeout=PATIENCE) as line, pytest.raises(ConnectionClosed) as closed:
        line.recv(timeout=PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == NOT_ENTERED
