"""Keeps one process of a service, or the database server, running."""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from signal import SIGKILL, Signals

from lodge.errors import LodgeError
from lodge.home import Home
from lodge.processes import Program, Running, end, has_ended, last_lines, remember, spawn
from lodge.watched import Watched

POLL_SECONDS = 0.1
PROBE_EVERY_SECONDS = 0.05
STEADY_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 5.0
TRIES_AT_START = 3


@dataclass(frozen=True)
class Patience:
    """A service counts as hanging when `checks` health checks in a row got no answer within `seconds` each. The checks
    begin when it is healthy for the first time, or after `start_seconds`.

    The limits are generous: on a loaded machine answers are late, and a restart would make them later. Checks are
    counted instead of measuring the time since the last answer, which would be wrong after Lodge itself was suspended.
    """

    checks: int = 3
    seconds: float = 15.0
    start_seconds: float = 120.0

    @property
    def total_seconds(self) -> float:
        return self.checks * self.seconds


class Watch:
    """Starts a service again whenever it ends or hangs. The event `healthy` is set while the service answers."""

    def __init__(self, watched: Watched, home: Home, say: Callable[[str], None], patience: Patience) -> None:
        self.healthy = asyncio.Event()
        self._watched = watched
        self._home = home
        self._say = say
        self._patience = patience
        self._running: tuple[Running, Program] | None = None
        self._starts = 0
        self._was_healthy = False
        self._hung = False
        self._ending = ""

    async def keep_running(self) -> None:
        """Keeps the service running until the task is cancelled. Raises LodgeError when it has never become healthy."""
        failures = 0
        while True:
            failures = 0 if await self._run_once() else failures + 1
            self._give_up_if_hopeless(failures)
            self._say(f"{self._watched.name} {self._ending}; starting it again")
            await asyncio.sleep(_pause(failures))

    async def _run_once(self) -> bool:
        """Starts the service and waits until it ends. Returns whether it was healthy for more than STEADY_SECONDS."""
        try:
            await asyncio.to_thread(self._watched.prepare)
            program = self._watched.program()
            process = self._start(program)
        except (OSError, LodgeError) as error:  # such as a full disk, which may have room again soon
            if isinstance(error, LodgeError) and not self._was_healthy:
                raise  # somebody has to act on it before the service can start for the first time
            self._ending = f"could not be started ({error})"
            return False
        hanging = asyncio.create_task(self._kill_when_it_hangs(process))
        try:
            healthy_since = await self._until_healthy(process)
            await self._until_ended(process)
        finally:
            hanging.cancel()
        self.healthy.clear()
        end(process, program, threading.Event())
        self._ending = self._how_it_ended(process.returncode)
        return healthy_since is not None and time.monotonic() - healthy_since > STEADY_SECONDS

    def _start(self, program: Program) -> Running:
        process = spawn(program)
        self._starts += 1
        self._running = (process, program)
        self._hung = False
        with contextlib.suppress(OSError):  # a full disk: the note is lost, but Linux still ends the process with Lodge
            remember(self._home.run, program.name, process.pid, restarts=self._starts - 1)
        return process

    async def _until_healthy(self, process: Running) -> float | None:
        while not await self._watched.is_healthy(process.pid):
            if has_ended(process):
                return None
            await asyncio.sleep(PROBE_EVERY_SECONDS)
        if line := f"{self._watched.name} is back" if self._was_healthy else self._watched.first_line():
            self._say(line)
        self._was_healthy = True
        self.healthy.set()
        return time.monotonic()

    async def _until_ended(self, process: Running) -> None:
        while not has_ended(process):
            await asyncio.sleep(POLL_SECONDS)

    async def _kill_when_it_hangs(self, process: Running) -> None:
        """Kills the process with SIGKILL when it hangs; it would not react to a gentler signal."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.healthy.wait(), self._patience.start_seconds)
        unanswered = 0
        while unanswered < self._patience.checks:
            seconds = self._patience.seconds
            has_answered, _ = await asyncio.gather(self._watched.answers(seconds), asyncio.sleep(seconds))
            unanswered = 0 if has_answered else unanswered + 1
        self._hung = True
        self.healthy.clear()
        os.kill(process.pid, SIGKILL)

    def _give_up_if_hopeless(self, failures: int) -> None:
        if self._was_healthy or failures < TRIES_AT_START:
            return
        end_of_log = ""
        if self._running is not None:
            log = self._running[1].log
            end_of_log = f" The end of {log}:\n{last_lines(log)}"
        raise LodgeError(f"{self._watched.name} does not start.{end_of_log}")

    def _how_it_ended(self, code: int) -> str:
        if self._hung:
            return f"did not answer for {self._patience.total_seconds:g} s and was ended"
        return f"was ended by {Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def stop(self, hurry: threading.Event) -> None:
        """Ends the process and blocks until it has ended."""
        if self._running is not None:
            end(*self._running, hurry)


def _pause(failures: int) -> float:
    """Returns the seconds to wait before the next start: none after the first failure, then more for each one."""
    return 0.0 if failures <= 1 else min(0.25 * 2 ** (failures - 2), LONGEST_PAUSE_SECONDS)
