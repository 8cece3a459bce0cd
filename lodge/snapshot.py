"""`lodge snapshot`: the replica as a file, beside the running desk."""

import os
from datetime import datetime
from pathlib import Path

from contracts.take_home import AS_OF_HEADER, SnapshotFormat
from lodge.check import answer_of_analytics
from lodge.errors import LodgeError
from service_kit.settings import Settings

FORMATS = {".duckdb": SnapshotFormat.DUCKDB, ".zip": SnapshotFormat.PARQUET}
OWN_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def snapshot(settings: Settings, target: Path) -> datetime:
    """Writes the file and returns the moment that it reflects. Raises LodgeError; then there is no file."""
    form = FORMATS.get(target.suffix)
    if form is None:
        raise LodgeError(f"{target} must end in .duckdb, or in .zip for a zip of Parquet files.")
    try:
        handle = os.open(target, OWN_FILE, 0o600)
    except FileExistsError:
        raise LodgeError(f"{target} exists already. Choose another name.") from None
    except OSError as error:
        raise LodgeError(f"{target} cannot be written: {error.strerror}.") from error
    try:
        with (
            os.fdopen(handle, "wb") as file,
            answer_of_analytics(settings, "GET", f"/snapshot?format={form}") as answer,
        ):
            for part in answer.iter_bytes():
                file.write(part)
            return datetime.fromisoformat(answer.headers[AS_OF_HEADER])
    except KeyError:
        target.unlink(missing_ok=True)
        raise LodgeError("What answers on the analytics API's port is not the analytics API of this desk.") from None
    except BaseException as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise LodgeError(f"{target} cannot be written: {error.strerror}.") from error
        raise
