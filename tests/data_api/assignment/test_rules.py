"""Keeping the rules of assignment."""

from typing import Any

import pytest

from contracts.assignment_rules import MOST_RULES
from contracts.people import Permission
from tests.data_api.assignment.conftest import Rules, Team
from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.matrix import by_made_role

AT = "/assignment-rules"


def test_a_rule_is_made_listed_changed_and_deleted(api: Api, admin: Visitor, team: Team, rules: Rules) -> None:
    hall = rows.building(api, "Hall of rules")
    assert hall
    body = {
        "name": " Wi-Fi ",
        "categories": ["technical-it", "technical-it"],
        "buildings": ["hall-of-rules"],
        "priorities": ["high", "urgent"],
        "words": ["wlan", "wireless network"],
        "team": team.slug,
    }
    made = done(admin.post(AT, json=body), 201)
    assert made | {"created_at": "", "modified_at": ""} == {
        "id": made["id"],
        "number": 1,
        "name": "Wi-Fi",
        "is_on": False,
        "categories": ["technical-it"],
        "buildings": ["hall-of-rules"],
        "priorities": ["high", "urgent"],
        "words": ["wlan", "wireless network"],
        "confidential": "never",
        "team": {"slug": team.slug, "name": team.name},
        "may_change": True,
        "created_at": "",
        "modified_at": "",
        "version": 1,
    }
    assert rules.all() == [made]
    changed = rules.change(made, is_on=True, categories=[], words=["eduroam"])
    assert changed == made | {
        "is_on": True,
        "categories": [],
        "words": ["eduroam"],
        "version": 2,
        "modified_at": changed["modified_at"],
    }
    stale = admin.patch(f"{AT}/{made['id']}", json={"version": 1, "name": "Mine"})
    assert (stale.status_code, stale.json()["error"], stale.json()["current"]) == (409, "StaleVersion", changed)
    assert admin.delete(f"{AT}/{made['id']}").status_code == 204
    assert admin.delete(f"{AT}/{made['id']}").status_code == 404
    assert rules.all() == []


def test_rules_keep_their_order_and_their_numbers(admin: Visitor, team: Team, rules: Rules) -> None:
    first, second, third = (rules.add(team, name=name)["id"] for name in ("a", "b", "c"))
    ordered = done(admin.put(f"{AT}/order", json={"ids": [third, first, second]}))["items"]
    assert [(rule["number"], rule["id"]) for rule in ordered] == [(1, third), (2, first), (3, second)]
    assert rules.all() == ordered
    admin.delete(f"{AT}/{first}")
    assert [(rule["number"], rule["name"]) for rule in rules.all()] == [(1, "c"), (2, "b")]
    assert rules.add(team, name="d")["number"] == 3


@pytest.mark.parametrize("ids", [[], [0], "twice", "one more"], ids=str)
def test_only_all_rules_are_put_in_order(admin: Visitor, team: Team, rules: Rules, ids: Any) -> None:
    """Somebody may have added one meanwhile."""
    known = [rules.add(team)["id"] for _ in range(2)]
    sent = {"twice": [known[0], known[0]], "one more": [*known, 10**6]}.get(ids, ids) if isinstance(ids, str) else ids
    answer = admin.put(f"{AT}/order", json={"ids": sent})
    assert answer.status_code == (422 if 0 in sent else 409)
    assert [rule["id"] for rule in rules.all()] == known


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"team": "nowhere"}, "body.team"),
        ({"categories": ["nothing"]}, "body.categories"),
        ({"buildings": ["nowhere"]}, "body.buildings"),
        ({"priorities": ["later"]}, "body.priorities.0"),
        ({"words": ["!!"]}, "body.words"),
        ({"words": ["", "x"]}, "body.words.0"),
        ({"confidential": "yes"}, "body.confidential"),
        ({"name": ""}, "body.name"),
        ({"number": 1}, "body.number"),
    ],
    ids=str,
)
def test_a_wrong_rule_is_refused(admin: Visitor, team: Team, rules: Rules, wrong: dict[str, Any], field: str) -> None:
    rule = rules.add(team)
    made = admin.post(AT, json={"name": "x", "team": team.slug, **wrong})
    changed = admin.patch(f"{AT}/{rule['id']}", json={"version": 1, **wrong})
    for answer in (made, changed):
        assert answer.status_code == 422
        assert answer.json()["fields"][0]["name"] == field
    assert rules.all() == [rule]


def test_there_are_not_too_many(api: Api, admin: Visitor, team: Team, rules: Rules) -> None:
    rules.add(team)
    api.sql(
        "INSERT INTO assignment_rule (position, name, is_on, category_ids, building_ids, priorities, words, "
        "confidential, team_id) SELECT number, name, false, category_ids, building_ids, priorities, words, "
        "confidential, team_id FROM assignment_rule, generate_series(2, %s) AS number",
        MOST_RULES,
    )
    refused = admin.post(AT, json={"name": "x", "team": team.slug})
    assert (refused.status_code, refused.json()["error"]) == (409, "TooManyRules")


