"""The profile, on a desk with passwords: the password, the sign-ins, the API tokens."""

import html
from collections.abc import Iterator
from typing import Any

import pytest

from contracts.people import Permission
from streamlit_app.shell.shown_once import KEPT
from tests.support import rows
from tests.support.api import Api, done
from tests.support.passwords import OTHER, PASSWORD, make_token, password_desk, signed_in
from tests.support.screens import Screen
from tests.ui.conftest import Opener


@pytest.fixture(scope="module")
def api(module_database_url: str) -> Iterator[Api]:
    """In place of the desk of all other pages."""
    with password_desk(module_database_url) as running:
        yield running


def words(screen: Screen) -> str:
    return html.unescape(screen.words())


def change(screen: Screen, old: str, new: str) -> Screen:
    before, after = screen.app.text_input
    before.set_value(old)
    after.set_value(new)
    return screen.press("Change the password")


def test_everybody_sees_who_they_are(api: Api, see: Opener) -> None:
    team = rows.team(api, "Profilers")
    person = signed_in(api, "ada", "agent", "analyst")
    api.sql(
        "UPDATE person SET email = 'ada@campus.edu', team_id = %s, away_from = '2026-12-10', away_until = '2026-12-20'"
        " WHERE id = %s",
        team,
        person.person_id,
    )
    facts = see(person, "profile").data("facts")["facts"]
    assert {fact["name"]: fact["value"] for fact in facts} == {
        "Name": "ada",
        "Username": "ada",
        "Mail address": "ada@campus.edu",
        "Team": "Profilers",
        "Roles": "Helpdesk staff, Data team",
        "Knows about": "Nothing is said",
        "Tickets at a time": "No limit",
        "Working hours": "Always",
        "Away": "from 10 December 2026 until 20 December 2026",
    }


def test_a_password_is_changed_and_ends_the_other_sign_ins(api: Api, see: Opener) -> None:
    here = signed_in(api, "changing")
    there = api.sign_in("changing", PASSWORD)
    screen = see(here, "profile")
    assert "Please write something here." in words(change(screen, "", OTHER))
    assert "At least ten characters, please." in words(change(screen, PASSWORD, "short"))
    assert "is not your password" in words(change(screen, "a wrong guess", OTHER))
    assert "is one that everybody tries first" in words(change(screen, PASSWORD, "password2026"))
    assert (here.get("/me").status_code, there.get("/me").status_code) == (200, 200)
    change(screen, PASSWORD, OTHER)
    assert (here.get("/me").status_code, there.get("/me").status_code) == (200, 401)
    assert [field.value for field in screen.app.text_input] == ["", ""], "nobody reads them over a shoulder"
    assert api.sign_in("changing", OTHER).person_id == here.person_id


def test_who_has_no_password_is_told_how_to_get_one(api: Api, see: Opener) -> None:
    person = signed_in(api, "without")
    api.sql("DELETE FROM credential WHERE person_id = %s", person.person_id)
    screen = see(person, "profile")
    assert "You have no password." in words(screen)
    assert not screen.app.text_input


def sign_ins(screen: Screen) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = screen.data("entries", "entries_sign_in")["items"]
    return items


def test_a_sign_in_is_ended_and_all_others_at_once(api: Api, see: Opener) -> None:
    here = signed_in(api, "many browsers")
    assert "End all others" not in see(here, "profile").labels()
    agent = {"User-Agent": "X11; Linux Firefox/150"}
    wish = {"username": "many browsers", "password": PASSWORD}
    tokens = [done(api.post("/sessions", json=wish, headers=agent), 201)["token"] for _ in range(3)]
    screen = see(here, "profile")
    newest, *_, own = sign_ins(screen)
    assert (newest["name"], newest["mark"], own["mark"]) == ("Firefox on Linux", "", "This one")
    assert (len(newest["acts"]), own["acts"]) == (1, [])
    screen.fire("entries", "end", newest["slug"], key="entries_sign_in")
    assert len(sign_ins(screen)) == 3
    assert api.with_token(here, tokens[2]).get("/me").status_code == 401
    screen.press("End all others")
    assert [one["mark"] for one in sign_ins(screen)] == ["This one"]
    assert {api.with_token(here, token).get("/me").status_code for token in tokens} == {401}


