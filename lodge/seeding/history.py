"""Makes the history of a batch of tickets, with the same events as the data API would have written."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.tickets import EventKind, Priority, Status
from lodge.seeding.board import Board
from lodge.seeding.clock import Moments
from lodge.seeding.lives import NEVER, Bools, Ints, Lives
from lodge.seeding.talk import BLOCKED, REOPENED, WAITING, Pauses

PRIORITIES = np.array(list(Priority), dtype=object)
RAISED = 0.4  # share of the tickets with a priority other than normal whose priority staff set, not the requester
RECATEGORISED = 0.07

Words = NDArray[np.object_]


@dataclass
class History:
    """Arrays with one element per event, ticket by ticket in the order of time. A value in `before` and `now` is a
    text, an index in the campus's people, or `None`."""

    ticket: Ints
    kind: Words
    before: Words
    now: Words
    actor: Ints
    at: Moments

    def __len__(self) -> int:
        return len(self.ticket)


class _Pieces:
    """Collects events, one kind per call. Of events at the same moment, those added first come first."""

    def __init__(self) -> None:
        self.pieces: list[tuple[Ints, Words, Words, Words, Ints, Moments]] = []

    def add(
        self,
        ticket: Ints,
        kind: EventKind,
        before: Words | str | None,
        now: Words | str | None,
        actor: Ints,
        at: Moments,
    ) -> None:
        n = len(ticket)
        self.pieces.append((ticket, _words(kind.value, n), _words(before, n), _words(now, n), actor, at))

    def move(
        self, ticket: Ints, statuses: tuple[str, str], stages: tuple[Words | str, Words | str], actor: Ints, at: Moments
    ) -> None:
        """Adds a transition as two events: the change of status, then that of stage."""
        self.add(ticket, EventKind.STATUS, *statuses, actor, at)
        self.add(ticket, EventKind.STAGE, *stages, actor, at)

    def in_order(self) -> History:
        ticket, kind, before, now, actor, at = (np.concatenate(column) for column in zip(*self.pieces, strict=True))
        piece = np.repeat(np.arange(len(self.pieces)), [len(piece[0]) for piece in self.pieces])
        order = np.lexsort((piece, at, ticket))
        return History(ticket[order], kind[order], before[order], now[order], actor[order], at[order])


def _words(value: Words | str | None, count: int) -> Words:
    return value if isinstance(value, np.ndarray) else np.full(count, value, dtype=object)


def history(
    rng: np.random.Generator,
    lives: Lives,
    pauses: Pauses,
    board: Board,
    categories: Sequence[str],
    teams: Sequence[str | None],
    tags: Words,
) -> History:
    """Returns all events of these lives. `categories` and `teams` are slugs; `tags` holds each ticket's tags, joined,
    or None."""
    pieces = _Pieces()
    _open(pieces, lives)
    _put_into_teams(pieces, lives, np.array(teams, dtype=object))
    _triage(rng, pieces, lives, board, np.array(categories, dtype=object), tags)
    _pause(pieces, lives, pauses, board)
    _close(pieces, lives, board)
    return pieces.in_order()


def _open(pieces: _Pieces, lives: Lives) -> None:
    everyone = np.arange(len(lives))
    pieces.add(everyone, EventKind.OPENED, None, Status.OPEN, lives.requester, lives.opened)


def _put_into_teams(pieces: _Pieces, lives: Lives, teams: Words) -> None:
    """Adds the events with which tickets come into the queue of their category's team: by the manager who routes or
    assigns them, or else by whoever takes them."""
    team, at = teams[lives.category], lives.in_team_since
    actor = np.where(np.minimum(lives.routed, lives.triaged) < NEVER, lives.manager, lives.assignee)
    which = np.flatnonzero((at < NEVER) & team.astype(bool))
    pieces.add(which, EventKind.TEAM, None, team[which], actor[which], at[which])


