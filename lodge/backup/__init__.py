"""`lodge backup` and `lodge restore`: write the whole desk into one file, and load it again."""

from lodge.backup.errors import BackupRefused
from lodge.backup.restoring import restore, undo
from lodge.backup.saving import back_up

__all__ = ["BackupRefused", "back_up", "restore", "undo"]
