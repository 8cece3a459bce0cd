"""The text field that keeps what is typed, through redraws and reloads. Ctrl+Enter sends."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import ValidationError

from streamlit_app.client.errors import ApiError, DeskAway, faults
from streamlit_app.components.component_files import component

LONGEST = 20_000
FULL = f"No more than {LONGEST:,} characters fit here. Anything beyond is left out."
# Nothing is sent by itself: by then its writer may have thought again, or told somebody on the telephone.
AWAY = "The desk cannot be reached. Your text is kept: send it again when the desk is back."
# Long enough to be no letter's gap, short enough to be no wait.
PAUSE_MS = 300

_composer = component("composer")


@dataclass(frozen=True)
class Draft:
    """`key` is new for each text and makes sending it twice harmless."""

    text: str = ""
    key: str = ""
    is_internal: bool = False
    reply_to: int | None = None


def composer(
    name: str,
    label: str,
    send: Callable[[Draft], None],
    *,
    button: str = "",
    placeholder: str = "",
    hint: str = "",
    offer_internal: bool = False,
    only_internal: bool = False,
    reads_along: bool = False,
) -> None:
    """Draws it. `send` is called with what was written; what it raises as ApiError is told under the field and the
    text stays. Without a `button` it is a field of a larger form, which sends it with `attempt_field`. Without a `hint`
    it says which keys send. A form that `reads_along` is drawn again when the writer pauses.
    """

    def sent() -> None:
        if given := (st.session_state.get(name) or {}).get("send"):
            attempt(name, _draft(given), send)

    _composer(
        key=name,
        data={
            "label": label,
            "button": button,
            "placeholder": placeholder,
            "hint": hint,
            "is_field": not button,
            "offer_internal": offer_internal,
            "only_internal": only_internal,
            "pause": PAUSE_MS if reads_along else 0,
            "max": LONGEST,
            "full": FULL,
            "draft": name,
            "done": st.session_state.get(f"{name}_done"),
            "problem": _problem(name),
        },
        on_send_change=sent,
        on_draft_change=lambda: None,
    )


def attempt(name: str, draft: Draft, send: Callable[[Draft], None]) -> None:
    """Sends a draft. When that is done the field is emptied; when it is refused the field says why. A second press
    before the browser has emptied it finds nothing left to send.
    """
    if is_sent(name, draft):
        return
    if not draft.text.strip():
        refuse(name, draft, "Please write something first.")
        return
    try:
        send(draft)
    except DeskAway:
        refuse(name, draft, AWAY)
    except ApiError as error:
        refuse(name, draft, error.sentence)
    except ValidationError as error:
        refuse(name, draft, faults(error))
    else:
        st.session_state[f"{name}_done"] = draft.key


def attempt_field(name: str, send: Callable[[Draft], None]) -> None:
    """For a button beside a composer without one: sends what stands in the field now."""
    attempt(name, draft_in(name), send)


def draft_in(name: str) -> Draft:
    """What stands in a field of a larger form."""
    return _draft((st.session_state.get(name) or {}).get("draft") or {})


def is_sent(name: str, draft: Draft) -> bool:
    """Whether it only still stands there: the browser empties the field a moment later."""
    return bool(draft.key) and draft.key == st.session_state.get(f"{name}_done")


def refuse(name: str, draft: Draft, why: str) -> None:
    before = st.session_state.get(f"{name}_problem") or {"round": 0}
    st.session_state[f"{name}_problem"] = {"key": draft.key, "text": why, "round": before["round"] + 1}


def _problem(name: str) -> dict[str, Any] | None:
    """Belongs to a draft by its key. One of a field that was never touched has none, and is told once."""
    problem: dict[str, Any] | None = st.session_state.get(f"{name}_problem")
    if problem and not problem["key"]:
        del st.session_state[f"{name}_problem"]
    return problem


def _draft(given: dict[str, Any]) -> Draft:
    reply_to = given.get("reply_to")
    return Draft(
        str(given.get("text", "")),
        str(given.get("key", "")),
        bool(given.get("internal", False)),
        int(reply_to) if reply_to is not None else None,
    )
