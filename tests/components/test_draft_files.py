"""Files that are added to a text: on their way, arrived, refused, and kept with the draft."""

import itertools
from typing import Any

from playwright.sync_api import Locator, Route, expect

from tests.components.bare import DESK, Bare
from tests.components.conftest import Opener
from tests.components.test_composer import drafts, given, sent

RULES = {"most": 3, "hours": 24, "sizes": {"txt": 100, "png": 100}, "accept": ".txt,.png", "said": "At most 3 files."}


class Desk:
    """Answers uploads: `held` ones only when they are let go."""

    def __init__(self, part: Bare) -> None:
        self._numbers = itertools.count(1)
        self.is_holding, self.deleted, self._held = False, list[str](), list[Route]()
        part.page.route(f"{DESK}/attachments", self._upload)
        part.page.route(f"{DESK}/attachments/*", self._delete)

    def _upload(self, route: Route) -> None:
        if self.is_holding:
            self._held.append(route)
            return
        name = (route.request.post_data or "").split('filename="')[1].split('"')[0]
        if name == "bad.txt":
            route.fulfill(status=422, json={"detail": "This file was not taken: it is a web page."})
        else:
            told = {"id": next(self._numbers), "name": name, "size": 5, "has_thumbnail": False}
            route.fulfill(status=201, json=told)

    def _delete(self, route: Route) -> None:
        self.deleted.append(f"{route.request.method} {route.request.url.rsplit('/', 1)[1]}")
        route.fulfill(status=204)

    def let_go(self) -> None:
        self.is_holding = False
        for route in self._held:
            self._upload(route)


def field(**changes: Any) -> dict[str, Any]:
    return given(files=RULES, **changes)


def choose(part: Bare, *names: str, size: int = 5) -> None:
    files: list[Any] = [{"name": name, "mimeType": "text/plain", "buffer": b"x" * size} for name in names]
    part.page.locator("input[type=file]").first.set_input_files(files)


def added(part: Bare, name: str) -> Locator:
    return part.page.get_by_role("list", name="Files to send").get_by_role("listitem").filter(has_text=name)


def test_files_arrive_are_refused_and_are_kept_with_the_draft(bare: Opener) -> None:
    part = bare("composer")
    desk = Desk(part)
    part.draw(**field(is_field=True, button=""))
    choose(part, "one.txt", "bad.txt", "two.txt")
    expect(added(part, "two.txt")).to_contain_text("5 bytes")
    expect(added(part, "bad.txt").get_by_role("alert")).to_have_text("This file was not taken: it is a web page.")
    choose(part, "large.txt", size=101)
    expect(added(part, "large.txt").get_by_role("alert")).to_contain_text("larger than")
    choose(part, "three.txt", "four.txt")
    expect(added(part, "four.txt").get_by_role("alert")).to_contain_text("3 files are the most")
    expect(added(part, "three.txt")).to_contain_text("5 bytes")
    assert (drafts(part)[-1]["files"], drafts(part)[-1]["coming"]) == ([1, 2, 3], 0)

    part.open()
    part.draw(**field(is_field=True, button=""))
    expect(part.page.get_by_role("listitem")).to_have_count(3)
    assert drafts(part)[-1]["files"] == [1, 2, 3]
    part.page.get_by_role("button", name="Remove one.txt").press("Enter")
    expect(part.page.get_by_role("button", name="Remove two.txt")).to_be_focused()
    expect(part.page.get_by_role("listitem")).to_have_count(2)
    assert (desk.deleted, drafts(part)[-1]["files"]) == (["DELETE 1"], [2, 3])

    part.draw(**field(is_field=True, button="", done=drafts(part)[-1]["key"]))
    expect(part.page.get_by_role("list", name="Files to send")).to_be_hidden()


def test_files_that_wait_go_on_when_the_text_of_those_before_is_given_up(bare: Opener) -> None:
    part = bare("composer")
    desk = Desk(part)
    part.draw(**field(draft="first"))
    desk.is_holding = True
    choose(part, "a.txt", "b.txt", "c.txt")
    expect(part.page.get_by_role("progressbar")).to_have_count(3)
    part.draw(**field(draft="second"))
    choose(part, "d.txt")
    expect(added(part, "d.txt")).to_contain_text("Waiting for the others")
    desk.is_holding = False
    part.draw(**field(draft="first"))
    key = part.page.evaluate("JSON.parse(sessionStorage.getItem('lodge-draft:first')).key")
    part.draw(**field(draft="first", done=key))
    part.draw(**field(draft="second"))
    expect(added(part, "d.txt")).to_contain_text("5 bytes")


def test_files_alone_are_sent_but_are_no_report(bare: Opener) -> None:
    part = bare("composer")
    Desk(part)
    part.draw(**field())
    choose(part, "one.txt")
    expect(added(part, "one.txt")).to_contain_text("5 bytes")
    part.draw(**field(is_field=True, button=""))
    part.page.get_by_role("textbox").press("Control+Enter")
    expect(part.page.get_by_text("Please write something first.")).to_be_visible()
    part.draw(**field())
    part.page.get_by_role("textbox").press("Control+Enter")
    assert [(one["text"], one["files"]) for one in sent(part)] == [("", [1])]


def test_a_text_is_sent_when_its_files_have_arrived(bare: Opener) -> None:
    part = bare("composer")
    desk = Desk(part)
    part.draw(**field())
    desk.is_holding = True
    choose(part, "slow.txt")
    expect(part.page.get_by_role("progressbar", name="Upload of slow.txt")).to_be_visible()
    part.page.get_by_role("textbox").fill("See the file.")
    part.page.get_by_role("textbox").press("Control+Enter")
    expect(part.page.get_by_text("This is sent when the files have arrived.")).to_be_visible()
    part.draw(**field())
    assert sent(part) == []
    desk.let_go()
    expect(part.page.get_by_role("button", name="Sending…")).to_be_visible()
    assert [(one["text"], one["files"]) for one in sent(part)] == [("See the file.", [1])]


def test_what_had_not_arrived_before_a_reload_is_told_and_a_lost_one_is_tried_again(bare: Opener) -> None:
    part = bare("composer")
    desk = Desk(part)
    part.draw(**field())
    desk.is_holding = True
    choose(part, "slow.txt")
    expect(part.page.get_by_role("progressbar")).to_be_visible()
    part.open()
    part.draw(**field())
    expect(added(part, "slow.txt").get_by_role("alert")).to_contain_text("had not arrived")
    part.page.get_by_role("button", name="Remove slow.txt").click()

    desk.is_holding = False
    part.page.route(f"{DESK}/attachments", lambda route: route.abort(), times=1)
    choose(part, "again.txt")
    part.page.get_by_role("button", name="Try again to send again.txt").click()
    expect(added(part, "again.txt")).to_contain_text("5 bytes")
