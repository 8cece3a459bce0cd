"""What is kept of a release for the test of upgrades: a folder named after it, made by `python -m tests.releases`."""

import json
import subprocess
import tarfile
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from lodge.binaries import installed_binaries
from lodge.postgres import running_postgres

FOLDER = Path(__file__).parent
# What the feed holds lies in the past of this server too, as it did on the one that wrote it.
PAST_THE_FEED = """
DO $$ DECLARE latest xid8 := (SELECT max(xid) FROM change);
BEGIN WHILE pg_current_xact_id() <= latest LOOP COMMIT; END LOOP; END $$
"""
# What belongs to one server stays there. Whoever is no superuser cannot make pgvector, which is there already.
WITHOUT_SERVER = ("--no-owner", "--no-acl")
RENAMED = {"is_golden": "is_check_text"}  # after 0.2.0


@dataclass(frozen=True)
class Release:
    """`version` as it calls itself."""

    version: str

    @property
    def folder(self) -> Path:
        return FOLDER / self.version

    @property
    def dump(self) -> Path:
        """Of its database, in pg_dump's custom format."""
        return self.folder / "database.dump"

    @property
    def backup(self) -> Path:
        """As its `lodge backup` wrote it."""
        return self.folder / "backup.lodge"

    @property
    def warehouse(self) -> Path:
        """The folder of its replica, packed."""
        return self.folder / "warehouse.tar.xz"

    @property
    def expectation(self) -> Path:
        return self.folder / "expected.json"

    @cached_property
    def expected(self) -> dict[str, Any]:
        """`revision` of its schema, names of its `secrets`, `answers` and `figures`; texts in one form (NFC), as they
        are stored since 0.2.0, and fields by the names that they have now."""
        text = unicodedata.normalize("NFC", self.expectation.read_text("utf-8"))
        found: dict[str, Any] = json.loads(text, object_hook=_renamed)
        return found

    def __str__(self) -> str:
        return self.version

    def load(self, database_url: str) -> None:
        """Its database, into a new one."""
        command = [str(installed_binaries() / "pg_restore"), "--exit-on-error", *WITHOUT_SERVER]
        subprocess.run([*command, f"--dbname={database_url}", str(self.dump)], check=True)
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(PAST_THE_FEED)

    def lay_home(self, home: Path) -> None:
        """Makes a home, whose server has not run yet, as it left one: with its database and its replica, and with no
        secret that it did not have."""
        with running_postgres(home, "test") as url:
            self.load(url)
        with tarfile.open(self.warehouse) as packed:
            # Python before 3.11.4 has no filters; the file is this project's own.
            packed.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
            packed.extractall(home)
        secrets = home / "secrets"
        for file in secrets.iterdir():
            if file.name not in self.expected["secrets"]:
                file.unlink()
        (secrets / "desk-key").write_text("the key of a desk of before")


def _renamed(answer: dict[str, Any]) -> dict[str, Any]:
    return {RENAMED.get(name, name): value for name, value in answer.items()}


def releases() -> list[Release]:
    """The oldest first."""
    versions = [path.parent.name for path in FOLDER.glob("*/expected.json")]
    return [Release(version) for version in sorted(versions, key=lambda one: [*map(int, one.split("."))])]
