"""Which names this desk answers to.

Where people enter without a password, a page on another site could point its own name at this machine
(DNS rebinding) and enter as anyone. Checking the Host header closes that door.
"""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.desk import SignIn
from service_kit.errors import envelope
from service_kit.settings import Settings

LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}


def allowed_hosts(settings: Settings) -> set[str] | None:
    """The accepted names, in lower case and without a port; None for any."""
    if settings.sign_in is not SignIn.CHOICE or settings.choice_anywhere:
        return None
    extra = {name.strip().lower() for name in settings.allowed_hosts.split(",") if name.strip()}
    return LOOPBACK_NAMES | {settings.host.lower()} | extra


def host_name(header: str) -> str:
    """The Host header's name without its port."""
    if header.startswith("["):
        return header.partition("]")[0].lower() + "]"
    return header.partition(":")[0].lower()


class KnownHosts:
    """Middleware: 400 for a Host that is not ours."""

    def __init__(self, app: ASGIApp, names: set[str]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and host_name(Headers(scope=scope).get("host", "")) not in self.names:
            answer = envelope(
                Request(scope),
                400,
                "UnknownHost",
                "This desk does not answer to that name; an administrator can add it to LODGE_ALLOWED_HOSTS.",
            )
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)
