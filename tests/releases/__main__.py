"""Makes what the test of upgrades keeps of a release: `python -m tests.releases`, or, for one that these sources are
not, `python -m tests.releases CHECKOUT` with a folder of its sources in which `make lint` has set up `.venv`."""

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import httpx
import psycopg

from lodge.binaries import installed_binaries
from lodge.home import Home
from lodge.postgres import running_url
from lodge.preparation import applied_revision
from tests.releases.answers import answers, figures
from tests.releases.campus import fill
from tests.releases.kept import WITHOUT_SERVER, Release
from tests.releases.running_desk import ROOT, RunningDesk, running_desk

# The lock of CategorisingRepository.is_alone, until the connection ends: the desk would make the vectors anew at once.
KEEP_LEARNING_OFF = "SELECT pg_advisory_lock(hashtext('lodge category model'))"
# A megabyte that nothing compresses, and that a desk makes anew by itself.
LEAVE_VECTORS_OUT = "UPDATE training_example SET embedding = NULL, encoder_version = NULL WHERE source = 'seed'"


def make(checkout: Path) -> Release:
    """Replaces what was kept of this release before."""
    with tempfile.TemporaryDirectory(prefix="lodge-release-") as folder:
        Path(folder).chmod(0o755)  # passed through by the account that the database runs as
        home = Path(folder) / "home"
        with running_desk(home, "--empty", checkout=checkout) as desk:
            fill(desk)
            release = _save(desk, home)
        with tarfile.open(release.warehouse, "w:xz") as packed:
            packed.add(home / "warehouse", "warehouse")
    return release


def _save(desk: RunningDesk, home: Path) -> Release:
    release = Release(httpx.get(f"{desk.data_api}/health", trust_env=False).json()["version"])
    release.folder.mkdir(exist_ok=True)
    url = running_url(Home(home))
    expected = {
        "revision": applied_revision(url),
        "secrets": sorted(file.name for file in (home / "secrets").iterdir()),
        "answers": answers(desk.data_api),
        "figures": figures(desk.data_api, desk.analytics_api),
    }
    release.expectation.write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", "utf-8")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(KEEP_LEARNING_OFF)
        connection.execute(LEAVE_VECTORS_OUT)
        _dump(url, release.dump)
        desk.lodge("backup", "--force", str(release.backup))
    return release


def _dump(database_url: str, target: Path) -> None:
    command = [str(installed_binaries() / "pg_dump"), "--format=custom", "--compress=gzip:9", *WITHOUT_SERVER]
    subprocess.run([*command, "--exclude-extension=vector", f"--file={target}", f"--dbname={database_url}"], check=True)


if __name__ == "__main__":
    made = make(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT)
    size = sum(file.stat().st_size for file in made.folder.iterdir())
    sys.stdout.write(f"Kept {made} in {made.folder}: {size // 1000} kB\n")
