"""A desk as `lodge up` runs it: of these sources, or of those of another release."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from lodge.home import Home
from lodge.postgres import server_processes
from tests.lodge.desk_process import free_port
from tests.lodge.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
# Of a busy machine; only a failure takes so long.
READY_SECONDS = 240.0
STOPPED_SECONDS = 60.0


@dataclass(frozen=True)
class RunningDesk:
    """`checkout`: the folder of the sources that it runs. `printed` gives the lines of its `lodge up` so far."""

    checkout: Path
    environment: Mapping[str, str]
    printed: Callable[[], list[str]]

    @property
    def data_api(self) -> str:
        return f"http://127.0.0.1:{self.environment['LODGE_DATA_API_PORT']}"

    @property
    def analytics_api(self) -> str:
        return f"http://127.0.0.1:{self.environment['LODGE_ANALYTICS_API_PORT']}"

    def lodge(self, *arguments: str) -> str:
        """Runs another command of the same home to its end; what it printed. Fails when its exit code is not 0."""
        done = subprocess.run(
            [*_lodge(self.checkout), *arguments],
            cwd=self.checkout,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def running_desk(home: Path, *options: str, checkout: Path = ROOT) -> Iterator[RunningDesk]:
    """Ready when the block begins, stopped at its end. The sources of another release need a `.venv` of their own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LODGE_")}
    ports = ("LODGE_UI_PORT", "LODGE_DATA_API_PORT", "LODGE_ANALYTICS_API_PORT")
    environment |= {"LODGE_HOME": str(home), "LODGE_RATE_LIMITS": "off", "PYTHONUNBUFFERED": "1"}
    environment |= {name: str(free_port()) for name in ports}
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [*_lodge(checkout), "up", *options],
            cwd=checkout,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

        def printed() -> list[str]:
            output.seek(0)
            return output.read().splitlines()

        try:
            wait_until(
                lambda: "ready" in printed() or process.poll() is not None, "a desk that is ready", READY_SECONDS
            )
            assert process.poll() is None, printed()
            yield RunningDesk(checkout, environment, printed)
            process.terminate()
            process.wait(STOPPED_SECONDS)
        finally:
            process.kill()
            process.wait()
            for left in server_processes(Home(home).postgres / "18"):
                with suppress(psutil.NoSuchProcess):
                    left.kill()


def _lodge(checkout: Path) -> tuple[str, ...]:
    python = sys.executable if checkout == ROOT else str(checkout / ".venv" / "bin" / "python")
    return (python, "-m", "lodge.main")
