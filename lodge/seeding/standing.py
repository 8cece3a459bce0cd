"""Computes the present state of a batch of tickets from their lives, messages and history."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.tickets import EventKind, Status
from lodge.seeding.board import Board
from lodge.seeding.clock import Moments
from lodge.seeding.history import History
from lodge.seeding.lives import NEVER, Bools, Ints, Lives
from lodge.seeding.talk import WAITING, Pauses, Talk

Words = NDArray[np.object_]


@dataclass(frozen=True)
class Standing:
    """Arrays with one element per ticket. A moment is NEVER if there was none; `last_author` is an index in the
    campus's people, -1 for none."""

    status: Words
    stage: Words
    waits_for_requester: Bools
    first_response: Moments
    last_message: Moments
    last_author: Ints
    modified: Moments
    version: Ints


def standing(lives: Lives, said: Talk, pauses: Pauses, events: History, board: Board) -> Standing:
    n, public = len(lives), ~said.is_internal
    first_response = _first(n, said, public & said.is_staff)
    last = _last_place(n, said, public)
    has_last = last >= 0
    last_message = np.where(has_last, said.at[last], NEVER) if len(said) else np.full(n, NEVER)
    last_author = np.where(has_last, said.author[last], -1) if len(said) else last
    modified = lives.opened.copy()
    np.maximum.at(modified, events.ticket, events.at)
    modified = np.where(has_last, np.maximum(modified, last_message), modified)
    counted = (events.kind != EventKind.OPENED.value) & (events.kind != EventKind.STAGE.value)
    return Standing(
        status=np.select(
            [lives.is_closed, lives.is_started], [Status.CLOSED.value, Status.ACTIVE.value], Status.OPEN.value
        ).astype(object),
        stage=_stages(lives, pauses, board),
        waits_for_requester=has_last & (last_author != lives.requester),
        first_response=first_response,
        last_message=last_message,
        last_author=last_author,
        modified=modified,
        version=1 + np.bincount(events.ticket[counted], minlength=n),
    )


def _first(count: int, said: Talk, which: Bools) -> Moments:
    first = np.full(count, NEVER)
    np.minimum.at(first, said.ticket[which], said.at[which])
    return first


def _last_place(count: int, said: Talk, which: Bools) -> Ints:
    """Returns the index of each ticket's last message among those that `which` selects, -1 for none."""
    last = np.full(count, -1)
    places = np.flatnonzero(which)
    np.maximum.at(last, said.ticket[places], places)
    return last


def _stages(lives: Lives, pauses: Pauses, board: Board) -> Words:
    stage: Words = np.select([lives.is_closed, lives.is_started], [board.done, board.work], board.new).astype(object)
    lasting = pauses.end == NEVER
    waits = pauses.what[lasting] == WAITING
    stage[pauses.ticket[lasting]] = np.where(waits, board.waiting, board.blocked)
    return stage
