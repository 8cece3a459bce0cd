"""Why an archive is not taken."""

from lodge.errors import LodgeError


class BackupRefused(LodgeError):
    """The archive cannot be restored; nothing was touched."""
