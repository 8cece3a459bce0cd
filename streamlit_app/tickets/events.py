"""Turns the events of a ticket's history into sentences."""

from contracts.links import LinkKind
from contracts.tickets import EventKind, Status, TicketEventRead
from streamlit_app.language.text import isolated, one_line
from streamlit_app.state import lists
from streamlit_app.tickets.fields import BY_EVENT

# The event kind of imported histories: an activity under the name that the former helpdesk system gave it.
ACTIVITY = "activity"
# Who made a change that nobody made by hand.
LODGE = "Lodge"

VERBS: dict[str, str] = {ACTIVITY: "did", EventKind.OPENED: "reported it"} | {
    kind: field.verb or f"changed the {field.called()}" for kind, field in BY_EVENT.items() if field.label
}


# What a link says of the ticket.
LINKED = {
    LinkKind.RELATES_TO: "it relates to {}",
    LinkKind.DUPLICATES: "it is a duplicate of {}",
    LinkKind.DUPLICATED_BY: "{} is a duplicate of it",
    LinkKind.BLOCKS: "it blocks {}",
    LinkKind.BLOCKED_BY: "it is blocked by {}",
}


def sentence(
    kind: str, before: str | None, after: str | None, who: str, actor: str = "", other_ticket: int | None = None
) -> str:
    """`who` is what the person who did it is called, and `actor` their name, if that is something else. `other_ticket`
    is the linked ticket that it is about."""
    if kind == EventKind.LINK:
        return f"{isolated(who)} {_linked(before, after, other_ticket)}"
    if kind == EventKind.BLOCKER:
        did, blocks = ("closed", "blocked") if after == Status.CLOSED else ("reopened", "blocks")
        return f"{isolated(who)} {did} #{other_ticket}, which {blocks} this"
    if kind == EventKind.FOLLOWER:
        return f"{isolated(who)} {_followers_changed(before, after)}"
    if kind == EventKind.ASSIGNEE:
        return f"{isolated(who)} {_assigned(before, after, actor or who)}"
    if kind == EventKind.TEAM:
        return f"{isolated(who)} {_put_into_team(before, after)}"
    if kind == EventKind.ATTACHMENT:
        did = "deleted the file" if after is None else "added the file"
        return f"{isolated(who)} {did} {isolated(one_line(after or before or 'nothing', 80))}"
    who, did = isolated(who), VERBS.get(kind, f"changed {kind}")
    field = BY_EVENT.get(kind)
    if kind == EventKind.OPENED or (field and not field.tells_values):
        return f"{who} {did}"
    was, now = (
        isolated(field.in_words(value) if field else one_line(value or "nothing", 80)) for value in (before, after)
    )
    if kind == ACTIVITY:
        return f"{who} {did} “{now}”"
    return f"{who} {did} to {now}" if before is None else f"{who} {did} from {was} to {now}"


def who_did(event: TicketEventRead) -> str:
    if event.is_automatic:
        return LODGE
    return event.actor.name if event.actor else "Somebody"


def _assigned(before: str | None, after: str | None, actor: str) -> str:
    if after is None:
        did = "gave it back" if before == actor else f"took it from {_name(before)}"
        return f"{did}, so nobody has it"
    if after == actor:
        return "took it" if before is None else f"took it over from {_name(before)}"
    return f"assigned it to {_name(after)}" + (f", in place of {_name(before)}" if before else "")


def _put_into_team(before: str | None, after: str | None) -> str:
    if after is None:
        return f"took it out of the team {_team(before)}"
    return f"put it into the team {_team(after)}" + (f", before it was in {_team(before)}" if before else "")


def _linked(before: str | None, after: str | None, other_ticket: int | None) -> str:
    other = f"#{other_ticket}" if other_ticket else "a ticket that was deleted"
    said = LINKED[LinkKind(after or before or LinkKind.RELATES_TO)].format(other)
    return f"linked it: {said}" if after else f"removed the link: {said}"


def _name(name: str | None) -> str:
    return isolated(one_line(name or "somebody", 80))


def _team(slug: str | None) -> str:
    return isolated(one_line(lists.team_name(slug or ""), 80))


def _followers_changed(before: str | None, after: str | None) -> str:
    if after is not None:
        return f"added {isolated(after)} as a follower"
    return f"removed {isolated(before or 'somebody')} from the followers"
