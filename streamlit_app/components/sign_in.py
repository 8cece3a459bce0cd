"""Signing in, switching roles and signing out. The browser calls the HTTP routes of server/sign_in.py for that,
because a Streamlit page cannot set the session cookie."""

from contracts.people import Me, Role
from streamlit_app.components.component_files import component
from streamlit_app.language.words import ROLES

_cards = component("role_cards")
_menu = component("person_menu")

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


def person_menu(me: Me) -> None:
    """Draws the menu with the person's name, with which they switch to another role or sign out."""
    own = ", ".join(me.role_names)
    others = [{"slug": role.value, "name": ROLES[role].lower()} for role in ROLES if role not in me.roles]
    _menu(
        key="person_menu",
        data={
            "name": me.person.name,
            "role": own if own != me.person.name else "Switch role or sign out",
            "roles": others,
        },
    )
