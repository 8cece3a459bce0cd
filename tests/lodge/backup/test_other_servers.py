"""On an older server of one's own, with the packaged programs."""

from pathlib import Path

import psycopg

from lodge.backup import restore, undo
from tests.lodge.backup.conftest import QUIET, SmallDesk
from tests.lodge.backup.test_restore import agree, never_asked, without_sign_ins
from tests.lodge.outside_server import postgres_15


def test_from_the_packaged_server_to_postgres_15_and_there_again(desk: SmallDesk, tmp_path: Path) -> None:
    before = without_sign_ins(desk.rows())
    archive = desk.back_up(tmp_path / "new")
    with postgres_15() as server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE campus")
        own = SmallDesk(server.rpartition("/")[0] + "/campus", tmp_path / "own-home")
        restore(own.settings, archive, never_asked, QUIET)
        assert without_sign_ins(own.rows()) == before
        own.run("UPDATE ticket SET title = 'changed'")
        changed = own.back_up(tmp_path / "changed")
        restore(own.settings, archive, agree, QUIET)
        assert without_sign_ins(own.rows()) == before
        restore(own.settings, changed, agree, QUIET)
        assert "changed" in own.rows()["ticket"]
        undo(own.settings, agree, QUIET)
        assert without_sign_ins(own.rows()) == before
