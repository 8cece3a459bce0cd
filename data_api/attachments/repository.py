"""All queries on attachments. Those that read one for somebody include the reading rule."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.orm import Session

from contracts.attachments import AttachmentRead
from data_api.access.actor import Actor
from data_api.access.reading import ME, Reads, readable_by, visible
from data_api.files.repository import AS_READ
from data_api.files.sweep_repository import LOCK_CONTENT, lock_key
from data_api.files.uploads import Kept
from data_api.models import Attachment, Message, Ticket

ADD = insert(Attachment).returning(*AS_READ.values())
ID = bindparam("id", type_=BigInteger)


class Found(NamedTuple):
    """A file that somebody may read, and where its content is. `is_internal`: it belongs to an internal note."""

    read: AttachmentRead
    content_hash: str
    thumbnail_hash: str | None
    is_internal: bool


class AttachmentRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, actor: Actor, attachment_id: int) -> Found | None:
        """Returns the file if the actor may read its ticket and, in case, its message; a draft, if it is theirs."""
        asked = {"me": actor.person_id, "id": attachment_id}
        row = self.session.connection().execute(_one(actor.reads, is_staff=actor.is_staff), asked).one_or_none()
        if row is None:
            return None
        *values, content_hash, thumbnail_hash, is_internal = row
        read = AttachmentRead(**dict(zip(AS_READ, values, strict=True)))
        return Found(read, content_hash.hex(), thumbnail_hash.hex() if thumbnail_hash else None, bool(is_internal))

    def lock_content(self, *hashes: str) -> None:
        """Keeps the sweep from deleting these contents until the transaction ends. Always in the same order, so that
        two requests do not wait for each other."""
        for each in sorted(hashes):
            self.session.connection().execute(LOCK_CONTENT, {"key": lock_key(bytes.fromhex(each))})

    def add(self, actor: Actor, kept: Kept, ticket_id: int | None) -> AttachmentRead:
        values = {
            "ticket_id": ticket_id,
            "uploader_id": actor.person_id,
            "name": kept.name,
            "type": kept.type,
            "size": kept.size,
            "content_hash": bytes.fromhex(kept.content_hash),
            "thumbnail_hash": bytes.fromhex(kept.thumbnail_hash) if kept.thumbnail_hash else None,
        }
        row = self.session.connection().execute(ADD, values).one()
        return AttachmentRead(**dict(zip(AS_READ, row, strict=True)))

    def delete(self, attachment_id: int, ticket_id: int | None) -> bool:
        """Deletes the file of this ticket, or the draft. Returns False if it was deleted meanwhile, or if the draft has
        become a ticket's."""
        gone = delete(Attachment).where(
            Attachment.id == attachment_id, Attachment.ticket_id.is_not_distinct_from(ticket_id)
        )
        return self.session.connection().execute(gone).rowcount > 0

    def count_drafts(self, person_id: int) -> int:
        return self._count(Attachment.uploader_id == person_id, Attachment.ticket_id.is_(None))

    def count_of_ticket(self, ticket_id: int) -> int:
        """Counts the files of the ticket itself, without those of its messages."""
        return self._count(Attachment.ticket_id == ticket_id, Attachment.message_id.is_(None))

    def _count(self, *conditions: ColumnElement[bool]) -> int:
        return self.session.connection().scalar(select(func.count(Attachment.id)).where(*conditions)) or 0


@cache
def _one(reads: Reads, *, is_staff: bool) -> Select[*tuple[Any, ...]]:
    own_draft = and_(Attachment.ticket_id.is_(None), Attachment.uploader_id == ME)
    of_ticket = and_(
        Attachment.ticket_id.is_not(None),
        readable_by(reads),
        or_(Attachment.message_id.is_(None), visible(is_staff=is_staff)),
    )
    return (
        select(*AS_READ.values(), Attachment.content_hash, Attachment.thumbnail_hash, Message.is_internal)
        .outerjoin(Ticket, Ticket.id == Attachment.ticket_id)
        .outerjoin(Message, Message.id == Attachment.message_id)
        .where(Attachment.id == ID, or_(own_draft, of_ticket))
    )
