"""Makes one batch of tickets with their messages, history and other dependent rows, as text for COPY."""

import numpy as np
from sqlalchemy import DateTime

from data_api.models import Ticket
from data_api.tickets.fields import PLAIN
from lodge.seeding.clock import Moments
from lodge.seeding.confirmations import confirm
from lodge.seeding.copy_text import Rows, as_rows
from lodge.seeding.desk import Desk, Reserved
from lodge.seeding.guesses import guess
from lodge.seeding.history import history
from lodge.seeding.lives import Lives, live
from lodge.seeding.outage import PROBLEM, strike
from lodge.seeding.rows import (
    confirmation_rows,
    event_rows,
    message_rows,
    other_moments,
    prediction_rows,
    tag_rows,
    ticket_rows,
    watcher_rows,
)
from lodge.seeding.standing import standing
from lodge.seeding.talk import talk
from lodge.seeding.writer import Report, Writer, write_messages, write_reports

PLAIN_MOMENTS = {name for name in PLAIN if isinstance(Ticket.__table__.c[name].type, DateTime)}


def make_batch(seed: list[int], desk: Desk, opened: Moments, ids: Reserved, alike: int = 0) -> dict[str, Rows]:
    """Returns the rows by table, in the order in which the tables are filled.

    `alike` is the number of recent tickets that report the same problem.
    """
    rng = np.random.default_rng(seed)
    writer = Writer(int(rng.integers(2**62)))
    lives = live(rng, desk.campus, desk.office, opened, desk.now)
    struck = strike(lives, desk.campus, alike)
    said, pauses = talk(rng, desk.office, lives)
    languages, places = desk.languages(lives), desk.places(lives)
    reports = write_reports(writer, lives, languages, places, dict.fromkeys(struck.tolist(), PROBLEM))
    bodies = write_messages(writer, lives, said, languages, desk.first_names(lives))
    tags = _tags(lives, reports)
    joined = np.array([", ".join(tag) or None for tag in tags], dtype=object)
    categories = [slug for slug, _ in desk.categories]
    events = history(rng, lives, pauses, desk.board, categories, desk.team_slugs, joined)
    stand = standing(lives, said, pauses, events, desk.board)
    watchers = watcher_rows(rng, desk, ids, lives, stand)
    guesses = guess(rng, desk, lives, events)
    confirmed = confirm(rng, desk.campus, lives, stand, struck)
    tickets = ticket_rows(desk, ids, lives, stand, reports, places, guesses.by, confirmed.counts)
    return {
        "ticket": as_rows(tickets | other_moments(rng, lives, PLAIN_MOMENTS - set(tickets))),
        "message": as_rows(message_rows(desk, ids, said, bodies)),
        "ticket_event": as_rows(event_rows(desk, ids, events)),
        "ticket_tag": as_rows(tag_rows(ids, lives, tags)),
        "ticket_watcher": as_rows(watchers),
        "ticket_prediction": as_rows(prediction_rows(desk, ids, lives, guesses)),
        "ticket_confirmation": as_rows(confirmation_rows(desk, ids, confirmed)),
    }


def _tags(lives: Lives, reports: list[Report]) -> list[list[str]]:
    """Returns the tags of each ticket. Staff add tags when they start to work on it, so other tickets have none."""
    started = lives.is_started.tolist()
    return [report.tags if is_started else [] for report, is_started in zip(reports, started, strict=True)]
