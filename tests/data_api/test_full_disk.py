"""A full disk: changes are refused and say why, reading goes on, and all is well as soon as there is room."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from service_kit import disk
from tests.data_api.test_envelope import assert_enveloped
from tests.support.api import Api, Visitor, done, running_api


@pytest.fixture(scope="module")
def api(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    home: Path = tmp_path_factory.mktemp("home")
    with running_api(module_database_url, LODGE_HOME=str(home), LODGE_KEEP_FREE_MB="256") as running:
        yield running


@pytest.fixture
def _nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "shutil", SimpleNamespace(disk_usage=lambda _: SimpleNamespace(free=200 * 1024**2)))


CHANGES = (
    ("POST", "/tickets"),
    ("PATCH", "/tickets/1"),
    ("DELETE", "/tickets/1"),
    ("POST", "/tickets/1/messages"),
    ("PUT", "/tickets/1/follow"),
    ("POST", "/categories"),
)


@pytest.mark.usefixtures("_nearly_full")
@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_every_change_is_refused(admin: Visitor, method: str, path: str) -> None:
    refused = assert_enveloped(admin.request(method, path, json={}), 507, "DiskFull")
    assert "nothing can be saved until an administrator makes room" in refused.detail


def test_reading_and_entering_go_on_and_changes_come_back(
    api: Api, student: Visitor, request: pytest.FixtureRequest
) -> None:
    ticket = student.report()
    request.getfixturevalue("_nearly_full")
    assert api.enter("student", "Late Comer").read(ticket["id"])["id"] == ticket["id"]
    assert student.list_ids() == [ticket["id"]]
    done(student.post("/tickets/suggestions", json={"description": "The lift is stuck again."}))
    health = done(api.get("/health"))
    assert health["status"] == "degraded"
    assert health["checks"]["disk"].startswith(
        "full: 200 MB are free, and nothing can be changed with less than 256 MB"
    )
    assert health["checks"]["database"] == "ok"

    request.getfixturevalue("monkeypatch").setattr(disk, "shutil", shutil)
    assert student.edit(ticket["id"], room="2.14")["room"] == "2.14"
    assert done(api.get("/health"))["status"] == "ok"


def test_what_postgres_cannot_write_is_told_as_a_full_disk(database_url: str) -> None:
    """As when another program has taken the last room."""
    with running_api(database_url) as api:
        student = api.enter("student")
        ticket = student.report()
        api.sql(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
        api.sql("CREATE TRIGGER no_room BEFORE INSERT ON ticket EXECUTE FUNCTION no_room()")
        assert_enveloped(student.post("/tickets", json={"description": "x"}), 507, "DiskFull")
        assert student.read(ticket["id"]) == ticket
        api.sql("DROP TRIGGER no_room ON ticket")
        student.report()
