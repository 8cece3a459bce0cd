"""Why Lodge gave a ticket to somebody, or left it in a team's queue, in words."""

import streamlit as st

from contracts.assignment import AssignmentOutcome, AssignmentReason
from contracts.tickets import Status, TicketRead
from streamlit_app.language.text import isolated, plain


def assignment_reason(ticket: TicketRead) -> None:
    """Draws the reason under the assignee: as a notice while the ticket waits for somebody."""
    reason = ticket.assigned_because
    if reason is None:
        return
    if reason.outcome is AssignmentOutcome.NOBODY_FREE and ticket.status is not Status.CLOSED:
        st.info(plain(waits_in_words(reason)))
    elif reason.outcome is AssignmentOutcome.ASSIGNED:
        st.caption(plain(assigned_in_words(reason)))


def assigned_in_words(reason: AssignmentReason) -> str:
    """Returns "Assigned by rule 3, Networks: the least loaded of 4."."""
    return f"Assigned by {_rule(reason)}: {_why(reason)}."


def waits_in_words(reason: AssignmentReason) -> str:
    """Returns "Waiting in the queue of Networks: nobody is free (2 away, 1 full)."."""
    queue = f"Waiting in the queue of {isolated(reason.team)}"
    if not reason.people:
        return f"{queue}: nobody in this team works on tickets."
    busy = {"away": reason.away, "off duty": reason.off_hours, "full": reason.full}
    return f"{queue}: nobody is free ({', '.join(f'{number:,} {what}' for what, number in busy.items() if number)})."


def happened_in_words(reason: AssignmentReason) -> str:
    """Returns what the history adds to the change that Lodge made for this reason."""
    if reason.outcome is AssignmentOutcome.ASSIGNED:
        return f"By {_rule(reason)}: {_why(reason)}."
    return waits_in_words(reason).replace("Waiting", "Put", 1)


def _rule(reason: AssignmentReason) -> str:
    """Returns the rule with what it is called if that says more than the team. Without a rule, somebody chose the team
    by hand, and Lodge the person."""
    team = isolated(reason.team)
    if reason.rule is None:
        return f"Lodge within {team}"
    name = f" ({isolated(reason.rule_name)})" if reason.rule_name and reason.rule_name != reason.team else ""
    return f"rule {reason.rule:,}{name}, {team}"


def _why(reason: AssignmentReason) -> str:
    number, who = reason.free, "who were free"
    if reason.experts:
        number, who = reason.experts, "who know about this and were free"
    if number == 1:
        return "the only one who knows about this and was free" if reason.experts else "the only one who was free"
    return f"the least loaded of {number:,} {who}"
