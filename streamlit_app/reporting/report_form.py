"""The form that reports a problem: for oneself, or by staff for someone else."""

import hashlib
from collections.abc import Callable

import streamlit as st

from contracts.suggestions import MeTooRead
from contracts.tickets import Priority, TicketCreate, TicketRead
from streamlit_app.components.composer import Draft, attempt_field, composer, draft_in, empty, is_sent
from streamlit_app.components.tag_editor import tag_editor, typed_in
from streamlit_app.language.words import PRIORITIES
from streamlit_app.reporting.confidential import confidential_box
from streamlit_app.reporting.me_too import DONE, confirmed_now, known_already
from streamlit_app.reporting.related import link_to_related, related_field, related_ticket
from streamlit_app.reporting.suggestions import Kind, Suggested, kind_of_problem, suggested
from streamlit_app.shell.frame import errors_shown, rerun_if_desk_went_or_returned
from streamlit_app.state import lists, redraws, session

EXAMPLE = "the WiFi in the reading room drops every few minutes."
NOWHERE = "Not in a building"
NOBODY, NO_TEAM = 0, ""
# The name of each field of a report, and of its widget. The category has a widget of another kind.
FIELDS = {
    "title": "title",
    "building": "building",
    "room": "room",
    "priority": "priority",
    "assignee": "assignee",
    "team": "team",
    "is_confidential": "confidential",
}


@st.fragment
def report_form(name: str, requester_id: int | None = None, after: Callable[[], None] = lambda: None) -> None:
    """Draws the form, as a fragment: while somebody writes, only the form is drawn again. When a report is sent, or
    its writer is done because they have confirmed a known one, the form is emptied and the page says so (`outcome`).
    `after` is called when a report is sent.
    """
    if st.session_state.pop(f"{name}_has_ended", False):
        st.rerun()
    with errors_shown():
        _draw(name, requester_id, after)
    rerun_if_desk_went_or_returned()


def outcome(name: str) -> TicketRead | MeTooRead | None:
    """Returns what came last of the form during this visit of the page: the ticket that was reported, or the report
    that was confirmed instead. At the next visit, thanks for it would be out of place."""
    kept: tuple[int, TicketRead | MeTooRead] | None = st.session_state.get(f"{name}_outcome")
    return kept[1] if kept and kept[0] == redraws.visit() else None


def _end(name: str, outcome: TicketRead | MeTooRead) -> None:
    """Begins with an empty form, at the next redraw of the page."""
    st.session_state[f"{name}_outcome"] = (redraws.visit(), outcome)
    st.session_state[f"{name}_count"] = st.session_state.get(f"{name}_count", 0) + 1
    st.session_state[f"{name}_has_ended"] = True


def _draw(name: str, requester_id: int | None, after: Callable[[], None]) -> None:
    def send(draft: Draft) -> None:
        # Ctrl+Enter sends without the button.
        if (confirmed := confirmed_now(key, draft.text)) is not None:
            _end(name, confirmed)
            return
        report = _report(name, draft, requester_id)
        related = related_ticket(_key(name, "about_ticket"))
        # The idempotency key covers the whole report: the same text with another room is another report.
        once = hashlib.sha256(f"{draft.key}{report.model_dump_json()}".encode()).hexdigest()
        ticket = session.api().report(report, once)
        link_to_related(ticket, related, f"{once}-link")
        _end(name, ticket)
        after()

    def end(confirmed: MeTooRead) -> None:
        empty(field)
        _end(name, confirmed)

    field, key = f"{name}_description", _key(name, "about")
    about, known = st.container(gap="xsmall"), st.container()
    with about:
        composer(
            field,
            "What is the problem?",
            send,
            placeholder=f"For example: {EXAMPLE}",
            hint="The first line becomes the title",
            reads_along=True,
            takes_files=True,
        )
    _fields(name)
    more = st.container()
    confidential_box(_key(name, "confidential"), for_oneself=requester_id is None)
    draft = draft_in(field)
    text = "" if is_sent(field, draft) else draft.text
    now = suggested(key, text, st.session_state.get(_key(name, "building")) or None)
    mine = confirmed_now(key, text)
    kind = _kind(name, is_always_listed=requester_id is not None)
    with about:
        kind_of_problem(name, kind, now)
    with more:
        _more(name, kind, now, for_oneself=requester_id is None)
    with known:
        similar = now.found.similar if now.found else []
        known_already(key, text, similar, mine, for_oneself=requester_id is None)
        if mine is not None:
            st.button(DONE, type="primary", on_click=end, args=(mine,))
    if mine is None:
        st.button("Report", type="primary", on_click=attempt_field, args=(field, send))


