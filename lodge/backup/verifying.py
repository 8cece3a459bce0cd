"""Checks whether an archive can be restored, before anything is changed."""

from lodge.backup.archive import Archive
from lodge.backup.errors import BackupRefused
from lodge.backup.home_files import MAX_BYTES, is_kept
from lodge.backup.programs import check_readable
from lodge.backup.stored_files import is_stored_file, stored_name
from lodge.preparation import known_revisions

DUMP = "database.dump"


def verify(archive: Archive) -> None:
    """Checks the schema revision and reads every member to its end, the dump with pg_restore. Raises BackupRefused."""
    revision = archive.manifest.schema_revision
    if revision not in known_revisions():
        raise BackupRefused(
            f"This backup was made by a newer Lodge ({archive.manifest.lodge}; its schema is {revision[:20]}). "
            "Restore it with that version or a newer one."
        )
    dump = archive.member(DUMP)
    if dump is None:
        raise BackupRefused("This is not a backup of Lodge: it holds no database.")
    check_readable(archive.pieces(dump))
    for member in archive.manifest.members:
        if is_kept(member.name) and member.size > MAX_BYTES:
            raise BackupRefused(f"{member.name} in this backup is larger than any file that Lodge keeps.")
        if is_stored_file(member.name) and member.name != stored_name(member.sha256):
            raise BackupRefused(f"{member.name} in this backup is not what its name says.")
        if member.name != DUMP:
            for _ in archive.pieces(member):
                pass
