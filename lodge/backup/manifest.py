"""The manifest, which describes an archive and is its first member, as JSON."""

import json
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lodge.backup.errors import BackupRefused

FORMAT = 1
MAX_BYTES = 200_000_000  # each file of a ticket takes a line of it
MOST_BYTES_OF_A_MEMBER = 2**50
_SHAPE = ConfigDict(extra="forbid", frozen=True)


class Member(BaseModel):
    """One file of the archive: its size in bytes, and its SHA-256 in hexadecimal."""

    model_config = _SHAPE

    name: str = Field(pattern=r"^[a-z][A-Za-z0-9._/-]{0,98}$")
    size: int = Field(ge=0, le=MOST_BYTES_OF_A_MEMBER)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """`rows` holds the number of rows of each table, in the same snapshot as the dump. `postgres` is the server's
    version number: 180006 is 18.6.
    """

    model_config = _SHAPE

    format: int = FORMAT
    lodge: str
    schema_revision: str
    postgres: int
    made_at: datetime
    rows: dict[str, int]
    members: list[Member]

    def as_json(self) -> bytes:
        return self.model_dump_json(indent=2).encode()


def read_manifest(text: bytes) -> Manifest:
    """Parses a manifest. Raises BackupRefused when it is not valid, or its format is newer than this Lodge's."""
    try:
        raw = json.loads(text)
        number = raw["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BackupRefused("This is not a backup of Lodge: its manifest cannot be read.") from None
    if not isinstance(number, int) or number > FORMAT:
        raise BackupRefused(
            f"This backup was made by Lodge {str(raw.get('lodge'))[:20]}, in a format that this one does not know. "
            "Restore it with that version or a newer one."
        )
    try:
        return Manifest.model_validate(raw)
    except (ValidationError, RecursionError):
        raise BackupRefused("This is not a backup of Lodge: its manifest is not as it should be.") from None
