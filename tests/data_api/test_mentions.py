"""Mentions: who can be mentioned where, who finds one under theirs, and what ends that."""

from typing import Any

import pytest

from contracts.people import PersonBrief
from data_api.mentions.typed import recognised, typed_in
from tests.support.api import Api, Visitor, done

INTERNAL = {"is_internal": True}


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Lia List")


@pytest.fixture(scope="module")
def colleague(api: Api) -> Visitor:
    return api.enter("agent", "Ben Ito")


@pytest.fixture(scope="module")
def analyst(api: Api) -> Visitor:
    return api.enter("analyst", "Yuki Tanaka")


def say(visitor: Visitor, ticket_id: int, *people: Visitor, **fields: Any) -> Any:
    body = {"body": f"Look, {' '.join(f'@{one.name}' for one in people)}!", **fields}
    return visitor.post(f"/tickets/{ticket_id}/messages", json=body | {"mentions": [one.person_id for one in people]})


def mine(visitor: Visitor, **query: Any) -> list[dict[str, Any]]:
    return visitor.walk("/me/mentions", **query)


def count(visitor: Visitor) -> int:
    number: int = done(visitor.get("/me/unread"))["mentions"]
    return number


def offered(visitor: Visitor, ticket_id: int, **query: Any) -> list[str]:
    return [one["name"] for one in done(visitor.get(f"/tickets/{ticket_id}/mentionable", params=query))["items"]]


@pytest.mark.parametrize(
    ("is_confidential", "fields", "allowed"),
    [
        (False, {}, {"Mia Rossi", "Ben Ito", "Lia List"}),
        (False, INTERNAL, {"Ben Ito", "Lia List"}),
        (True, {}, {"Mia Rossi", "Lia List"}),
        (True, INTERNAL, {"Lia List"}),
    ],
    ids=["a message", "a note", "a confidential message", "a confidential note"],
)
def test_only_who_may_read_it_can_be_mentioned(
    api: Api,
    student: Visitor,
    other_student: Visitor,
    agent: Visitor,
    colleague: Visitor,
    admin: Visitor,
    analyst: Visitor,
    is_confidential: bool,
    fields: dict[str, Any],
    allowed: set[str],
) -> None:
    ticket = student.report(is_confidential=is_confidential)["id"]
    admin.edit(ticket, assignee=agent.person_id)
    people = [student, other_student, colleague, admin, analyst]
    for one in people:
        answer = say(agent, ticket, one, **fields)
        assert answer.status_code == (201 if one.name in allowed else 422), one.name
        if answer.status_code == 422:
            (field,) = answer.json()["fields"]
            assert field["name"] == "body.mentions"
            assert one.name in field["message"]
        assert bool(mine(one)) == (one.name in allowed)
    found = set(offered(agent, ticket, limit=20, **fields))
    assert found & {one.name for one in people} == allowed
    assert agent.name not in found, "oneself"
    assert all(api.sql("SELECT deactivated_at IS NULL FROM person WHERE name = ANY (%s)", list(found)))
    for one in people:
        api.sql("DELETE FROM message_mention WHERE person_id = %s", one.person_id)


def test_who_may_not_look_people_up_mentions_only_whom_the_ticket_names(
    api: Api, student: Visitor, other_student: Visitor, agent: Visitor, colleague: Visitor
) -> None:
    ticket = student.report()["id"]
    assert offered(student, ticket) == offered(student, ticket, q="Ada") == []
    assert say(student, ticket, agent).status_code == 422
    agent.say(ticket, "Which floor?")
    agent.say(ticket, "Noise again.", **INTERNAL)
    done(other_student.put(f"/tickets/{ticket}/follow"), 204)
    colleague.say(ticket, "I know this one.", **INTERNAL)
    # The author of a note only is not told to those who do not read notes; followers are told to the requester.
    assert offered(student, ticket) == ["Ada Okafor", "Jonas Weber"]
    assert offered(other_student, ticket) == ["Ada Okafor", "Mia Rossi"]
    assert offered(student, ticket, q="oka") == ["Ada Okafor"]
    assert offered(student, ticket, **INTERNAL) == ["Ada Okafor"]
    assert say(student, ticket, agent, other_student).status_code == 201
    assert say(student, ticket, colleague).status_code == 422
    assert "Ben Ito" not in say(student, ticket, colleague).text


