"""What becomes of a ticket that is reported, or reopened, and that nobody is assigned to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.data_api.assignment.conftest import Rules, Team
from tests.support import rows
from tests.support.api import Api, Visitor, done

ANY = "The wireless network drops in the library."


def why(staff: Visitor, ticket: dict[str, Any]) -> str | None:
    because: dict[str, str] | None = staff.read(ticket["id"])["assigned_because"]
    return because["text"] if because else None


def lines(staff: Visitor, ticket: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    """The history's lines on team and assignee: kind, value, and the reason that staff are told."""
    history = done(staff.get(f"/tickets/{ticket['id']}/history"))["items"]
    return [
        (line["kind"], line["to"], line["reason"] and line["reason"]["text"])
        for line in history
        if line["kind"] in ("team", "assignee")
    ]


def test_a_report_goes_to_the_team_of_its_rule_and_to_somebody_of_it(
    student: Visitor, agent: Visitor, team: Team, other_team: Team, rules: Rules
) -> None:
    other_team.person()
    people = [team.person(), team.person()]
    rules.add(other_team, categories=["facility-management"])
    rules.add(team, words=["wireless"])
    ticket = student.report(ANY, category="technical-it")
    assert (ticket["team"], ticket["assignee"]["id"]) == (team.slug, people[0])
    reason = f"rule 2: {team.name}; least loaded of 2"
    assert why(agent, ticket) == reason
    name = ticket["assignee"]["name"]
    assert lines(agent, ticket) == [("team", team.slug, reason), ("assignee", name, reason)]
    history = done(agent.get(f"/tickets/{ticket['id']}/history"))["items"]
    assert [(line["kind"], line["is_automatic"], line["actor"] is None) for line in history] == [
        ("opened", False, False),
        ("team", True, True),
        ("assignee", True, True),
    ]
    assert student.report(ANY)["assignee"]["id"] == people[1]


def test_requesters_are_not_told_how_busy_people_are(student: Visitor, team: Team, rules: Rules) -> None:
    team.person(capacity=0)
    rules.add(team)
    ticket = student.report()
    assert (ticket["team"], ticket["assignee"], ticket["assigned_because"]) == (team.slug, None, None)
    history = done(student.get(f"/tickets/{ticket['id']}/history"))["items"]
    assert [line["reason"] for line in history] == [None, None]
    assert [line["is_automatic"] for line in history] == [False, True]


@pytest.mark.parametrize(
    ("conditions", "report", "fits"),
    [
        ({}, {}, True),
        ({"categories": ["technical-it", "services-complaints"]}, {"category": "technical-it"}, True),
        ({"categories": ["services-complaints"]}, {"category": "technical-it"}, False),
        ({"buildings": ["rule-hall"]}, {"building": "rule-hall"}, True),
        ({"buildings": ["rule-hall"]}, {"building": "rule-barn"}, False),
        ({"buildings": ["rule-hall"]}, {}, False),
        ({"priorities": ["high", "urgent"]}, {"priority": "urgent"}, True),
        ({"priorities": ["high", "urgent"]}, {}, False),
        ({"words": ["lift", "elevator"]}, {"description": "Both ELEVATORS are stuck"}, True),
        ({"words": ["lift"]}, {"title": "Lifts!", "description": "They hang"}, True),
        ({"words": ["wireless network"]}, {"description": "The network, which is wireless, is slow"}, True),
        ({"words": ["wireless network"]}, {"description": "The network is slow"}, False),
        ({"words": ["Köln", "x"]}, {"description": "The train to koln"}, True),
        ({"words": ["it"]}, {"description": "An item"}, False),
        ({"priorities": ["low"], "words": ["lift"]}, {"description": "The lift"}, False),
        ({"is_on": False}, {}, False),
    ],
    ids=str,
)
def test_what_a_rule_fits(
    api: Api,
    admin: Visitor,
    team: Team,
    rules: Rules,
    conditions: dict[str, Any],
    report: dict[str, Any],
    fits: bool,
) -> None:
    known = {building["slug"] for building in done(admin.get("/buildings"))["items"]}
    for name in ("Rule hall", "Rule barn"):
        if name.lower().replace(" ", "-") not in known:
            rows.building(api, name)
    rules.add(team, **conditions)
    ticket = admin.report(**{"description": "The door is stuck", **report})
    assert ticket["team"] == (team.slug if fits else None)


def test_rules_see_the_category_that_was_predicted(student: Visitor, team: Team, rules: Rules) -> None:
    person = team.person()
    text = "The heating in the seminar room is broken and the radiator stays cold."
    predicted = student.report(text)["category"]
    rules.add(team, categories=[predicted])
    ticket = student.report(text)
    assert (ticket["category"], ticket["assignee"]["id"]) == (predicted, person)


