"""A reader that does not keep up: told that everything changed, never held up, never a growing queue."""

import asyncio
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from contracts.desk import LiveEvent, LiveKind, StudentsSee
from contracts.people import Role
from data_api.access.actor import Actor, find_actor
from data_api.events.broadcaster import QUEUE_LENGTH, Broadcaster, Subscription, TooManyStreams
from service_kit.visitors import MOST_LIVE_OF_ONE
from tests.lodge.waiting import wait_until
from tests.support.actors import actor_of
from tests.support.api import Api, Visitor

NOW = datetime.now(UTC)
LONG = 60.0  # only a failure takes so long
SOMEONE = actor_of(Role.STUDENT)


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


def test_a_person_has_so_many_streams_and_no_more(limited_api: Api) -> None:
    greedy, other = limited_api.enter("student", "Greedy"), limited_api.enter("student", "Other")
    with ExitStack() as open_streams:
        for _ in range(MOST_LIVE_OF_ONE):
            assert open_streams.enter_context(greedy.stream("GET", "/events")).status_code == 200
        refused = greedy.get("/events")
        assert (refused.status_code, refused.json()["error"]) == (429, "TooManyStreams")
        assert int(refused.headers["Retry-After"]) > 0
        assert limited_api.enter("student", "Greedy").get("/events").status_code == 429
        assert open_streams.enter_context(other.stream("GET", "/events")).status_code == 200
    wait_until(lambda: _status(greedy) == 200, "a stream that is free again")


def test_an_address_has_so_many_streams_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_api.events.broadcaster.MOST_LIVE_OF_AN_ADDRESS", MOST_LIVE_OF_ONE + 1)
    assert asyncio.run(_streams_after_an_address_is_full()) == MOST_LIVE_OF_ONE + 2


async def _streams_after_an_address_is_full() -> int:
    """Those of that address, and one of another."""
    broadcaster = Broadcaster("postgresql:///nowhere")
    everybody = replace(SOMEONE, is_shared=True)
    streams = [broadcaster.subscribe(everybody, "10.0.0.1") for _ in range(MOST_LIVE_OF_ONE + 1)]
    for actor in (everybody, replace(SOMEONE, person_id=2)):
        with pytest.raises(TooManyStreams):
            broadcaster.subscribe(actor, "10.0.0.1")
    streams.append(broadcaster.subscribe(everybody, "10.0.0.2"))
    return len(set(streams))


def test_a_stream_whose_token_was_revoked_before_it_began_ends(api: Api, database: Session) -> None:
    """Between the look at the token and the stream's beginning."""
    gone, here = (api.enter("student", name) for name in ("Gone Meanwhile", "Still Here"))
    actors = [find_actor(database, visitor.token, "request", StudentsSee.ALL) for visitor in (gone, here)]
    assert gone.delete("/sessions/current").status_code == 204
    assert asyncio.run(_first_of_the_later(api.database_url, *actors)) is None


async def _first_of_the_later(database_url: str, later: Actor | None, earlier: Actor | None) -> LiveEvent | None:
    """What a stream hears first that begins when the broadcaster has long begun."""
    assert later is not None
    assert earlier is not None
    broadcaster = Broadcaster(database_url)
    begun = broadcaster.subscribe(earlier)
    broadcaster.start()
    try:
        assert await asyncio.wait_for(begun.queue.get(), LONG) is not None
        return await asyncio.wait_for(broadcaster.subscribe(later).queue.get(), LONG)
    finally:
        await asyncio.to_thread(broadcaster.stop)


def test_a_commit_is_told_without_waiting_for_the_next_look(
    api: Api, database: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_api.events.broadcaster.WAIT_SECONDS", 600.0)
    student = api.enter("student", "Soon Heard")
    actor = find_actor(database, student.token, "request", StudentsSee.ALL)
    assert asyncio.run(_first_after_a_report(api, student, actor))


async def _first_after_a_report(api: Api, student: Visitor, actor: Actor | None) -> bool:
    """Whether it is that report that a stream hears of."""
    assert actor is not None
    broadcaster = Broadcaster(api.database_url)
    stream = broadcaster.subscribe(actor)
    broadcaster.start()
    try:
        begun = await asyncio.wait_for(stream.queue.get(), LONG)
        ticket_id = (await asyncio.to_thread(student.report))["id"]
        event = await asyncio.wait_for(stream.queue.get(), LONG)
        return begun is not None and event is not None and event.ticket_id == ticket_id
    finally:
        await asyncio.to_thread(broadcaster.stop)
        assert not broadcaster.is_running, "it ends when it is asked to, whatever it waits for"


def _status(visitor: Visitor) -> int:
    with visitor.stream("GET", "/events") as stream:
        return stream.status_code
