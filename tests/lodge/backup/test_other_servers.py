"""On an older server of one's own, with the packaged programs."""

from pathlib import Path

from lodge.backup import restore, undo
from tests.lodge.backup.conftest import QUIET, SmallDesk, desk_on
from tests.lodge.backup.test_restore import agree, never_asked, without_sign_ins


def test_from_the_packaged_server_to_postgres_15_and_there_again(
    desk: SmallDesk, postgres_15_url: str, tmp_path: Path
) -> None:
    before = without_sign_ins(desk.rows())
    archive = desk.back_up(tmp_path / "new")
    with desk_on(postgres_15_url, "template1", tmp_path / "own-home") as own:
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
