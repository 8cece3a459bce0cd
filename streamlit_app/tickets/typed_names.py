"""Names that somebody typed after an @ without choosing a person, and which mention nobody: the writer learns it before
the message is sent."""

from collections.abc import Sequence

import streamlit as st

from contracts.mentions import MentionCheck
from streamlit_app.client.errors import ApiError, DeskAway
from streamlit_app.components.composer import Draft, NotYetSent
from streamlit_app.language.text import isolated, one_line
from streamlit_app.state import session

# The draft whose writer was asked last.
ASKED = "typed_names_asked"


def check_names(ticket_id: int, draft: Draft) -> None:
    """Raises NotYetSent if a name in the draft mentions nobody; the same draft, sent again, is right as it is."""
    asked = (ticket_id, draft.key, draft.is_internal)
    if "@" not in draft.text or st.session_state.get(ASKED) == asked:
        return
    if sentence := _sentence(ticket_id, draft):
        st.session_state[ASKED] = asked
        raise NotYetSent(f"{sentence} Correct it, or send it again as it is.")


def _sentence(ticket_id: int, draft: Draft) -> str:
    wanted = MentionCheck(body=draft.text, is_internal=draft.is_internal, mentions=list(draft.mentions))
    try:
        found = session.api().check_mentions(ticket_id, wanted)
    except DeskAway:
        raise
    except ApiError:  # sending the message says what is wrong with it
        return ""
    what = "note" if draft.is_internal else "ticket"
    parts = []
    if found.unknown:
        parts.append(
            f"{_named(found.unknown, 'mentions')} nobody: this {what} has no such reader whom you can mention."
        )
    if found.ambiguous:
        parts.append(f"{_named(found.ambiguous, 'could mean')} several people: choose one from the list.")
    return " ".join(parts)


def _named(names: Sequence[str], verb: str) -> str:
    *first, last = [isolated(one_line(f"@{name}", 60)) for name in names]
    if not first:
        return f"{last} {verb}"
    return f"{', '.join(first)} and {last} {verb.replace('mentions', 'mention')}"
