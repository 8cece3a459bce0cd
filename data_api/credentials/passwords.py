"""Hashes passwords with argon2id, and checks them: one at a time in each process, so that this never takes more than
one of the machine's processors from all others. ADR 44 gives the reasons for the numbers."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from data_api.credentials.errors import TooManySignIns

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
MOST_WAITING = 200  # the last of them waits for about ten seconds

T = TypeVar("T")

# A hash that no password has. Checking one costs exactly what checking a real one does.
NOBODYS_HASH = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${'A' * 22}${'A' * 43}"

_hasher = Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
_hashes = PasswordHash((_hasher,))
# Both belong to the process, whatever organisations it serves, because its processor does.
_one_at_a_time = ThreadPoolExecutor(1, "passwords")
_places = BoundedSemaphore(MOST_WAITING)


async def is_password(password: str, password_hash: str) -> bool:
    """Raises TooManySignIns."""
    return await _in_turn(lambda: _hashes.verify(password, password_hash))


async def hash_of(password: str) -> str:
    """Raises TooManySignIns."""
    return await _in_turn(lambda: _hashes.hash(password))


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than those of today."""
    return _hasher.check_needs_rehash(password_hash)


def hash_at_once(password: str) -> str:
    """For commands, which nobody else waits for."""
    return _hashes.hash(password)


async def _in_turn(work: Callable[[], T]) -> T:
    if not _places.acquire(blocking=False):
        raise TooManySignIns
    try:
        return await asyncio.get_running_loop().run_in_executor(_one_at_a_time, work)
    finally:
        _places.release()
