"""The page of teams: adding, changing, deleting, and what is refused."""

import html

from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener


def teams(screen: Screen) -> dict[str, str]:
    return {item["name"]: item["fact"] for item in screen.data("entries", "entries_team")["items"]}


def press(screen: Screen, act: str, slug: str) -> Screen:
    return screen.fire("entries", act, slug, key="entries_team")


def fill(screen: Screen, key: str, value: str) -> None:
    screen.app.text_input(key=key).set_value(value)


def test_a_team_is_added_renamed_and_deleted(manager: Visitor, see: Opener) -> None:
    screen = see(manager, "teams")
    assert "No teams yet." in screen.words()
    screen.press("Add a team")
    assert "Please write something here." in html.unescape(screen.press("Add").words())
    fill(screen, "new_team_name", "Night *shift*")
    assert teams(screen.press("Add")) == {"Night *shift*": "Nobody yet"}

    fill(press(screen, "change", "night-shift"), "change_team_night-shift_name", "Late shift")
    assert teams(screen.press("Save")) == {"Late shift": "Nobody yet"}
    press(screen, "delete", "night-shift").press("Delete")
    assert "No teams yet." in screen.words()


def test_a_teams_people_go_to_another_one(api: Api, manager: Visitor, see: Opener) -> None:
    old = rows.team(api, "Old")
    rows.team(api, "New")
    person = rows.person(api, "Moving", team_id=old)
    screen = see(manager, "teams")
    assert teams(screen)["Old"] == "1 person"
    press(screen, "delete", "old")
    assert "1 person is in it." in screen.words()
    assert "Please choose where they go." in screen.press("Delete").words()
    screen.app.selectbox(key="delete_team_old_to").set_value("new")
    assert "Old" not in teams(screen.press("Delete"))
    assert done(manager.get(f"/people/{person}"))["team"]["slug"] == "new"


def test_a_teams_tickets_go_where_it_is_said(api: Api, manager: Visitor, see: Opener) -> None:
    old, _, heir = (rows.team(api, name) for name in ("Leaving", "Staying", "Heir"))
    ticket = rows.ticket(api, team_id=old, requester_id=manager.person_id)
    dialog = press(see(manager, "teams"), "delete", "leaving")
    box = dialog.app.selectbox(key="delete_team_leaving_tickets_to")
    assert box.options == ["No team", *sorted({*teams(dialog)} - {"Leaving"})], "nobody is in it, so none go along"
    box.set_value("staying")
    dialog.press("Delete")
    assert manager.read(ticket)["team"] == "staying"

    person = rows.person(api, "Goes along", team_id=api.sql("SELECT id FROM team WHERE slug = 'staying'")[0][0])
    dialog = press(see(manager, "teams"), "delete", "staying")
    assert dialog.app.selectbox(key="delete_team_staying_tickets_to").value is None, "with its people"
    dialog.app.selectbox(key="delete_team_staying_to").set_value("heir")
    dialog.press("Delete")
    assert manager.read(ticket)["team"] == "heir"
    assert api.sql("SELECT team_id FROM person WHERE id = %s", person) == [(heir,)]


def test_a_team_leads_to_its_people_and_its_tickets(api: Api, manager: Visitor, see: Opener) -> None:
    rows.team(api, "Leading")
    screen = see(manager, "teams")
    assert press(screen, "tickets", "leading").data("go_to")["href"] == "queue?team=leading&status=open&status=active"
    assert press(see(manager, "teams"), "people", "leading").data("go_to")["href"] == "people?team=leading"
    (link,) = [
        one for one in see(manager, "people", team="leading").app.get("page_link") if "Leading" in one.proto.label
    ]
    assert html.unescape(link.proto.label) == "Tickets of Leading that are not closed"


def test_somebody_who_was_deactivated_must_go_somewhere_too(api: Api, manager: Visitor, see: Opener) -> None:
    team = rows.team(api, "Sleepers")
    rows.person(api, "Asleep", team_id=team, deactivated_at="2026-01-01")
    screen = press(see(manager, "teams"), "delete", "sleepers").press("Delete")
    assert "perhaps one who was deactivated" in screen.words()


def test_another_change_meanwhile_is_told_and_kept(api: Api, manager: Visitor, see: Opener) -> None:
    rows.team(api, "Stale")
    screen = press(see(manager, "teams"), "change", "stale")
    done(manager.patch("/teams/stale", json={"version": 1, "description": "Theirs."}))
    fill(screen, "change_team_stale_name", "Mine")
    assert "Description (optional) is now Theirs." in html.unescape(screen.press("Save").words())
    screen.press("Save")
    (after,) = [team for team in done(manager.get("/teams"))["items"] if team["slug"] == "stale"]
    assert (after["name"], after["description"]) == ("Mine", "Theirs.")
