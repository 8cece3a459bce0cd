"""The columns of an exported file. Those of a ticket's fields are in `tickets/fields.py`."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    String,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute

from contracts.export import ExportColumn, ExportQuery
from contracts.links import LinkKind
from data_api.access.actor import Actor
from data_api.access.reading import Reads
from data_api.models import Attachment, Message, Ticket, TicketLink, TimeEntry
from data_api.tickets.fields import FIELDS, Exported, Join, count_of
from service_kit.errors import InvalidInput


class Column(NamedTuple):
    """`join`: what its value needs."""

    read: ExportColumn
    value: ColumnElement[Any] | InstrumentedAttribute[Any]
    join: Join | None
    is_for_staff: bool

    @property
    def is_moment(self) -> bool:
        return isinstance(self.value.type, DateTime)


class Wanted(NamedTuple):
    """What a person has asked for."""

    actor: Actor
    query: ExportQuery
    columns: list[Column]


def _last_text(*, is_internal: bool) -> ColumnElement[str]:
    said = select(Message.body).where(Message.ticket_id == Ticket.id, Message.is_internal.is_(is_internal))
    return said.order_by(Message.created_at.desc(), Message.id.desc()).limit(1).scalar_subquery()


def _files(*, is_internal: bool) -> ColumnElement[int]:
    of_message = Attachment.message_id == Message.id
    return count_of(Attachment, of_message, Message.ticket_id == Ticket.id, Message.is_internal.is_(is_internal))


def _minutes_worked() -> ColumnElement[int]:
    seconds = func.coalesce(func.sum(TimeEntry.seconds), 0)
    minutes = cast((seconds + 30) // 60, BigInteger)
    return select(minutes).where(TimeEntry.ticket_id == Ticket.id).scalar_subquery()


def _links(*, with_confidential: bool) -> ColumnElement[str]:
    """As "blocks #12, duplicated-by #7". `with_confidential`: also those to confidential tickets. Whether somebody may
    read one of these is not asked for each link."""
    is_first, is_other = TicketLink.ticket_id == Ticket.id, TicketLink.other_id == Ticket.id
    from_other = case(
        (TicketLink.kind == LinkKind.BLOCKS.value, literal(LinkKind.BLOCKED_BY.value)),
        (TicketLink.kind == LinkKind.DUPLICATES.value, literal(LinkKind.DUPLICATED_BY.value)),
        else_=TicketLink.kind,
    )
    kind = case((is_first, TicketLink.kind), else_=from_other)
    number = case((is_first, TicketLink.other_id), else_=TicketLink.ticket_id)
    one = kind + literal(" #") + cast(number, String)
    told = func.string_agg(one, aggregate_order_by(literal_column("', '"), TicketLink.id))
    if not with_confidential:
        is_first = is_first & TicketLink.other_is_confidential.is_(False)
        is_other = is_other & TicketLink.ticket_is_confidential.is_(False)
    return select(told).where(or_(is_first, is_other)).scalar_subquery()


# What hangs under a ticket is no field of it.
UNDER_IT = (
    Exported("Messages", count_of(Message, Message.is_internal.is_(False)), "messages", is_usual=False),
    Exported("Text of the last message", _last_text(is_internal=False), "last_message", is_usual=False),
    Exported("Notes", count_of(Message, Message.is_internal.is_(True)), "notes", is_usual=False, is_for_staff=True),
    Exported("Text of the last note", _last_text(is_internal=True), "last_note", is_usual=False, is_for_staff=True),
    Exported("Files in messages", _files(is_internal=False), "message_files", is_usual=False),
    Exported("Files in notes", _files(is_internal=True), "note_files", is_usual=False, is_for_staff=True),
    Exported("Minutes worked", _minutes_worked(), "minutes_worked", is_usual=False, is_for_staff=True),
)


def _column(exported: Exported, name: str, join: Join | None) -> Column:
    name = exported.name or name
    value = getattr(Ticket, name) if exported.value is None else exported.value
    read = ExportColumn(name=name, label=exported.label, is_usual=exported.is_usual)
    return Column(read, value, join, exported.is_for_staff)


def _of_links(reads: Reads) -> list[Exported]:
    """For those who may read all tickets, or all that are not confidential: of others it would have to be asked for
    each link whether they may read the ticket at its other end."""
    if reads not in (Reads.EVERYTHING, Reads.ALL_BUT_CONFIDENTIAL):
        return []
    return [Exported("Links", _links(with_confidential=reads is Reads.EVERYTHING), "links", is_usual=False)]


@cache
def columns_for(reads: Reads, *, is_staff: bool) -> dict[str, Column]:
    """Returns the columns that the person may export, by name."""
    of_fields = [_column(one, field.name, field.joined) for field in FIELDS for one in field.exported]
    columns = [*of_fields, *(_column(one, one.name, None) for one in (*UNDER_IT, *_of_links(reads)))]
    return {one.read.name: one for one in columns if is_staff or not one.is_for_staff}


def chosen(names: Sequence[str], actor: Actor) -> list[Column]:
    """Returns the columns of these names, or the usual ones. Raises InvalidInput for a name of none."""
    columns = columns_for(actor.reads, is_staff=actor.is_staff)
    if unknown := sorted(set(names) - columns.keys()):
        told = f"{', '.join(unknown[:3])}: there is no such column; GET /tickets/export/columns lists them"
        raise InvalidInput.in_field("query.columns", told)
    if not names:
        return [one for one in columns.values() if one.read.is_usual]
    return [columns[name] for name in dict.fromkeys(names)]
