"""Looking after buildings: who may, what it says, and what is refused."""

import pytest

from streamlit_app.state import navigation
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.conftest import Opener


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Lia List")


def names(screen: Screen) -> list[str]:
    return [item["name"] for item in screen.data("entries", "entries_building")["items"]]


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


def test_a_building_is_added_renamed_and_deleted(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "lists").press("Add a building")
    fill(screen, "new_building_name", "Main *Library*")
    assert names(screen.press("Add")) == ["Main *Library*"]

    screen.fire("entries", "change", "main-library", key="entries_building")
    fill(screen, "change_building_main-library_name", "Old Library")
    assert names(screen.press("Save")) == ["Old Library"]

    screen.fire("entries", "delete", "main-library", key="entries_building").press("Keep it")
    assert names(screen) == ["Old Library"]
    screen.fire("entries", "delete", "main-library", key="entries_building").press("Delete")
    assert "No buildings yet." in screen.words()


def test_what_is_in_use_stays_and_says_so(admin: Visitor, api: Api, see: Opener) -> None:
    admin.post("/buildings", json={"name": "Cinema"})
    api.enter("student").report("The screen is dark.", building="cinema")
    screen = see(admin, "lists").fire("entries", "delete", "cinema", key="entries_building").press("Delete")

    assert "Tickets stand on Cinema" in screen.words()
    assert "Cinema" in names(screen.again())


def test_a_name_that_is_taken_missing_or_without_letters_is_refused_at_its_field(admin: Visitor, see: Opener) -> None:
    admin.post("/buildings", json={"name": "Gallery"})
    screen = see(admin, "lists").press("Add a building")
    assert "Please write something here" in screen.press("Add").words()
    fill(screen, "new_building_name", "Gallery")
    assert "already" in screen.press("Add").words()
    fill(screen, "new_building_name", "图书馆")
    assert "cannot be made from this name" in screen.press("Add").words()
    fill(screen, "new_building_slug", "Books!")
    assert "Small letters from a to z" in screen.press("Add").words()
    fill(screen, "new_building_slug", "books")
    assert "图书馆" in names(screen.press("Add"))


def test_what_somebody_else_deleted_meanwhile_is_told(admin: Visitor, see: Opener) -> None:
    admin.post("/buildings", json={"name": "Sports Hall"})
    screen = see(admin, "lists").fire("entries", "change", "sports-hall", key="entries_building")
    admin.delete("/buildings/sports-hall")
    fill(screen, "change_building_sports-hall_name", "Gym")

    assert "There is no building sports" in screen.press("Save").words()


def test_an_administrator_finds_them_by_the_menu(admin: Visitor, see: Opener) -> None:
    (menu,) = [screen.title for screen in navigation.LISTS if screen.stem == "lists"]
    shown = see(admin, "lists").app
    assert [menu, *(title.value for title in shown.title)] == ["Buildings"] * 2
