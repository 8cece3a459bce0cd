"""A reader that does not keep up: told that everything changed, never held up, never a growing queue."""

import asyncio
from datetime import UTC, datetime

from contracts.desk import LiveEvent, LiveKind
from contracts.people import Role
from data_api.auth import Actor
from data_api.events.broadcaster import QUEUE_LENGTH, Subscription

NOW = datetime.now(UTC)
SOMEONE = Actor(1, "Someone", frozenset({Role.STUDENT}), 1, NOW, NOW)


def event(number: int) -> LiveEvent:
    return LiveEvent(kind=LiveKind.TICKET, ticket_id=number, at=NOW)


def queued(events: list[LiveEvent | None]) -> list[LiveEvent | None]:
    """What a reader finds who was away while these came."""

    async def away() -> list[LiveEvent | None]:
        subscription = Subscription(SOMEONE, asyncio.get_running_loop())
        for one in events:
            subscription.put(one)
        await asyncio.sleep(0)
        return [subscription.queue.get_nowait() for _ in range(subscription.queue.qsize())]

    return asyncio.run(away())


def test_a_reader_that_keeps_up_gets_each_event() -> None:
    events: list[LiveEvent | None] = [event(number) for number in range(QUEUE_LENGTH)]
    assert queued(events) == events


def test_a_slow_reader_gets_one_event_for_all_it_missed() -> None:
    found = queued([event(number) for number in range(QUEUE_LENGTH + 3)])
    assert [one and one.ticket_id for one in found] == [None, QUEUE_LENGTH + 1, QUEUE_LENGTH + 2]


def test_the_end_reaches_a_slow_reader_too() -> None:
    found = queued([*(event(number) for number in range(QUEUE_LENGTH)), None])
    assert len(found) == QUEUE_LENGTH
    assert found[-1] is None
