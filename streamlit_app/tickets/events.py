"""Turns the events of a ticket's history into sentences."""

from contracts.tickets import EventKind
from streamlit_app.language.text import isolated, one_line
from streamlit_app.tickets.fields import BY_EVENT

# The event kind of imported histories: an activity under the name that the former helpdesk system gave it.
ACTIVITY = "activity"

VERBS: dict[str, str] = {ACTIVITY: "did", EventKind.OPENED: "reported it"} | {
    kind: field.verb or f"changed the {field.called()}" for kind, field in BY_EVENT.items() if field.label
}


def sentence(kind: str, before: str | None, after: str | None, who: str) -> str:
    if kind == EventKind.FOLLOWER:
        return f"{isolated(who)} {_followers_changed(before, after)}"
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


def _followers_changed(before: str | None, after: str | None) -> str:
    if after is not None:
        return f"added {isolated(after)} as a follower"
    return f"removed {isolated(before or 'somebody')} from the followers"
