"""When pg_restore's end counts as a success, and what it may take from a live desk."""

import re
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from lodge.backup import programs
from lodge.errors import LodgeError

URL = "postgresql://desk@localhost/desk_restoring"
HARMLESS = f"pg_restore: error: could not execute query: ERROR:  {programs._UNKNOWN_THERE}"
REAL = 'pg_restore: error: could not execute query: ERROR:  relation "ticket" already exists'


class Ending:
    """pg_restore, as it would end on a server of that version."""

    def __init__(self, code: int, errors: list[str], version: int, patch: pytest.MonkeyPatch) -> None:
        self.environment: dict[str, str] = {}

        def run(_: object, environment: dict[str, str], told: object) -> tuple[int, list[str]]:
            self.environment = environment
            return code, errors

        patch.setattr(programs, "_connection", lambda url: (url, {}, version))
        patch.setattr(programs, "_run", run)


@pytest.mark.parametrize(
    ("code", "errors", "version"),
    [(0, [], 180_006), (0, [], 150_020), (1, [HARMLESS], 150_020), (1, [HARMLESS, HARMLESS], 160_004)],
)
def test_a_success(code: int, errors: list[str], version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ending = Ending(code, errors, version, monkeypatch)
    programs.load(URL, Path("dump"))
    assert ending.environment["PGOPTIONS"] == programs.QUICK, "it ran"


@pytest.mark.parametrize(
    ("code", "errors", "version"),
    [
        (-9, [], 150_020),
        (-15, [HARMLESS], 150_020),
        (1, [], 150_020),
        (2, [HARMLESS], 160_004),
        (1, [HARMLESS, REAL], 150_020),
        (1, [HARMLESS], 170_000),
        (-9, [], 180_006),
    ],
)
def test_a_failure(code: int, errors: list[str], version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    Ending(code, errors, version, monkeypatch)
    with pytest.raises(LodgeError, match="could not be loaded: "):
        programs.load(URL, Path("dump"))


def test_all_jobs_together_leave_memory_to_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = Ending(0, [], 180_006, monkeypatch)
    programs.load(URL, Path("dump"))
    found = re.search(r"maintenance_work_mem=(\d+)MB", ending.environment["PGOPTIONS"])
    assert found
    assert int(found[1]) * programs.JOBS <= 512


def test_a_service_file_needs_no_second_look(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The programs get nothing of the caller's environment, so they could not find it."""
    place = conninfo_to_dict(postgres_url)
    file = tmp_path / "services"
    file.write_text(f"[campus]\nhost={place['host']}\nport={place['port']}\ndbname=template1\n")
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    where, _, _ = programs._connection(f"postgresql://{place['user']}:{place['password']}@/?service=campus")
    parts = conninfo_to_dict(where)
    assert (parts["host"], parts["port"], parts["dbname"]) == (place["host"], place["port"], "template1")
    assert not {"service", "servicefile"} & set(parts)
