"""The live stream."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse

from contracts.desk import LiveEvent
from data_api.access.actor import ActorDep
from data_api.access.rate_limits import address_of
from data_api.events.broadcaster import Broadcaster, TooManyStreams
from data_api.events.dependencies import BroadcasterDep
from service_kit.errors import NotSignedIn, documented

router = APIRouter(tags=["live"], responses=documented(NotSignedIn, TooManyStreams))


async def _with_room(request: Request, actor: ActorDep, broadcaster: BroadcasterDep) -> Broadcaster:
    """Checks the number of streams before the response begins, because only then can it still be an error. Raises
    TooManyStreams."""
    broadcaster.check_streams(actor, address_of(request))
    return broadcaster


@router.get("/events", response_class=EventSourceResponse)
async def follow_events(
    broadcaster: Annotated[Broadcaster, Depends(_with_room, scope="function")], actor: ActorDep, request: Request
) -> AsyncIterator[LiveEvent]:
    """Live events about what changes from now on, among what this person may read. Each event names the ticket and
    nothing more; an event without a ticket means: reload everything that you show. The stream ends when the token
    does."""
    try:
        subscription = broadcaster.subscribe(actor, address_of(request))
    except TooManyStreams:
        return
    try:
        remaining = (actor.expires_at - datetime.now(UTC)).total_seconds()
        async with asyncio.timeout(remaining):
            while (event := await subscription.queue.get()) is not None:
                yield event
    except TimeoutError:
        return
    finally:
        broadcaster.unsubscribe(subscription)
