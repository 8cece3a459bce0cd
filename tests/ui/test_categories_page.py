"""Looking after categories: what there is, what each is known by, how often the words were right, and the versions."""

import html
from typing import Any

import pytest

from contracts.categorising import ConfusionCell, ModelOutcome, ModelRead
from streamlit_app.categories.figures import confusion_lines
from streamlit_app.categories.phrases import objection, phrases_in
from streamlit_app.client import api as client
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener

PARKING = [f"Somebody parked on my place number {number} again" for number in range(9)]
LAST = "The barrier of the car park does not open"


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Lia List")


def fill(screen: Screen, key: str, value: str) -> None:
    screen.app.text_input(key=key).set_value(value)


def entry(screen: Screen, slug: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = screen.data("entries", "entries_category")["items"]
    return next(item for item in items if item["slug"] == slug)


def slugs(screen: Screen) -> list[str]:
    return [item["slug"] for item in screen.data("entries", "entries_category")["items"]]


def acts(item: dict[str, Any]) -> list[str]:
    return [act["kind"] for act in item["acts"]]


def plainly(screen: Screen) -> str:
    return html.unescape(screen.words())


def look_at(screen: Screen, view: str) -> Screen:
    screen.app.segmented_control(key="view").set_value(view).run()
    return screen.checked()


def category(admin: Visitor, name: str, *phrases: str) -> str:
    new = {"name": name, "description": f"All of {name}.", "phrases": list(phrases)}
    slug: str = done(admin.post("/categories", json=new), 201)["slug"]
    return slug


def many(word: str, number: int = 10) -> list[str]:
    return [f"{word} is broken in room {place}" for place in range(number)]


@pytest.mark.parametrize("role", ["student", "agent", "analyst", "manager"])
def test_who_may_not_manage_does_not_see_it(api: Api, see: Opener, role: str) -> None:
    screen = see(api.enter(role), "categories")

    assert "not for the role" in screen.words()
    assert not screen.has("entries")
    assert "Add a category" not in screen.labels()


def test_each_category_says_what_it_is_known_by(admin: Visitor, see: Opener) -> None:
    category(admin, "Young", *many("The sapling"))
    category(admin, "Silent")
    screen = see(admin, "categories")

    assert entry(screen, "young")["fact"] == "10 examples; only suggested until it has 20."
    assert "never suggested" in entry(screen, "silent")["fact"]
    assert "only suggested" not in entry(screen, "technical-it")["fact"]
    default = next(item for item in screen.data("entries", "entries_category")["items"] if item["mark"])
    assert (default["mark"], acts(default)) == ("Default", ["examples", "change"]), "reports need one"
    assert acts(entry(screen, "young")) == ["examples", "change", "merge", "delete"]


def test_adding_asks_for_ten_phrases_that_differ(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "categories").press("Add a category")
    assert "Please write something here." in plainly(screen.press("Add"))
    fill(screen, "new_category_name", "*Parking*")
    fill(screen, "new_category_description", "Cars and bicycles.")
    screen.type_in("phrase_input", text="\n".join([*PARKING, "", PARKING[0].upper()]))
    assert "At least 10 phrases that differ" in screen.press("Add").words()
    screen.type_in("phrase_input", text="\n".join([*PARKING, LAST]))
    screen.press("Add")

    assert entry(screen, "parking")["name"] == "*Parking*"
    assert entry(screen, "parking")["note"] == "Cars and bicycles."
    assert entry(screen, "parking")["fact"].startswith("10 examples")


def test_phrases_are_lines_that_differ() -> None:
    assert phrases_in("  a \n\nA\n b  c\n") == ["A", "b c"]
    assert objection(["too"] * 3, 3) is None
    assert "people may write" in str(objection([], 1))
    assert "3 to 300 letters: “ab” has 2." in str(objection(["ab"], 1))


def test_a_category_without_latin_letters_gets_a_short_name(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "categories").press("Add a category")
    fill(screen, "new_category_name", "图书馆")
    screen.type_in("phrase_input", text="\n".join(many("书架")))
    assert "cannot be made from this name" in screen.press("Add").words()
    fill(screen, "new_category_slug", "Books!")
    assert "Small letters from a to z" in screen.press("Add").words()
    fill(screen, "new_category_slug", "books")
    assert "books" in slugs(screen.press("Add"))


def test_a_category_is_renamed_described_and_made_the_default(admin: Visitor, see: Opener) -> None:
    category(admin, "Sports")
    before = next(item["slug"] for item in done(admin.get("/categories"))["items"] if item["is_default"])
    screen = see(admin, "categories").fire("entries", "change", "sports", key="entries_category")
    fill(screen, "change_category_sports_name", "Sports and games")
    fill(screen, "change_category_sports_description", "Whatever is played.")
    screen.app.toggle(key="change_category_sports_mark").set_value(True)
    found = entry(screen.press("Save"), "sports")

    assert (found["name"], found["note"], found["mark"]) == ("Sports and games", "Whatever is played.", "Default")
    done(admin.patch(f"/categories/{before}", json={"is_default": True}))


def test_merging_asks_and_takes_tickets_and_examples_along(admin: Visitor, student: Visitor, see: Opener) -> None:
    category(admin, "Lamps", *many("The lamp"))
    ticket = student.report("A dark lamp.", category="lamps")
    screen = see(admin, "categories").fire("entries", "merge", "lamps", key="entries_category")
    assert "The 1 ticket of Lamps and what was learned of it (10 examples)" in screen.words()
    screen.press("Keep it")
    assert "lamps" in slugs(screen)

    screen.fire("entries", "merge", "lamps", key="entries_category")
    screen.app.selectbox(key="merge_lamps_to").set_value("technical-it")
    screen.press("Merge")

    assert "lamps" not in slugs(screen)
    assert admin.read(ticket["id"])["category"] == "technical-it"


def test_deleting_asks_where_its_tickets_go(admin: Visitor, student: Visitor, see: Opener) -> None:
    category(admin, "Chairs", *many("The chair"))
    ticket = student.report("A broken chair.", category="chairs")
    screen = see(admin, "categories").fire("entries", "delete", "chairs", key="entries_category")
    assert "The 1 ticket of Chairs must go somewhere" in screen.words()
    screen.app.selectbox(key="delete_chairs_to").set_value("services-complaints")
    screen.press("Delete")

    assert "chairs" not in slugs(screen)
    assert admin.read(ticket["id"])["category"] == "services-complaints"


def test_one_without_tickets_is_deleted_as_it_is(admin: Visitor, see: Opener) -> None:
    category(admin, "Tables")
    screen = see(admin, "categories").fire("entries", "delete", "tables", key="entries_category")
    assert "No ticket stands on Tables" in screen.words()
    assert "tables" not in slugs(screen.press("Delete"))


def test_what_somebody_else_deleted_meanwhile_is_told(admin: Visitor, see: Opener) -> None:
    category(admin, "Fleeting")
    screen = see(admin, "categories").fire("entries", "delete", "fleeting", key="entries_category")
    admin.delete("/categories/fleeting")

    assert "There is no category fleeting" in screen.press("Delete").words()


def examples(screen: Screen) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = screen.data("entries", "entries_example")["items"]
    return found


def test_the_examples_behind_a_category(admin: Visitor, agent: Visitor, student: Visitor, see: Opener) -> None:
    category(admin, "Windows", *many("The *window*", 30))
    ticket = student.report("A pane is missing.")
    agent.edit(ticket["id"], category="windows")
    screen = see(admin, "categories").fire("entries", "examples", "windows", key="entries_category")

    first = examples(screen)[0]
    assert (first["name"], first["ticket"]) == ("A pane is missing.", ticket["id"])
    assert first["fact"].startswith(f"put here by {agent.name}, ")
    assert any("kept for checking" in item["fact"] for item in examples(screen)[1:])
    assert len(examples(screen)) == 25
    assert len(examples(screen.press("Next"))) == 6
    screen.app.pills(key="example_sources").set_value(["staff"]).run()
    assert [item["name"] for item in examples(screen)] == ["A pane is missing."]

    screen.fire("entries", "remove", first["slug"], key="entries_example").press("Remove")
    assert "No such examples." in screen.words()
    assert entry(look_at(screen, "all"), "windows")["fact"] == "30 examples."


def test_an_example_names_its_ticket(admin: Visitor, agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("The door squeaks.")
    agent.edit(ticket["id"], category="facility-management")
    screen = see(admin, "categories").fire("entries", "examples", "facility-management", key="entries_category")

    assert examples(screen)[0]["ticket"] == ticket["id"]


def test_phrases_are_added_to_a_category(admin: Visitor, see: Opener) -> None:
    category(admin, "Doors", *many("The door"))
    screen = see(admin, "categories").fire("entries", "examples", "doors", key="entries_category")
    screen.press("Add phrases")
    assert "At least 1 phrase that people may write" in screen.press("Add").words()
    screen.type_in("phrase_input", text="The gate sticks\nThe handle came off")
    screen.press("Add")

    assert {"The gate sticks", "The handle came off"} <= {item["name"] for item in examples(screen)}
    assert f"Phrase by {admin.name}" in examples(screen)[0]["fact"]


def test_how_often_the_words_were_right(admin: Visitor, agent: Visitor, student: Visitor, see: Opener) -> None:
    screen = look_at(see(admin, "categories"), "right")
    assert "Nothing to compare yet" in screen.words()
    right, wrong = (student.report(f"The WiFi drops in the reading room {place}.") for place in "AB")
    agent.move(right["id"], "active")
    agent.edit(wrong["id"], category="services-complaints")
    agent.move(wrong["id"], "active")
    screen.again()

    assert "Of 2 tickets that the desk has worked on, the words put 1 where they belong." in plainly(screen)
    shown = screen.data("confusion_matrix")
    line = next(line for line in shown["lines"] if line["name"] == "Technical IT")
    told = dict(zip(shown["columns"], line["cells"], strict=True))
    assert (told["Technical IT"], told["Services complaints"], told["All"]) == (1, 1, 2)
    assert screen.data("table", "accuracy_rows")["rows"][0][1:] == ["2", "1", "50.0"]


def test_the_confusion_table_has_sums_and_names_what_is_gone() -> None:
    cells = [
        ConfusionCell(predicted="it", actual="it", tickets=5),
        ConfusionCell(predicted="", actual="it", tickets=2),
        ConfusionCell(predicted="it", actual="food", tickets=1),
    ]
    columns, lines = confusion_lines(cells, {"it": "Technical IT", "food": "Food"})

    assert columns == ["Technical IT", "Food", "One that is gone", "All"]
    assert [(line.name, line.cells) for line in lines] == [
        ("Technical IT", [5, 1, 0, 6]),
        ("Food", [0, 0, 0, 0]),
        ("One that is gone", [2, 0, 0, 2]),
        ("All", [7, 1, 0, 8]),
    ]


def model(version: int, **fields: Any) -> ModelRead:
    usual: dict[str, Any] = {"outcome": ModelOutcome.PROMOTED, "reason": "", "is_current": False, "recalls": {}}
    usual |= {"created_at": "2026-10-01T10:00:00Z", "examples": 312, "check_texts": 150, "accuracy": 0.94}
    return ModelRead(version=version, **(usual | fields))


def test_the_versions_say_how_good_they_are_and_one_goes_back(
    admin: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[int] = []
    refused = model(3, outcome=ModelOutcome.REFUSED, reason="It gets 90.0% of the check texts right.")
    models = [refused, model(2, is_current=True), model(1, accuracy=None, check_texts=0)]
    monkeypatch.setattr(client.Api, "models", lambda _: models)
    monkeypatch.setattr(client.Api, "use_model", lambda _, version: used.append(version))
    screen = look_at(see(admin, "categories"), "versions")

    third, second, first = screen.data("entries", "entries_model")["items"]
    assert third["fact"] == "Not taken: It gets 90.0% of the check texts right."
    assert (second["mark"], acts(second)) == ("In use", [])
    assert second["note"].endswith("from 312 examples. 141 of 150 check texts right.")
    assert first["note"].endswith("no texts to check it with.")
    assert acts(first) == ["use"]
    screen.fire("entries", "use", "1", key="entries_model").press("Leave it")
    assert used == []
    screen.fire("entries", "use", "1", key="entries_model").press("Use it")
    assert used == [1]


def test_the_first_version_is_there(admin: Visitor, see: Opener) -> None:
    found = look_at(see(admin, "categories"), "versions").data("entries", "entries_model")["items"]
    assert [item["mark"] for item in found].count("In use") == 1


def test_a_view_is_a_link(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "categories", view="Versions")
    assert screen.data("entries", "entries_model")
