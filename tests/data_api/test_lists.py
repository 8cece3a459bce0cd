"""Categories, buildings and stages, and who keeps them."""

from typing import Any

import pytest

from tests.support.api import Api, Visitor, done

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
    assert student.report()["category"] == "technical-it"
    done(admin.patch("/categories/facility-management", json={"is_default": True}))
    assert student.report()["category"] == "facility-management"


def test_a_description_is_changed_and_emptied(admin: Visitor) -> None:
    done(admin.post("/categories", json={"name": "Described", "description": "Long"}), 201)
    changed = done(admin.patch("/categories/described", json={"description": ""}))
    assert (changed["name"], changed["description"]) == ("Described", "")
    assert done(admin.patch("/categories/described", json={})) == changed
    assert admin.patch("/categories/described", json={"description": "x" * 501}).status_code == 422


def test_a_slug_in_the_address_is_checked(admin: Visitor) -> None:
    for slug in ("Not%20A%20Slug", "x" * 61, "%00", "a--b"):
        assert admin.delete(f"/categories/{slug}").status_code == 422
