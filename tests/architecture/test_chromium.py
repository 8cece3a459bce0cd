"""Which Chromium the journeys take."""

from pathlib import Path

import pytest

from tests.chromium import machine_chromium


@pytest.mark.parametrize(("code", "is_taken"), [(0, True), (1, False)], ids=["one that runs", "one that does not"])
def test_a_command_is_taken_only_if_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, is_taken: bool
) -> None:
    command = tmp_path / "chromium"
    command.write_text(f"#!/bin/sh\nexit {code}\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine_chromium() == (command if is_taken else None)
