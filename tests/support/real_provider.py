"""A real identity provider: the npm package oidc-provider, as a process of its own (`tests/provider`)."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "provider"
CLIENT, SECRET = "lodge", "the secret of the tests"


@contextmanager
def running_provider(port: int, pages: str) -> Iterator[str]:
    """Gives its issuer. `pages` is the origin of the pages that people sign in to."""
    assert (FOLDER / "node_modules").is_dir(), "the provider is not installed: .venv/bin/python -m tests.set_up"
    command = ["node", "provider.js", str(port), pages]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", "the provider does not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
