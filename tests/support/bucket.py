"""An S3 server for tests: moto, in a process of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from tests.lodge.waiting import wait_until

PATIENCE = 120.0
NAME = "campus"


@contextmanager
def bucket(folder: Path) -> Iterator[dict[str, str]]:
    """Gives the settings of a desk that keeps its files in an empty bucket. Its credentials are in a file."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {"PATH": os.defpath, "HOME": str(folder)}
    with (folder / "moto.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=log,
            stderr=log,
            env=environment,
        )
    try:
        wait_until(lambda: process.poll() is not None or _is_made(url), "moto", PATIENCE)
        assert process.poll() is None, (folder / "moto.log").read_text()
        credentials = folder / "credentials"
        credentials.write_text(
            "# for the tests\nAWS_ACCESS_KEY_ID=anybody\nAWS_SECRET_ACCESS_KEY=secret\nAWS_REGION=us-east-1\n"
            f"AWS_ENDPOINT={url}\n"
        )
        yield {"LODGE_FILES_URL": f"s3://{NAME}/lodge", "LODGE_FILES_CREDENTIALS": str(credentials)}
    finally:
        process.kill()
        process.wait()


def _is_made(url: str) -> bool:
    """Makes the bucket, as soon as the server answers."""
    with suppress(httpx.TransportError):
        return httpx.put(f"{url}/{NAME}", trust_env=False).is_success
    return False