def _fields(name: str) -> None:
    where, room, urgency = st.columns([2, 1, 1])
    where.selectbox(
        "Building",
        ["", *lists.building_names()],
        format_func=_building,
        key=_key(name, "building"),
        filter_mode="contains",
    )
    room.text_input("Room", key=_key(name, "room"), max_chars=60, placeholder="2.14")
    urgency.selectbox(
        "How urgent?",
        list(Priority),
        index=list(Priority).index(Priority.NORMAL),
        format_func=lambda priority: PRIORITIES[priority].text,
        key=_key(name, "priority"),
    )


def _more(name: str, kind: Kind, now: Suggested, *, for_oneself: bool) -> None:
    """Draws what most people leave out. Staff see it without a click, and may choose an assignee, a team and tags, and
    name a ticket that it is about."""
    if for_oneself:
        with st.expander("More"):
            _title(name)
            kind.draw_list_if_not_drawn(now)
        return
    title, assignee, team = st.columns([2, 1, 1])
    with title:
        _title(name)
    names = lists.staff_names()
    assignee.selectbox(
        "Assigned to",
        [NOBODY, *names],
        format_func=lambda person: names.get(person, "Nobody yet"),
        key=_key(name, "assignee"),
        filter_mode="contains",
    )
    teams = lists.known_team_names()
    team.selectbox(
        "Team",
        [NO_TEAM, *teams],
        format_func=lambda slug: teams.get(slug, "None yet"),
        key=_key(name, "team"),
        filter_mode="contains",
    )
    # The tags are as wide as the title above them.
    tags, about = st.columns([21, 22])
    with tags:
        _tags(name)
    with about:
        related_field(_key(name, "about_ticket"))


def _tags(name: str) -> None:
    chosen = _key(name, "chosen_tags")

    def keep(tags: list[str], _: int) -> None:
        st.session_state[chosen] = tags

    number = st.session_state.get(f"{name}_count", 0)
    tag_editor(_key(name, "tags"), number, 0, st.session_state.get(chosen, []), keep, is_field=True)


def _title(name: str) -> None:
    st.text_input("Title (optional)", key=_key(name, "title"), max_chars=200, placeholder="Your first line")


def _key(name: str, field: str) -> str:
    """Returns a widget key that is new for each report. With the same key the browser would keep the values of the
    report before."""
    return f"{name}_{field}_{st.session_state.get(f'{name}_count', 0)}"


def _kind(name: str, *, is_always_listed: bool = False) -> Kind:
    return Kind(_key(name, "kind"), is_always_listed=is_always_listed)


def _report(name: str, draft: Draft, requester_id: int | None) -> TicketCreate:
    """Makes the report. Only fields that were chosen are sent: the data API fills in the defaults, and predicts the
    category from the text."""
    chosen = {field: st.session_state.get(_key(name, widget)) for field, widget in FIELDS.items()}
    chosen["category"] = _kind(name).chosen
    chosen["tags"] = [*st.session_state.get(_key(name, "chosen_tags"), []), *typed_in(_key(name, "tags"))]
    given = {field: value for field, value in chosen.items() if value}
    if requester_id is not None:
        given["requester"] = requester_id
    if draft.files:
        given["attachments"] = list(draft.files)
    return TicketCreate(description=draft.text, **given)


def _building(slug: str) -> str:
    return lists.building_names().get(slug, slug) if slug else NOWHERE
