"""The page of people on a desk with passwords: links to choose one, sign-ins and API tokens of others."""

import html
from collections.abc import Iterator

import pytest

from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.passwords import OTHER, PASSWORD, add_person, make_token, password_desk, signed_in
from tests.support.screens import Screen
from tests.ui.conftest import Opener


@pytest.fixture(scope="module")
def api(module_database_url: str) -> Iterator[Api]:
    """In place of the desk of all other pages."""
    with password_desk(module_database_url, LODGE_PUBLIC_URL="https://desk.test") as running:
        yield running


@pytest.fixture(scope="module")
def manager(api: Api) -> Visitor:
    return signed_in(api, "omar", "manager")


def words(screen: Screen) -> str:
    return html.unescape(screen.words()).replace("\u2060", "")


def links(screen: Screen) -> dict[str, str]:
    """Returns the links that are shown, by the names of their people."""
    return {str(field["label"]): str(field["text"]) for field in screen.data("copy_fields")["fields"]}


def use(api: Api, link: str, username: str | None = None) -> str:
    """Chooses a password with the link. Returns the username."""
    wish = {"token": link.partition("#")[2], "password": OTHER} | ({"username": username} if username else {})
    return str(done(api.post("/invitations/redeem", json=wish))["username"])


def sign_in_fact(screen: Screen) -> str:
    return {str(fact["name"]): str(fact["value"]) for fact in screen.data("facts")["facts"]}["Sign-in"]


def test_somebody_without_a_password_is_invited(api: Api, manager: Visitor, see: Opener) -> None:
    person = rows.person(api, "Rae *First*")
    screen = see(manager, "people", person=str(person))
    assert sign_in_fact(screen) == "No password yet"
    screen.press("Invite")
    told = words(screen)
    assert "It works once, until" in told
    assert "choose a username and a password" in told
    assert use(api, links(screen)["Rae *First*"], "rae") == "rae"
    assert not screen.press("Done").has("copy_fields")
    assert sign_in_fact(screen) == "Active, as rae"


def test_somebody_who_has_one_gets_a_link_to_a_new_one(api: Api, manager: Visitor, see: Opener) -> None:
    person = signed_in(api, "forgetful")
    screen = see(manager, "people", person=str(person.person_id))
    assert "Invite" not in screen.labels()
    screen.press("Reset password")
    assert "Until then the old one works." in words(screen)
    assert person.get("/me").status_code == 200
    assert use(api, links(screen)["forgetful"]) == "forgetful"
    assert person.get("/me").status_code == 401


def test_a_link_is_shown_under_its_own_person_only(api: Api, manager: Visitor, see: Opener) -> None:
    one, another = (rows.person(api, name) for name in ("Uma", "Una"))
    screen = see(manager, "people", person=str(one)).press("Invite")
    link = links(screen)["Uma"]
    screen.press("Back to the list")
    assert link not in screen.words()
    screen.app.query_params["person"] = str(another)
    assert "Una" in screen.again().words()
    assert link not in screen.words()


def test_a_link_is_offered_for_nobody_who_could_not_use_it(api: Api, manager: Visitor, see: Opener) -> None:
    gone, admin = rows.person(api, "Gone", deactivated_at="2026-01-01"), rows.person(api, "Ann Above", "admin")
    for person in (gone, admin, manager.person_id):
        assert not {"Invite", "Reset password", "End sign-ins"} & set(
            see(manager, "people", person=str(person)).labels()
        )


def test_whoever_was_deactivated_meanwhile_gets_no_link(api: Api, manager: Visitor, see: Opener) -> None:
    person = rows.person(api, "Going")
    screen = see(manager, "people", person=str(person))
    done(manager.post(f"/people/{person}/deactivate"))
    assert "Going was deactivated; reactivate them first." in words(screen.press("Invite"))
    assert not screen.has("copy_fields")


@pytest.mark.parametrize("is_invited", [True, False])
def test_a_person_is_added_and_invited_in_one_go(api: Api, manager: Visitor, see: Opener, is_invited: bool) -> None:
    name = f"Nia {'invited' if is_invited else 'alone'}"
    screen = see(manager, "people").press("Add a person")
    screen.app.text_input(key="new_person_name").set_value(name)
    screen.app.multiselect(key="new_person_roles").set_value(["student"])
    screen.app.checkbox(key="new_person_invite").set_value(is_invited)
    screen.press("Add")
    (person,) = done(manager.get("/people", params={"q": name}))["items"]
    assert person["username"] is None
    assert screen.has("copy_fields") == is_invited
    if is_invited:
        use(api, links(screen)[name], "nia")


def test_several_without_a_password_get_a_link_each(api: Api, manager: Visitor, see: Opener) -> None:
    team = rows.team(api, "Newcomers")
    for name, email in (("=Ada", "ada@campus.edu"), ("Bea", None)):
        rows.person(api, name, team_id=team, email=email)
    rows.person(api, "Chief", "admin", team_id=team)
    api.sql("UPDATE person SET team_id = %s WHERE id = %s", team, add_person(api, "in already"))
    screen = see(manager, "people", team="newcomers", has_password="false")
    assert [item["title"] for item in screen.data("rows")["items"]] == ["=Ada", "Bea", "Chief"]
    screen.press("Make links for 2 people")
    assert "2 people get a link each." in words(screen)
    assert not screen.has("copy_fields"), "it only asked"
    screen.press("Make them")
    shown = links(screen)
    assert list(shown) == ["=Ada", "Bea"]
    together = [line.split("\t") for line in screen.data("copy_fields")["together"].splitlines()]
    assert together[0] == ["Name", "Mail address", "Link", "Works until"]
    assert [line[:3] for line in together[1:]] == [
        ["'=Ada", "ada@campus.edu", shown["=Ada"]],
        ["Bea", "", shown["Bea"]],
    ], "a spreadsheet runs nothing of it"
    use(api, shown["Bea"], "bea")


def test_the_filter_is_part_of_the_address_and_comes_with_passwords_only(
    api: Api, manager: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = see(manager, "people")
    screen.app.selectbox(key="people_active").set_value("no-password").run()
    assert screen.app.query_params["has_password"] == "false"
    assert "No password yet" in screen.app.selectbox(key="people_active").options
    monkeypatch.setattr("streamlit_app.state.lists.is_sign_in_by_password", lambda: False)
    screen = see(manager, "people", has_password="false")
    assert screen.app.selectbox(key="people_active").value == "active"
    assert "No password yet" not in screen.app.selectbox(key="people_active").options


def test_somebodys_sign_ins_are_ended_after_one_question(api: Api, manager: Visitor, see: Opener) -> None:
    person = signed_in(api, "lost a phone")
    screen = see(manager, "people", person=str(person.person_id)).press("End sign-ins")
    assert person.get("/me").status_code == 200, "it only asked"
    screen.app.button(key=f"End them_{person.person_id}_yes").click().run()
    assert person.get("/me").status_code == 401
    assert api.sign_in("lost a phone", PASSWORD).person_id == person.person_id


def test_somebodys_tokens_are_seen_and_revoked(api: Api, manager: Visitor, see: Opener) -> None:
    person = signed_in(api, "scripting", "agent")
    script = api.with_token(person, make_token(person, "tickets:report", name="Displays")["token"])
    screen = see(manager, "people", person=str(person.person_id))
    (entry,) = screen.data("entries", "entries_token")["items"]
    assert (entry["name"], entry["note"]) == ("Displays", "May report a problem.")
    screen.fire("entries", "revoke", entry["slug"], key="entries_token").press("Revoke")
    assert script.get("/me").status_code == 401
    assert not screen.has("entries")
