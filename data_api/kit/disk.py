"""Refuses changes while the disk is nearly full, so that reading goes on."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service_kit.disk import Disk
from service_kit.errors import DiskFull, answer_error
from service_kit.origins import CHANGE_NOTHING


class RoomForChanges:
    """Middleware: answers 507 to a request that may change something while the disk has no room. Requests to
    `accepted_paths`, which write nothing or very little, are accepted all the same."""

    def __init__(self, app: ASGIApp, disk: Disk, accepted_paths: frozenset[str]) -> None:
        self.app = app
        self.disk = disk
        self.accepted_paths = accepted_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        may_change = (
            scope["type"] == "http"
            and scope["method"] not in CHANGE_NOTHING
            and scope["path"] not in self.accepted_paths
        )
        if may_change and not self.disk.has_room:
            await answer_error(Request(scope), DiskFull())(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def _disk(request: Request) -> Disk:
    disk: Disk = request.app.state.organisation.disk
    return disk


DiskDep = Annotated[Disk, Depends(_disk)]
