"""Who somebody is here, and what they may do."""

import streamlit as st

from contracts.people import Permission, PersonDetails
from streamlit_app.components.facts import facts
from streamlit_app.people.person import absence, work_facts
from streamlit_app.roles.permissions import sentence
from streamlit_app.state import lists, navigation, session
from streamlit_app.state.last_answers import ask_or_reuse


def about_me() -> None:
    person = myself()
    facts("profile_facts", _facts(person))
    if session.may(Permission.PEOPLE_MANAGE):
        navigation.link("people", "Change it on the page People", {"person": str(person.id)})
    else:
        st.caption("Is something wrong or missing? Whoever looks after people at the helpdesk can change it.")


def what_i_may_do() -> None:
    st.header("What you may do")
    st.markdown("\n".join(f"- {sentence(permission)}" for permission in Permission if session.may(permission)))


def myself() -> PersonDetails:
    me = session.me().person.id
    return ask_or_reuse("myself", lambda: session.api().person(me))


def _facts(person: PersonDetails) -> dict[str, str]:
    username = {"Username": person.username or "None"} if lists.is_sign_in_by_password() else {}
    return {
        "Name": person.name,
        **username,
        "Mail address": person.email or "None",
        "Team": person.team.name if person.team else "None",
        "Roles" if len(person.role_names) > 1 else "Role": ", ".join(person.role_names),
        **(work_facts(person) if session.may(Permission.TICKETS_WORK) else {"Away": absence(person)}),
    }
