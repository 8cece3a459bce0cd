"""Who is in front of this page: the token from the cookie, the person from the data API."""

import hashlib
import time
from dataclasses import dataclass

import streamlit as st

from contracts.people import Me, Permission
from streamlit_app.client.analytics import Analytics
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError, DeskAway
from streamlit_app.server.cookies import cookie_name
from streamlit_app.server.live_updates import subscription_of, total_unread

# Rights are the data API's to decide on every call; this only bounds how long a menu may be out of date.
ASK_AGAIN_SECONDS = 60


@dataclass(frozen=True)
class Visitor:
    """`me` is None for someone who has not entered, or whom the desk could not be asked about (`is_unknown`)."""

    me: Me | None
    is_unknown: bool = False


@dataclass(frozen=True)
class Reader:
    """Who looks at a ticket: what it says depends on where one sits."""

    id: int
    is_staff: bool


def api() -> Api:
    """The data API as the person in front sees it."""
    subscription = subscription_of(token())
    return Api(token(), subscription.answers if subscription else None, visitor_address())


def analytics() -> Analytics:
    """The analytics API as the person in front sees it."""
    subscription = subscription_of(token())
    return Analytics(token(), subscription.answers if subscription else None)


def unread() -> int:
    """How many tickets have unread messages, or were confirmed by this person and have another status since then: what
    the subscription counted last, or else the data API's answer. Where it gives none, what was counted before: the page
    itself will say why."""
    subscription = subscription_of(token())
    if subscription and subscription.unread is not None:
        return subscription.unread
    try:
        st.session_state["unread"] = total_unread(api().unread())
        st.session_state["is_away"] = False
    except DeskAway:
        st.session_state["is_away"] = True
    except ApiError:
        st.session_state["unread"] = 0
    return int(st.session_state.get("unread", 0))


def token() -> str | None:
    """From the cookie. A token put into the session's memory comes first: tests of single pages have no browser."""
    remembered: str | None = st.session_state.get("token")
    return remembered or token_in_cookie()


def token_in_cookie() -> str | None:
    return st.context.cookies.get(cookie_name(st.context.headers.get("Host", "")))


def visitor_address() -> str | None:
    """None on this machine, whose address the pages' own requests have too."""
    address = st.context.ip_address
    # AppTest has no connection, and hands out a mock in its place.
    return address if isinstance(address, str) else None


def identify_visitor() -> Visitor:
    """Never raises, so that navigation can always be registered first."""
    _bind_to_cookie()
    if token() is None:
        return Visitor(None)
    me: Me | None = st.session_state.get("me")
    if me is not None and time.monotonic() - st.session_state["me_asked_at"] < ASK_AGAIN_SECONDS:
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
    """The person in front. Pages run only when there is one."""
    person: Me = st.session_state["me"]
    return person


def may(permission: Permission) -> bool:
    return permission in me().permissions


def reader() -> Reader:
    return Reader(me().person.id, may(Permission.TICKETS_WORK))


def forget() -> None:
    """The token is no longer good: ask again before showing anything more."""
    for name in ("me", "me_asked_at", "held", "held_figures", "twins"):
        st.session_state.pop(name, None)


def _bind_to_cookie() -> None:
    """Streamlit lets a known session id resume a session from another browser; memory must not go with it."""
    fingerprint = hashlib.sha256((token() or "").encode()).hexdigest()
    if st.session_state.get("bound_to", fingerprint) != fingerprint:
        kept_token = st.session_state.get("token")
        st.session_state.clear()
        if kept_token:
            st.session_state["token"] = kept_token
    st.session_state["bound_to"] = fingerprint
