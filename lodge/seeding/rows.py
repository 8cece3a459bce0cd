"""Returns the columns of one batch for each table, by name, in the text format of COPY."""

from collections.abc import Iterable

import numpy as np

from contracts.people import Role
from contracts.tickets import ClosedReason, WaitsFor
from lodge.seeding.clock import Moments
from lodge.seeding.confirmations import Confirmations
from lodge.seeding.copy_text import NULL, Column, bools, known, moments, numbers, texts, words
from lodge.seeding.desk import Desk, Reserved
from lodge.seeding.guesses import MODEL, Guesses
from lodge.seeding.history import History
from lodge.seeding.lives import NEVER, Bools, Ints, Lives
from lodge.seeding.standing import Standing, Words
from lodge.seeding.talk import DAY, Talk
from lodge.seeding.writer import Place, Report

WATCHED = 0.05
SET_BY_HAND = 1 / 3
PREDICTED_DAYS = 400  # a little more than the year that the statistics on predictions cover


def ticket_rows(
    desk: Desk,
    ids: Reserved,
    lives: Lives,
    stand: Standing,
    reports: list[Report],
    places: list[Place],
    category_by: Words,
    confirmed: Ints,
) -> dict[str, Column]:
    assignee, team = lives.present_assignee, desk.team_ids[lives.category]
    return {
        "id": numbers(ids.tickets),
        "title": texts(report.title for report in reports),
        "description": texts(report.description for report in reports),
        "status": words(stand.status),
        "stage_id": [str(desk.board.ids[slug]) for slug in stand.stage.tolist()],
        "category_id": numbers(desk.category_ids[lives.category]),
        "category_by": words(category_by),
        "priority": numbers(lives.priority),
        "building_id": known(numbers(desk.buildings[lives.building]), lives.building >= 0),
        "room": known([place.room for place in places], lives.door >= 0),
        "requester_id": numbers(desk.people[lives.requester]),
        "assignee_id": known(numbers(desk.people[assignee]), assignee >= 0),
        "team_id": known(numbers(team), (team > 0) & (lives.in_team_since < NEVER)),
        "is_confidential": bools(lives.is_confidential & lives.is_started),
        "waits_for": known(_either(stand.waits_for_requester, WaitsFor.REQUESTER, WaitsFor.DESK), ~lives.is_closed),
        "closed_reason": known(
            _either(lives.is_withdrawn, ClosedReason.NO_LONGER_NEEDED, ClosedReason.SOLVED), lives.is_closed
        ),
        "opened_at": moments(lives.opened),
        "modified_at": moments(stand.modified),
        "closed_at": _known_moments(lives.closed),
        "first_response_at": _known_moments(stand.first_response),
        "last_message_at": _known_moments(stand.last_message),
        "last_message_author_id": known(numbers(desk.people[stand.last_author]), stand.last_author >= 0),
        "reports": numbers(1 + confirmed),
        "version": numbers(stand.version),
    }


def other_moments(rng: np.random.Generator, lives: Lives, names: Iterable[str]) -> dict[str, Column]:
    """Returns columns for moments that staff set by hand and that nothing else depends on, so that the seed need not
    know their meaning. They are set on a third of the started tickets, up to two weeks after the start."""
    set_by_hand = {}
    for name in sorted(names):
        is_set = lives.is_started & (rng.random(len(lives)) < SET_BY_HAND)
        later = np.where(is_set, lives.started, 0) + np.floor(rng.random(len(lives)) * 14 * DAY)
        set_by_hand[name] = known(moments(later), is_set)
    return set_by_hand


def message_rows(desk: Desk, ids: Reserved, said: Talk, bodies: list[str]) -> dict[str, Column]:
    return {
        "id": numbers(ids.messages[: len(said)]),
        "ticket_id": numbers(ids.tickets[said.ticket]),
        "author_id": numbers(desk.people[said.author]),
        "author_role": _either(said.is_staff, Role.AGENT, Role.STUDENT),
        "body": texts(bodies),
        "is_internal": bools(said.is_internal),
        "reply_to_id": known(numbers(ids.messages[said.reply_to]), said.reply_to >= 0),
        "created_at": moments(said.at),
    }


