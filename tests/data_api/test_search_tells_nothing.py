"""Five hundred searches at random: each person finds exactly what stands where they may read, and is told of nothing
else. What they may read is written out here, not asked of the code that is tested."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from data_api.search import repository
from tests.support import rows
from tests.support.api import Api, Visitor, done

SEED, TICKETS, QUERIES = 49, 50, 100
WORDS = [
    first + last
    for first in ("bar", "dol", "fen", "gim", "kas", "mur", "pel", "rov")
    for last in ("anto", "ube", "ix", "ora", "esk")
]
STAFF, STUDENTS = ("ada", "noor"), ("mia", "jonas")
WHO = (*STUDENTS, *STAFF, "admin")


@dataclass
class Planted:
    """A ticket. `places`: the texts that all who read the ticket see; `notes`: those that staff see."""

    requester: str
    assignee: str | None
    followers: set[str]
    is_confidential: bool
    is_closed: bool
    places: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def is_read_by(self, who: str) -> bool:
        if who in (self.requester, "admin"):
            return True
        if who in STAFF:
            return not self.is_confidential or who in self.followers or who == self.assignee
        return not self.is_closed and (who in self.followers or not self.is_confidential)

    def texts_for(self, who: str) -> list[str]:
        return self.places + (self.notes if who in (*STAFF, "admin") else [])


@dataclass
class Campus:
    people: dict[str, Visitor]
    tickets: dict[int, Planted]

    def readable(self, who: str) -> dict[int, list[str]]:
        return {number: one.texts_for(who) for number, one in self.tickets.items() if one.is_read_by(who)}


@pytest.fixture(scope="module")
def campus(api: Api) -> Campus:
    chance = random.Random(SEED)
    roles = dict.fromkeys(STUDENTS, "student") | dict.fromkeys(STAFF, "agent") | {"admin": "admin"}
    people = {who: api.enter(role, f"{who.capitalize()} {chance.choice(WORDS)}") for who, role in roles.items()}
    campus = Campus(people, {})
    for _ in range(TICKETS):
        number, planted = plant(api, people, chance)
        campus.tickets[number] = planted
    return campus


def plant(api: Api, people: dict[str, Visitor], chance: random.Random) -> tuple[int, Planted]:
    def some_words() -> str:
        return " ".join(chance.sample(WORDS, 2))

    planted = Planted(
        requester=chance.choice(STUDENTS),
        assignee=chance.choice([None, *STAFF]),
        followers=set(chance.sample(WHO, chance.randrange(2))),
        is_confidential=chance.random() < 0.4,
        is_closed=chance.random() < 0.4,
    )
    title, description, tag, said, noted = (some_words() for _ in range(5))
    number = rows.ticket(
        api,
        title=title,
        description=description,
        requester_id=people[planted.requester].person_id,
        assignee_id=people[planted.assignee].person_id if planted.assignee else None,
        is_confidential=planted.is_confidential,
        status="closed" if planted.is_closed else "open",
    )
    author = people["ada"].person_id
    rows.tag(api, number, tag)
    rows.message(api, number, author, body=said)
    rows.message(api, number, author, body=noted, is_internal=True)
    for who in planted.followers:
        rows.watcher(api, number, people[who].person_id)
    names = [people[who].name for who in (planted.requester, planted.assignee) if who]
    planted.places += [title, description, tag, said, *names]
    planted.notes.append(noted)
    return number, planted


def has(texts: list[str], wanted: list[str]) -> bool:
    words = [word for text in texts for word in text.lower().split()]
    return all(any(word.startswith(one) for word in words) for one in wanted)


def asked(chance: random.Random) -> list[str]:
    """One to three words, of which some are cut or spelt wrongly."""
    words = chance.sample(WORDS, chance.choice([1, 1, 2, 3]))
    return [
        chance.choice([word, word, word[: chance.randrange(3, len(word))], word[:-2] + word[:-3:-1]]) for word in words
    ]


def said(hit: dict[str, Any]) -> Iterator[str]:
    for one in hit["excerpts"]:
        yield "".join(part["text"] for part in one["parts"])


@pytest.mark.parametrize("who", WHO)
def test_nothing_is_told(campus: Campus, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    visitor, readable = campus.people[who], campus.readable(who)
    told = {text.lower() for texts in readable.values() for text in texts}
    told |= {word for text in told for word in text.split()}
    chance = random.Random(who)
    alike = 0
    for _ in range(QUERIES):
        # Half of them are looked up in the indexes.
        monkeypatch.setattr(repository, "NEWEST", chance.choice([1_000, 10]))
        monkeypatch.setattr(repository, "RARE", 1_000)
        words = asked(chance)
        page = done(visitor.get("/search", params={"q": " ".join(words), "limit": 200}))
        found = {hit["ticket"]["id"]: set(said(hit)) for hit in page["items"]}
        assert set(found) == {number for number, texts in readable.items() if has(texts, words)}, words
        assert page["reach"] == "all"
        for number, texts in found.items():
            assert texts
            assert texts <= set(readable[number])
        alike += len(page["alike"])
        assert {offer.lower() for offer in page["alike"]} <= told
    assert alike
