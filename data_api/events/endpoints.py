"""The live stream."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse

from contracts.desk import LiveEvent
from data_api.auth import ActorDep
from data_api.errors import NotSignedIn
from data_api.events.broadcaster import Broadcaster
from service_kit.errors import documented

router = APIRouter(tags=["live"], responses=documented(NotSignedIn))


@router.get("/events", response_class=EventSourceResponse)
async def follow_events(request: Request, actor: ActorDep) -> AsyncIterator[LiveEvent]:
    """What changes from now on, among what this person may read: one event for each, naming the ticket and no more.
    Ends when the token does. An event without a ticket means: ask again for everything that you show."""
    broadcaster: Broadcaster = request.app.state.broadcaster
    subscription = broadcaster.subscribe(actor)
    try:
        remaining = (actor.expires_at - datetime.now(UTC)).total_seconds()
        async with asyncio.timeout(remaining):
            while (event := await subscription.queue.get()) is not None:
                yield event
    except TimeoutError:
        return
    finally:
        broadcaster.unsubscribe(subscription)
