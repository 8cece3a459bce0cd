"""Makes one batch of tickets, with all that hangs under them, as text for COPY."""

from dataclasses import dataclass

import numpy as np

from contracts.people import Role
from contracts.tickets import ClosedReason, WaitsFor
from lodge.seeding.campus import Campus
from lodge.seeding.clock import Clock, Moments
from lodge.seeding.copy_text import Column, bools, copy_text, known, moments, numbers, texts, words
from lodge.seeding.history import History, history
from lodge.seeding.lives import NEVER, Ints, Lives, live
from lodge.seeding.standing import Standing, standing
from lodge.seeding.talk import Talk, talk
from lodge.seeding.writer import Place, Writer, write_messages, write_reports

WATCHED = 0.05


@dataclass(frozen=True)
class Desk:
    """The campus, and the ids that its people, buildings, categories and stages have in the database."""

    campus: Campus
    office: Clock
    now: float
    people: Ints
    buildings: Ints
    categories: list[tuple[str, int]]
    stages: dict[str, int]


@dataclass(frozen=True)
class Reserved:
    """Ids that nobody else gets."""

    tickets: Ints
    messages: Ints


def make_batch(seed: list[int], desk: Desk, opened: Moments, ids: Reserved) -> dict[str, str]:
    """Rows in COPY's text format by table, in the order in which they go in."""
    rng = np.random.default_rng(seed)
    writer = Writer(int(rng.integers(2**62)))
    lives = live(rng, desk.campus, desk.office, opened, desk.now)
    said, pauses = talk(rng, desk.office, lives)
    tags = [writer.tags(category) for category in lives.category.tolist()]
    tags = [tag if started else [] for tag, started in zip(tags, lives.is_started.tolist(), strict=True)]
    joined = np.array([", ".join(tag) or None for tag in tags], dtype=object)
    names = np.array([person.name for person in desk.campus.people[: _staff(desk)]], dtype=object)
    events = history(rng, lives, pauses, names, [slug for slug, _ in desk.categories], joined)
    stand = standing(lives, said, pauses, events)
    return {
        "ticket": copy_text(_tickets(desk, writer, lives, stand, ids.tickets)),
        "message": copy_text(_messages(desk, writer, lives, said, ids)),
        "ticket_event": copy_text(_events(desk, events, ids.tickets)),
        "ticket_tag": copy_text(_tags(tags, ids.tickets)),
        "ticket_watcher": copy_text(_watchers(rng, desk, lives, stand, ids.tickets)),
    }


def _staff(desk: Desk) -> int:
    return len(desk.campus.agents) + len(desk.campus.leads)


def _languages(desk: Desk, lives: Lives) -> list[str]:
    students = desk.campus.students
    return [students[place].language for place in (lives.requester - _staff(desk)).tolist()]


def _tickets(desk: Desk, writer: Writer, lives: Lives, stand: Standing, ids: Ints) -> list[Column]:
    names = [*desk.campus.buildings.values(), ""]
    rooms = [f"{floor}.{door:02d}" for floor, door in zip(lives.floor.tolist(), lives.door.tolist(), strict=True)]
    has_room, has_building = lives.door >= 0, lives.building >= 0
    places = [
        Place(names[building], room if is_told else "")
        for building, room, is_told in zip(lives.building.tolist(), rooms, has_room.tolist(), strict=True)
    ]
    titles, descriptions = write_reports(writer, lives, _languages(desk, lives), places)
    categories = np.array([number for _, number in desk.categories])
    assignee = lives.present_assignee
    return [
        numbers(ids),
        texts(titles),
        texts(descriptions),
        words(stand.status),
        [str(desk.stages[slug]) for slug in stand.stage.tolist()],
        numbers(categories[lives.category]),
        numbers(lives.priority),
        known(numbers(desk.buildings[lives.building]), has_building),
        known(rooms, has_room),
        numbers(desk.people[lives.requester]),
        known(numbers(desk.people[assignee]), assignee >= 0),
        bools(lives.is_confidential & lives.is_started),
        known(_waits_for(stand), ~lives.is_closed),
        known(_closed_reasons(lives), lives.is_closed),
        moments(lives.opened),
        moments(stand.modified),
        _moments(lives.closed),
        _moments(stand.first_response),
        _moments(stand.last_message),
        known(numbers(desk.people[stand.last_author]), stand.last_author >= 0),
        numbers(stand.version),
    ]


def _moments(values: Moments) -> Column:
    return known(moments(np.where(values < NEVER, values, 0)), values < NEVER)


def _waits_for(stand: Standing) -> Column:
    waits: Column = np.where(stand.waits_for_requester, WaitsFor.REQUESTER.value, WaitsFor.DESK.value).tolist()
    return waits


def _closed_reasons(lives: Lives) -> Column:
    reasons: Column = np.where(
        lives.is_withdrawn, ClosedReason.NO_LONGER_NEEDED.value, ClosedReason.SOLVED.value
    ).tolist()
    return reasons


def _messages(desk: Desk, writer: Writer, lives: Lives, said: Talk, ids: Reserved) -> list[Column]:
    people, first_staff_lead = desk.campus.people, len(desk.campus.agents)
    first_names = [people[place].name.split()[0] for place in lives.requester.tolist()]
    roles = np.where(said.is_staff, Role.AGENT.value, Role.STUDENT.value)
    roles = np.where(said.is_staff & (said.author >= first_staff_lead), Role.MANAGER.value, roles)
    answered = said.reply_to >= 0
    return [
        numbers(ids.messages),
        numbers(ids.tickets[said.ticket]),
        numbers(desk.people[said.author]),
        roles.tolist(),
        texts(write_messages(writer, said, _languages(desk, lives), first_names)),
        bools(said.is_internal),
        known(numbers(ids.messages[said.reply_to]), answered),
        moments(said.at),
    ]


def _events(desk: Desk, events: History, ids: Ints) -> list[Column]:
    return [
        numbers(ids[events.ticket]),
        words(events.kind),
        words(events.before),
        words(events.now),
        numbers(desk.people[events.actor]),
        moments(events.at),
    ]


def _tags(tags: list[list[str]], ids: Ints) -> list[Column]:
    rows = [(str(number), tag) for number, some in zip(ids.tolist(), tags, strict=True) for tag in some]
    return [[number for number, _ in rows], [tag for _, tag in rows]]


def _watchers(rng: np.random.Generator, desk: Desk, lives: Lives, stand: Standing, ids: Ints) -> list[Column]:
    """Someone else with the same problem, or a colleague who wants to know."""
    watched = np.flatnonzero(rng.random(len(lives)) < WATCHED)
    who = rng.integers(0, len(desk.people), len(watched))
    other = who != lives.requester[watched]
    watched, who = watched[other], who[other]
    since = lives.opened[watched] + rng.random(len(watched)) * (stand.modified - lives.opened)[watched]
    return [numbers(ids[watched]), numbers(desk.people[who]), moments(np.floor(since))]
