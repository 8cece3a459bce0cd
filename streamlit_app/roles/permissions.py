"""What roles permit, in plain sentences: as a matrix, and as check boxes in a dialog."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial

import streamlit as st

from contracts.people import ALLOWS, NEEDS, Permission
from contracts.roles import RoleRead
from streamlit_app.components.table import Column, table
from streamlit_app.shell.dialogs import Form
from streamlit_app.state import session

LABEL = "What it permits"
FIELD = "permissions"


def sentence(permission: Permission) -> str:
    allows = ALLOWS[permission]
    return f"{allows[0].upper()}{allows[1:]}"


def may_give(role: RoleRead) -> bool:
    """Whether the role permits no more than this person may do: nobody gives or changes another one."""
    return set(role.permissions) <= set(session.me().permissions)


def matrix(roles: Sequence[RoleRead]) -> None:
    columns = [Column("Permits one to"), *(Column(role.name) for role in roles)]
    rows = [
        [sentence(permission), *("Yes" if permission in role.permissions else "" for role in roles)]
        for permission in Permission
    ]
    table("permissions", "What each role permits", columns, rows, has_cards=True)


def check_boxes(
    form: Form, before: Collection[Permission], offered: Collection[Permission] = tuple(Permission), label: str = LABEL
) -> list[Permission]:
    """Draws a box for each permission that is offered and returns those that are ticked. Boxes of what this person may
    not do cannot be changed. A permission brings those that it needs, and takes those along that need it."""
    st.markdown(label)
    for permission in offered:
        key = _key(form.key, permission)
        if key not in st.session_state:
            st.session_state[key] = permission in before
        st.checkbox(
            sentence(permission),
            key=key,
            disabled=not session.may(permission),
            on_change=partial(_follow, form.key, permission),
        )
    ticked = [permission for permission in offered if st.session_state[_key(form.key, permission)]]
    form.hold(FIELD, label, ticked)
    if any(not session.may(permission) for permission in offered):
        st.caption("You can only give what you may do yourself.")
    return ticked


def needed_by(permission: Permission) -> set[Permission]:
    """Returns everything without which the permission is of no use."""
    return _all(permission, lambda one: NEEDS.get(one, ()))


def needing(permission: Permission) -> set[Permission]:
    """Returns everything that is of no use without the permission."""
    return _all(permission, lambda one: [other for other, needs in NEEDS.items() if one in needs])


def in_words(permissions: Iterable[Permission]) -> str:
    return "; ".join(ALLOWS[permission] for permission in permissions)


def _all(permission: Permission, following: Callable[[Permission], Iterable[Permission]]) -> set[Permission]:
    return {one for direct in following(permission) for one in {direct, *_all(direct, following)}}


def _follow(key: str, permission: Permission) -> None:
    is_ticked = bool(st.session_state[_key(key, permission)])
    for other in needed_by(permission) if is_ticked else needing(permission):
        if _key(key, other) in st.session_state:
            st.session_state[_key(key, other)] = is_ticked


def _key(key: str, permission: Permission) -> str:
    return f"{key}_{permission}"
