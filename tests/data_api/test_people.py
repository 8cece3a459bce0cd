"""People, as staff look them up and add them."""

import unicodedata
from typing import Any

import pytest

from tests.support import rows
from tests.support.api import Api, Visitor, done


@pytest.fixture(scope="module", autouse=True)
def people(api: Api) -> None:
    """Of similar names."""
    for role, name in (("student", "Anna Bauer"), ("student", "Anna-Lena O'Brien"), ("agent", "Bauer Hannah")):
        api.enter(role, name)


def names(visitor: Visitor, **query: Any) -> list[str]:
    return [person["name"] for person in done(visitor.get("/people", params=query))["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "bauer"}, ["Anna Bauer", "Bauer Hannah"]),
        ({"q": "an"}, ["Anna Bauer", "Anna-Lena O'Brien"]),
        ({"q": "anna b"}, ["Anna Bauer", "Anna-Lena O'Brien"]),
        ({"q": "lena"}, ["Anna-Lena O'Brien"]),
        ({"q": "o'b"}, ["Anna-Lena O'Brien"]),
        ({"q": "nobody"}, []),
        ({"q": "bauer", "role": "agent"}, ["Bauer Hannah"]),
        ({"q": "bauer", "role": ["agent", "student"]}, ["Anna Bauer", "Bauer Hannah"]),
        ({"q": "bauer", "role": "admin"}, []),
        ({"q": "bauer", "permission": "tickets:work"}, ["Bauer Hannah"]),
        ({"q": "bauer", "permission": ["lists:manage", "people:read"]}, ["Bauer Hannah"]),
        ({"q": "bauer", "permission": "tickets:report"}, ["Anna Bauer", "Bauer Hannah"]),
        ({"q": "bauer", "permission": "tickets:work", "role": "student"}, []),
        ({"q": "bauer", "permission": "tickets:delete"}, []),
    ],
    ids=str,
)
def test_people_are_found_by_the_beginnings_of_their_names(
    agent: Visitor, query: dict[str, Any], found: list[str]
) -> None:
    assert names(agent, **query) == found


@pytest.mark.parametrize("name", ["सुनीता देवी", "ธนพร ศรีสุข", "அருண் குமார்", "José Müller", "Łukasz Żak", "தமிழ்செல்வி"])
def test_a_name_of_any_script_is_looked_up(api: Api, agent: Visitor, name: str) -> None:
    api.enter("student", name)
    for word in (*name.split(), *unicodedata.normalize("NFD", name).split()):
        assert names(agent, q=word) == [name]


@pytest.mark.parametrize(
    "spelled",
    [
        "Zoë Maja",
        "zoë maja",
        unicodedata.normalize("NFD", "Zoë Maja"),
        "Zo\u200bë Ma\u200dja",
        "Zoë\u00a0Ma\ufe0fja",
        "ＺＯË Maja",
    ],
)
def test_all_spellings_of_a_name_enter_as_one_person(api: Api, spelled: str) -> None:
    assert api.enter("student", spelled).person_id == api.enter("student", "Zoë Maja").person_id


def test_names_that_differ_stay_apart(api: Api) -> None:
    entered = [api.enter("student", name).person_id for name in ("Jose", "José", "सीता", "सिता", "Jōse")]
    assert len(set(entered)) == 5


def test_people_who_may_be_the_same_are_listed_and_not_merged(api: Api, admin: Visitor, agent: Visitor) -> None:
    entered = api.enter("student", "Ann\u200ba Twin")
    for number in range(2):
        rows.person(api, f"ANNA Tw\u200di{'n' * (number + 1)}")
    ticket = entered.report()
    api.enter("agent", "Anna Twin")
    pages = admin.walk("/people/twins", limit=1)
    (twins,) = [pair for pair in pages if pair["name"] == "Ann\u200ba Twin"]
    assert [(one["name"], one["tickets"], one["roles"]) for one in twins["people"]] == [
        ("Ann\u200ba Twin", 1, ["student"]),
        ("ANNA Tw\u200din", 0, ["student"]),
    ]
    assert agent.read(ticket["id"])["requester"]["id"] == entered.person_id
    assert agent.get("/people/twins").status_code == 403


def test_names_alike_are_paged_however_long_their_keys_are(api: Api, admin: Visitor) -> None:
    """One letter of these is eighteen in the key."""
    names = [f"{letter} " + "\ufdfa" * 98 for letter in "xy"]
    for name in names * 2:
        rows.person(api, name)
    assert [pair["name"] for pair in admin.walk("/people/twins", limit=1)][-2:] == names


@pytest.mark.parametrize("typed", ["", "  "])
def test_nothing_typed_finds_everyone(agent: Visitor, typed: str) -> None:
    assert names(agent, q=typed, limit=200) == names(agent, limit=200) == sorted(names(agent, limit=200))


@pytest.mark.parametrize("typed", ["!", "'", "\\", "&|!", ":*", "%", "a\\'b", "😀"])
def test_odd_searches_are_only_text(agent: Visitor, typed: str) -> None:
    assert agent.get("/people", params={"q": typed}).status_code == 200


def test_staff_add_students(api: Api, agent: Visitor) -> None:
    added = done(agent.post("/people", json={"name": "  Caller by Phone "}), 201)
    assert (added["name"], added["roles"], added["role_names"]) == ("Caller by Phone", ["student"], ["Student"])
    assert agent.report("She called.", requester=added["id"])["requester"]["name"] == "Caller by Phone"


@pytest.mark.parametrize(
    ("role", "roles", "status"),
    [
        ("agent", ["agent"], 403),
        ("agent", ["analyst"], 403),
        ("agent", ["student", "analyst"], 403),
        ("agent", ["student", "student"], 201),
        ("manager", ["analyst"], 201),
        ("manager", ["agent"], 201),
        ("manager", ["manager"], 201),
        ("manager", ["student", "admin"], 403),
        ("admin", ["agent"], 201),
        ("admin", ["student", "admin"], 201),
    ],
)
def test_nobody_gives_more_than_they_have(api: Api, role: str, roles: list[str], status: int) -> None:
    answer = api.enter(role).post("/people", json={"name": f"Made by {role}", "roles": roles})
    assert answer.status_code == status


@pytest.mark.parametrize("role", ["student", "analyst"])
def test_others_look_nobody_up_and_add_nobody(api: Api, role: str) -> None:
    visitor = api.enter(role)
    assert visitor.get("/people").status_code == 403
    assert visitor.post("/people", json={"name": "X"}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": " "},
        {"name": "x" * 101},
        {"name": "x", "roles": []},
        {"name": "x", "roles": ["root"]},
        {"name": "x", "roles": ["student"] * 6},
        {"name": "x", "entry_key": "admin"},
        {"name": "a\x00"},
    ],
    ids=str,
)
def test_a_wrong_person_is_refused(agent: Visitor, body: dict[str, Any]) -> None:
    assert agent.post("/people", json=body).status_code == 422


def test_two_may_have_the_same_name(agent: Visitor) -> None:
    first, second = (done(agent.post("/people", json={"name": "Same Name"}), 201)["id"] for _ in range(2))
    assert first != second
