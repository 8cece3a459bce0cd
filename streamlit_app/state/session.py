"""Who is using this page: the token from the cookie, the person from the data API."""

import time
from dataclasses import dataclass

import streamlit as st

from contracts.people import Me, Permission
from streamlit_app.client.analytics import Analytics
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError, DeskAway
from streamlit_app.server.cookies import cookie_name, fingerprint, mark_name
from streamlit_app.server.live_updates import News, news_of, subscription_of

# The data API checks permissions on every call; this only bounds how long a menu may be out of date.
ASK_AGAIN_SECONDS = 60


@dataclass(frozen=True)
class Visitor:
    """`me` is None for someone who has not signed in, or about whom the data API could not be asked (`is_unknown`)."""

    me: Me | None
    is_unknown: bool = False


@dataclass(frozen=True)
class Reader:
    """The person who reads a ticket. Staff and requesters see some of its details differently."""

    id: int
    is_staff: bool


def api() -> Api:
    """Returns the client of the data API for the person who uses this page."""
    subscription = subscription_of(token())
    return Api(token(), subscription.answers if subscription else None, visitor_address())


def analytics() -> Analytics:
    """Returns the client of the analytics API for the person who uses this page."""
    subscription = subscription_of(token())
    return Analytics(token(), subscription.answers if subscription else None)


def news() -> News:
    """Returns what is new for this person: the subscription's last count, or else the data API's answer. While the data
    API is away it is the previous count, because the page itself reports the outage."""
    subscription = subscription_of(token())
    if subscription and subscription.news is not None:
        return subscription.news
    try:
        st.session_state["news"] = news_of(api().unread())
        st.session_state["is_away"] = False
    except DeskAway:
        st.session_state["is_away"] = True
    except ApiError:
        st.session_state["news"] = News()
    found: News = st.session_state.get("news", News())
    return found


def token() -> str | None:
    """Returns the token from the cookie. A token in the session state takes precedence, because tests of single pages
    have no browser."""
    remembered: str | None = st.session_state.get("token")
    return remembered or token_in_cookie()


def token_in_cookie() -> str | None:
    return st.context.cookies.get(cookie_name(st.context.headers.get("Host", "")))


def token_fingerprint() -> str:
    """Returns the fingerprint of the token; an empty text without one."""
    return fingerprint(given) if (given := token()) else ""


def browser_mark() -> str | None:
    """Returns what says which browser this is, before somebody signs in with it; None if it keeps no cookies."""
    mark = st.context.cookies.get(mark_name(st.context.headers.get("Host", "")))
    return fingerprint(mark) if mark else None


def visitor_address() -> str | None:
    """Returns the visitor's network address; None for a browser on this machine, because the pages' own requests come
    from the same address anyway."""
    address = st.context.ip_address
    # AppTest has no connection, and returns a mock instead.
    return address if isinstance(address, str) else None


def identify_visitor() -> Visitor:
    """Returns who is using this page. Never raises, so that navigation can always be registered first."""
    _bind_to_cookie()
    if token() is None:
        return Visitor(None)
    me: Me | None = st.session_state.get("me")
    if me is not None and _is_recent(st.session_state["me_asked_at"]):
        return Visitor(me)
    try:
        st.session_state["me"] = me = api().me()
        st.session_state["me_asked_at"] = time.monotonic()
    except DeskAway:
        return Visitor(me, is_unknown=me is None)
    except ApiError:
        forget()
        return Visitor(None)
    return Visitor(me)


def me() -> Me:
    """Returns the signed-in person. Pages run only when there is one."""
    person: Me = st.session_state["me"]
    return person


def is_other_now() -> bool:
    """Returns whether the person may do something else than when the page was drawn, or is no longer signed in."""
    return Visitor(st.session_state.get("me")) != identify_visitor()


def draft_owner() -> str:
    """Returns a name for whoever uses this page, so that what one person began to write is not offered to the next."""
    person: Me | None = st.session_state.get("me")
    return str(person.person.id) if person else ""


def may(permission: Permission) -> bool:
    return permission in me().permissions


def reader() -> Reader:
    return Reader(me().person.id, may(Permission.TICKETS_WORK))


def forget() -> None:
    """Forgets the person and what they saw. For use when the token is no longer valid: nothing more may be shown before
    the data API is asked again."""
    shown = (
        "held",
        "held_figures",
        "kept_views",
        "twins",
        "dialog",
        "shown_once",
        "person_names",
        "queue_offers",
        "assignment_tried",
        "bulk_told",
        "bulk_given",
        "kept_tags",
    )
    lab = ("sql_run", "sql_file", "sql_open", "sql_asked", "sql_waits_for_values", "sql_parameters", "sql_chart_wanted")
    for name in ("me", "me_asked_at", "sql_fill", *shown, *lab):
        st.session_state.pop(name, None)


def _bind_to_cookie() -> None:
    """Clears the session state if the cookie's token has changed: Streamlit lets any browser that knows a session's id
    resume the session, which must not hand over the state."""
    current = token_fingerprint()
    if st.session_state.get("bound_to", current) != current:
        kept_token = st.session_state.get("token")
        st.session_state.clear()
        if kept_token:
            st.session_state["token"] = kept_token
    st.session_state["bound_to"] = current


def _is_recent(asked_at: float) -> bool:
    """Returns whether an answer of this moment about the person still holds. The data API ends the stream of somebody
    whose permissions change, and the browser then begins another one: an earlier answer does not count."""
    found = subscription_of(token())
    return asked_at > max(found.began_at if found else 0.0, time.monotonic() - ASK_AGAIN_SECONDS)
