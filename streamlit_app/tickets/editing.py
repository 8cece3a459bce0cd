"""Two people editing one ticket: only what one changed is sent, and nothing of the other's is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.tickets import StatusChange, TicketRead, TicketUpdate
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError
from streamlit_app.tickets.fields import BY_NAME

# How often a save may find that somebody was faster, before its user hears of it.
TRIES = 3


@dataclass(frozen=True)
class Clash:
    """Both changed these fields. `now` is the ticket as it stands."""

    fields: list[str]
    now: TicketRead


def value_of(ticket: TicketRead, field: str) -> Any:
    """As an edit sends it."""
    return BY_NAME[field].value(ticket)


def changes_of(shown: TicketRead, wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in wanted.items() if value != value_of(shown, field)}


def save(api: Api, seen: TicketRead, changes: Mapping[str, Any]) -> TicketRead | Clash:
    """If the ticket changed since it was seen, but not in these fields, saves all the same.

    Raises ApiError for every refusal but a stale version, and ValidationError for what no ticket can hold.
    """
    if not changes:
        return seen
    for _ in range(TRIES):
        try:
            return api.edit(seen.id, TicketUpdate.model_validate({"version": seen.version, **changes}))
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
    """Like `save`, for the status: what else changed since it was seen is no reason not to move it.

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
    """Like `save`, for one click that takes a change of this field back: what else changed since the ticket was seen is
    no reason not to.

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
