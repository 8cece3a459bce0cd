"""The proxy that docs/operations.md describes, run by nginx itself before the pages as `lodge up` starts them."""

import asyncio
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from streamlit_app.server.security import Gate
from tests.lodge.desk_process import free_port
from tests.support.api import Api
from tests.support.browser import PUBLIC_NAME
from tests.support.nginx import PATIENCE, documented, make_certificate, nginx, pages


class Proxy:
    """nginx before the pages (`port`), and before a desk of the usual settings (`closed`)."""

    def __init__(self, port: int, closed: int, certificate: Path, clients: list[str]) -> None:
        self.origin = f"https://{PUBLIC_NAME}:{port}"
        self.closed = closed
        self.trust = ssl.create_default_context(cafile=str(certificate))
        self.port = port
        self.clients = clients

    def browser(self, port: int | None = None, address: str = "127.0.0.1") -> httpx.Client:
        """Whoever asks for the public name is sent to 127.0.0.1."""
        transport = httpx.HTTPTransport(verify=self.trust, local_address=address)
        return httpx.Client(
            base_url=f"https://127.0.0.1:{port or self.port}",
            headers={"Host": f"{PUBLIC_NAME}:{port or self.port}"},
            transport=_Named(transport),
            timeout=PATIENCE,
            trust_env=False,
        )

    def websocket(self, path: str, origin: str | None, protocols: list[str]) -> int:
        """The status of the answer to its handshake."""
        # Not by threads: one that reads TLS while another writes now and then loses what is written.
        return asyncio.run(self._websocket(path, origin, protocols))

    async def _websocket(self, path: str, origin: str | None, protocols: list[str]) -> int:
        try:
            async with connect(
                f"wss://{PUBLIC_NAME}:{self.port}{path}",
                host="127.0.0.1",
                ssl=self.trust,
                origin=Origin(origin) if origin else None,
                subprotocols=[Subprotocol(name) for name in protocols] or None,
                open_timeout=PATIENCE,
                proxy=None,
            ) as opened:
                assert opened.response
                return opened.response.status_code
        except InvalidStatus as refused:
            return refused.response.status_code


class _Named(httpx.BaseTransport):
    def __init__(self, transport: httpx.HTTPTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["sni_hostname"] = PUBLIC_NAME
        return self._transport.handle_request(request)


@pytest.fixture(scope="module")
def proxy(api: Api) -> Iterator[Proxy]:
    port, closed_port, ui_port = free_port(), free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="lodge-test-") as folder, closed_desk() as (closed_desk_port, clients):
        certificate, key = make_certificate(Path(folder))
        servers = [
            documented(certificate, key, port, ui_port),
            # nginx takes a name of these once.
            documented(certificate, key, closed_port, closed_desk_port).replace("lodge_", "closed_"),
        ]
        with (
            pages(api.url, ui_port, f"https://{PUBLIC_NAME}:{port}", choice_anywhere=True),
            nginx(Path(folder), closed_port, *servers),
        ):
            yield Proxy(port, closed_port, certificate, clients)


@contextmanager
def closed_desk() -> Iterator[tuple[int, list[str]]]:
    """The door of a desk with the usual settings, and the addresses that it took its visitors to have."""
    clients: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            clients.append(scope["client"][0])
        await gate(scope, receive, send)

    gate: ASGIApp = Gate(_nobody_is_let_in)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield listener.getsockname()[1], clients
        server.should_exit = True
        thread.join()


async def _nobody_is_let_in(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError(f"{scope['path']} was let in")


def test_the_pages_come_through_it_with_cookies_that_stay_on_tls(proxy: Proxy) -> None:
    with proxy.browser() as browser:
        page = browser.get("/")
        entered = browser.post("/enter", json={"role": "student"}, headers={"Origin": proxy.origin})
        others = browser.get("/_stcore/health").headers.get_list("set-cookie")
    assert (page.status_code, "<title>" in page.text, entered.status_code) == (200, True, 204)
    cookies = [*entered.headers.get_list("set-cookie"), *others]
    assert len(cookies) > 1
    assert all("; secure" in cookie.lower() for cookie in cookies)


@pytest.mark.parametrize(("path", "protocols"), [("/_stcore/stream", ["streamlit"]), ("/live", [])])
def test_only_the_public_origin_opens_websockets_through_it(proxy: Proxy, path: str, protocols: list[str]) -> None:
    foreign = (proxy.origin.replace("https", "http"), f"https://{PUBLIC_NAME}", "https://127.0.0.1:9999", None)
    answers = [proxy.websocket(path, origin, protocols) for origin in (proxy.origin, *foreign)]
    assert answers == [101, 403, 403, 403, 403]


@pytest.mark.parametrize("origin", [f"https://{PUBLIC_NAME}", "http://127.0.0.1:8501", None])
def test_nobody_else_changes_anything_through_it(proxy: Proxy, origin: str | None) -> None:
    with proxy.browser() as browser:
        answer = browser.post("/enter", json={"role": "admin"}, headers={"Origin": origin} if origin else {})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_it_asks_for_tls_and_shows_no_figures_and_no_agent(proxy: Proxy) -> None:
    with proxy.browser() as browser:
        assert browser.get("/").headers.get_list("Strict-Transport-Security") == ["max-age=31536000"]
        for path in ("/_stcore/metrics", "/_stcore/agent/", "/_stcore/agent/anything"):
            assert browser.get(path).status_code == 404, path


def test_it_bounds_heads_and_bodies(proxy: Proxy) -> None:
    with proxy.browser() as browser:
        head = browser.get("/", headers={"Cookie": "a" * 10_000})
        body = browser.post("/enter", content=b"x" * 70_000, headers={"Origin": proxy.origin})
    assert (head.status_code, body.status_code) == (400, 413)


def test_a_desk_that_people_enter_by_role_refuses_what_it_passes_on(proxy: Proxy) -> None:
    """It also tells the visitor's own address, whatever they say it is."""
    origin = f"https://{PUBLIC_NAME}:{proxy.closed}"
    with proxy.browser(proxy.closed, "127.0.0.3") as browser:
        for name in (f"{PUBLIC_NAME}:{proxy.closed}", "127.0.0.1"):
            said = {"Host": name, "Origin": origin, "X-Forwarded-For": "192.0.2.7"}
            assert browser.get("/", headers=said).status_code in {400, 403}
            assert browser.post("/enter", json={"role": "admin"}, headers=said).status_code in {400, 403}
    assert set(proxy.clients) == {"127.0.0.3"}
