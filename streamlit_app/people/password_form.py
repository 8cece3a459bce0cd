"""The form with which somebody signs in with a password. It is streamlit-authenticator's; what is typed is checked by
the data API, and none of the library's own cookie, hashes and limits is used."""

import secrets
from collections.abc import Callable

import streamlit as st
from pydantic import ValidationError
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController

from contracts.sessions import HandOffCreate
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError, faults
from streamlit_app.components.first_field import first_field
from streamlit_app.components.sign_in import hand_off
from streamlit_app.language.text import plain
from streamlit_app.state import session

LABELS = {"Form name": "Sign in", "Username": "Username", "Password": "Password", "Login": "Sign in"}
NO_COOKIES = "This browser keeps no cookies for this page. Allow them, and load the page again."


class NoCookie:
    """In place of the library's cookie, which a script sets, so that scripts can read it, and which stays valid after
    somebody has signed out."""

    def get_cookie(self) -> None:
        return None

    def set_cookie(self) -> None:
        return None


def password_form(*, refused: str) -> None:
    """Draws the form. `refused` is the fingerprint of a token that the page came with and that is not valid."""
    st.session_state.pop("sign_in_problem", None)
    with st.container(key="narrow_password"):
        _form(_check).login(fields=LABELS, key="sign_in")
        first_field("narrow_password")
        if problem := st.session_state.get("sign_in_problem"):
            st.error(plain(problem))
        st.caption("No username yet, or the password forgotten? Ask the helpdesk for a link to choose one.")
    hand_off(st.session_state.get("hand_off_code"), refused=refused)


def code_for(username: str, password: str) -> str:
    """Signs in and returns the code with which the browser fetches its token. Raises ApiError, and ValueError with a
    sentence for what cannot be sent."""
    if (mark := session.browser_mark()) is None:
        raise ValueError(NO_COOKIES)
    try:
        wish = HandOffCreate(username=username, password=password, browser=mark)
    except ValidationError as error:
        raise ValueError(faults(error)) from None
    return Api(visitor=session.visitor_address()).hand_off(wish).code


def _form(check: Callable[[str, str], bool]) -> Authenticate:
    """Returns the library's form. Its constructor is left out, because that would draw the component that keeps the
    library's cookie."""
    form = Authenticate.__new__(Authenticate)
    form.attrs = {"login_sleep_time": 0}
    form.path = None
    form.cookie_controller = NoCookie()
    form.authentication_controller = AuthenticationController(
        {"usernames": {}}, auto_hash=False, secret_key=secrets.token_urlsafe()
    )
    model = form.authentication_controller.authentication_model
    model.credentials["usernames"] = _Anybody()
    model.check_credentials = check
    return form


class _Anybody(dict[str, dict[str, str]]):
    """The library looks up whoever has signed in; the data API knows them."""

    def __missing__(self, username: str) -> dict[str, str]:
        self[username] = {"name": username}
        return self[username]


def _check(username: str, password: str) -> bool:
    try:
        if not password:
            raise ValueError("Type your password too.")
        st.session_state["hand_off_code"] = code_for(username, password)
    except ValueError as error:
        st.session_state["sign_in_problem"] = str(error)
    except ApiError as error:
        st.session_state["sign_in_problem"] = error.envelope.detail
    return "hand_off_code" in st.session_state
