"""A thousand random attempts to read another student's words through suggestions, names of reports and confirming."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet

from contracts.people import Role
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.suggestions import made_ref, similar_to

ATTEMPTS = 1000
LONGER_THAN_GOOD = 3601
TEXTS = [
    "The lift in the main library is stuck between two floors",
    "The WiFi in the dormitory drops every few minutes",
    "The canteen's soup was cold and the queue endless",
    "Water drips from the ceiling of the seminar room",
    "The printer on the second floor jams with every page",
]
BUILDINGS = ["main-library", "canteen"]
KINDS = ["open", "active", "closed", "confidential", "deleted"]
_words = count(1)


@dataclass
class Campus:
    """`planted`: words of other students that must stand in no answer; `numbers`: their tickets by kind."""

    api: Api
    attacker: Visitor
    planted: list[str]
    numbers: dict[str, list[int]]
    given_refs: list[str]
    others_refs: list[str]


@pytest.fixture(scope="module")
def campus(module_database_url: str, home_with_key: Path) -> Iterator[Campus]:
    with running_api(module_database_url, LODGE_STUDENTS_SEE="own", LODGE_HOME=str(home_with_key)) as api:
        for name in ("Main Library", "Canteen"):
            rows.building(api, name)
        yield fill(api)


def fill(api: Api) -> Campus:
    """The attacker asks for similar reports before some of them are closed, made confidential or deleted."""
    victims = [api.enter(Role.STUDENT, planted_word()) for _ in range(3)]
    agent, admin, attacker = api.enter(Role.AGENT), api.enter(Role.ADMIN), api.enter(Role.STUDENT, "Mallory")
    campus = Campus(api, attacker, [victim.name for victim in victims], {kind: [] for kind in KINDS}, [], [])
    for place, (kind, text) in enumerate((kind, text) for kind in KINDS for text in TEXTS):
        victim = victims[place % len(victims)]
        words = [planted_word() for _ in range(4)]
        campus.planted += words
        number = victim.report(
            f"{text}. {words[0]}", title=f"{text[:40]} {words[1]}", room=words[2], building=BUILDINGS[place % 2]
        )["id"]
        victim.say(number, f"Any news, {words[3]}?")
        campus.numbers[kind].append(number)
    campus.given_refs = [one["ref"] for text in TEXTS for one in similar_to(attacker, text)]
    campus.others_refs = [one["ref"] for text in TEXTS for one in similar_to(victims[0], text)]
    for text_number, numbers in enumerate(zip(*campus.numbers.values(), strict=True)):
        _, active, closed, confidential, deleted = numbers
        agent.edit(confidential, category="technical-it", priority="high")
        agent.edit(active, category=["technical-it", "facility-management"][text_number % 2])
        agent.move(active, "active")
        agent.move(closed, "active", "closed")
        agent.edit(confidential, is_confidential=True)
        assert admin.delete(f"/tickets/{deleted}").status_code == 204
    return campus


def planted_word() -> str:
    return f"zqx{next(_words):03}vk"


def test_a_thousand_attempts_reveal_nothing(campus: Campus) -> None:
    chance = random.Random(4)
    statuses: dict[int, int] = {}
    for _ in range(ATTEMPTS):
        answer = chance.choice([ask_for_suggestions, confirm_something, take_something_back, look_around])(
            campus, chance
        )
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        check(campus, answer)
    assert set(statuses) <= {200, 204, 404, 409, 422}
    assert min(statuses.get(status, 0) for status in (200, 204, 404, 409, 422)) > 10, "not everything was tried"


def check(campus: Campus, answer: httpx.Response) -> None:
    told = f"{answer.text}\n{answer.headers}".casefold()
    assert not [word for word in campus.planted if word in told], f"{answer.request.url} told {answer.text}"
    if answer.request.url.path == "/tickets/suggestions" and answer.is_success:
        assert not any("id" in one for one in answer.json()["similar"])


def ask_for_suggestions(campus: Campus, chance: random.Random) -> httpx.Response:
    """What others wrote, or much like it, whole or as far as it is written."""
    text = chance.choice(TEXTS)
    words = text.split()
    text = chance.choice(
        [
            text,
            text[: chance.randrange(1, len(text))],
            " ".join(chance.sample(words, len(words))),
            f"{text}. {' '.join(chance.choice('aeiouzqxvk') for _ in range(9))}",
            f"{text}' OR 1=1 --",
            f"zqx {text}",
        ]
    )
    wish: dict[str, Any] = {"description": text}
    if chance.random() < 0.5:
        wish["building"] = chance.choice(BUILDINGS)
    if chance.random() < 0.3:
        wish["title"] = chance.choice(TEXTS)[:50]
    return campus.attacker.post("/tickets/suggestions", json=wish)


def confirm_something(campus: Campus, chance: random.Random) -> httpx.Response:
    return campus.attacker.post("/tickets/me-too", json={"ref": some_ref(campus, chance)})


def take_something_back(campus: Campus, chance: random.Random) -> httpx.Response:
    return campus.attacker.delete("/tickets/me-too", params={"ref": some_ref(campus, chance)})


def look_around(campus: Campus, chance: random.Random) -> httpx.Response:
    number = chance.choice(campus.numbers[chance.choice(KINDS)])
    path = chance.choice(
        [
            "/tickets/me-too",
            "/tickets/me-too?limit=1",
            "/me/unread",
            f"/tickets/{number}",
            f"/tickets/{number}/messages",
            f"/tickets/{number}/history",
            f"/tickets?q={chance.choice(['zqx', 'lift', 'WiFi', 'soup'])}",
        ]
    )
    return campus.attacker.get(path)


def some_ref(campus: Campus, chance: random.Random) -> str:
    """Given to the attacker, to others, to nobody; as it was given, older, cut, changed, of their own making."""
    me = campus.attacker.person_id
    number = chance.choice(campus.numbers[chance.choice(KINDS)])
    given = chance.choice(campus.given_refs)
    return chance.choice(
        [
            given,
            chance.choice(campus.others_refs),
            given[: chance.randrange(1, len(given))],
            with_another_bit(given, chance),
            made_ref(number, me),
            made_ref(number, me, seconds_ago=LONGER_THAN_GOOD),
            made_ref(number, me + 1),
            Fernet(Fernet.generate_key()).encrypt(f"[{number}, {me}]".encode()).decode(),
            str(number),
        ]
    )


def with_another_bit(ref: str, chance: random.Random) -> str:
    place = chance.randrange(len(ref))
    other = chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    return ref[:place] + other + ref[place + 1 :]


def test_only_one_s_own_young_unbroken_ref_counts(campus: Campus) -> None:
    number, me = campus.numbers["open"][0], campus.attacker.person_id
    good = made_ref(number, me, seconds_ago=LONGER_THAN_GOOD - 30)
    assert campus.attacker.post("/tickets/me-too", json={"ref": good}).status_code == 200
    refused = [
        made_ref(number, me, seconds_ago=LONGER_THAN_GOOD),
        made_ref(number, me, seconds_ago=-LONGER_THAN_GOOD),
        made_ref(number, me + 1),
        good[:-1],
        good[:-8] + "AAAAAAA=",
    ]
    answers = [campus.attacker.post("/tickets/me-too", json={"ref": ref}) for ref in refused]
    assert [answer.status_code for answer in answers] == [422] * len(refused)
    assert len({answer.json()["fields"][0]["message"] for answer in answers}) == 1, "which it was would tell something"


def test_two_names_of_one_report_cannot_be_told_to_be_one(campus: Campus) -> None:
    first, second = [{one["ref"] for one in similar_to(campus.attacker, TEXTS[0])} for _ in range(2)]
    assert first
    assert not first & second


def test_nobody_may_ask_without_a_token(campus: Campus) -> None:
    assert campus.api.post("/tickets/suggestions", json={"description": TEXTS[0]}).status_code == 401
    assert campus.api.post("/tickets/me-too", json={"ref": campus.given_refs[0]}).status_code == 401


def test_what_staff_said_of_confidential_tickets_is_forgotten(campus: Campus) -> None:
    left = campus.api.sql(
        "SELECT count(*) FROM training_example WHERE ticket_id = ANY (%s)",
        campus.numbers["confidential"] + campus.numbers["deleted"],
    )
    assert left == [(0,)]
    kept = campus.api.sql(
        "SELECT count(*) FROM ticket_vector WHERE ticket_id = ANY (%s)",
        campus.numbers["confidential"] + campus.numbers["closed"] + campus.numbers["deleted"],
    )
    assert kept == [(0,)]


def test_administrators_see_the_examples_that_are_left(campus: Campus) -> None:
    admin = campus.api.enter(Role.ADMIN)
    shown = done(admin.get("/categories/technical-it/examples", params={"source": "staff", "limit": 200}))["items"]
    assert {one["ticket_id"] for one in shown} == set(campus.numbers["active"][::2])
