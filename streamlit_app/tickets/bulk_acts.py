"""What can be done with many tickets at once: what each act asks for, and how a change is said in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import ValidationError

from contracts.base import tag as as_tag
from contracts.bulk import BulkChange
from contracts.tickets import MOST_TAGS, ClosedReason, Priority, Status
from streamlit_app.language.text import isolated, one_line, plain
from streamlit_app.language.words import PRIORITIES, STATUSES
from streamlit_app.state import lists, session, tag_names

Names = Mapping[Any, str]
# A choice that clears the field.
NOBODY, NO_TEAM = 0, ""
SOLVED = {"status": Status.CLOSED, "reason": ClosedReason.SOLVED, "starts_work": True}
NO_LONGER_NEEDED = SOLVED | {"reason": ClosedReason.NO_LONGER_NEEDED}


@dataclass(frozen=True)
class BulkAct:
    """`label` is its button's, `title` that of its dialog. `draw` asks for what there is to choose, with widgets under
    this key, and returns the change, or None as long as nothing is chosen."""

    name: str
    label: str
    title: str
    draw: Callable[[str], BulkChange | None]


def _one_of(label: str, names: Names, key: str, change_of: Callable[[Any], dict[str, Any]]) -> BulkChange | None:
    options = list(names)
    chosen = st.selectbox(label, options, None, names.__getitem__, key=key, placeholder="Choose…")
    return None if chosen is None else BulkChange.model_validate(change_of(chosen))


def _assign(key: str) -> BulkChange | None:
    me = session.me().person
    others = {number: name for number, name in lists.staff_names().items() if number != me.id}
    names = {me.id: f"Me ({me.name})", NOBODY: "Nobody", **others}
    return _one_of("Assign to", names, key, lambda person: {"assignee": person or None})


def _team(key: str) -> BulkChange | None:
    names = {NO_TEAM: "No team", **lists.team_names()}
    return _one_of("Team", names, key, lambda team: {"team": team or None})


def _status(key: str) -> BulkChange | None:
    """Offers the statuses that there is a way to, and the stages of the board."""
    changes: dict[str, dict[str, Any]] = {
        "Active: start work, or reopen": {"status": Status.ACTIVE},
        "Closed: solved": SOLVED,
        "Closed: no longer needed": NO_LONGER_NEEDED,
        **{f"Stage: {name}": {"stage": slug} for slug, name in lists.stage_names().items()},
    }
    closing = {name for name, change in changes.items() if _closes(change)}
    change = _one_of("Status", {name: name for name in changes}, key, changes.__getitem__)
    return _despite(key, change) if st.session_state.get(key) in closing else change


def _closes(change: Mapping[str, Any]) -> bool:
    closed = {stage.slug for stage in lists.stages() if stage.status is Status.CLOSED}
    return change.get("status") is Status.CLOSED or change.get("stage") in closed


def _close(key: str) -> BulkChange | None:
    return _despite(key, BulkChange.model_validate(SOLVED))


def _despite(key: str, change: BulkChange | None) -> BulkChange | None:
    """Draws the choice whether tickets that wait for others are closed too."""
    is_wanted = st.checkbox("Also those that are blocked by other tickets", key=f"{key}_despite")
    return change.model_copy(update={"despite_blockers": True}) if change and is_wanted else change


def _category(key: str) -> BulkChange | None:
    return _one_of("Category", lists.category_names(), key, lambda slug: {"category": slug})


def _priority(key: str) -> BulkChange | None:
    names = {level: PRIORITIES[level].text for level in Priority}
    return _one_of("Priority", names, key, lambda level: {"priority": level})


def _tags(key: str) -> BulkChange | None:
    known = tag_names.with_known(())
    added, removed = (
        st.multiselect(
            label,
            list(dict.fromkeys([*st.session_state.get(f"{key}_{name}", []), *known])),
            key=f"{key}_{name}",
            accept_new_options=True,
            max_selections=MOST_TAGS,
            placeholder="Type a tag",
        )
        for name, label in (("added", "Add these tags"), ("removed", "Remove these tags"))
    )
    named = {name: tags for name, tags in (("tags_added", added), ("tags_removed", removed)) if tags}
    if both := set(map(as_tag, added)) & set(map(as_tag, removed)):
        st.caption(plain(f"{isolated(one_line(min(both), 40))} cannot be added and removed at once."))
        return None
    try:
        return BulkChange.model_validate(named) if named else None
    except ValidationError:
        st.caption("A tag has at most 40 characters, and at least one that can be seen.")
        return None


ACTS = {
    one.name: one
    for one in (
        BulkAct("assign", "Assign", "Assign", _assign),
        BulkAct("team", "Team", "Change the team", _team),
        BulkAct("status", "Status", "Change the status", _status),
        BulkAct("category", "Category", "Change the category", _category),
        BulkAct("priority", "Priority", "Change the priority", _priority),
        BulkAct("tags", "Tags", "Change the tags", _tags),
        BulkAct("close", "Close as solved", "Close as solved", _close),
    )
}


def in_words(change: Mapping[str, Any]) -> str:
    """Returns for example "assigned to Maja Weber". `change` is as the data API answers it."""
    said = [_SAID[name](value, change) for name, value in change.items() if name in _SAID]
    return isolated("; ".join(said))


def _named(names: Callable[[], Names], value: Any, nothing: str) -> str:
    return nothing if value is None else isolated(one_line(str(names().get(value, value)), 60))


def _listed(tags: Sequence[str]) -> str:
    return ", ".join(isolated(one_line(tag, 40)) for tag in tags)


def _status_said(status: str, change: Mapping[str, Any]) -> str:
    if change.get("reason") == ClosedReason.NO_LONGER_NEEDED:
        return "closed as no longer needed"
    return "closed as solved" if status == Status.CLOSED else f"status {STATUSES[Status(status)].text}"


_SAID: dict[str, Callable[[Any, Mapping[str, Any]], str]] = {
    "assignee": lambda value, _: f"assigned to {_named(lists.staff_names, value, 'nobody')}",
    "team": lambda value, _: f"team {_named(lists.team_names, value, 'none')}",
    "status": _status_said,
    "stage": lambda value, _: f"stage {_named(lists.stage_names, value, '')}",
    "despite_blockers": lambda *_: "also where others block them",
    "category": lambda value, _: f"category {_named(lists.category_names, value, '')}",
    "priority": lambda value, _: f"priority {PRIORITIES[Priority(value)].text}",
    "tags_added": lambda value, _: f"with the tags {_listed(value)}",
    "tags_removed": lambda value, _: f"without the tags {_listed(value)}",
}
