"""What is refused changes nothing, so one desk does for all of it; and who may look after what was learned."""

from collections.abc import Iterator
from typing import Any

import pytest

from contracts.people import Role
from tests.support.api import Api, Visitor, done, running_api
from tests.support.teaching import PHRASES, category, examples


@pytest.fixture(scope="module")
def api(module_database_url: str) -> Iterator[Api]:
    with running_api(module_database_url) as running:
        yield running


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    return api.enter(Role.ADMIN, "Ines")


@pytest.mark.parametrize(
    ("path", "wish", "field"),
    [
        ("/categories", {"name": "Safety", "phrases": PHRASES[:9]}, "body.phrases"),
        ("/categories", {"name": "Safety", "phrases": [*PHRASES[:9], PHRASES[0].upper()]}, "body.phrases"),
        ("/categories", {"name": "Safety", "phrases": [*PHRASES, "ab"]}, "body.phrases.10"),
        ("/categories", {"name": "Safety", "phrases": [*PHRASES, "a\0bc"]}, "body.phrases.10"),
        ("/categories/technical-it/phrases", {"phrases": []}, "body.phrases"),
        ("/categories/technical-it/phrases", {"phrases": ["x" * 2001]}, "body.phrases.0"),
        ("/categories/technical-it/phrases", {"phrases": ["lift"], "author": 1}, "body.author"),
        ("/categories/technical-it/merge", {"into": "technical-it"}, "body.into"),
        ("/categories/technical-it/merge", {"into": "nowhere"}, "body.into"),
    ],
)
def test_a_refusal_names_the_field(admin: Visitor, path: str, wish: dict[str, Any], field: str) -> None:
    answer = admin.post(path, json=wish)
    assert answer.status_code == 422, answer.text
    assert [one["name"] for one in answer.json()["fields"]] == [field]


def test_examples_page_by_page(admin: Visitor) -> None:
    counted = category(admin, "technical-it")["examples"]
    shown = examples(admin, "technical-it", limit=7)
    assert len({one["id"] for one in shown}) == len(shown) == counted
    assert [one["id"] for one in shown] == sorted((one["id"] for one in shown), reverse=True)
    cursor = done(admin.get("/categories/technical-it/examples", params={"limit": 7}))["next_cursor"]
    elsewhere = admin.get("/categories/services-complaints/examples", params={"cursor": cursor})
    assert elsewhere.status_code == 422
    assert examples(admin, "technical-it", source="admin") == []


ADMIN_ONLY = [
    ("GET", "/categorising"),
    ("GET", "/categorising/models"),
    ("POST", "/categorising/models/1/promote"),
    ("GET", "/categories/technical-it/examples"),
    ("DELETE", "/categories/technical-it/examples/1"),
    ("POST", "/categories/technical-it/phrases"),
    ("POST", "/categories/technical-it/merge"),
    ("POST", "/categories"),
    ("DELETE", "/categories/technical-it"),
]


def test_only_administrators_look_after_it(api: Api) -> None:
    for role in (Role.STUDENT, Role.ANALYST, Role.AGENT, Role.MANAGER):
        visitor = api.enter(role)
        bodies = {"phrases": PHRASES, "into": "services-complaints", "name": "Safety"}
        answers = [
            visitor.request(method, path, json=body_of(path, bodies) if method == "POST" else None)
            for method, path in ADMIN_ONLY
        ]
        assert {answer.status_code for answer in answers} == {403}, role
    assert {api.request(method, path).status_code for method, path in ADMIN_ONLY} == {401}


def body_of(path: str, bodies: dict[str, Any]) -> dict[str, Any]:
    name = {"phrases": "phrases", "merge": "into", "categories": "name"}.get(path.rpartition("/")[2])
    return {name: bodies[name]} if name else {}


def test_students_do_not_read_why(api: Api, student: Visitor) -> None:
    ticket_id = student.report()["id"]
    assert student.get(f"/tickets/{ticket_id}/category").status_code == 403
    assert student.patch(f"/tickets/{ticket_id}", json={"version": 1, "category": "technical-it"}).status_code == 403
    assert api.sql("SELECT count(*) FROM training_example WHERE ticket_id = %s", ticket_id) == [(0,)]
