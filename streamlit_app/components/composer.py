"""The text field that keeps what is typed through redraws and reloads of the page. Ctrl+Enter sends the text."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st
from pydantic import ValidationError

from streamlit_app.client.errors import ApiError, DeskAway, faults
from streamlit_app.components.attached_files import file_rules
from streamlit_app.components.component_files import component, draw
from streamlit_app.state import last_answers, session

LONGEST = 20_000
FULL = f"No more than {LONGEST:,} characters fit here. Anything beyond is left out."
# When the data API is back, the text is not sent automatically: by then its writer may have changed their mind, or
# reported the problem by telephone.
AWAY = "The desk cannot be reached. Your text is kept: send it again when the desk is back."
BACK = "The desk is back. Please send your text again."
COMING = "A file is still on its way. Wait until it has arrived, or remove it."
FILE_GONE = "One of the files is no longer kept. Please remove it, and add it again."
# Longer than the gap between two letters while typing, short enough not to be felt as a wait.
PAUSE_MS = 300

_composer = component("composer")


class NotYetSent(Exception):
    """The writer should look at something before the draft is sent. The message of this error says what; if they send
    the draft again, it is for `send` to do so."""


@dataclass(frozen=True)
class Draft:
    """What is in the field. `key` is an idempotency key, new for each text: sending a draft twice is harmless. `then`
    is the name of the `Way` in which it is sent, and `shown` the state of the page that the person saw. `mentions` are
    the ids of the people whom the text names with @, `files` those of uploaded files, and `coming` is the number of
    files that have not arrived yet. `canned_reply` is the id of the reply that the text comes from."""

    text: str = ""
    key: str = ""
    is_internal: bool = False
    reply_to: int | None = None
    then: str = ""
    shown: int = 0
    files: tuple[int, ...] = ()
    coming: int = 0
    mentions: Sequence[int] = ()
    canned_reply: int | None = None


@dataclass(frozen=True)
class Way:
    """A way to send that does something more: its button is labelled "Send and …". With `href`, the browser goes to
    that page when the draft is sent; that button stands beside Send, and Ctrl+Shift+Enter presses it."""

    name: str
    label: str
    href: str = ""


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
    ways: Sequence[Way] = (),
    shown: int = 0,
    note: str = "",
    stays: bool = False,
    mentions: int | None = None,
    replies: int | None = None,
    takes_files: bool = False,
) -> None:
    """Draws the field. `send` is called with the draft. If it raises ApiError or NotYetSent, the error is shown under
    the field and the text stays. With `button`, the field has a button with that label. Without, it is part of a larger
    form, which sends the text with `attempt_field`. `hint` replaces the line that says which keys send. With
    `reads_along`, the form is drawn again whenever the writer pauses. `ways` are further ways to send. `shown` numbers
    the state of the page that the field is drawn for. `note` says what an answer does besides. With `stays`, the
    browser stays on the page after a way that leads to another, because something on it must be read. `mentions` is the
    ticket whose readers are offered when somebody types @, `replies` the one for which canned replies are offered when
    a line begins with a slash. With `takes_files`, files can be added to the text; where there is a button, they are
    enough without a text.
    """

    data = {
        "label": label,
        "button": button,
        "placeholder": placeholder,
        "hint": hint,
        "is_field": not button,
        "offer_internal": offer_internal,
        "only_internal": only_internal,
        "pause": PAUSE_MS if reads_along else 0,
        "ways": [asdict(way) for way in ways],
        "shown": shown,
        "note": note,
        "stays": stays,
        "mentions": mentions,
        "replies": replies,
        "max": LONGEST,
        "full": FULL,
        "draft": f"{session.draft_owner()}:{name}",
        "done": st.session_state.get(f"{name}_done"),
        "problem": _problem(name),
        "files": file_rules() if takes_files else None,
    }
    sent = {"send": lambda given: attempt(name, _draft(given), send, needs_text=not button)}
    draw(_composer, name, data, sent, on_draft_change=lambda: None)


def attempt(name: str, draft: Draft, send: Callable[[Draft], None], *, needs_text: bool = True) -> None:
    """Sends a draft. Without `needs_text`, files alone are enough. If that succeeds, the field is emptied; if it is
    refused, the field shows why. Does nothing if the draft was sent already: the button may be pressed twice before the
    browser has emptied the field.
    """
    if is_sent(name, draft):
        return
    if not draft.text.strip() and (needs_text or not draft.files):
        refuse(name, draft, "Please write something first.")
        return
    if draft.coming:
        refuse(name, draft, COMING)
        return
    try:
        send(draft)
    except DeskAway as error:
        last_answers.note_if_away(error)
        refuse(name, draft, AWAY)
    except ApiError as error:
        refuse(name, draft, FILE_GONE if _is_of_files(error) else error.sentence)
    except ValidationError as error:
        refuse(name, draft, faults(error))
    except NotYetSent as error:
        refuse(name, draft, str(error))
    else:
        st.session_state[f"{name}_done"] = draft.key


def attempt_field(name: str, send: Callable[[Draft], None]) -> None:
    """Sends the current text of a composer without a button. Call it from the button of the larger form."""
    attempt(name, draft_in(name), send)


def empty(name: str) -> None:
    """Empties the field without sending its text."""
    st.session_state[f"{name}_done"] = draft_in(name).key


def draft_in(name: str) -> Draft:
    """Returns the current draft of a composer that is part of a larger form."""
    return _draft((st.session_state.get(name) or {}).get("draft") or {})


def is_sent(name: str, draft: Draft) -> bool:
    """Whether this draft was sent already. The browser empties the field only a moment after that."""
    return bool(draft.key) and draft.key == st.session_state.get(f"{name}_done")


def _is_of_files(error: ApiError) -> bool:
    return any(field.name == "body.attachments" for field in error.envelope.fields or ())


def refuse(name: str, draft: Draft, why: str) -> None:
    _tell(name, draft.key, why, is_over=False)


def _tell(name: str, key: str, text: str, *, is_over: bool) -> None:
    """Keeps what the field says until its text is changed or sent. `is_over`: it is no problem any more. The browser
    shows each `round` once."""
    before = st.session_state.get(f"{name}_problem") or {"round": 0}
    problem = {"key": key, "text": text, "is_over": is_over, "round": before["round"] + 1}
    st.session_state[f"{name}_problem"] = problem


def _problem(name: str) -> dict[str, Any] | None:
    """Returns the problem to show. Its key says to which draft it belongs. The draft of a field that was never touched
    has no key; its problem is shown only once."""
    problem: dict[str, Any] | None = st.session_state.get(f"{name}_problem")
    if problem and problem["text"] == AWAY and not last_answers.is_away():
        _tell(name, problem["key"], BACK, is_over=True)
        problem = st.session_state[f"{name}_problem"]
    if problem and not problem["key"]:
        del st.session_state[f"{name}_problem"]
    return problem


def _draft(given: dict[str, Any]) -> Draft:
    reply_to, canned_reply = given.get("reply_to"), given.get("canned_reply")
    return Draft(
        str(given.get("text", "")),
        str(given.get("key", "")),
        bool(given.get("internal", False)),
        int(reply_to) if reply_to is not None else None,
        str(given.get("then", "")),
        int(given.get("shown", 0)),
        tuple(int(number) for number in given.get("files") or ()),
        int(given.get("coming", 0)),
        [int(one) for one in given.get("mentions", [])],
        int(canned_reply) if canned_reply is not None else None,
    )
