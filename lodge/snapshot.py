"""`lodge snapshot`: the replica as a file, beside the running desk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
from pydantic import ValidationError

from contracts.errors import ErrorEnvelope
from contracts.take_home import AS_OF_HEADER, SnapshotFormat
from lodge.check import LONGEST_SECONDS, analytics_address
from lodge.errors import LodgeError
from service_kit.desk_key import read_desk_key
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
            _answer(settings, f"/snapshot?format={form}") as answer,
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


@contextmanager
def _answer(settings: Settings, path: str) -> Iterator[httpx.Response]:
    """Asks the running analytics API, because only its process can open the replica. The block reads the answer's body.
    Raises LodgeError."""
    address = analytics_address(settings)
    headers = {"Authorization": f"Bearer {read_desk_key(settings.home)}"}
    stranger = LodgeError(f"What answers at {address} is not the analytics API of this LODGE_HOME.")
    try:
        with httpx.stream("GET", address + path, headers=headers, timeout=LONGEST_SECONDS, trust_env=False) as answer:
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                raise stranger
            if answer.is_error:
                raise LodgeError(ErrorEnvelope.model_validate_json(answer.read()).detail)
            yield answer
    except httpx.TransportError as error:
        raise LodgeError(f"The analytics API at {address} does not answer. Start the desk with `lodge up`.") from error
    except ValidationError:
        raise stranger from None
