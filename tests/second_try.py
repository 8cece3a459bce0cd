"""Runs what failed in the last run of pytest once more, alone: `python -m tests.second_try`.

A test that met one busy second passes now and is listed. Only those marked `second_try` are run: what the others find
(a race, a kill, a permission, a lost write) is found, however busy the machine. Exits with 0 when all passed.
"""

import sys

import pytest

MOST_TRIED_AGAIN = 20  # so many failures are no busy second


class Listed:
    """What is run now, and what of it may not be."""

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
