"""Signing in, switching roles and signing out. The browser calls the HTTP routes of server/sign_in.py for that,
because a Streamlit page cannot set the session cookie."""

import streamlit as st

from contracts.people import Me, Role
from streamlit_app.components.component_files import component
from streamlit_app.language.words import ROLES

_cards = component("role_cards")
_menu = component("person_menu")
_hand_off = component("hand_off")
_link_secret = component("link_secret")
_provider_button = component("provider_button")

LARGE = {
    Role.STUDENT: "Report a problem, follow it, answer.",
    Role.AGENT: "See what is next, talk to people, solve it.",
}
SMALL = {
    Role.ANALYST: "Explore the analyses.",
    Role.MANAGER: "See how the desk does, manage people and teams.",
    Role.ADMIN: "Manage roles, categories and buildings.",
}


def role_cards(*, refused: str = "") -> None:
    """Draws the cards. `refused` is the fingerprint of a token that the page came with and that is not valid: the
    browser may have another one by now, and so loads the page again, once."""
    roles = {
        size: [{"slug": role.value, "name": ROLES[role], "what": what} for role, what in roles.items()]
        for size, roles in (("large", LARGE), ("small", SMALL))
    }
    _cards(key="enter", data=roles | {"refused": refused})


def hand_off(code: str | None, *, to: str = "", refused: str = "") -> None:
    """Lets the browser fetch the token that a page got this code for, and then load the page again, or go to the
    address `to`. Draw it also while there is no code: it tells password managers which field is which. `refused` is as
    in `role_cards`."""
    _hand_off(key="hand_off", data={"code": code or "", "to": to, "refused": refused})


def provider_button(account: str, *, refused: str = "") -> None:
    """Draws the button that leads to the identity provider. `account` is what people call their account there.
    `refused` is as in `role_cards`."""
    _provider_button(key="provider_button", data={"label": f"Sign in with {account}", "refused": refused})


def link_secret() -> str:
    """Returns the secret in the address of this page, after its #; "" until the browser has sent it."""
    with st.container(key="hidden_link_secret"):
        given = _link_secret(key="link_secret", data={}, default={"secret": ""}, on_secret_change=lambda: None)
    return str(given.get("secret") or "")


def person_menu(me: Me, *, switches: bool = True) -> None:
    """Draws the menu with the person's name, which leads to their profile, signs out and, if `switches`, switches to
    another role."""
    own = ", ".join(me.role_names)
    others = [{"slug": role.value, "name": ROLES[role].lower()} for role in ROLES if role not in me.roles]
    does = "switch role or sign out" if switches else "sign out"
    _menu(
        key="person_menu",
        data={
            "name": me.person.name,
            "role": own if own != me.person.name else does.capitalize(),
            "roles": others if switches else [],
            "does": does,
        },
    )
