"""The proxy that docs/operations.md describes, run by nginx itself before the pages as `lodge up` starts them."""

import asyncio
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from lodge.services import service_command, services, settings_environment
from service_kit.settings import Settings
from streamlit_app.server.security import Gate
from tests.architecture.sources import ROOT
from tests.lodge.desk_process import free_port
from tests.lodge.waiting import wait_until
from tests.support.api import Api

# Debian's lies where only an administrator's PATH leads.
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
NAME = "helpdesk.example.edu"
PATIENCE = 60.0
# What belongs to the machine's own nginx.conf; nothing is written outside the test's folder.
AROUND = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {servers}
}}
"""


class Proxy:
    """nginx before the pages (`port`), and before a desk of the usual settings (`closed`)."""

    def __init__(self, port: int, closed: int, certificate: Path, clients: list[str]) -> None:
        self.origin = f"https://{NAME}:{port}"
        self.closed = closed
        self.trust = ssl.create_default_context(cafile=str(certificate))
        self.port = port
        self.clients = clients

    def browser(self, port: int | None = None, address: str = "127.0.0.1") -> httpx.Client:
        """Whoever asks for the public name is sent to 127.0.0.1."""
        transport = httpx.HTTPTransport(verify=self.trust, local_address=address)
        return httpx.Client(
            base_url=f"https://127.0.0.1:{port or self.port}",
            headers={"Host": f"{NAME}:{port or self.port}"},
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
                f"wss://{NAME}:{self.port}{path}",
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
        request.extensions["sni_hostname"] = NAME
        return self._transport.handle_request(request)


@pytest.fixture(scope="module")
def proxy(api: Api) -> Iterator[Proxy]:
    assert NGINX, "This test needs nginx, and there is none on this machine. Debian: apt install nginx"
    port, closed_port, ui_port = free_port(), free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="lodge-test-") as folder, closed_desk() as (closed_desk_port, clients):
        home = Path(folder)
        certificate, key = make_certificate(home)
        servers = [
            documented(certificate, key, port, ui_port),
            # nginx takes a name of these once.
            documented(certificate, key, closed_port, closed_desk_port).replace("lodge_", "closed_"),
        ]
        (home / "nginx.conf").write_text(AROUND.format(folder=home, servers="\n".join(servers)))
        with (
            pages(api, ui_port, f"https://{NAME}:{port}"),
            subprocess.Popen([NGINX, "-p", home, "-c", home / "nginx.conf"]) as process,
        ):
            running = Proxy(port, closed_port, certificate, clients)
            wait_until(lambda: process.poll() is not None or is_open(closed_port), "nginx", PATIENCE)
            assert process.poll() is None, (home / "error.log").read_text()
            yield running
            process.kill()


def documented(certificate: Path, key: Path, port: int, pages_port: int) -> str:
    """The configuration of the page, for these ports and this certificate."""
    [text] = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs/operations.md").read_text("utf-8"), re.DOTALL)
    for documented, here in {
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "/etc/ssl/certs/helpdesk.example.edu.pem": str(certificate),
        "/etc/ssl/private/helpdesk.example.edu.key": str(key),
        "127.0.0.1:8501": f"127.0.0.1:{pages_port}",
    }.items():
        assert documented in text
        text = text.replace(documented, here)
    return str(text)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "desk.pem", folder / "desk.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def is_open(port: int) -> bool:
    with suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), PATIENCE):
        return True
    return False


@contextmanager
def pages(api: Api, port: int, public_url: str) -> Iterator[None]:
    """The pages alone, with the launcher's command and settings."""
    settings = Settings(ui_port=port, public_url=public_url, choice_anywhere=True)
    service = next(one for one in services(settings) if one.name == "UI")
    environment = settings_environment(settings, None) | {"LODGE_DATA_API_URL": api.url}
    with subprocess.Popen(service_command(service), env=environment, cwd=ROOT) as process:
        wait_until(lambda: process.poll() is not None or is_open(port), "the pages", PATIENCE)
        yield
        process.kill()


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
    foreign = (proxy.origin.replace("https", "http"), f"https://{NAME}", "https://127.0.0.1:9999", None)
    answers = [proxy.websocket(path, origin, protocols) for origin in (proxy.origin, *foreign)]
    assert answers == [101, 403, 403, 403, 403]


@pytest.mark.parametrize("origin", [f"https://{NAME}", "http://127.0.0.1:8501", None])
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
    origin = f"https://{NAME}:{proxy.closed}"
    with proxy.browser(proxy.closed, "127.0.0.3") as browser:
        for name in (f"{NAME}:{proxy.closed}", "127.0.0.1"):
            said = {"Host": name, "Origin": origin, "X-Forwarded-For": "192.0.2.7"}
            assert browser.get("/", headers=said).status_code in {400, 403}
            assert browser.post("/enter", json={"role": "admin"}, headers=said).status_code in {400, 403}
    assert set(proxy.clients) == {"127.0.0.3"}
