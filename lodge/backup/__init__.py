"""`lodge backup` and `lodge restore`: the whole desk in one file, and back."""

from lodge.backup.errors import BackupRefused
from lodge.backup.restoring import restore, undo
from lodge.backup.saving import back_up

__all__ = ["BackupRefused", "back_up", "restore", "undo"]