def test_a_sign_in_that_has_ended_meanwhile_is_told(api: Api, see: Opener) -> None:
    here = signed_in(api, "meanwhile")
    api.sign_in("meanwhile", PASSWORD)
    screen = see(here, "profile")
    other = sign_ins(screen)[0]["slug"]
    done(here.delete(f"/me/sessions/{other}"), 204)
    assert f"You have no sign-in {other}." in words(screen.fire("entries", "end", other, key="entries_sign_in"))


def make(screen: Screen, name: str, *permissions: Permission, days: int = 90) -> Screen:
    screen.press("Make a token")
    screen.app.text_input(key="new_token_name").set_value(name)
    for permission in permissions:
        screen.app.checkbox(key=f"new_token_{permission}").set_value(True).run()
    screen.app.selectbox[0].set_value(days)
    return screen.press("Make it")


def test_a_token_is_made_shown_once_and_revoked(api: Api, see: Opener) -> None:
    person = signed_in(api, "scripting", "agent")
    screen = make(see(person, "profile"), "Room *displays*", Permission.TICKETS_WORK, days=30)
    (field,) = screen.data("copy_fields")["fields"]
    script = api.with_token(person, field["text"])
    assert set(done(script.get("/me"))["permissions"]) == {
        "tickets:report", "tickets:read-shared", "tickets:read-all", "tickets:work", "people:read",
    }  # fmt: skip
    (entry,) = screen.data("entries", "entries_token")["items"]
    assert (entry["name"], entry["fact"].startswith("Never used.")) == ("Room *displays*", True)
    assert "report a problem" in entry["note"]
    assert field["text"] not in screen.press("Done").words()
    assert not screen.app.session_state[KEPT], "nor is it kept anywhere"

    screen.fire("entries", "revoke", entry["slug"], key="entries_token")
    assert script.get("/me").status_code == 200, "it only asked"
    screen.press("Revoke")
    assert script.get("/me").status_code == 401
    assert "Room" not in screen.words()


def test_a_token_is_not_shown_again_to_whoever_comes_back(api: Api, see: Opener) -> None:
    person = signed_in(api, "coming back")
    screen = make(see(person, "profile"), "Once", Permission.TICKETS_REPORT)
    token = screen.data("copy_fields")["fields"][0]["text"]
    assert token not in screen.open("report").words()
    assert token not in screen.open("profile").words()
    assert not screen.app.session_state[KEPT]


def test_a_token_for_nothing_or_without_a_name_is_refused_at_its_field(api: Api, see: Opener) -> None:
    person = signed_in(api, "nameless")
    screen = make(see(person, "profile"), "")
    assert "Please write something here." in words(screen)
    assert "Please choose at least one." in words(screen)
    assert not screen.has("copy_fields")


def test_only_ones_own_permissions_are_offered(api: Api, see: Opener) -> None:
    screen = see(signed_in(api, "modest"), "profile").press("Make a token")
    assert [box.label for box in screen.app.checkbox] == [
        "Report a problem",
        "Read open and active tickets of others that are not confidential, where students see all tickets",
    ]


def test_ones_own_tokens_only_are_listed(api: Api, see: Opener) -> None:
    one, another = signed_in(api, "one"), signed_in(api, "another")
    make_token(another, "tickets:report", name="Of another")
    assert not [line for line in see(one, "profile").words().splitlines() if "Of another" in line]


def test_whoever_manages_people_is_led_to_their_own_page(api: Api, see: Opener) -> None:
    admin = signed_in(api, "ines", "admin")
    assert "can change it" not in words(see(admin, "profile"))
    assert "can change it" in words(see(signed_in(api, "student"), "profile"))
