"""Runs the tests that failed in pytest's last run once more, alone: `python -m tests.second_try`.

A test that failed only because the machine was briefly busy passes now and is listed. Only tests marked `second_try`
may be run again. When another test failed, the run counts as failed, because what those tests find (a race, a kill, a
permission, a lost write) is a defect however busy the machine is. Exits with 0 when all passed.
"""

import sys

import pytest

MOST_TRIED_AGAIN = 20  # more failures than this do not come from a briefly busy machine


class Listed:
    """A pytest plugin that lists the tests to run, and those of them that may not be run again."""

    def __init__(self) -> None:
        self.tests: list[str] = []
        self.refused: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.tests = [item.nodeid for item in items]
        self.refused = [item.nodeid for item in items if not item.get_closest_marker("second_try")]
        if self.refused or len(self.tests) > MOST_TRIED_AGAIN:
            items.clear()


def main() -> int:
    listed = Listed()
    code = pytest.main(["--last-failed", "--last-failed-no-failures", "none"], plugins=[listed])
    if listed.refused:
        _tell("failed, and may not be tried twice", listed.refused)
        return 1
    if len(listed.tests) > MOST_TRIED_AGAIN:
        _tell("failed, too many for a second try", listed.tests)
        return 1
    if code == pytest.ExitCode.OK:
        _tell("passed at the second try", listed.tests)
    return int(code)


def _tell(what: str, tests: list[str]) -> None:
    print(f"{len(tests)} tests {what}:", *tests, sep="\n  ", flush=True)  # noqa: T201 (its purpose)


if __name__ == "__main__":
    sys.exit(main())
