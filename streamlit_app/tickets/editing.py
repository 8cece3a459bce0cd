"""Saving while somebody else edits the same ticket: only the fields that this person changed are sent, and no change of
the other person is lost (optimistic locking)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.tickets import StatusChange, TicketRead, TicketUpdate
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError
from streamlit_app.tickets.fields import BY_NAME

# How often a save is tried, each time with the newest version of the ticket, before the user is told of the conflict.
TRIES = 3


@dataclass(frozen=True)
class Clash:
    """The conflict of a save: somebody else has changed these fields too. `now` is the current ticket."""

    fields: list[str]
    now: TicketRead


def value_of(ticket: TicketRead, field: str) -> Any:
    """Returns the field's value in the form that an edit sends."""
    return BY_NAME[field].value(ticket)


def changes_of(shown: TicketRead, wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in wanted.items() if value != value_of(shown, field)}


def save(
    api: Api, seen: TicketRead, changes: Mapping[str, Any], *, despite_blockers: bool = False
) -> TicketRead | Clash:
    """Saves the changes, even if the ticket has changed since it was seen, as long as these fields have not.
    `despite_blockers`: also if they close a ticket that waits for others.

    Returns the saved ticket, or a Clash if somebody else changed one of these fields to another value.

    Raises ApiError for every refusal but a stale version, and ValidationError for values that no ticket can have.
    """
    if not changes:
        return seen
    sent = {**changes, "despite_blockers": True} if despite_blockers else changes
    for _ in range(TRIES):
        try:
            return api.edit(seen.id, TicketUpdate.model_validate({"version": seen.version, **sent}))
        except ApiError as error:
            now = error.current
            if now is None:
                raise
        if clashing := [
            field for field in changes if value_of(now, field) not in (value_of(seen, field), changes[field])
        ]:
            return Clash(clashing, now)
        seen = now
    return Clash(list(changes), seen)


def move(api: Api, seen: TicketRead, change: StatusChange) -> TicketRead | Clash:
    """Changes the status, in the same way as `save`: changes of other fields since the ticket was seen do not matter.

    Raises ApiError for every refusal but a stale version.
    """
    for _ in range(TRIES):
        try:
            return api.move(seen.id, change.model_copy(update={"version": seen.version}))
        except ApiError as error:
            now = error.current
            if now is None:
                raise
        if _is_done(change, now):
            return now
        if now.status is not seen.status:
            return Clash(["status"], now)
        seen = now
    return Clash(["status"], seen)


def take_back(api: Api, seen: TicketRead, event_id: int, field: str) -> TicketRead | Clash:
    """Undoes one change of this field, in the same way as `save`: changes of other fields since the ticket was seen do
    not matter.

    Raises ApiError for every refusal but a stale version.
    """
    for _ in range(TRIES):
        try:
            return api.take_back(seen.id, event_id, seen.version)
        except ApiError as error:
            now = error.current
            if now is None:
                raise
        if value_of(now, field) != value_of(seen, field):
            return Clash([field], now)
        seen = now
    return Clash([field], seen)


def _is_done(change: StatusChange, now: TicketRead) -> bool:
    return now.status is change.status and change.reason in (None, now.closed_reason)
