"""Trying the rules of assignment on the tickets of the last days: who would have got what. Nothing is changed by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from contracts.assignment_rules import (
    TRIED_DAYS,
    AssignmentRuleRead,
    AssignmentTrial,
    AssignmentTry,
    TriedTicket,
)
from streamlit_app.assignment.rule_words import called
from streamlit_app.components.rows import Row, rows
from streamlit_app.components.table import Column, table
from streamlit_app.language import moments
from streamlit_app.language.text import isolated, plain
from streamlit_app.language.words import Chip, count
from streamlit_app.shell.notices import show_notice, try_to
from streamlit_app.state import session
from streamlit_app.tickets.assignment_reason import happened_in_words

KEPT, SWITCHED_ON, EXAMPLES = "assignment_tried", "try_switched_off", "try_examples"
ALL_TICKETS, NO_RULE = -1, 0
WHAT = (
    f"Who would have got the tickets of the last {TRIED_DAYS} days, if these rules had been there? Trying changes "
    "nothing and tells nobody."
)
ALL_OFF = "All rules are switched off. They are tried as if they were on."
CHANGED = "The rules, or which of them count, have changed since they were tried. Try them again."
BY_RULE = [Column("Rule"), Column("Tickets", is_number=True), Column("To a person", is_number=True)]
BY_TEAM = [
    Column("Team"),
    Column("Tickets", is_number=True),
    Column("To a person", is_number=True),
    Column("Waiting in its queue", is_number=True),
]
BY_PERSON = [
    Column("Person"),
    Column("Team"),
    Column("Tickets", is_number=True),
    Column("At most at once", is_number=True),
]

# What a trial was of: the rules with their versions and places, and whether those that are off counted.
Of = tuple[Any, ...]


@dataclass(frozen=True)
class Tried:
    of: Of
    chosen: int
    trial: AssignmentTrial


def draw_trial(present: Sequence[AssignmentRuleRead]) -> None:
    """Draws the button, and what was found when it was pressed last."""
    st.header("Try the rules")
    st.text(WHAT)
    off = [rule.id for rule in present if not rule.is_on]
    if off and len(off) < len(present):
        st.checkbox("Also the rules that are switched off", value=True, key=SWITCHED_ON)
        off = off if st.session_state[SWITCHED_ON] else []
    elif off:
        st.caption(ALL_OFF)
    of = (tuple(off), *((rule.id, rule.version, rule.number) for rule in present))
    if st.button("Try them", key="try_rules"):
        _try(KEPT, of, off, ALL_TICKETS)
        st.session_state[EXAMPLES] = ALL_TICKETS
    show_notice(KEPT)
    tried: Tried | None = st.session_state.get(KEPT)
    if tried is None:
        return
    if tried.of != of:
        st.caption(CHANGED)
        return
    _draw_counts(tried.trial)
    _draw_examples(present, of, off)


def _try(place: str, of: Of, off: Sequence[int], chosen: int) -> None:
    wish = AssignmentTry(switch_on=list(off)) if off else AssignmentTry()
    if chosen != ALL_TICKETS:
        wish = wish.model_copy(update={"rule": chosen})

    def ask() -> None:
        with st.spinner(f"Trying the rules on the tickets of the last {TRIED_DAYS} days…", show_time=True):
            st.session_state[KEPT] = Tried(of, chosen, session.api().try_assignment_rules(wish))

    try_to(place, ask)


def _draw_counts(trial: AssignmentTrial) -> None:
    with st.container(key="sentence"):
        st.markdown(plain(summary(trial)))
    if trial.caveats:
        with st.expander("What the trial cannot know", key="trial_caveats"):
            for caveat in trial.caveats:
                st.markdown(plain(caveat))
    if not trial.fitting:
        return
    left, right = st.columns(2, gap="medium")
    with left:
        rules = [
            [f"{one.number}. {isolated(one.name)} → {isolated(one.team.name)}", f"{one.tickets:,}", f"{one.assigned:,}"]
            for one in trial.by_rule
        ]
        table("tried_rules", "Tickets by rule", BY_RULE, rules)
        teams = [
            [one.team.name, f"{one.tickets:,}", f"{one.assigned:,}", f"{one.tickets - one.assigned:,}"]
            for one in trial.by_team
        ]
        table("tried_teams", "Tickets by team", BY_TEAM, teams)
    with right:
        people = [
            [one.person.name, one.team.name, f"{one.tickets:,}", f"{one.most_at_once:,}"] for one in trial.by_person
        ]
        if people:
            table("tried_people", "Tickets by person", BY_PERSON, people)
        else:
            st.info("Nobody would have got a ticket: in these teams, nobody works on tickets or was free.")


def summary(trial: AssignmentTrial) -> str:
    if not trial.tickets:
        return f"No ticket that you may see was reported in the last {TRIED_DAYS} days."
    of = (
        f"Of the latest {trial.tickets:,} tickets"
        if trial.is_capped
        else f"Of {count(trial.tickets, 'ticket', 'tickets')}"
    )
    if not trial.fitting:
        return f"{of} of the last {TRIED_DAYS} days, no rule fits any."
    waiting = trial.fitting - trial.assigned
    said = f"{of} of the last {TRIED_DAYS} days, {trial.assigned:,} would have gone to a person at once"
    wait = f", {waiting:,} to the queue of a team" if waiting else ""
    left = trial.tickets - trial.fitting
    return f"{said}{wait}{f'; no rule fits {left:,}' if left else ''}."


def _draw_examples(present: Sequence[AssignmentRuleRead], of: Of, off: Sequence[int]) -> None:
    names = {ALL_TICKETS: "All tickets", NO_RULE: "Tickets that no rule fits"}
    names |= {rule.number: f"Those of {called(rule)}" for rule in present}
    chosen = st.selectbox("Examples", list(names), format_func=names.__getitem__, key=EXAMPLES, width=320)
    if st.session_state[KEPT].chosen != chosen:
        _try(EXAMPLES, of, off, chosen)
    show_notice(EXAMPLES)
    tried: Tried = st.session_state[KEPT]
    if tried.chosen != chosen:
        return
    items = tried.trial.examples.items
    if items:
        rows("tried_tickets", "Examples", [_row(ticket) for ticket in items])
    else:
        st.info("There are none.")
    if tried.trial.examples.next_cursor:
        st.caption(f"The latest {len(items)} are shown.")


def _row(ticket: TriedTicket) -> Row:
    chips = [Chip(ticket.team.name, "blue")] if ticket.team else [Chip("No rule fits")]
    if ticket.team and not ticket.assignee:
        chips.append(Chip("In its queue", "amber"))
    now = f"now with {isolated(ticket.assignee_now.name)}" if ticket.assignee_now else "now with nobody"
    why = happened_in_words(ticket.because) if ticket.because else ""
    would = f"→ {isolated(ticket.assignee.name)}" if ticket.assignee else ""
    meta = [moments.said(ticket.opened_at), would, now]
    return Row(ticket.id, ticket.title, why, chips, [one for one in meta if one])