def test_the_mentioned_follow_and_find_it_until_they_have_seen_it(
    api: Api, student: Visitor, agent: Visitor, colleague: Visitor
) -> None:
    ticket = student.report("The door squeaks.")["id"]
    before = count(colleague)
    said = done(say(agent, ticket, colleague, colleague, agent, **INTERNAL), 201)
    assert said["mentions"] == [{"id": colleague.person_id, "name": "Ben Ito"}]
    (shown,) = agent.walk(f"/tickets/{ticket}/messages")
    assert (shown["mentions"], shown["body"]) == (said["mentions"], said["body"])
    assert colleague.read(ticket)["is_followed"]
    assert count(colleague) == before + 1
    found = mine(colleague)[0]
    assert (found["ticket_id"], found["ticket_title"], found["author"]["name"]) == (
        ticket,
        "The door squeaks.",
        "Ada Okafor",
    )
    assert (found["is_internal"], found["said"], found["seen_at"]) == (True, said["body"], None)
    done(say(agent, ticket, colleague), 201)
    assert len(mine(colleague, unseen=True)) == count(colleague) == before + 2
    assert mine(colleague, limit=1) == mine(colleague), "page by page"
    done(agent.put(f"/tickets/{ticket}/mentions/seen"), 204)
    assert count(colleague) == before + 2, "what others see is theirs"
    done(colleague.put(f"/tickets/{ticket}/mentions/seen"), 204)
    assert count(colleague) == before
    assert mine(colleague)[0]["seen_at"] is not None


def test_what_may_no_longer_be_read_is_neither_listed_nor_counted(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor
) -> None:
    former = api.enter("agent", "Fay Former")
    hidden, noted = student.report()["id"], student.report()["id"]
    done(say(agent, hidden, former), 201)
    done(say(agent, noted, former, **INTERNAL), 201)
    assert count(former) == 2
    admin.edit(hidden, is_confidential=True)
    assert count(former) == 1
    assert [one["ticket_id"] for one in mine(former)] == [noted]
    assert former.put(f"/tickets/{hidden}/mentions/seen").status_code == 404
    # They still read the ticket, but no notes.
    api.sql("UPDATE person SET roles = ARRAY['student'] WHERE id = %s", former.person_id)
    assert former.get(f"/tickets/{noted}").status_code == 200
    assert (count(former), mine(former)) == (0, [])
    # Nobody reads a confidential ticket because they were mentioned there once.
    api.sql("UPDATE person SET roles = ARRAY['agent'] WHERE id = %s", former.person_id)
    admin.edit(hidden, assignee=former.person_id)
    done(say(admin, hidden, former), 201)
    admin.edit(hidden, assignee=None)
    assert former.get(f"/tickets/{hidden}").status_code == 404
    assert count(former) == 1


def test_a_message_that_is_sent_again_mentions_once(student: Visitor, agent: Visitor, colleague: Visitor) -> None:
    ticket = student.report()["id"]
    before = len(mine(colleague))
    body = {"body": "@Ben Ito", "mentions": [colleague.person_id]}
    for _ in range(2):
        answer = agent.post(f"/tickets/{ticket}/messages", json=body, headers={"Idempotency-Key": f"once-{ticket}"})
        assert done(answer, 201)["mentions"] == [{"id": colleague.person_id, "name": "Ben Ito"}]
    assert len(mine(colleague)) == before + 1