# -- who may ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def keeper(api: Api) -> Visitor:
    """Somebody who keeps the rules, and may not read confidential tickets."""
    permissions = (
        *(Permission.TICKETS_REPORT, Permission.TICKETS_READ_SHARED, Permission.TICKETS_READ_ALL),
        *(Permission.PEOPLE_READ, Permission.ASSIGNMENT_MANAGE),
    )
    return by_made_role(*permissions)(api, "Keeper of rules")


@pytest.mark.parametrize("role", ["student", "agent", "manager", "analyst"])
def test_others_keep_no_rules(api: Api, team: Team, role: str) -> None:
    visitor = api.enter(role)
    assert visitor.get(AT).status_code == 403
    assert visitor.post(AT, json={"name": "x", "team": team.slug}).status_code == 403
    assert visitor.post(f"{AT}/try", json={}).status_code == 403


def test_nobody_gets_at_confidential_tickets_by_a_rule(
    admin: Visitor, keeper: Visitor, team: Team, rules: Rules
) -> None:
    """Whoever is assigned such a ticket reads it."""
    about = rules.add(team, confidential="also")
    usual = done(keeper.post(AT, json={"name": "x", "team": team.slug}), 201)
    for wish in ({"confidential": "only"}, {"confidential": "also"}):
        assert keeper.post(AT, json={"name": "x", "team": team.slug, **wish}).status_code == 403
        assert keeper.patch(f"{AT}/{usual['id']}", json={"version": 1, **wish}).status_code == 403
    at = f"{AT}/{about['id']}"
    assert keeper.patch(at, json={"version": 1, "team": team.slug}).status_code == 403
    assert keeper.patch(at, json={"version": 1, "confidential": "never"}).status_code == 403
    assert keeper.delete(at).status_code == 403
    assert [rule["may_change"] for rule in done(keeper.get(AT))["items"]] == [False, True]
    assert [rule["may_change"] for rule in rules.all()] == [True, True]


def test_nor_by_their_order(keeper: Visitor, team: Team, rules: Rules) -> None:
    first, second = (rules.add(team, confidential=about)["id"] for about in ("also", "only"))
    usual = rules.add(team)["id"]
    assert keeper.put(f"{AT}/order", json={"ids": [second, first, usual]}).status_code == 403
    done(keeper.put(f"{AT}/order", json={"ids": [usual, first, second]}))


# -- when what a rule names goes -------------------------------------------------------------------------------------


@pytest.fixture
def category(admin: Visitor, rules: Rules) -> str:
    name = f"Category {len(done(admin.get('/categories'))['items'])}"
    slug: str = done(admin.post("/categories", json={"name": name}), 201)["slug"]
    return slug


def test_a_category_or_building_in_a_rule_stays(
    api: Api, admin: Visitor, team: Team, rules: Rules, category: str
) -> None:
    """If it went, the rule would fit every ticket, or none."""
    rows.building(api, "Hall that stays")
    rule = rules.add(team, categories=[category], buildings=["hall-that-stays"])
    for at in (f"/categories/{category}", "/buildings/hall-that-stays"):
        refused = admin.delete(at)
        assert (refused.status_code, refused.json()["error"]) == (409, "StillInUse")
        assert refused.json()["detail"].endswith("is in assignment rule 1; change that first.")
    assert rules.all() == [rule]


@pytest.mark.parametrize("way", ["merge", "delete"])
def test_a_rule_follows_the_tickets_of_its_category(
    admin: Visitor, team: Team, rules: Rules, category: str, way: str
) -> None:
    rules.add(team, categories=[category, "technical-it"])
    if way == "merge":
        done(admin.post(f"/categories/{category}/merge", json={"into": "technical-it"}))
    else:
        admin.delete(f"/categories/{category}", params={"tickets_to": "technical-it"})
    assert [(rule["categories"], rule["version"]) for rule in rules.all()] == [(["technical-it"], 2)]


def test_a_rule_follows_the_tickets_of_its_team(admin: Visitor, team: Team, other_team: Team, rules: Rules) -> None:
    rules.add(team)
    refused = admin.delete(f"/teams/{team.slug}")
    assert (refused.status_code, refused.json()["error"]) == (409, "StillInUse")
    assert admin.delete(f"/teams/{team.slug}", params={"tickets_to": other_team.slug}).status_code == 204
    assert [rule["team"]["slug"] for rule in rules.all()] == [other_team.slug]


def test_more_words_than_can_be_stored_are_refused_by_name(rules: Rules, admin: Visitor, team: Team) -> None:
    entries = [" ".join(f"w{entry}x{word}" for word in range(24)) for entry in range(40)]
    wish = {"name": "Many words", "team": team.slug}
    refused = admin.post("/assignment-rules", json={**wish, "words": entries})
    assert (refused.status_code, refused.json()["fields"][0]["name"]) == (422, "body.words")
    kept = rules.add(team, name="n" * 100, words=entries[:7])
    at = f"/assignment-rules/{kept['id']}"
    assert admin.patch(at, json={"version": 1, "words": entries}).status_code == 422
    assert done(admin.patch(at, json={"version": 1, "words": entries[:8]}))["words"] == entries[:8]
