"""The rules of assignment in their order, each as a sentence, with buttons to switch, move, change and delete it."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from contracts.assignment_rules import MOST_RULES, AssignmentRuleRead, AssignmentRuleUpdate
from streamlit_app.assignment import rule_form
from streamlit_app.assignment.rule_words import called, conditions_of, sentence
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language.text import plain
from streamlit_app.shell.dialogs import open_dialog, show_dialog
from streamlit_app.shell.notices import show_notice, try_to
from streamlit_app.state import lists, navigation, session

OWNER = "assignment_rules"
EMPTY = (
    "No rules yet, so new tickets wait until somebody takes them. A rule gives them to a team by what they are about: "
    "for example, if the category is Technical IT and the building is Main Library → Networks. Add the first one here. "
    "It does nothing until you switch it on, and you can try it on last month's tickets before."
)
NO_TEAMS = "A rule gives tickets to a team, and there are no teams yet. Make one first, and put people into it."
BEYOND = "It is about confidential tickets, which you may not read, so you cannot change it."
UP, DOWN = -1, 1


def draw_rules(rules: Sequence[AssignmentRuleRead]) -> None:
    """Draws the button to add a rule, and the list."""
    if not lists.team_names():
        st.info(NO_TEAMS)
        navigation.link("teams", "Make a team")
        return
    if len(rules) < MOST_RULES:
        if not rules:
            st.info(EMPTY)
        st.button(
            "Add a rule" if rules else "Add the first rule",
            key="add_rule",
            type="secondary" if rules else "primary",
            on_click=open_dialog,
            args=(OWNER, "Add a rule", rule_form.add),
        )
    show_notice(OWNER)
    if rules:
        entries("entries_rule", "Rules in their order", [_entry(rule, rules) for rule in rules], _pressed(rules))
    show_dialog(OWNER)


def _entry(rule: AssignmentRuleRead, rules: Sequence[AssignmentRuleRead]) -> Entry:
    return Entry(
        str(rule.id),
        f"{rule.number}. {rule.name}",
        sentence(conditions_of(rule), rule.team.name),
        "On" if rule.is_on else "Off",
        "" if rule.may_change else BEYOND,
        _acts(rule, rules) if rule.may_change else (),
        mark_tone="green" if rule.is_on else "",
        called=called(rule),
    )


def _acts(rule: AssignmentRuleRead, rules: Sequence[AssignmentRuleRead]) -> list[str]:
    moves = [("up", rule.number > 1), ("down", rule.number < len(rules))]
    return ["off" if rule.is_on else "on", *(act for act, can in moves if can), "change", "delete"]


def _pressed(rules: Sequence[AssignmentRuleRead]) -> Callable[[str, str], None]:
    present = {str(rule.id): rule for rule in rules}

    def pressed(act: str, slug: str) -> None:
        if (rule := present.get(slug)) is None:
            return
        if act in ("on", "off"):
            try_to(OWNER, partial(_switch, rule, is_on=act == "on"), f"Rule {rule.number} is {act}.")
        elif act in ("up", "down"):
            try_to(OWNER, partial(_move, rule, UP if act == "up" else DOWN))
        elif act == "change":
            open_dialog(OWNER, f"Change {plain(called(rule))}", rule_form.change, rule)
        else:
            open_dialog(OWNER, f"Delete {plain(called(rule))}?", rule_form.delete, rule)

    return pressed


def _switch(rule: AssignmentRuleRead, *, is_on: bool) -> None:
    session.api().change_assignment_rule(rule.id, AssignmentRuleUpdate(version=rule.version, is_on=is_on))


def _move(rule: AssignmentRuleRead, step: int) -> None:
    """Moves the rule by one place, in the order that the rules have now: somebody else may have moved them since the
    page was drawn."""
    ids = [one.id for one in session.api().assignment_rules()]
    if rule.id not in ids:
        return
    place = ids.index(rule.id)
    other = place + step
    if 0 <= other < len(ids):
        ids[place], ids[other] = ids[other], ids[place]
        session.api().order_assignment_rules(ids)
