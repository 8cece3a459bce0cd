"""The queue's filters. The address holds them, so every view is a link; the widgets follow the address and write it."""

from datetime import date
from typing import Any

import streamlit as st
from pydantic import ValidationError

from contracts.tickets import Priority, Status, TicketQuery, TicketSort, WaitsFor
from streamlit_app.language.words import PRIORITIES, SORTS, STATUSES, TURNS
from streamlit_app.state import lists

DAYS = ("opened_after", "opened_before", "closed_after")
MANY = ("status", "priority", "category", "building", "tag")
ONE = ("waits_for", "assignee", *DAYS, "sort", "q")
# Lists for the data API, which take any of several; here one is chosen.
LISTS_OF_ONE = ("waits_for", "assignee")
ANYONE, ME, NOBODY = "", "me", "none"


def draw_filters() -> TicketQuery:
    """Draws the widgets and tells what they ask for."""
    _follow_address()
    with st.container(horizontal=True):
        st.text_input(
            "Search",
            key=_key("q"),
            type="search",
            max_chars=200,
            placeholder="Words, or a number such as #42",
            width=320,
        )
        st.pills(
            "Status",
            list(Status),
            selection_mode="multi",
            key=_key("status"),
            format_func=lambda status: STATUSES[status].text,
        )
        st.selectbox("Order", list(TicketSort), format_func=lambda sort: SORTS[sort], key=_key("sort"), width=220)
    with st.expander(_more_label()):
        _draw_more()
    chosen = _chosen()
    _write_address(chosen)
    return _query(chosen) or TicketQuery()


def clear_filters() -> None:
    for name in (*MANY, *ONE):
        st.session_state.pop(_key(name), None)
    st.query_params.clear()


def _draw_more() -> None:
    people = {ANYONE: "Anyone", ME: "Me", NOBODY: "Nobody"} | {
        str(id_): name for id_, name in lists.staff_names().items()
    }
    categories, buildings = lists.category_names(), lists.building_names()
    first, second, third = st.columns(3)
    first.selectbox(
        "Whose turn", ["", *WaitsFor], format_func=lambda turn: TURNS.get(turn, "Anyone's"), key=_key("waits_for")
    )
    first.selectbox("Assigned to", list(people), format_func=lambda id_: people[id_], key=_key("assignee"))
    second.multiselect("Category", list(categories), format_func=lambda slug: categories[slug], key=_key("category"))
    second.multiselect(
        "Priority", list(Priority), format_func=lambda level: PRIORITIES[level].text, key=_key("priority")
    )
    third.multiselect("Building", list(buildings), format_func=lambda slug: buildings[slug], key=_key("building"))
    third.multiselect(
        "Tag", st.session_state.get(_key("tag"), []), accept_new_options=True, key=_key("tag"), placeholder="Type a tag"
    )
    after, before, closed = st.columns(3)
    after.date_input("Opened from", value=None, key=_key("opened_after"))
    before.date_input("Opened before", value=None, key=_key("opened_before"))
    closed.date_input("Closed from", value=None, key=_key("closed_after"))


def _follow_address() -> None:
    """The address was changed by a link or by going back, or the widgets are new: they take over what it says."""
    stands = address()
    if st.session_state.get("queue_address") == stands and _key("status") in st.session_state:
        return
    for name in (*MANY, *ONE):
        st.session_state[_key(name)] = _from_address(name)
    st.session_state["queue_address"] = stands


def _write_address(chosen: dict[str, Any]) -> None:
    written = {name: _as_text(value) for name, value in chosen.items()}
    if written != address():
        st.query_params.from_dict(written)
    st.session_state["queue_address"] = written


def address() -> dict[str, str | list[str]]:
    """The filters as the address says them now."""
    held = {name: st.query_params.get_all(name) for name in MANY if name in st.query_params}
    return held | {name: st.query_params[name] for name in ONE if name in st.query_params}


def _from_address(name: str) -> Any:
    """What the address says, or the default where it says nothing that makes sense."""
    given = st.query_params.get_all(name)
    query = _query({name: given if name in MANY else given[-1]}) if given else None
    value = getattr(query or TicketQuery(), name)
    if name in LISTS_OF_ONE:
        return value[0] if value and value[0] in _options(name) else ""
    if name in DAYS:
        return value.date() if value else None
    if name in {"category", "building"}:
        return [slug for slug in value if slug in _options(name)]
    return value or "" if name == "q" else value


def _query(chosen: dict[str, Any]) -> TicketQuery | None:
    """None for what makes no sense, such as a tag of a thousand letters."""
    asked = {name: [value] if name in LISTS_OF_ONE else value for name, value in chosen.items()}
    try:
        return TicketQuery.model_validate(asked)
    except ValidationError:
        return None


def _options(name: str) -> set[str]:
    if name == "waits_for":
        return set(WaitsFor)
    if name == "assignee":
        return {ME, NOBODY, *(str(id_) for id_ in lists.staff_names())}
    return set(lists.category_names() if name == "category" else lists.building_names())


def _chosen() -> dict[str, Any]:
    """Only what differs from the default."""
    found = {name: st.session_state[_key(name)] for name in (*MANY, *ONE)}
    found = {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}
    return {name: value for name, value in found.items() if value and value != TicketSort.OPENED_LAST}


def _as_text(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return value.isoformat() if isinstance(value, date) else str(value)


def _more_label() -> str:
    hidden = ("waits_for", "assignee", "category", "priority", "building", "tag", *DAYS)
    number = sum(bool(st.session_state.get(_key(name))) for name in hidden)
    return f"More filters ({number} set)" if number else "More filters"


def _key(name: str) -> str:
    return f"queue_{name}"
