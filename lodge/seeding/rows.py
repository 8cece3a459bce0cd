"""The columns of one batch, table by table, as COPY takes them; their order is that of `repository.COLUMNS`."""

import numpy as np

from contracts.people import Role
from contracts.tickets import ClosedReason, WaitsFor
from lodge.seeding.clock import Moments
from lodge.seeding.confirmations import Confirmations
from lodge.seeding.copy_text import Column, bools, known, moments, numbers, texts, words
from lodge.seeding.desk import Desk, Reserved
from lodge.seeding.guesses import MODEL, Guesses
from lodge.seeding.history import History
from lodge.seeding.lives import NEVER, Bools, Ints, Lives
from lodge.seeding.standing import Standing, Words
from lodge.seeding.talk import DAY, Talk
from lodge.seeding.writer import Place, Report

WATCHED = 0.05
PREDICTED_DAYS = 400  # a little more than the year that is reported on


def ticket_rows(
    desk: Desk,
    ids: Reserved,
    lives: Lives,
    stand: Standing,
    reports: list[Report],
    places: list[Place],
    category_by: Words,
    confirmed: Ints,
) -> list[Column]:
    assignee = lives.present_assignee
    return [
        numbers(ids.tickets),
        texts(report.title for report in reports),
        texts(report.description for report in reports),
        words(stand.status),
        [str(desk.board.ids[slug]) for slug in stand.stage.tolist()],
        numbers(desk.category_ids[lives.category]),
        words(category_by),
        numbers(lives.priority),
        known(numbers(desk.buildings[lives.building]), lives.building >= 0),
        known([place.room for place in places], lives.door >= 0),
        numbers(desk.people[lives.requester]),
        known(numbers(desk.people[assignee]), assignee >= 0),
        bools(lives.is_confidential & lives.is_started),
        known(_either(stand.waits_for_requester, WaitsFor.REQUESTER, WaitsFor.DESK), ~lives.is_closed),
        known(_either(lives.is_withdrawn, ClosedReason.NO_LONGER_NEEDED, ClosedReason.SOLVED), lives.is_closed),
        moments(lives.opened),
        moments(stand.modified),
        _known_moments(lives.closed),
        _known_moments(stand.first_response),
        _known_moments(stand.last_message),
        known(numbers(desk.people[stand.last_author]), stand.last_author >= 0),
        numbers(1 + confirmed),
        numbers(stand.version),
    ]


def message_rows(desk: Desk, ids: Reserved, said: Talk, bodies: list[str]) -> list[Column]:
    return [
        numbers(ids.messages[: len(said)]),
        numbers(ids.tickets[said.ticket]),
        numbers(desk.people[said.author]),
        _either(said.is_staff, Role.AGENT, Role.STUDENT),
        texts(bodies),
        bools(said.is_internal),
        known(numbers(ids.messages[said.reply_to]), said.reply_to >= 0),
        moments(said.at),
    ]


def event_rows(desk: Desk, ids: Reserved, events: History) -> list[Column]:
    return [
        numbers(ids.tickets[events.ticket]),
        words(events.kind),
        words(events.before),
        words(events.now),
        numbers(desk.people[events.actor]),
        moments(events.at),
    ]


def tag_rows(ids: Reserved, lives: Lives, tags: list[list[str]]) -> list[Column]:
    which = np.repeat(np.arange(len(tags)), [len(some) for some in tags])
    return [numbers(ids.tickets[which]), [tag for some in tags for tag in some], moments(lives.opened[which])]


def watcher_rows(rng: np.random.Generator, desk: Desk, ids: Reserved, lives: Lives, stand: Standing) -> list[Column]:
    """Someone else with the same problem, or a colleague who wants to know."""
    watched = np.flatnonzero((rng.random(len(lives)) < WATCHED) & ~lives.is_confidential)
    who = rng.integers(0, len(desk.people), len(watched))
    is_other = who != lives.requester[watched]
    watched, who = watched[is_other], who[is_other]
    lasted = (stand.modified - lives.opened)[watched]
    since = np.floor(lives.opened[watched] + rng.random(len(watched)) * lasted)
    return [numbers(ids.tickets[watched]), numbers(desk.people[who]), moments(since)]


def prediction_rows(desk: Desk, ids: Reserved, lives: Lives, guesses: Guesses) -> list[Column]:
    """Of the reports that figures on predictions look back to. Where several of the seed's categories are one on this
    desk, their shares add up."""
    recent = np.flatnonzero(lives.opened > lives.now - PREDICTED_DAYS * DAY)
    category_ids, places = np.unique(desk.category_ids, return_inverse=True)
    shares = (guesses.shares[recent] @ np.eye(len(category_ids))[places]).round(6)
    likeliest = places[guesses.likeliest[recent]]
    form = ", ".join(f'"{number}": {{}}' for number in category_ids.tolist())
    form = f"{{{{{form}}}}}"
    return [
        numbers(ids.tickets[recent]),
        numbers(category_ids[likeliest]),
        [str(MODEL)] * len(recent),
        list(map(str, shares[np.arange(len(recent)), likeliest].tolist())),
        words(guesses.sureness[recent]),
        [form.format(*row) for row in shares.tolist()],
        *(numbers(like[recent]) for like in guesses.like),
        moments(lives.opened[recent]),
    ]


def confirmation_rows(desk: Desk, ids: Reserved, confirmed: Confirmations) -> list[Column]:
    return [
        numbers(ids.tickets[confirmed.ticket]),
        numbers(desk.people[confirmed.person]),
        words(confirmed.seen),
        moments(confirmed.at),
    ]


def _either(which: Bools, yes: str, no: str) -> Column:
    column: Column = np.where(which, str(yes), str(no)).tolist()
    return column


def _known_moments(values: Moments) -> Column:
    return known(moments(np.where(values < NEVER, values, 0)), values < NEVER)
