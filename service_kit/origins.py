"""The host names at which this installation answers, and the signs that a request came through a proxy."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contracts.desk import SignIn

if TYPE_CHECKING:
    from service_kit.settings import Settings

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?", re.IGNORECASE)
CHANGE_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
UNKNOWN_HOST = "This desk does not answer to that name; an administrator can add it to LODGE_ALLOWED_HOSTS."
THROUGH_PROXY = (
    "This desk has no passwords, so it refuses requests that come through a proxy. "
    "LODGE_CHOICE_ANYWHERE=yes allows them."
)
# Headers that proxies add by themselves, besides everything that begins with x-forwarded.
ADDED_BY_PROXIES = frozenset(
    {
        b"forwarded",
        b"via",
        b"x-real-ip",
        b"x-client-ip",
        b"x-cluster-client-ip",
        b"x-original-host",
        b"x-envoy-external-address",
        b"client-ip",
        b"true-client-ip",
        b"cf-connecting-ip",
        b"fastly-client-ip",
    }
)


def allowed_hosts(settings: "Settings") -> frozenset[str] | None:
    """Returns the accepted host names, in lower case and without a port; None if every name is accepted.

    Where people sign in without a password, a page elsewhere could otherwise point its own name at this machine (DNS
    rebinding) and sign in as anybody. Elsewhere, names are restricted once the administrator has listed them.
    """
    extra = {name for name in settings.allowed_hosts.split(",") if name}
    if not (extra or refuses_proxies(settings)):
        return None
    if settings.public_url and (public := urlsplit(settings.public_url).hostname):
        extra.add(f"[{public}]" if ":" in public else public)
    return LOOPBACK_NAMES | {settings.host.lower()} | extra


def refuses_proxies(settings: "Settings") -> bool:
    """Whether only people on this machine may use the desk, because whoever reaches it can act as an administrator."""
    return SignIn.CHOICE in settings.ways_in and not settings.choice_anywhere


def host_name(headers: list[str]) -> str:
    """Returns the host name in lower case and without its port. `headers` holds all Host headers of a request; the
    result is "" unless there is exactly one and it holds a name."""
    found = HOST.fullmatch(headers[0]) if len(headers) == 1 else None
    return found[1].lower() if found else ""


def refused_way(
    scope: Mapping[str, Any], names: frozenset[str] | None, refuses_proxies: bool
) -> tuple[int, str, str] | None:
    """Returns status, error and sentence if a request is to be refused for its host name or because it came through a
    proxy; None if it is accepted. `scope` is the ASGI scope; `names` is what `allowed_hosts` returns. If `names` is
    None, only a request without a host name, or with several, is refused for its name."""
    host = host_name([value.decode("latin-1") for name, value in scope["headers"] if name == b"host"])
    if not host or (names is not None and host not in names):
        return 400, "UnknownHost", UNKNOWN_HOST
    if refuses_proxies and came_through_proxy(scope):
        return 403, "ThroughProxy", THROUGH_PROXY
    return None


def came_through_proxy(scope: Mapping[str, Any]) -> bool:
    """Whether a proxy passed the request on: it has headers that proxies add, or it is HTTP 1.0, which no browser
    speaks, but nginx does by default to the server behind it. A proxy that hides completely is not noticed."""
    return scope.get("http_version", "1.1") == "1.0" or any(
        name in ADDED_BY_PROXIES or name.startswith(b"x-forwarded") for name, _ in scope["headers"]
    )
