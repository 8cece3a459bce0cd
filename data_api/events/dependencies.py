"""The dependency that gives an endpoint the broadcaster."""

from typing import Annotated

from fastapi import Depends, Request

from data_api.events.broadcaster import Broadcaster


async def _broadcaster(request: Request) -> Broadcaster:
    broadcaster: Broadcaster = request.app.state.organisation.broadcaster
    return broadcaster


BroadcasterDep = Annotated[Broadcaster, Depends(_broadcaster)]