def _triage(
    rng: np.random.Generator, pieces: _Pieces, lives: Lives, board: Board, categories: Words, tags: Words
) -> None:
    """Adds the events of assigning, of starting to work, and of the fields that are corrected at the start."""
    triaged = np.flatnonzero(lives.triaged < NEVER)
    to = lives.assignee.astype(object)
    pieces.add(triaged, EventKind.ASSIGNEE, None, to[triaged], lives.manager[triaged], lives.triaged[triaged])
    own = np.flatnonzero(lives.is_started & (lives.triaged == NEVER))
    pieces.add(own, EventKind.ASSIGNEE, None, to[own], lives.assignee[own], lives.started[own])
    wrong = _some(rng, lives.is_started, RECATEGORISED)
    other = categories[(lives.category + rng.integers(1, 3, len(lives))) % 3]
    _edit(pieces, lives, wrong, EventKind.CATEGORY, other, categories[lives.category])
    raised = _some(rng, lives.is_started & (lives.priority != 1), RAISED)
    _edit(pieces, lives, raised, EventKind.PRIORITY, PRIORITIES[np.ones(len(lives), int)], PRIORITIES[lives.priority])
    secret = np.flatnonzero(lives.is_started & lives.is_confidential)
    _edit(pieces, lives, secret, EventKind.CONFIDENTIAL, "false", "true")
    tagged = np.flatnonzero(tags.astype(bool))
    _edit(pieces, lives, tagged, EventKind.TAGS, None, tags)
    begun = np.flatnonzero(lives.is_started)
    actor, at = lives.assignee[begun], lives.started[begun]
    pieces.move(begun, (Status.OPEN, Status.ACTIVE), (board.new, board.work), actor, at)
    handed = np.flatnonzero(lives.reassigned < NEVER)
    pieces.add(
        handed,
        EventKind.ASSIGNEE,
        to[handed],
        lives.next_assignee[handed].astype(object),
        lives.assignee[handed],
        lives.reassigned[handed],
    )


def _edit(
    pieces: _Pieces, lives: Lives, which: Ints, kind: EventKind, before: Words | str | None, now: Words | str
) -> None:
    """Adds events for a field that the assignee changes when starting to work; value arrays cover the whole batch."""
    old = before[which] if isinstance(before, np.ndarray) else before
    new = now[which] if isinstance(now, np.ndarray) else now
    pieces.add(which, kind, old, new, lives.assignee[which], lives.started[which])


def _some(rng: np.random.Generator, among: Bools, share: float) -> Ints:
    return np.flatnonzero(among & (rng.random(len(among)) < share))


def _pause(pieces: _Pieces, lives: Lives, pauses: Pauses, board: Board) -> None:
    """Adds the moves into a pause's stage and back. The requester's answer ends a pause; staff end a blocked one."""
    for what, stage in ((WAITING, board.waiting), (BLOCKED, board.blocked), (REOPENED, board.done)):
        begun = np.flatnonzero(pauses.what == what)
        ended = begun[pauses.end[begun] < NEVER]
        back = pauses.actor[ended] if what == BLOCKED else lives.requester[pauses.ticket[ended]]
        there = (pauses.ticket[begun], pauses.actor[begun], pauses.start[begun])
        again = (pauses.ticket[ended], back, pauses.end[ended])
        if what == REOPENED:
            pieces.move(there[0], (Status.ACTIVE, Status.CLOSED), (board.work, stage), *there[1:])
            pieces.move(again[0], (Status.CLOSED, Status.ACTIVE), (stage, board.work), *again[1:])
        elif stage != board.work:
            pieces.add(there[0], EventKind.STAGE, board.work, stage, *there[1:])
            pieces.add(again[0], EventKind.STAGE, stage, board.work, *again[1:])


def _close(pieces: _Pieces, lives: Lives, board: Board) -> None:
    for withdrawn in (False, True):
        which = np.flatnonzero(lives.is_closed & (lives.is_withdrawn == withdrawn))
        by_requester = lives.closed_by_requester[which] | withdrawn
        actor = np.where(by_requester, lives.requester[which], lives.present_assignee[which])
        status, stage = (Status.OPEN, board.new) if withdrawn else (Status.ACTIVE, board.work)
        pieces.move(which, (status, Status.CLOSED), (stage, board.done), actor, lives.closed[which])
