"""Asks a ClamAV daemon about a file, in its INSTREAM protocol: the content in pieces, each after its length."""

import socket
import struct
from contextlib import closing
from pathlib import Path

import structlog

from data_api.files.errors import ScannerUnavailable, VirusFound

log = structlog.get_logger()

PIECE = 64 * 1024
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 120.0
LONGEST_ANSWER = 1_000


def scan(path: Path, clamd: str | None) -> None:
    """Raises VirusFound if the scanner finds something, and ScannerUnavailable if it cannot say. Without a scanner it
    does nothing."""
    if clamd is None:
        return
    try:
        answer = _ask(path, clamd)
    except OSError as error:
        log.error("clamd cannot be asked", error=type(error).__name__)
        raise ScannerUnavailable from None
    if answer.endswith(" FOUND"):
        found = answer.removeprefix("stream:").removesuffix(" FOUND").strip()
        log.warning("a virus was found in an upload", found=found)
        raise VirusFound(found)
    if answer != "stream: OK":
        log.error("clamd does not check files", answer=answer[:200])
        raise ScannerUnavailable


def _ask(path: Path, clamd: str) -> str:
    """Returns the answer, without the NUL at its end. Raises OSError."""
    with closing(_connect(clamd)) as connection, path.open("rb") as file:
        connection.settimeout(ANSWER_SECONDS)
        connection.sendall(b"zINSTREAM\0")
        while piece := file.read(PIECE):
            connection.sendall(struct.pack(">I", len(piece)) + piece)
        connection.sendall(bytes(4))
        answer = b""
        while len(answer) < LONGEST_ANSWER and (more := connection.recv(LONGEST_ANSWER)):
            answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connect(clamd: str) -> socket.socket:
    if not clamd.startswith("/"):
        host, _, port = clamd.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(CONNECT_SECONDS)
    try:
        connection.connect(clamd)
    except OSError:
        connection.close()
        raise
    return connection
