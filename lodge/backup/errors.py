"""The error for an archive that is not accepted."""

from lodge.errors import LodgeError


class BackupRefused(LodgeError):
    """The archive cannot be restored, and nothing was changed."""