@pytest.mark.parametrize("state", ["is away", "works at another hour", "is full", "left", "works on no tickets"])
def test_whoever_cannot_take_it_does_not_get_it(
    api: Api, student: Visitor, agent: Visitor, team: Team, rules: Rules, state: str
) -> None:
    today = datetime.now(UTC).date()
    states: dict[str, dict[str, Any]] = {
        "is away": {"away_from": today - timedelta(days=1)},
        "works at another hour": {},
        "is full": {"capacity": 0},
        "left": {"deactivated_at": datetime.now(UTC)},
        "works on no tickets": {"roles": ["analyst"]},
    }
    person = team.person(**states[state])
    if state == "works at another hour":  # it is noon
        nights = ", ".join(f"[{day * 1440},{day * 1440 + 360})" for day in range(7))
        api.sql("UPDATE person SET working_hours = %s::int4multirange WHERE id = %s", f"{{{nights}}}", person)
    rules.add(team)
    ticket = student.report()
    assert (ticket["team"], ticket["assignee"]) == (team.slug, None)
    told = {
        "is away": "nobody is free: 1 away",
        "works at another hour": "nobody is free: 1 outside working hours",
        "is full": "nobody is free: 1 full",
    }.get(state, "nobody in this team works on tickets")
    reason = f"rule 1: {team.name}; {told}"
    assert why(agent, ticket) == reason
    assert lines(agent, ticket) == [("team", team.slug, reason)]
    other = team.person()
    assert student.report()["assignee"]["id"] == other


def test_capacity_counts_what_is_assigned_by_hand_too(
    student: Visitor, agent: Visitor, team: Team, rules: Rules
) -> None:
    person = team.person(capacity=2)
    agent.report(assignee=person)
    rules.add(team)
    first, second = student.report(), student.report()
    assert (first["assignee"]["id"], second["assignee"]) == (person, None)
    agent.move(first["id"], "active", "closed")
    assert student.report()["assignee"]["id"] == person


def test_the_expertise_decides(api: Api, admin: Visitor, student: Visitor, team: Team, rules: Rules) -> None:
    rows.building(api, "Expert hall")
    usual, by_category, by_building = (team.person() for _ in range(3))
    for person, known in (
        (by_category, {"expertise": ["technical-it"]}),
        (by_building, {"expertise_buildings": ["expert-hall"]}),
    ):
        done(admin.patch(f"/people/{person}", json={"version": 1, **known}))
    rules.add(team)
    got = [
        student.report(category="technical-it")["assignee"]["id"],
        student.report(category="technical-it")["assignee"]["id"],
        student.report(category="facility-management", building="expert-hall")["assignee"]["id"],
        student.report(category="facility-management")["assignee"]["id"],
    ]
    assert got == [by_category, by_category, by_building, usual]


def test_without_a_rule_that_fits_nothing_is_as_if_there_were_one(
    student: Visitor, agent: Visitor, team: Team, rules: Rules
) -> None:
    team.person()
    rules.add(team, priorities=["urgent"])
    ticket = student.report()
    assert (ticket["team"], ticket["assignee"], why(agent, ticket), lines(agent, ticket)) == (None, None, None, [])


# -- what staff say by hand ------------------------------------------------------------------------------------------


def test_a_team_that_staff_name_skips_the_rules(agent: Visitor, team: Team, other_team: Team, rules: Rules) -> None:
    person = team.person()
    other_team.person()
    rules.add(other_team)
    ticket = agent.report(team=team.slug)
    assert (ticket["team"], ticket["assignee"]["id"]) == (team.slug, person)
    assert why(agent, ticket) == f"{team.name}; the only one who is free"
    assert lines(agent, ticket) == [
        ("team", team.slug, None),
        ("assignee", ticket["assignee"]["name"], f"{team.name}; the only one who is free"),
    ]


def test_an_assignee_whom_staff_name_skips_all(agent: Visitor, team: Team, rules: Rules) -> None:
    team.person()
    rules.add(team)
    ticket = agent.report(assignee=agent.person_id)
    assert (ticket["team"], ticket["assignee"]["id"], why(agent, ticket)) == (None, agent.person_id, None)


@pytest.mark.parametrize("field", ["assignee", "team"])
def test_after_a_change_by_hand_the_reason_is_gone(
    student: Visitor, agent: Visitor, team: Team, other_team: Team, rules: Rules, field: str
) -> None:
    team.person()
    rules.add(team)
    ticket = student.report()
    agent.edit(ticket["id"], room="2.14")
    assert why(agent, ticket) is not None
    agent.edit(ticket["id"], **{field: other_team.slug if field == "team" else agent.person_id})
    assert why(agent, ticket) is None
    assert lines(agent, ticket)[-1][2] is None


