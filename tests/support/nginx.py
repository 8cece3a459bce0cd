"""nginx, as docs/operations.md describes it, before the pages as `lodge up` starts them."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lodge.services import service_command, services, settings_environment
from service_kit.settings import Settings
from tests.architecture.sources import ROOT
from tests.lodge.desk_process import free_port
from tests.lodge.waiting import wait_until
from tests.support.browser import PUBLIC_NAME

# Debian's lies where only an administrator's PATH leads.
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
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
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, PUBLIC_NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(PUBLIC_NAME)]), critical=False)
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
def pages(data_api_url: str, port: int, public_url: str, **more: Any) -> Iterator[None]:
    """The pages alone, with the launcher's command and settings. `more` are settings too."""
    settings = Settings(ui_port=port, public_url=public_url, **more)
    service = next(one for one in services(settings) if one.name == "UI")
    environment = settings_environment(settings, None) | {"LODGE_DATA_API_URL": data_api_url}
    with subprocess.Popen(service_command(service), env=environment, cwd=ROOT) as process:
        wait_until(lambda: process.poll() is not None or is_open(port), "the pages", PATIENCE)
        yield
        process.kill()


@contextmanager
def nginx(folder: Path, port: int, *servers: str) -> Iterator[None]:
    """Runs it with these servers, the last of which listens on `port`."""
    assert NGINX, "This test needs nginx, and there is none on this machine. Debian: apt install nginx"
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, servers="\n".join(servers)))
    with subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"]) as process:
        wait_until(lambda: process.poll() is not None or is_open(port), "nginx", PATIENCE)
        assert process.poll() is None, (folder / "error.log").read_text()
        yield
        process.kill()
