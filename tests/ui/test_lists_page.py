"""Looking after categories and buildings: who may, what it says, and what is refused."""

from typing import Any

import pytest

from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.conftest import Opener


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Lia List")


def names(screen: Screen, kind: str) -> list[str]:
    return [item["name"] for item in screen.data("entries", f"entries_{kind}")["items"]]


def fill(screen: Screen, key: str, value: str) -> None:
    screen.app.text_input(key=key).set_value(value)


@pytest.mark.parametrize("role", ["student", "agent", "analyst", "manager"])
def test_who_may_not_manage_does_not_see_it(api: Api, see: Opener, role: str) -> None:
    screen = see(api.enter(role), "lists")

    assert "not for the role" in screen.words()
    assert not screen.has("entries")
    assert not [label for label in screen.labels() if label.startswith("Add a")]


def test_an_empty_list_says_what_it_is_for(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "lists")

    assert "Add the first one, and people can say where a problem is." in screen.words()
    assert [item["mark"] for item in screen.data("entries", "entries_category")["items"]].count("Default") == 1


def test_a_building_is_added_renamed_and_deleted(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "lists").press("Add a building")
    fill(screen, "new_building_name", "Main *Library*")
    assert names(screen.press("Add"), "building") == ["Main *Library*"]

    screen.fire("entries", "change", "main-library", key="entries_building")
    fill(screen, "change_building_main-library_name", "Old Library")
    assert names(screen.press("Save"), "building") == ["Old Library"]

    screen.fire("entries", "delete", "main-library", key="entries_building").press("Keep it")
    assert names(screen, "building") == ["Old Library"]
    screen.fire("entries", "delete", "main-library", key="entries_building").press("Delete")
    assert "No buildings yet." in screen.words()


def test_a_category_gets_a_short_name_a_description_and_becomes_the_default(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "lists").press("Add a category")
    fill(screen, "new_category_name", "图书馆")
    assert "cannot be made from this name" in screen.press("Add").words()
    fill(screen, "new_category_slug", "Books!")
    assert "Small letters from a to z" in screen.press("Add").words()
    fill(screen, "new_category_slug", "books")
    assert "图书馆" in names(screen.press("Add"), "category")

    screen.fire("entries", "change", "books", key="entries_category")
    fill(screen, "change_category_books_description", "Whatever is read.")
    screen.app.toggle(key="change_category_books_mark").set_value(True)
    assert entry(screen.press("Save"), "books") == ("Whatever is read.", "Default")


def entry(screen: Screen, slug: str) -> tuple[str, str]:
    items: list[dict[str, Any]] = screen.data("entries", "entries_category")["items"]
    return next((item["note"], item["mark"]) for item in items if item["slug"] == slug)


def test_what_is_in_use_stays_and_says_so(admin: Visitor, api: Api, see: Opener) -> None:
    api.enter("student").report("The screen is dark.", category="technical-it")
    screen = see(admin, "lists").fire("entries", "delete", "technical-it", key="entries_category").press("Delete")

    assert "Tickets stand on Technical IT" in screen.words()
    assert "Technical IT" in names(screen.again(), "category")


def test_a_name_that_is_taken_or_missing_is_refused_at_its_field(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "lists").press("Add a category")
    assert "Please write something here" in screen.press("Add").words()
    fill(screen, "new_category_name", "Technical IT")
    assert "already" in screen.press("Add").words()


def test_what_somebody_else_deleted_meanwhile_is_told(admin: Visitor, see: Opener) -> None:
    admin.post("/buildings", json={"name": "Sports Hall"})
    screen = see(admin, "lists").fire("entries", "change", "sports-hall", key="entries_building")
    admin.delete("/buildings/sports-hall")
    fill(screen, "change_building_sports-hall_name", "Gym")

    assert "There is no building sports" in screen.press("Save").words()
