"""When a service counts as hanging, and what becomes of one that cannot be prepared."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path

import pytest

from lodge.errors import LodgeError
from lodge.home import Home
from lodge.processes import Program
from lodge.watch import LONGEST_PAUSE_SECONDS, Patience, Watch, _pause


class Seen(Exception):
    """What was waited for was said."""


class Told:
    """A service that runs on and answers its checks as it is told."""

    name = "toy"

    def __init__(self, answers: Iterator[bool], log: Path) -> None:
        self.asked = 0
        self.becomes_healthy = True
        self._answers = answers
        self._log = log

    def first_line(self) -> str:
        return "toy"

    def prepare(self) -> None:
        """Nothing: a test puts something else in its place."""

    def program(self) -> Program:
        return Program("toy", (sys.executable, "-c", "import time; time.sleep(60)"), {}, self._log.parent, self._log)

    async def is_healthy(self, pid: int) -> bool:
        return self.becomes_healthy

    async def answers(self, seconds: float) -> bool:
        self.asked += 1
        return next(self._answers)


def seen_at(lines: list[str], wanted: str) -> Callable[[str], None]:
    def say(line: str) -> None:
        lines.append(line)
        if wanted in line:
            raise Seen

    return say


@pytest.mark.parametrize(
    ("answers", "asked"),
    [([False, False, False], 3), ([False, False, True, False, False, True, False] + [False] * 2, 9)],
)
def test_only_checks_in_a_row_without_an_answer_count(home_path: Path, answers: list[bool], asked: int) -> None:
    home = Home(home_path)
    home.make()
    told = Told(iter(answers), home.logs / "toy.log")
    lines: list[str] = []
    with pytest.raises(Seen):
        asyncio.run(
            Watch(told, home, seen_at(lines, "starting it again"), Patience(checks=3, seconds=0.001)).keep_running()
        )
    assert lines[1] == "toy did not answer for 0.003 s and was ended; starting it again"
    assert told.asked == asked


def test_what_cannot_be_prepared_again_is_tried_again_but_not_at_the_first_start(home_path: Path) -> None:
    home = Home(home_path)
    home.make()
    told = Told(iter([False]), home.logs / "toy.log")
    outcomes: list[Exception | None] = [None, LodgeError("Processes do not end."), LodgeError("No more.")]

    def prepare() -> None:
        if outcome := outcomes.pop(0):
            raise outcome

    told.prepare = prepare  # type: ignore[method-assign]
    lines: list[str] = []
    impatient = Patience(checks=1, seconds=0.001)
    with pytest.raises(Seen):
        asyncio.run(Watch(told, home, seen_at(lines, "could not be started"), impatient).keep_running())
    assert lines[-1] == "toy could not be started (Processes do not end.); starting it again"
    with pytest.raises(LodgeError, match="No more"):
        asyncio.run(Watch(told, home, seen_at(lines, ""), impatient).keep_running())


def test_the_first_restart_waits_for_nothing_and_no_other_for_long() -> None:
    pauses = [_pause(failures) for failures in range(20)]
    assert pauses[:2] == [0, 0]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_SECONDS <= 5


def test_one_that_never_answers_at_all_is_given_up(home_path: Path) -> None:
    home = Home(home_path)
    home.make()
    told = Told(repeat(False), home.logs / "toy.log")
    told.becomes_healthy = False
    lines: list[str] = []
    with pytest.raises(LodgeError, match="toy does not start"):
        asyncio.run(Watch(told, home, lines.append, Patience(2, 0.001, start_seconds=0.05)).keep_running())
    assert set(lines) == {"toy did not answer for 0.002 s and was ended; starting it again"}
