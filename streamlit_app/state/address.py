"""The query of the page's URL. It holds what somebody chose on the page, so that every view is a link.

A browser learns of a URL that a run writes only some time later, and until then sends the URL of before with every
request. So the URL of a request is followed only if somebody went to it: the page was opened, Back or Forward was
pressed, or the page did not have this URL yet. Otherwise the widgets count, and the URL is written to agree with them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from streamlit_app.state import redraws

# By name, the values of each parameter.
Address = dict[str, list[str]]

PAGE = "page"
MOST_DIGITS = 4
# Far more than a browser can still be sending requests with.
MOST_KNOWN = 200


@dataclass
class _OfPage:
    """The URL of one page in this tab. `now` is what the browser has, or will have when it learns of it. `arrival`
    changes whenever somebody goes to a URL; `known` are the URLs that the page had since it was opened."""

    visit: int
    arrival: int
    now: Address
    known: list[Address]


def begin_page() -> None:
    """Finds out whether somebody went to the URL of this request. Call it before the page is drawn."""
    told, page, visit = _told(), redraws.page(), redraws.visit()
    before = _pages().get(page)
    if before is None or before.visit != visit:
        _pages()[page] = _OfPage(visit, _next_arrival(), told, [told])
    elif told not in before.known or _is_back_or_forward():
        _pages()[page] = _OfPage(visit, _next_arrival(), told, _with(before.known, told))


def follow(part: str, set_widgets: Callable[[], None], *, is_new: bool) -> None:
    """Calls `set_widgets`, which sets the widgets of this part of the page from the URL, if somebody went to the URL
    since the last call, or if the widgets are new: Streamlit forgets those that a run did not draw. Call it before the
    widgets are drawn."""
    followed: dict[str, int] = st.session_state.setdefault("followed_addresses", {})
    arrival = _of_page().arrival
    if is_new or followed.get(part) != arrival:
        set_widgets()
        followed[part] = arrival


def write(chosen: Mapping[str, str | Sequence[str]]) -> None:
    """Makes these the parameters of the URL. The number of the list's page stays only if nothing else changes."""
    written = {name: [value] if isinstance(value, str) else list(value) for name, value in chosen.items()}
    now = _of_page().now
    is_same = written == {name: values for name, values in now.items() if name != PAGE}
    _write(now if is_same else written)


def get(name: str) -> str | None:
    """Returns the value of the parameter; the last one if there are several."""
    return next(iter(get_all(name)[::-1]), None)


def get_all(name: str) -> list[str]:
    return _of_page().now.get(name, [])


def get_choice(name: str, names: Mapping[str, str]) -> str | None:
    """Returns the value of the parameter if it is one of the keys of `names`. Links of earlier versions have the name
    instead."""
    given = get(name)
    return next((value for value, shown in names.items() if given in (value, shown)), None)


def names() -> set[str]:
    """Returns the names of the parameters that are in the URL."""
    return set(_of_page().now)


def of_page(stem: str) -> Address:
    """Returns the parameters that the page had in this tab when it was last shown."""
    return dict(_pages()[stem].now) if stem in _pages() else {}


def page_number() -> int:
    """Returns the number of the list's page, beginning with 1."""
    given = get(PAGE) or ""
    is_number = given.isdecimal() and given.isascii() and len(given) <= MOST_DIGITS
    return max(int(given), 1) if is_number else 1


def write_page_number(number: int) -> None:
    now = {name: values for name, values in _of_page().now.items() if name != PAGE}
    _write(now | {PAGE: [str(number)]} if number > 1 else now)


def _write(written: Address) -> None:
    shown = _of_page()
    # The URL of the request may be one of before: the browser may have another one by now.
    if written != shown.now or written != _told():
        st.query_params.from_dict(written)
    shown.now, shown.known = written, _with(shown.known, written)


def _told() -> Address:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _pages() -> dict[str, _OfPage]:
    pages: dict[str, _OfPage] = st.session_state.setdefault("addresses", {})
    return pages


def _of_page() -> _OfPage:
    return _pages()[redraws.page()]


def _next_arrival() -> int:
    arrival = int(st.session_state.get("arrivals", 0)) + 1
    st.session_state["arrivals"] = arrival
    return arrival


def _with(known: list[Address], address: Address) -> list[Address]:
    return known if address in known else [*known, address][-MOST_KNOWN:]


def _is_back_or_forward() -> bool:
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
