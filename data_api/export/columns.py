"""The columns of an exported file. Those of a ticket's fields are in `tickets/fields.py`."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, DateTime, select
from sqlalchemy.orm import InstrumentedAttribute

from contracts.export import ExportColumn, ExportQuery
from data_api.access.actor import Actor
from data_api.models import Message, Ticket
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


# What is said under a ticket is no field of it.
WORDS = (
    Exported("Messages", count_of(Message, Message.is_internal.is_(False)), "messages", is_usual=False),
    Exported("Text of the last message", _last_text(is_internal=False), "last_message", is_usual=False),
    Exported("Notes", count_of(Message, Message.is_internal.is_(True)), "notes", is_usual=False, is_for_staff=True),
    Exported("Text of the last note", _last_text(is_internal=True), "last_note", is_usual=False, is_for_staff=True),
)


def _column(exported: Exported, name: str, join: Join | None) -> Column:
    name = exported.name or name
    value = getattr(Ticket, name) if exported.value is None else exported.value
    read = ExportColumn(name=name, label=exported.label, is_usual=exported.is_usual)
    return Column(read, value, join, exported.is_for_staff)


@cache
def columns_for(*, is_staff: bool) -> dict[str, Column]:
    """Returns the columns that the person may export, by name."""
    of_fields = [_column(one, field.name, field.joined) for field in FIELDS for one in field.exported]
    columns = [*of_fields, *(_column(one, one.name, None) for one in WORDS)]
    return {one.read.name: one for one in columns if is_staff or not one.is_for_staff}


def chosen(names: Sequence[str], actor: Actor) -> list[Column]:
    """Returns the columns of these names, or the usual ones. Raises InvalidInput for a name of none."""
    columns = columns_for(is_staff=actor.is_staff)
    if unknown := sorted(set(names) - columns.keys()):
        told = f"{', '.join(unknown[:3])}: there is no such column; GET /tickets/export/columns lists them"
        raise InvalidInput.in_field("query.columns", told)
    if not names:
        return [one for one in columns.values() if one.read.is_usual]
    return [columns[name] for name in dict.fromkeys(names)]
