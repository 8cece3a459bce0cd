"""The tags of a ticket on its page, for staff: added and removed at once, with completion."""

from pydantic import ValidationError

from contracts.tickets import TicketRead
from streamlit_app.client.errors import ApiError, faults
from streamlit_app.components.tag_editor import tag_editor
from streamlit_app.state import session
from streamlit_app.tickets.clashes import forget_notice, tell, tell_clash
from streamlit_app.tickets.editing import TRIES, Clash, save
from streamlit_app.tickets.ticket_buttons import note_own_change, version_seen, versions_shown


def tags(ticket: TicketRead) -> None:
    if "tags" not in ticket.editable:
        return
    versions = versions_shown("tags", ticket)

    def wish(wanted: list[str], version: int) -> None:
        forget_notice(ticket.id)
        seen = version_seen(versions, version)
        try:
            result = _saved(seen, wanted)
        except ApiError as error:
            tell(ticket.id, error.sentence)
        except ValidationError as error:
            tell(ticket.id, faults(error))
        else:
            if isinstance(result, Clash):
                tell_clash(result, "your tags were not saved. Please look again")
            else:
                note_own_change(versions, version, seen, result)

    tag_editor(f"tags_{ticket.id}", ticket.id, ticket.version, ticket.tags, wish)


def _saved(seen: TicketRead, wanted: list[str]) -> TicketRead | Clash:
    """Makes the same additions and removals on the ticket as it is now, if somebody else has changed its tags too: tags
    are put on one by one, and no change of anybody is lost."""
    added, removed = set(wanted) - set(seen.tags), set(seen.tags) - set(wanted)
    result = save(session.api(), seen, {"tags": sorted(wanted)})
    for _ in range(TRIES):
        if not isinstance(result, Clash):
            break
        result = save(session.api(), result.now, {"tags": sorted((set(result.now.tags) | added) - removed)})
    return result