# -- confidential tickets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("about", "fits"), [("never", False), ("also", True), ("only", True)])
def test_a_rule_is_about_confidential_tickets_only_if_it_says_so(
    api: Api, student: Visitor, team: Team, rules: Rules, about: str, fits: bool
) -> None:
    person = api.enter("agent", f"Reader {about}")
    api.sql("UPDATE person SET team_id = %s WHERE id = %s", team.id, person.person_id)
    rules.add(team, confidential=about)
    ticket = student.report(is_confidential=True)
    assert (ticket["assignee"] is not None) == fits
    assert person.get(f"/tickets/{ticket['id']}").status_code == (200 if fits else 404)
    assert (student.report()["assignee"] is not None) == (about != "only")


def test_a_chosen_team_makes_nobody_of_it_a_reader(api: Api, agent: Visitor, team: Team, rules: Rules) -> None:
    """It goes into the team's queue, which opens it to nobody."""
    colleague = api.enter("agent", "Colleague of a chosen team")
    api.sql("UPDATE person SET team_id = %s WHERE id = %s", team.id, colleague.person_id)
    rules.add(team, confidential="only")
    ticket = agent.report(is_confidential=True, team=team.slug)
    assert (ticket["team"], ticket["assignee"], ticket["assigned_because"]) == (team.slug, None, None)
    assert colleague.get(f"/tickets/{ticket['id']}").status_code == 404


def test_of_a_team_only_the_assignee_reads_it(api: Api, student: Visitor, team: Team, rules: Rules) -> None:
    team.person()
    colleague = api.enter("agent", "Colleague of a reader")
    api.sql("UPDATE person SET team_id = %s, capacity = 0 WHERE id = %s", team.id, colleague.person_id)
    rules.add(team, confidential="only")
    ticket = student.report(is_confidential=True)
    assert ticket["team"] == team.slug
    assert colleague.get(f"/tickets/{ticket['id']}").status_code == 404


# -- reopening -------------------------------------------------------------------------------------------------------


def closed(agent: Visitor, ticket: dict[str, Any], **last: Any) -> int:
    """Closes the ticket when nobody is assigned to it, and changes it as is said."""
    number: int = ticket["id"]
    agent.move(number, "active", "closed")
    if ticket["assignee"] or last:
        agent.edit(number, **{"assignee": None, **last})
    return number


def test_a_reopened_ticket_goes_on_inside_its_team(
    student: Visitor, agent: Visitor, team: Team, other_team: Team, rules: Rules
) -> None:
    person = team.person()
    other_team.person()
    ticket = student.report()
    closed(agent, ticket, team=team.slug)
    rules.add(other_team)
    again = student.move(ticket["id"], "active")
    assert (again["team"], again["assignee"]["id"]) == (team.slug, person)
    assert why(agent, ticket) == f"{team.name}; the only one who is free"


def test_one_without_a_team_goes_by_the_rules(student: Visitor, agent: Visitor, team: Team, rules: Rules) -> None:
    person = team.person()
    number = closed(agent, ticket := student.report())
    rules.add(team)
    again = student.move(number, "active")
    assert (again["team"], again["assignee"]["id"]) == (team.slug, person)
    reason = f"rule 1: {team.name}; the only one who is free"
    assert lines(agent, ticket) == [("team", team.slug, reason), ("assignee", again["assignee"]["name"], reason)]


def test_whoever_of_the_staff_reopens_it_has_it(student: Visitor, agent: Visitor, team: Team, rules: Rules) -> None:
    team.person()
    rules.add(team)
    number = closed(agent, ticket := student.report())
    agent.move(number, "active")
    assert agent.read(number)["assignee"]["id"] == agent.person_id
    assert why(agent, ticket) is None


def test_a_reopened_ticket_whose_assignee_stayed_is_left_alone(
    student: Visitor, agent: Visitor, team: Team, rules: Rules
) -> None:
    ticket = student.report()
    agent.edit(ticket["id"], assignee=agent.person_id)
    agent.move(ticket["id"], "active", "closed")
    team.person()
    rules.add(team)
    assert student.move(ticket["id"], "active")["assignee"]["id"] == agent.person_id


def test_a_confidential_one_may_have_come_to_its_team_before_it_was_confidential(
    api: Api, student: Visitor, admin: Visitor, team: Team, rules: Rules
) -> None:
    """So it is assigned by a rule for such tickets only."""
    team.person()
    number = closed(admin, student.report(), team=team.slug, is_confidential=True)
    again = student.move(number, "active")
    assert (again["team"], again["assignee"]) == (team.slug, None)
    admin.move(number, "closed")
    admin.edit(number, assignee=None)
    rules.add(team, confidential="also")
    assert student.move(number, "active")["assignee"] is not None
