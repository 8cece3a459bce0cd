"""How the services are started."""

import asyncio

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.main import main as uvicorn_command

from lodge.services import services
from service_kit.settings import Settings


def client_of(proxies: str, forwarded: str, connected_from: str = "127.0.0.1") -> str:
    """Whom the pages' server takes a request to come from, with the arguments that it is started with."""
    arguments = services(Settings(_env_file=None, trusted_proxies=proxies))[0].arguments
    given = uvicorn_command.make_context("uvicorn", list(arguments)).params
    seen: list[str] = []

    async def application(scope: Scope, _: Receive, __: Send) -> None:
        seen.append(scope["client"][0])

    config = Config(
        application,
        proxy_headers=given["proxy_headers"],
        forwarded_allow_ips=given["forwarded_allow_ips"],
        log_config=None,
        interface="asgi3",
    )
    config.load()
    scope = {"type": "http", "client": (connected_from, 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    asyncio.run(config.loaded_app(scope, None, None))
    return seen[0]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "connected_from", "client"),
    [
        ("", "203.0.113.9", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9", "127.0.0.1", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9", "127.0.0.2", "127.0.0.2"),
        ("127.0.0.1", "made up, 198.51.100.1, 203.0.113.9", "127.0.0.1", "203.0.113.9"),
        ("127.0.0.1,10.0.0.0/24", "198.51.100.1, 203.0.113.9, 10.0.0.4", "127.0.0.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 2001:db8::1", "127.0.0.1", "2001:db8::1"),
    ],
)
def test_only_a_trusted_proxy_says_who_a_visitor_is(
    proxies: str, forwarded: str, connected_from: str, client: str
) -> None:
    assert client_of(proxies, forwarded, connected_from) == client
