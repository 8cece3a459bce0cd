"""Files and mappings to import, and a desk to import them into."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from rich.console import Console

from lodge.importing import import_file

LOG_MAPPING: dict[str, Any] = {
    "kind": "event-log",
    "source": "log",
    "file": {"time_zone": "UTC"},
    "event": {"case": "{case}", "activity": "{what}", "time": "{at}", "resource": "{who}"},
    "lifecycle": {"active": ["take"], "closed": ["close"], "stages": {"wait": "pending"}, "resumes": ["solve"]},
    "ticket": {"description": "{text}", "requester": "{from}"},
}
TICKETS_MAPPING: dict[str, Any] = {
    "kind": "tickets",
    "source": "table",
    "ticket": {
        "id": "{id}",
        "description": "{text}",
        "requester": "{from}",
        "opened_at": "{opened}",
        "closed_at": "{closed}",
        "status": "{status}",
        "priority": {"from": "{urgency}", "values": {1: "urgent"}},
        "category": {"from": "{area}", "values": {"IT": "technical-it"}},
        "building": "{building}",
        "assignee": "{staff}",
    },
}


class Importer:
    """Imports text into one database and looks at what came of it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def __call__(
        self,
        mapping: dict[str, Any],
        content: str | bytes,
        *,
        skip: bool = False,
        name: str = "f.csv",
        files: Path | None = None,
    ) -> None:
        file, rules = self.folder / name, self.folder / "mapping.yml"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        rules.write_text(yaml.safe_dump(mapping), encoding="utf-8")
        import_file(self.url, file, rules, skip, Console(width=40), files)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, options="-c timezone=UTC") as connection:
            return connection.execute(query.encode()).fetchall()

    def tickets(self) -> list[str]:
        """The ids that the source gave them, in the order of their numbers."""
        return [source_id for (source_id,) in self.rows("SELECT source_id FROM ticket ORDER BY id")]


@pytest.fixture
def importer(module_database_url: str, tmp_path: Path) -> Importer:
    """Into one database, emptied for each test: as many copies of it would take longer than the tests."""
    with psycopg.connect(module_database_url) as connection:
        for rows in ("ticket", "person", "building", "category WHERE id > 3", "import_batch"):
            connection.execute(f"DELETE FROM {rows}".encode())
    return Importer(module_database_url, tmp_path)


@pytest.fixture
def log() -> Callable[..., str]:
    """An event log of (case, activity, time, resource) lines."""

    def write(*lines: str) -> str:
        return "\n".join(["case,what,at,who,text,from", *(f"{line},Broken lamp,Mia" for line in lines)]) + "\n"

    return write
