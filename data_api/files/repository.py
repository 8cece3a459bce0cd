"""How rows of attachments are read along with tickets and messages, and how uploaded files become theirs."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, String, bindparam, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session

from contracts.attachments import AttachmentRead
from data_api.models import Attachment
from service_kit.errors import InvalidInput

CLAIM = (
    update(Attachment)
    .where(
        Attachment.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))),
        Attachment.uploader_id == bindparam("me", type_=BigInteger),
        Attachment.ticket_id.is_(None),
    )
    .values(ticket_id=bindparam("of_ticket", type_=BigInteger), message_id=bindparam("of_message", type_=BigInteger))
    .returning(Attachment.id)
)
# In the order of the fields of AttachmentRead that are columns.
AS_READ: dict[str, Any] = {
    "id": Attachment.id,
    "name": Attachment.name,
    "type": Attachment.type,
    "size": Attachment.size,
    "has_thumbnail": Attachment.thumbnail_hash.is_not(None),
    "ticket_id": Attachment.ticket_id,
    "message_id": Attachment.message_id,
    "uploader_id": Attachment.uploader_id,
    "created_at": Attachment.created_at,
}


def attachments_where(*whose: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Returns a subquery for the files that belong to the row of the query around it, as JSON; null if there are
    none."""
    pairs = [part for name, column in AS_READ.items() for part in (literal(name, String), column)]
    ordered = aggregate_order_by(func.json_build_object(*pairs), Attachment.id)
    return select(func.json_agg(ordered)).where(*whose).scalar_subquery()


def attachments_read(found: Iterable[dict[str, Any]] | None) -> list[AttachmentRead]:
    return [AttachmentRead.model_validate(each) for each in found or ()]


def claim_drafts(
    session: Session, person_id: int, ids: Sequence[int], ticket_id: int, message_id: int | None = None
) -> None:
    """Makes these drafts of this person files of the ticket, or of its message. Raises InvalidInput if one of them is
    not theirs, is used already or does not exist: which of these it is, is not told."""
    if not ids:
        return
    wanted = {"ids": list(ids), "me": person_id, "of_ticket": ticket_id, "of_message": message_id}
    claimed = set(session.connection().scalars(CLAIM, wanted))
    if missing := sorted(set(ids) - claimed):
        raise InvalidInput.in_field(
            "body.attachments", f"there is no file {missing[0]} that you have uploaded and not used yet"
        )
    if len(set(ids)) < len(ids):
        raise InvalidInput.in_field("body.attachments", "names a file twice")


def check_how_many(ids: Sequence[int], most: int) -> None:
    """Raises InvalidInput for more files than one text may have."""
    if len(ids) > most:
        raise InvalidInput.in_field("body.attachments", f"may name at most {most} files")
