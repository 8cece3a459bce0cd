"""The files of the demo campus: a few photos and documents under reports, answers and internal notes."""

import tempfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from data_api.files.checks.pictures import thumbnail_of
from data_api.files.kinds import JPEG, PDF, PNG, TXT, Kind
from data_api.files.storage import Storage, digest_of
from lodge.seeding.pictures import lift_out_of_order, no_connection, spare_part, wet_ceiling
from lodge.seeding.repository import SeedRepository

STEPS = """1. Forget the network "campus" in the settings of your device.
2. Choose "eduroam", and sign in with your campus address.
3. Accept the certificate of radius.campus.example.

If it does not work then, write to us here: we can see your device's last attempt.
"""


class DemoFile(NamedTuple):
    name: str
    kind: Kind
    make: Callable[[], bytes]


# By the tag of the reports that have them.
OF_REPORTS = {
    "water": DemoFile("ceiling.jpg", JPEG, wet_ceiling),
    "lift": DemoFile("lift.jpg", JPEG, lift_out_of_order),
    "wifi": DemoFile("no-connection.png", PNG, no_connection),
}
OF_ANSWERS = DemoFile("wifi-in-three-steps.txt", TXT, STEPS.encode)
OF_NOTES = DemoFile("spare-part.pdf", PDF, spare_part)
MOST_OF_EACH = 2


class Owner(NamedTuple):
    """What a file belongs to: a ticket or, with `message_id`, a message; who wrote it, and when."""

    ticket_id: int
    message_id: int | None
    person_id: int
    at: datetime


def attach_files(repository: SeedRepository, storage: Storage) -> None:
    """Adds the files to tickets that everybody on the campus may read. Each content is kept before a row names it."""
    given = [(file, repository.reports_tagged(tag, MOST_OF_EACH)) for tag, file in OF_REPORTS.items()]
    given.append((OF_ANSWERS, repository.messages_of_staff(MOST_OF_EACH, is_internal=False)))
    given.append((OF_NOTES, repository.messages_of_staff(MOST_OF_EACH, is_internal=True)))
    with tempfile.TemporaryDirectory() as folder:
        for file, owners in given:
            content = file.make()
            content_hash = _keep(storage, Path(folder), content)
            small = thumbnail_of(BytesIO(content), file.kind) if file.kind.pillow else None
            row = {
                "name": file.name,
                "type": file.kind.type,
                "size": len(content),
                "content_hash": bytes.fromhex(content_hash),
                "thumbnail_hash": bytes.fromhex(_keep(storage, Path(folder), small)) if small else None,
            }
            for owner in owners:
                repository.add_file(row | Owner(*owner)._asdict())


def _keep(storage: Storage, folder: Path, content: bytes) -> str:
    path = folder / "content"
    path.write_bytes(content)
    name = digest_of(path)
    storage.put(name, path)
    path.unlink()
    return name
