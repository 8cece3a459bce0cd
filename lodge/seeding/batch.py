"""Makes one batch of tickets, with all that hangs under them, as text for COPY."""

import numpy as np

from lodge.seeding.clock import Moments
from lodge.seeding.confirmations import confirm
from lodge.seeding.copy_text import copy_text
from lodge.seeding.desk import Desk, Reserved
from lodge.seeding.guesses import guess
from lodge.seeding.history import history
from lodge.seeding.lives import Lives, live
from lodge.seeding.outage import PROBLEM, strike
from lodge.seeding.rows import (
    confirmation_rows,
    event_rows,
    message_rows,
    prediction_rows,
    tag_rows,
    ticket_rows,
    watcher_rows,
)
from lodge.seeding.standing import standing
from lodge.seeding.talk import talk
from lodge.seeding.writer import Report, Writer, write_messages, write_reports


def make_batch(seed: list[int], desk: Desk, opened: Moments, ids: Reserved, alike: int = 0) -> dict[str, str]:
    """Rows in COPY's text format by table, in the order in which they go in. So many as `alike` says are recent reports
    of one problem."""
    rng = np.random.default_rng(seed)
    writer = Writer(int(rng.integers(2**62)))
    lives = live(rng, desk.campus, desk.office, opened, desk.now)
    struck = strike(lives, desk.campus, alike)
    said, pauses = talk(rng, desk.office, lives)
    languages, places = desk.languages(lives), desk.places(lives)
    reports = write_reports(writer, lives, languages, places, dict.fromkeys(struck.tolist(), PROBLEM))
    bodies = write_messages(writer, lives, said, languages, desk.first_names(lives))
    tags = _tags(lives, reports)
    names = np.array([person.name for person in desk.campus.staff], dtype=object)
    joined = np.array([", ".join(tag) or None for tag in tags], dtype=object)
    events = history(rng, lives, pauses, desk.board, names, [slug for slug, _ in desk.categories], joined)
    stand = standing(lives, said, pauses, events, desk.board)
    watchers = watcher_rows(rng, desk, ids, lives, stand)
    guesses = guess(rng, desk, lives, events)
    confirmed = confirm(rng, desk.campus, lives, stand, struck)
    return {
        "ticket": copy_text(ticket_rows(desk, ids, lives, stand, reports, places, guesses.by, confirmed.counts)),
        "message": copy_text(message_rows(desk, ids, said, bodies)),
        "ticket_event": copy_text(event_rows(desk, ids, events)),
        "ticket_tag": copy_text(tag_rows(ids, lives, tags)),
        "ticket_watcher": copy_text(watchers),
        "ticket_prediction": copy_text(prediction_rows(desk, ids, lives, guesses)),
        "ticket_confirmation": copy_text(confirmation_rows(desk, ids, confirmed)),
    }


def _tags(lives: Lives, reports: list[Report]) -> list[list[str]]:
    """Staff tag a ticket when they take it on."""
    started = lives.is_started.tolist()
    return [report.tags if is_started else [] for report, is_started in zip(reports, started, strict=True)]
