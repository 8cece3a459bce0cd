"""Deletes contents that no row refers to: of uploads that never became a row, and of rows that were deleted.

Nothing is deleted that is younger than a day. Whoever refers to a content holds a lock on it until its transaction
ends, and looks then whether it is there (`AttachmentService`); the sweep deletes under the same lock, which it takes
alone. So no row ever refers to what the sweep has deleted (ADR 58).
"""

import time
from collections.abc import Sequence
from pathlib import Path

from data_api.files.storage import Storage, incoming_folder, kept_aside_list
from data_api.files.sweep_repository import SweepRepository
from service_kit.settings import Settings

KEEP_DRAFTS_HOURS = 24
OLD_SECONDS = 24 * 3600.0


def sweep(repository: SweepRepository, storage: Storage, settings: Settings) -> int:
    """Deletes old contents without a row, and old remains of uploads that ended early. Returns how many contents were
    deleted."""
    _remove_remains(incoming_folder(settings))
    kept_aside = kept_aside_list(settings)
    with repository.turn() as is_mine:
        if not is_mine:
            return 0
        return sum(_sweep_some(repository, storage, some, kept_aside) for some in storage.older_than(OLD_SECONDS))


def _remove_remains(incoming: Path) -> None:
    if incoming.is_dir():
        for path in incoming.iterdir():
            if time.time() - path.lstat().st_mtime > OLD_SECONDS:
                path.unlink(missing_ok=True)


def _sweep_some(repository: SweepRepository, storage: Storage, names: Sequence[str], kept_aside: Path) -> int:
    contents = {bytes.fromhex(name): name for name in names if _is_hash(name)}
    if not contents:
        return 0
    found = repository.referred_to(contents)
    orphans = {name for content, name in contents.items() if content not in found}
    return sum(_delete(repository, storage, name) for name in orphans - _kept_aside(kept_aside, orphans))


def _delete(repository: SweepRepository, storage: Storage, name: str) -> bool:
    with repository.alone_with(bytes.fromhex(name)) as is_orphan:
        is_deleted = is_orphan and storage.is_older(name, OLD_SECONDS)
        if is_deleted:
            storage.remove(name)
    return is_deleted


def _is_hash(name: str) -> bool:
    return len(name) == 64 and not set(name) - set("0123456789abcdef")


def _kept_aside(listed: Path, names: set[str]) -> set[str]:
    """Returns those of the names that stand in the list, one in each line. The list may be long, so it is not kept in
    memory."""
    if not names or not listed.is_file():
        return set()
    with listed.open(encoding="ascii") as lines:
        return {line.strip() for line in lines if line.strip() in names}