TEN_WORDS = "One Two Three Four Five Six Seven Eight Nine Ten"
READERS = [
    PersonBrief(id=place, name=name)
    for place, name in enumerate(
        [
            "Ada Okafor",
            "Ada Lund",
            "Ben Ito",
            "José Ángel Ruiz",
            "Anne-Marie Koch",
            "Ann Lee",
            "Ben",
            "Éva",
            TEN_WORDS,
            "Sam Fox",
            "Sam Fox",
        ]
    )
]


@pytest.mark.parametrize(
    ("text", "people", "unknown", "ambiguous"),
    [
        ("@Ada Okafor, please look.", ["Ada Okafor"], [], []),
        ("Ask @okafor or (@JOSE ANGEL)!", ["Ada Okafor", "José Ángel Ruiz"], [], []),
        ("@Ada knows", [], [], ["Ada"]),
        ("@Ada Okaforová knows, @Lund knows", ["Ada Lund"], ["Ada Okaforová"], []),
        ("@Ben Stone and @Okafor Lovelace", ["Ben"], ["Okafor Lovelace"], []),
        ("@Ben is called just that, @Ben Ito is not", ["Ben", "Ben Ito"], [], []),
        ("@Anne-Marie's and @Ann's", ["Anne-Marie Koch", "Ann Lee"], [], []),
        ("@Ann-Sofie and @ann.smith", [], ["Ann-Sofie", "ann.smith"], []),
        ("@Sam Fox", [], [], ["Sam Fox"]),
        (f"@{TEN_WORDS} and @nine ten", [TEN_WORDS], [], []),
        ("@eva\n@Zoe, @Zoe again", ["Éva"], ["Zoe"], []),
        ("me@campus.edu, a/@ada, @3pm, @ Ada, @@", [], [], []),
    ],
)
def test_a_typed_name_is_recognised_if_it_is_without_doubt(
    text: str, people: list[str], unknown: list[str], ambiguous: list[str]
) -> None:
    found = recognised(typed_in(text, [], 20), READERS)
    assert ([one.name for one in found.people], found.unknown, found.ambiguous) == (people, unknown, ambiguous)


def test_a_chosen_name_is_not_looked_for_again() -> None:
    assert typed_in("@Sam Fox and @Sam Foxx", [READERS[-1]], 20) == ["Sam Foxx"]
    assert len(typed_in(" ".join(f"@a{number}x" for number in range(90)), [], 20)) == 20


def test_a_typed_name_mentions_who_may_read_the_message(
    api: Api, student: Visitor, other_student: Visitor, agent: Visitor, colleague: Visitor
) -> None:
    ticket = student.report()["id"]
    path = f"/tickets/{ticket}/mentions/check"
    text = {"body": "@ben ito, @Mia, @Jonas Weber and @Nobody Here"}
    assert done(agent.post(path, json=text)) == {
        "mentions": [{"id": one.person_id, "name": one.name} for one in (colleague, student)],
        "unknown": ["Jonas", "Nobody"],
        "ambiguous": [],
    }
    assert done(agent.post(path, json=text | INTERNAL))["unknown"] == ["Mia", "Jonas", "Nobody"]
    # Who may not look people up learns of nobody whom the ticket does not name.
    assert done(student.post(path, json=text))["unknown"] == ["ben", "Jonas", "Nobody"]
    assert done(student.post(path, json=text))["mentions"] == [], "oneself"
    said = done(agent.post(f"/tickets/{ticket}/messages", json=text | INTERNAL), 201)
    assert said["mentions"] == [{"id": colleague.person_id, "name": "Ben Ito"}]
    assert mine(colleague)[0]["message_id"] == said["id"]
    assert not [one for one in mine(student) if one["message_id"] == said["id"]]
    chosen = {"body": "@Ben Ito", "mentions": [colleague.person_id]}
    assert done(agent.post(path, json=chosen))["mentions"] == said["mentions"]
    assert agent.post(path, json=chosen | {"mentions": [other_student.person_id]}).status_code == 422
