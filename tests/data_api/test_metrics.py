"""The figures of the data API, and of the installation that it belongs to."""

import json
import os
from pathlib import Path

import psutil
import pytest

from contracts.people import Role
from service_kit.notes import last_backup_note
from tests.lodge.waiting import wait_until
from tests.support.api import Api
from tests.support.figures import Figures, figures_of, make_metrics_token


@pytest.fixture
def _token(home_with_key: Path) -> None:
    make_metrics_token(home_with_key)


def requests(figures: Figures, method: str, route: str, status: int) -> float:
    return figures("lodge_http_requests_total", method=method, route=route, status=str(status))


@pytest.mark.usefixtures("_token")
def test_they_tell_what_was_written_what_is_open_and_what_goes_on(limited_api: Api) -> None:
    visitor = limited_api.enter(Role.STUDENT, "Mia Rossi")
    number = visitor.report()["id"]
    visitor.say(number)
    visitor.get(f"/tickets/{number}")
    with visitor.stream("GET", "/events"):
        figures = figures_of(limited_api)
    assert requests(figures, "POST", "/tickets", 201) == 1
    assert requests(figures, "POST", "/tickets/{ticket_id}/messages", 201) == 1
    assert requests(figures, "GET", "/tickets/{ticket_id}", 200) == 1
    assert not any(str(number) in route for route in figures.labels("lodge_http_requests_total", "route"))
    assert figures("lodge_live_streams") == 1
    assert figures("lodge_database_connections_limit", pool="requests") == 40
    assert 0 <= figures("lodge_database_connections_in_use", pool="requests") < 40
    assert figures("lodge_background_runs_total", outcome="done") > 0
    assert figures("lodge_background_runs_total", outcome="failed") == 0
    wait_until(lambda: figures_of(limited_api)("lodge_live_streams") == 0, "the stream is closed")


@pytest.mark.usefixtures("_token")
def test_they_tell_of_the_installation(limited_api: Api, home_with_key: Path) -> None:
    assert figures_of(limited_api)("lodge_last_backup_timestamp_seconds") == 0
    run = home_with_key / "run"
    run.mkdir()
    me = psutil.Process()
    note = {"pid": os.getpid(), "started": me.create_time(), "restarts": 2}
    (run / "ui.pid").write_text(json.dumps(note))
    (run / "analytics-api.pid").write_text(json.dumps(note | {"started": 0, "restarts": 1}))
    (run / "broken.pid").write_text("{")
    last_backup_note(home_with_key).write_text(json.dumps({"at": 1_796_000_000.5, "bytes": 400}))
    figures = figures_of(limited_api)
    assert figures("lodge_process_restarts_total", process="ui") == 2
    assert figures("lodge_process_resident_memory_bytes", process="ui") > 10_000_000
    assert figures("lodge_process_cpu_seconds_total", process="ui") > 0
    assert figures.labels("lodge_process_start_time_seconds", "process") == {"ui"}, "the other one is gone"
    assert figures("lodge_process_restarts_total", process="analytics-api") == 1
    assert figures("lodge_last_backup_timestamp_seconds") == 1_796_000_000.5
    assert figures("lodge_last_backup_bytes") == 400
    assert 0 < figures("lodge_home_disk_free_bytes") < figures("lodge_home_disk_bytes")
