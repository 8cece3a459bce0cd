"""The page that a link leads to with which somebody chooses a username and a password, or a new password."""

import streamlit as st
from pydantic import ValidationError

from contracts.invitations import InvitationRedeem, InvitationShown
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError, faults
from streamlit_app.components.sign_in import hand_off, link_secret
from streamlit_app.language.text import plain
from streamlit_app.people.password_form import code_for
from streamlit_app.state import session

RULES = "At least ten characters. A few words in a row are easy to remember and hard to guess."


def join_form() -> None:
    secret = link_secret()
    if not secret:
        st.info("Open the link that you were given: this page needs all of it.")
        return
    code = st.session_state.get("hand_off_code")
    if code is None:
        try:
            _form(secret, Api(visitor=session.visitor_address()).check_invitation(secret))
        except ApiError as error:
            st.error(plain(error.envelope.detail))
        code = st.session_state.get("hand_off_code")
    hand_off(code, to=".")


def _form(secret: str, shown: InvitationShown) -> None:
    st.text(f"For {shown.name}.")
    with st.form("join"):
        if shown.username is None:
            username = st.text_input("Username", max_chars=100, autocomplete="username")
        else:
            username = shown.username
            st.text(f"Your username is {username}.")
        password = st.text_input("New password", type="password", max_chars=200, autocomplete="new-password")
        st.caption(RULES)
        is_sent = st.form_submit_button("Save and sign in", type="primary")
    if is_sent and (problem := _join(secret, username, password)):
        st.error(plain(problem))


def _join(secret: str, username: str, password: str) -> str | None:
    """Returns what is wrong; None when somebody is signed in."""
    try:
        wish = InvitationRedeem(token=secret, username=username, password=password)
        done = Api(visitor=session.visitor_address()).redeem_invitation(wish)
        st.session_state["hand_off_code"] = code_for(done.username, password)
    except ValidationError as error:
        return faults(error)
    except ApiError as error:
        return error.envelope.detail
    except ValueError as error:
        return f"Your password is saved. {error}"
    return None
