"""`lodge stop`: stops the running desk of a home."""

import time
from pathlib import Path

import psutil

from lodge.errors import LodgeError
from lodge.home import Home

# Longer than `lodge up` takes at most: ten seconds for the services, thirty for the database server, and their logs.
STOP_SECONDS = 90.0
_POLL_SECONDS = 0.05


def stop(home_path: Path, seconds: float = STOP_SECONDS) -> bool:
    """Asks the `lodge up` of this home to stop and waits until it has ended. Returns False when none is running.

    Raises LodgeError when another command is at work in this home, and when `lodge up` does not end in time.
    """
    home = Home(home_path)
    found = home.lock_holder()
    if found is None:
        return False
    holder, process = found
    if holder != "up":
        raise LodgeError(f"`lodge {holder}` (process {process.pid}) is at work in {home.path}. It ends by itself.")
    try:
        process.terminate()  # psutil compares the start time first, so no other process with this number is signalled
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied as error:
        raise LodgeError(f"Only the account that Lodge runs as in {home.path} may stop it.") from error
    deadline = time.monotonic() + seconds
    while home.lock_holder() == found:
        if time.monotonic() > deadline:
            raise LodgeError(
                f"`lodge up` (process {process.pid}) in {home.path} has not ended within {seconds:g} s. "
                f"Look into {home.logs}."
            )
        time.sleep(_POLL_SECONDS)
    return True
