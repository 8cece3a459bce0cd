"""ClamAV's daemon with one signature of our own, because its database is not among the packages."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lodge.waiting import wait_until
from tests.support.hostile_files import EICAR

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
PATIENCE = 120.0
CONFIGURATION = """
Foreground yes
LocalSocket {folder}/clamd.ctl
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
User {user}
"""


@contextmanager
def clamd(folder: Path) -> Iterator[str]:
    """Runs it in this folder and gives its socket."""
    assert CLAMD, "This test needs ClamAV's daemon. Debian: apt install clamav-daemon"
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(CONFIGURATION.format(folder=folder, user=folder.owner()))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([CLAMD, "--config-file", folder / "clamd.conf"], stdout=log, stderr=log)
    try:
        place = folder / "clamd.ctl"
        wait_until(lambda: process.poll() is not None or place.exists(), "clamd", PATIENCE)
        assert process.poll() is None, (folder / "log").read_text()
        yield str(place)
    finally:
        process.kill()
        process.wait()
