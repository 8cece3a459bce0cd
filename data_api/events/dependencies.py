"""What of this room a request is given."""

from typing import Annotated

from fastapi import Depends, Request

from data_api.events.broadcaster import Broadcaster


async def _broadcaster(request: Request) -> Broadcaster:
    broadcaster: Broadcaster = request.app.state.organisation.broadcaster
    return broadcaster


BroadcasterDep = Annotated[Broadcaster, Depends(_broadcaster)]
