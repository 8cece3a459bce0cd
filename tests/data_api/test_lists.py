"""Categories, buildings and stages, and who keeps them."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor, done
from tests.support.meanwhile import held_up, is_waited_for

LISTS = ["categories", "buildings"]


def listed(visitor: Visitor, name: str) -> dict[str, dict[str, Any]]:
    page = done(visitor.get(f"/{name}"))
    assert page["next_cursor"] is None
    return {row["slug"]: row for row in page["items"]}


def test_a_desk_begins_with_three_categories_and_five_columns(student: Visitor) -> None:
    categories = listed(student, "categories")
    assert {"facility-management", "technical-it", "services-complaints"} <= set(categories)
    assert [slug for slug, category in categories.items() if category["is_default"]] == ["facility-management"]
    stages = done(student.get("/stages"))["items"]
    assert [(stage["name"], stage["status"]) for stage in stages] == [
        ("To do", "open"),
        ("In progress", "active"),
        ("Pending", "active"),
        ("Blocked", "active"),
        ("Completed", "closed"),
    ]


@pytest.mark.parametrize("name", LISTS)
def test_an_entry_is_added_renamed_and_removed(admin: Visitor, student: Visitor, name: str) -> None:
    added = done(admin.post(f"/{name}", json={"name": "Café & Mensa Süd"}), 201)
    assert added["slug"] == "cafe-mensa-sud"
    assert listed(student, name)["cafe-mensa-sud"] == added
    renamed = done(admin.patch(f"/{name}/cafe-mensa-sud", json={"name": "Mensa"}))
    assert renamed == {**added, "name": "Mensa"} == listed(student, name)["cafe-mensa-sud"]
    assert admin.delete(f"/{name}/cafe-mensa-sud").status_code == 204
    assert "cafe-mensa-sud" not in listed(student, name)
    assert admin.delete(f"/{name}/cafe-mensa-sud").status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_a_slug_is_given_once(admin: Visitor, name: str) -> None:
    done(admin.post(f"/{name}", json={"name": "First", "slug": "taken"}), 201)
    for wish in ({"name": "Second", "slug": "taken"}, {"name": "Taken!"}):
        answer = admin.post(f"/{name}", json=wish)
        assert answer.status_code == 409
        assert answer.json()["error"] == "SlugTaken"


@pytest.mark.parametrize("name", LISTS)
def test_a_name_without_a_latin_letter_needs_a_slug(admin: Visitor, name: str) -> None:
    answer = admin.post(f"/{name}", json={"name": "図書館"})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == "body.slug"
    assert done(admin.post(f"/{name}", json={"name": "図書館", "slug": "toshokan"}), 201)["name"] == "図書館"


@pytest.mark.parametrize("role", ["student", "analyst", "agent", "manager"])
@pytest.mark.parametrize("name", LISTS)
def test_only_administrators_keep_the_lists(api: Api, role: str, name: str) -> None:
    visitor = api.enter(role)
    before = listed(visitor, name)
    assert visitor.post(f"/{name}", json={"name": "Mine"}).status_code == 403
    assert visitor.patch(f"/{name}/technical-it", json={"name": "Mine"}).status_code == 403
    assert visitor.delete(f"/{name}/technical-it").status_code == 403
    assert listed(visitor, name) == before


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 101},
        {"name": "a\x00"},
        {"name": 5},
        {"name": "ok", "slug": "Not A Slug"},
        {"name": "ok", "slug": "x" * 61},
        {"name": "ok", "slug": ""},
        {"name": "ok", "colour": "red"},
    ],
    ids=str,
)
def test_a_wrong_entry_is_refused(admin: Visitor, name: str, body: dict[str, Any]) -> None:
    assert admin.post(f"/{name}", json=body).status_code == 422


def test_what_tickets_stand_on_stays(admin: Visitor, student: Visitor) -> None:
    done(admin.post("/categories", json={"name": "Used"}), 201)
    done(admin.post("/buildings", json={"name": "Used"}), 201)
    ticket_id = student.report(category="used", building="used")["id"]
    student.move(ticket_id, "closed")
    for name in LISTS:
        answer = admin.delete(f"/{name}/used")
        assert answer.status_code == 409
        assert answer.json()["error"] == "StillInUse"
    admin.delete(f"/tickets/{ticket_id}")
    for name in LISTS:
        assert admin.delete(f"/{name}/used").status_code == 204


def test_there_is_always_one_default_category(admin: Visitor, student: Visitor) -> None:
    assert admin.delete("/categories/facility-management").status_code == 409
    assert admin.patch("/categories/facility-management", json={"is_default": False}).status_code == 409
    assert done(admin.patch("/categories/technical-it", json={"is_default": True}))["is_default"]
    defaults = [slug for slug, category in listed(student, "categories").items() if category["is_default"]]
    assert defaults == ["technical-it"]
    done(admin.patch("/categories/facility-management", json={"is_default": True}))


def test_a_description_is_changed_and_emptied(admin: Visitor) -> None:
    done(admin.post("/categories", json={"name": "Described", "description": "Long"}), 201)
    changed = done(admin.patch("/categories/described", json={"description": ""}))
    assert (changed["name"], changed["description"]) == ("Described", "")
    assert done(admin.patch("/categories/described", json={})) == changed
    assert admin.patch("/categories/described", json={"description": "x" * 501}).status_code == 422


def test_a_slug_in_the_address_is_checked(admin: Visitor) -> None:
    for slug in ("Not%20A%20Slug", "x" * 61, "%00", "a--b"):
        assert admin.delete(f"/categories/{slug}").status_code == 422


def test_reports_go_on_while_tickets_move(api: Api, admin: Visitor, student: Visitor) -> None:
    """The move waits for a ticket that somebody holds, as it does for many; what is reported meanwhile moves too."""
    done(admin.post("/categories", json={"name": "Leaving"}), 201)
    held = student.report(category="leaving")["id"]
    with ThreadPoolExecutor() as pool, psycopg.connect(api.database_url) as holding:
        holding.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [held])
        merging = pool.submit(admin.post, "/categories/leaving/merge", json={"into": "technical-it"})
        wait_until(lambda: is_waited_for(api, holding), "the move waits")
        to_both = [student.report(category=slug)["id"] for slug in ("leaving", "technical-it")]
        holding.rollback()
        done(merging.result())
    for ticket_id in (held, *to_both):
        assert admin.read(ticket_id)["category"] == "technical-it"
    lines = [[one["kind"] for one in admin.walk(f"/tickets/{id_}/history")] for id_ in (held, *to_both)]
    assert lines == [["opened", "category"], ["opened", "category"], ["opened"]]


def test_rules_follow_a_category_under_their_turn(api: Api, admin: Visitor) -> None:
    """Whoever changes a rule at the same moment neither loses their change nor undoes that of the merge."""
    done(admin.post("/categories", json={"name": "Parting"}), 201)
    done(admin.post("/teams", json={"name": "Parted"}), 201)
    wish = {"name": "Parted", "team": "parted", "categories": ["parting"]}
    rule = done(admin.post("/assignment-rules", json=wish), 201)
    merge = partial(admin.post, "/categories/parting/merge", json={"into": "technical-it"})
    with psycopg.connect(api.database_url) as turn:
        turn.execute("SELECT FROM role WHERE slug = 'admin' FOR NO KEY UPDATE")
        with held_up(api, merge, turn) as answers:
            pass
    done(answers[0])
    assert done(admin.get("/assignment-rules"))["items"][-1]["categories"] == ["technical-it"]
    assert admin.delete(f"/assignment-rules/{rule['id']}").status_code == 204


def test_a_ticket_is_deleted_while_its_category_is_merged(api: Api, admin: Visitor, student: Visitor) -> None:
    """Both take the ticket first, then its prediction: neither waits for the other."""
    done(admin.post("/categories", json={"name": "Dissolved"}), 201)
    deleted = student.report(category="dissolved")["id"]
    predicted = "UPDATE ticket_prediction SET category_id = (SELECT id FROM category WHERE slug = 'dissolved')"
    api.sql(f"{predicted} WHERE ticket_id = %s", deleted)
    with ThreadPoolExecutor() as pool, psycopg.connect(api.database_url) as deleting:
        deleting.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [deleted])
        merging = pool.submit(admin.post, "/categories/dissolved/merge", json={"into": "technical-it"})
        wait_until(lambda: is_waited_for(api, deleting), "the move waits")
        deleting.execute("DELETE FROM ticket WHERE id = %s", [deleted])
        deleting.commit()
        done(merging.result())
    assert admin.get(f"/tickets/{deleted}").status_code == 404
    assert "dissolved" not in [one["slug"] for one in done(admin.get("/categories"))["items"]]


def test_a_move_is_not_taken_for_what_staff_chose(api: Api, admin: Visitor, agent: Visitor, student: Visitor) -> None:
    """Of tickets from before it was kept who chose, their history tells it, and the move adds a line to that."""
    done(admin.post("/categories", json={"name": "Undone"}), 201)
    chosen, imported, corrected, kept = (student.report(category="undone")["id"] for _ in range(4))
    agent.edit(corrected, category="technical-it")
    agent.edit(corrected, category="undone")
    api.sql("UPDATE ticket SET category_by = NULL WHERE id = ANY (%s)", [chosen, imported, corrected])
    api.sql("UPDATE ticket SET source = 'old desk', source_id = '1' WHERE id = %s", imported)
    api.sql("UPDATE ticket SET category_by = 'predicted' WHERE id = %s", kept)
    done(admin.post("/categories/undone/merge", json={"into": "technical-it"}))
    who = api.sql("SELECT category_by FROM ticket WHERE id = ANY (%s) ORDER BY id", [chosen, imported, corrected, kept])
    assert who == [("requester",), ("import",), ("staff",), ("predicted",)]


@pytest.mark.parametrize("way", ["merge", "delete"])
def test_tickets_that_move_are_no_news(admin: Visitor, student: Visitor, way: str) -> None:
    """Whoever edits one is told; the latest lists stay as they are."""
    done(admin.post("/categories", json={"name": "Going"}), 201)
    before = student.report(category="going")
    if way == "merge":
        done(admin.post("/categories/going/merge", json={"into": "technical-it"}))
    else:
        assert admin.delete("/categories/going", params={"tickets_to": "technical-it"}).status_code == 204
    after = admin.read(before["id"])
    assert (after["category"], after["version"]) == ("technical-it", before["version"] + 1)
    assert after["modified_at"] == before["modified_at"]


def test_predictions_follow_a_merged_category(api: Api, admin: Visitor, student: Visitor) -> None:
    """Or what was predicted rightly would count as wrong. Also what was predicted long ago."""
    done(admin.post("/categories", json={"name": "Merged"}), 201)
    ids = [student.report(category="merged")["id"] for _ in range(2)]
    api.sql(
        "UPDATE ticket_prediction SET category_id = (SELECT id FROM category WHERE slug = 'merged')"
        " WHERE ticket_id = ANY (%s)",
        ids,
    )
    api.sql("UPDATE ticket_prediction SET predicted_at = now() - interval '1 year' WHERE ticket_id = %s", ids[0])
    done(admin.post("/categories/merged/merge", json={"into": "technical-it"}))
    assert [done(admin.get(f"/tickets/{id_}/category"))["predicted"] for id_ in ids] == ["technical-it"] * 2
