"""No circle of tickets that block each other: how one is found, and that two links which form one only together are not
added at the same moment."""

import random
from itertools import pairwise

import numpy as np
import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from data_api.links.cycles import Step, shortest_way, steps_between
from data_api.links.repository import LinkRepository
from data_api.links.service import MOST_BEHIND
from tests.data_api.links.linking import link
from tests.support.api import Api, Visitor
from tests.support.meanwhile import held_up

SEED, GRAPHS, TICKETS = 62, 1_000, 8


def distances(links: set[tuple[int, int]]) -> np.ndarray:
    """Returns the lengths of the shortest ways between all tickets of a graph, by powers of its matrix of links;
    infinity where there is no way."""
    direct = np.zeros((TICKETS, TICKETS), dtype=bool)
    for one, other in links:
        direct[one, other] = True
    found, reached = np.full((TICKETS, TICKETS), np.inf), np.eye(TICKETS, dtype=bool)
    for length in range(TICKETS + 1):
        found[reached & np.isinf(found)] = length
        reached = (reached.astype(int) @ direct.astype(int)) > 0
    return found


def test_ways_in_a_thousand_graphs_are_those_of_the_matrix(database: Session) -> None:
    """Also in graphs that have circles, in which the search must end. The tickets of each graph have numbers of their
    own, so all of them are in the table at once."""
    chance = random.Random(SEED)
    graphs = [
        {(chance.randrange(TICKETS), chance.randrange(TICKETS)) for _ in range(chance.randrange(16))}
        for _ in range(GRAPHS)
    ]
    graphs = [{(one, other) for one, other in links if one != other} for links in graphs]
    ends = [
        (number * TICKETS + one, number * TICKETS + other)
        for number, links in enumerate(graphs, 1)
        for one, other in links
    ]
    for end in ("ticket_id", "other_id"):  # there are no such tickets
        database.execute(text(f"ALTER TABLE ticket_link DROP CONSTRAINT fk_ticket_link_{end}"))
    database.execute(
        text(
            "INSERT INTO ticket_link (ticket_id, other_id, kind, ticket_is_confidential, other_is_confidential) "
            "SELECT one, other, 'blocks', false, false FROM unnest(:ones, :others) AS ends (one, other)"
        ),
        {"ones": [one for one, _ in ends], "others": [other for _, other in ends]},
    )
    repository, found = LinkRepository(database), 0
    for number, links in enumerate(graphs, 1):
        start, goal = chance.sample(range(TICKETS), 2)
        base, wanted = number * TICKETS, distances(links)[start, goal]
        way = shortest_way(repository.behind(base + start, base + goal, MOST_BEHIND), base + start, base + goal)
        assert len(way) == (0 if np.isinf(wanted) else wanted + 1), (number, links, start, goal)
        assert {(one - base, other - base) for one, other in pairwise(way)} <= links
        found += bool(way)
    assert GRAPHS / 10 < found < GRAPHS * 9 / 10, "most graphs are no test"
    assert len(repository.behind(TICKETS, TICKETS + 1, 1)) <= 1
    database.rollback()


def test_a_way_is_told_without_what_may_not_be_read() -> None:
    assert steps_between([5, 7, 9, 12], {5, 7, 12}) == [Step(5, 7, True), Step(7, 12, False)]


def test_two_links_that_form_a_circle_together_are_not_added_at_once(
    api: Api, agent: Visitor, student: Visitor
) -> None:
    """They have no ticket in common, so the locks of tickets do not keep them apart. The first is not committed yet
    when the second is asked for."""
    one, two, three, four = (student.report(f"Circle {number}")["id"] for number in range(4))
    link(agent, two, "blocks", three)
    link(agent, four, "blocks", one)
    with psycopg.connect(api.database_url) as first:
        first.execute("SELECT pg_advisory_xact_lock(hashtextextended('lodge blocks', 0))")
        first.execute(
            "INSERT INTO ticket_link (ticket_id, other_id, kind, ticket_is_confidential, other_is_confidential) "
            "VALUES (%s, %s, 'blocks', false, false)",
            [one, two],
        )
        body = {"kind": "blocks", "ticket": four}
        with held_up(api, lambda: agent.post(f"/tickets/{three}/links", json=body), first) as answers:
            pass
    assert answers[0].status_code == 409
    assert answers[0].json() | {"request_id": ""} == {
        "error": "CircularLink",
        "detail": f"Ticket {three} cannot block {four}, because it waits for {four} itself: "
        f"{four} blocks {one}, {one} blocks {two}, {two} blocks {three}.",
        "request_id": "",
    }
