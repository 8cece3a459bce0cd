"""Which similar reports are told, and in which order: not finer than what is told of each."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from contracts.people import Role
from contracts.suggestions import SimilarRead
from contracts.tickets import Status
from data_api.access.actor import Actor
from data_api.similar.opaque_refs import OpaqueRefs
from data_api.similar.repository import Near, SimilarRepository
from data_api.similar.service import ALIKE, ALIKE_ANYWHERE, SHOWN, SimilarService
from tests.support.actors import actor_of

NOW = datetime.now(UTC)
SOMEWHERE = 1


class Found(SimilarRepository):
    """Has found these similarities; a greater ticket number is a later report."""

    def __init__(self, similarities: dict[int, float]) -> None:
        self.near = [Near(*one) for one in sorted(similarities.items(), key=lambda one: -one[1])]

    def nearest(self, *_: Any) -> list[Near]:
        return self.near

    def facts(self, ticket_ids: Any, actor: Actor) -> dict[int, Any]:
        facts = {"category": "technical-it", "building": None, "status": Status.OPEN, "reports": 1, "own_part": None}
        untold = {"id": None, "title": None}
        return {id_: SimpleNamespace(ticket_id=id_, opened_at=opened(id_), **untold, **facts) for id_ in ticket_ids}


def opened(ticket_id: int) -> datetime:
    return NOW - timedelta(days=2) + timedelta(minutes=ticket_id)


def told(role: Role, similarities: dict[int, float], building_id: int | None = SOMEWHERE) -> list[SimilarRead]:
    similar = SimilarService(actor_of(role), Found(similarities), OpaqueRefs(None), is_on=True)
    return similar.find(np.ones(512, np.float32), building_id)


def numbers(found: list[SimilarRead]) -> list[int]:
    return [round((one.opened_at - opened(0)) / timedelta(minutes=1)) for one in found]


@pytest.mark.parametrize(("role", "order"), [(Role.STUDENT, [4, 3, 2, 1]), (Role.AGENT, [4, 1, 2, 3])])
def test_the_order_tells_no_more_than_the_tenths(role: Role, order: list[int]) -> None:
    assert numbers(told(role, {1: 0.84, 2: 0.80, 3: 0.76, 4: 0.91})) == order


def test_nor_does_what_is_left_out() -> None:
    many = {number: 0.84 - number / 1000 for number in range(1, SHOWN + 3)}
    assert numbers(told(Role.STUDENT, many)) == [7, 6, 5, 4, 3]


def test_without_a_building_it_must_be_more_alike() -> None:
    between = (ALIKE + ALIKE_ANYWHERE) / 2
    found = {1: ALIKE_ANYWHERE, 2: between, 3: ALIKE - 0.01}
    assert numbers(told(Role.AGENT, found)) == [1, 2]
    assert numbers(told(Role.AGENT, found, building_id=None)) == [1]
