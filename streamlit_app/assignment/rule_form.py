"""The dialogs that add, change and delete a rule of assignment."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from contracts.assignment_rules import (
    AssignmentRuleCreate,
    AssignmentRuleRead,
    AssignmentRuleUpdate,
    ConfidentialTickets,
)
from contracts.people import Permission
from contracts.tickets import Priority
from streamlit_app.assignment.rule_words import Conditions, called, sentence
from streamlit_app.language.text import plain
from streamlit_app.language.words import PRIORITIES
from streamlit_app.shell.changes import save_change
from streamlit_app.shell.dialogs import Form, attempt, keep_button, show_problems
from streamlit_app.state import lists, session

CONFIDENTIAL = {
    ConfidentialTickets.NEVER: "Never",
    ConfidentialTickets.ALSO: "Also",
    ConfidentialTickets.ONLY: "Only",
}
LABELS = {
    "categories": "Categories",
    "buildings": "Buildings",
    "priorities": "Priorities",
    "words": "Words of the report",
}
NEW: Mapping[str, Any] = {
    "name": "",
    "categories": [],
    "buildings": [],
    "priorities": [],
    "words": [],
    "confidential": ConfidentialTickets.NEVER,
    "team": None,
}


def add() -> None:
    form = Form("new_rule", {}, {})
    _draw(form, NEW)
    st.caption("A new rule comes last, and is switched off. Try it first, then switch it on.")
    if st.button("Add", type="primary", key="new_rule_add") and _has_team(form):
        attempt(
            form.places,
            lambda api: api.add_assignment_rule(AssignmentRuleCreate.model_validate(form.fields)),
            "Added, switched off.",
            _nothing_kept,
        )


def change(rule: AssignmentRuleRead) -> None:
    form = Form(f"change_rule_{rule.id}", {}, {})
    _draw(form, _values(rule))
    if st.button("Save", type="primary", key=f"{form.key}_save") and _has_team(form):
        save_change(
            form,
            rule,
            _values,
            lambda api, changed: api.change_assignment_rule(rule.id, AssignmentRuleUpdate.model_validate(changed)),
            _nothing_kept,
            _in_words,
        )


def delete(rule: AssignmentRuleRead) -> None:
    begin = called(rule)
    st.text(
        f"{begin[0].upper()}{begin[1:]}, is gone for good. Tickets that it has assigned stay where they are. To use it "
        "again later, switch it off instead."
    )
    place = st.container()
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key=f"delete_rule_{rule.id}"):
            attempt({"": place}, lambda api: api.delete_assignment_rule(rule.id), "Deleted.", _nothing_kept)
        keep_button(f"keep_rule_{rule.id}")


def _draw(form: Form, present: Mapping[str, Any]) -> None:
    """Draws the fields, and the rule that they make as a sentence. They are no `st.form`, so that the sentence follows
    what is chosen."""
    st.text("A ticket fits if it meets each of these. What is left empty is met by every ticket.")
    left, right = st.columns(2)
    with left:
        _several(form, "categories", present, lists.category_names())
    with right:
        _several(form, "buildings", present, lists.building_names())
    with left:
        _several(form, "priorities", present, {level: PRIORITIES[level].text for level in Priority})
    with right:
        _confidential(form, present["confidential"])
    _several(form, "words", present, {}, "Such as wifi; Enter after each")
    _team(form, present["team"])
    form.text("name", "Name (optional)", present["name"], 100, "What the rule is for; the team's name if left out")
    if team := form.fields["team"]:
        name = lists.team_names().get(team, team)
        form.fields["name"] = form.fields["name"] or name
        st.markdown(plain(sentence(_conditions(form.fields), name)))


def _several(
    form: Form, field: str, present: Mapping[str, Any], names: Mapping[Any, str], hint: str | None = None
) -> None:
    """Draws a choice of several. With a `hint`, anything can be typed."""
    before = list(present[field])
    options = [*names, *(one for one in before if one not in names)]
    chosen = st.multiselect(
        LABELS[field],
        options,
        before,
        format_func=lambda one: names.get(one, str(one)),
        key=f"{form.key}_{field}",
        placeholder=hint or "Any",
        accept_new_options=hint is not None,
    )
    # In the order of before, so that only a real change counts as one.
    kept = [one for one in before if one in chosen]
    form.hold(field, LABELS[field], [*kept, *(one for one in chosen if one not in before)])


def _confidential(form: Form, present: ConfidentialTickets) -> None:
    chosen = st.segmented_control(
        "Confidential tickets",
        list(CONFIDENTIAL),
        default=present,
        format_func=CONFIDENTIAL.__getitem__,
        required=True,
        key=f"{form.key}_confidential",
        disabled=not session.may(Permission.TICKETS_READ_CONFIDENTIAL),
        help="Whoever gets a confidential ticket can read it.",
    )
    form.hold("confidential", "Confidential tickets", chosen or present)


def _team(form: Form, present: str | None) -> None:
    names = lists.team_names()
    options = [*names, *([present] if present and present not in names else [])]
    slug = st.selectbox(
        "Team that gets it",
        options,
        options.index(present) if present else None,
        format_func=lambda one: names.get(one, one),
        key=f"{form.key}_team",
        placeholder="Please choose",
    )
    form.hold("team", "Team that gets it", slug)


def _has_team(form: Form) -> bool:
    if not form.fields["team"]:
        show_problems(form.places, [("team", "Please choose a team.")])
    return bool(form.fields["team"])


def _conditions(fields: Mapping[str, Any]) -> Conditions:
    return Conditions(**{name: fields[name] for name in (*LABELS, "confidential")})


def _values(rule: AssignmentRuleRead) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in NEW} | {"team": rule.team.slug}


def _in_words(field: str, value: Any) -> str:
    names: dict[str, Mapping[Any, str]] = {
        "categories": lists.category_names(),
        "buildings": lists.building_names(),
        "priorities": {level: PRIORITIES[level].text for level in Priority},
        "confidential": CONFIDENTIAL,
        "team": lists.team_names(),
    }
    values: Sequence[Any] = value if isinstance(value, list) else [value]
    return ", ".join(names.get(field, {}).get(one, str(one)) for one in values)


def _nothing_kept() -> None:
    """The rules are asked for whenever their page is drawn."""