def event_rows(desk: Desk, ids: Reserved, events: History) -> dict[str, Column]:
    return {
        "ticket_id": numbers(ids.tickets[events.ticket]),
        "kind": words(events.kind),
        "from_value": _texts_in(events.before),
        "from_person_id": _people_in(events.before, desk),
        "to_value": _texts_in(events.now),
        "to_person_id": _people_in(events.now, desk),
        "actor_id": numbers(desk.people[events.actor]),
        "occurred_at": moments(events.at),
    }


def _texts_in(values: Words) -> Column:
    return [value if isinstance(value, str) else NULL for value in values.tolist()]


def _people_in(values: Words, desk: Desk) -> Column:
    people = numbers(desk.people)
    return [people[value] if isinstance(value, int) else NULL for value in values.tolist()]


def tag_rows(ids: Reserved, lives: Lives, tags: list[list[str]]) -> dict[str, Column]:
    which = np.repeat(np.arange(len(tags)), [len(some) for some in tags])
    return {
        "ticket_id": numbers(ids.tickets[which]),
        "tag": [tag for some in tags for tag in some],
        "opened_at": moments(lives.opened[which]),
    }


def watcher_rows(
    rng: np.random.Generator, desk: Desk, ids: Reserved, lives: Lives, stand: Standing
) -> dict[str, Column]:
    """Returns watchers, who are people other than the requester, for some tickets that are not confidential."""
    watched = np.flatnonzero((rng.random(len(lives)) < WATCHED) & ~lives.is_confidential)
    who = rng.integers(0, len(desk.people), len(watched))
    is_other = who != lives.requester[watched]
    watched, who = watched[is_other], who[is_other]
    lasted = (stand.modified - lives.opened)[watched]
    since = np.floor(lives.opened[watched] + rng.random(len(watched)) * lasted)
    return {
        "ticket_id": numbers(ids.tickets[watched]),
        "person_id": numbers(desk.people[who]),
        "created_at": moments(since),
    }


def prediction_rows(desk: Desk, ids: Reserved, lives: Lives, guesses: Guesses) -> dict[str, Column]:
    """Returns the predictions for the tickets of the period that the statistics on predictions cover. When several of
    the seed's categories are the same one in this installation, their probabilities are added."""
    recent = np.flatnonzero(lives.opened > lives.now - PREDICTED_DAYS * DAY)
    category_ids, places = np.unique(desk.category_ids, return_inverse=True)
    shares = (guesses.shares[recent] @ np.eye(len(category_ids))[places]).round(6)
    likeliest = places[guesses.likeliest[recent]]
    form = ", ".join(f'"{number}": {{}}' for number in category_ids.tolist())
    form = f"{{{{{form}}}}}"
    like_tickets, like_examples = guesses.like
    return {
        "ticket_id": numbers(ids.tickets[recent]),
        "category_id": numbers(category_ids[likeliest]),
        "model_version": [str(MODEL)] * len(recent),
        "confidence": list(map(str, shares[np.arange(len(recent)), likeliest].tolist())),
        "sureness": words(guesses.sureness[recent]),
        "probabilities": [form.format(*row) for row in shares.tolist()],
        "like_tickets": numbers(like_tickets[recent]),
        "like_examples": numbers(like_examples[recent]),
        "predicted_at": moments(lives.opened[recent]),
    }


def confirmation_rows(desk: Desk, ids: Reserved, confirmed: Confirmations) -> dict[str, Column]:
    return {
        "ticket_id": numbers(ids.tickets[confirmed.ticket]),
        "person_id": numbers(desk.people[confirmed.person]),
        "seen_status": words(confirmed.seen),
        "confirmed_at": moments(confirmed.at),
    }


def _either(which: Bools, yes: str, no: str) -> Column:
    column: Column = np.where(which, str(yes), str(no)).tolist()
    return column


def _known_moments(values: Moments) -> Column:
    return known(moments(np.where(values < NEVER, values, 0)), values < NEVER)
