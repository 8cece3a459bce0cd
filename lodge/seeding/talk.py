"""Draws the messages of a batch of tickets: who writes when and to whom, and the pauses that follow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lodge.seeding.clock import Clock, Moments
from lodge.seeding.lives import NEVER, Bools, Ints, Lives

MESSAGES_A_TICKET = 3
DAY = 86_400
KINDS = ["first", "update", "solved", "answer", "nudge", "again", "thanks", "note"]
FIRST, UPDATE, SOLVED, ANSWER, NUDGE, AGAIN, THANKS, NOTE = range(len(KINDS))
WAITING, BLOCKED, REOPENED = range(3)


@dataclass
class Talk:
    """Arrays with one element per message, ticket by ticket, oldest first. `ticket` is the ticket's index in its batch;
    `reply_to` is the index of the answered message, -1 for none."""

    ticket: Ints
    at: Moments
    author: Ints  # index in the campus's people
    is_staff: Bools
    is_internal: Bools
    kind: Ints
    reply_to: Ints

    def __len__(self) -> int:
        return len(self.ticket)


@dataclass
class Pauses:
    """Periods in which staff waited, or believed that the ticket was done, from a message of staff to the requester's
    next message. `end` is NEVER for a pause that still lasts."""

    ticket: Ints
    what: Ints
    start: Moments
    end: Moments
    actor: Ints


def talk(rng: np.random.Generator, office: Clock, lives: Lives) -> tuple[Talk, Pauses]:
    """Draws the messages of these lives, three per ticket on average, and the pauses that follow from them."""
    count = _counts(rng, lives)
    ticket = np.repeat(np.arange(len(lives)), count)
    place = np.arange(len(ticket)) - np.repeat(np.cumsum(count) - count, count)
    is_last = place == count[ticket] - 1
    answered = lives.responded[ticket] < NEVER
    closes = is_last & lives.is_closed[ticket]
    draw = rng.random((4, len(ticket)))
    is_staff = answered & ((place % 2 == 0) ^ (draw[0] < 0.16) | (place == 0))
    is_staff = np.where(closes & (place > 0), ~lives.closed_by_requester[ticket], is_staff)
    is_internal = is_staff & (place > 0) & ~closes & (draw[1] < 0.22)
    at = _moments(rng, office, lives, ticket, place, closes)
    said = Talk(
        ticket=ticket,
        at=at,
        author=_authors(rng, lives, ticket, at, is_staff, is_internal),
        is_staff=is_staff,
        is_internal=is_internal,
        kind=_kinds(place, is_staff, is_internal, closes, answered),
        reply_to=_replies(draw[2], ticket, place, is_internal),
    )
    return said, _pauses(rng, lives, said)


def _counts(rng: np.random.Generator, lives: Lives) -> Ints:
    """Draws each ticket's number of messages. In total they are exactly three per ticket, if enough tickets can have
    messages."""
    answered = lives.responded < NEVER
    eager = np.where(lives.is_closed, 2.2, 1.0)
    count = np.where(answered & (rng.random(len(lives)) > 0.03), 1 + rng.poisson(eager), 0)
    unanswered = ~answered & ~lives.is_closed
    count = np.where(unanswered & (rng.random(len(lives)) < 0.12), 1, count)
    missing = MESSAGES_A_TICKET * len(lives) - int(count.sum())
    talkative = np.flatnonzero(lives.is_closed & (count >= 2))
    if missing > 0 and len(talkative):
        np.add.at(count, rng.choice(talkative, missing), 1)
    elif missing < 0:
        spare = np.repeat(np.arange(len(lives)), np.maximum(count - 1, 0))
        np.subtract.at(count, rng.choice(spare, -missing, replace=False), 1)
    return count.astype(np.int64)


def _moments(
    rng: np.random.Generator, office: Clock, lives: Lives, ticket: Ints, place: Ints, closes: Bools
) -> Moments:
    """Draws the messages' moments between first response and end of each ticket, more of them early. The first message
    is at the first response, the closing one at the end."""
    begin = np.where(lives.responded < NEVER, lives.responded, lives.opened)
    low, high = office.amount(begin), office.amount(lives.end)
    key = np.sort(ticket + rng.random(len(ticket)) ** 1.4 * 0.999)
    share = key - ticket
    answered = lives.responded[ticket] < NEVER
    share = np.where(closes & (place > 0), np.maximum(share, 0.995), share)
    share = np.where(answered & (place == 0), 0.0, share)
    at = np.floor(office.at(low[ticket] + share * (high - low)[ticket]))
    at = np.clip(at, begin[ticket] + 5 * place, lives.end[ticket] - 1)
    at = np.where(answered & (place == 0), lives.responded[ticket], at)
    order = np.lexsort((at, ticket))
    result: Moments = at[order]
    return result


def _authors(
    rng: np.random.Generator, lives: Lives, ticket: Ints, at: Moments, is_staff: Bools, is_internal: Bools
) -> Ints:
    """Returns the messages' authors. For staff it is the assignee at that time; half of the internal notes are by a
    colleague."""
    speaker = np.where(at >= lives.reassigned[ticket], lives.next_assignee[ticket], lives.assignee[ticket])
    colleague = lives.next_assignee[rng.permutation(len(lives))][ticket]
    speaker = np.where(is_internal & (rng.random(len(ticket)) < 0.5), colleague, speaker)
    return np.where(is_staff, speaker, lives.requester[ticket])


def _kinds(place: Ints, is_staff: Bools, is_internal: Bools, closes: Bools, answered: Bools) -> Ints:
    desk = np.select([is_internal, place == 0, closes], [NOTE, FIRST, SOLVED], UPDATE)
    other = np.select([closes, ~answered], [THANKS, NUDGE], ANSWER)
    return np.where(is_staff, desk, other)


def _replies(draw: NDArray[np.float64], ticket: Ints, place: Ints, is_internal: Bools) -> Ints:
    """Makes some messages replies to the one before, unless that is a note or a reply: threads are one level deep."""
    wishes = (place > 0) & ~is_internal & (draw < 0.16)
    before = np.arange(len(ticket)) - 1
    fits = wishes & ~wishes[before] & ~is_internal[before]
    return np.where(fits, before, -1)


def _pauses(rng: np.random.Generator, lives: Lives, said: Talk) -> Pauses:
    """Draws at most one finished pause per ticket, where the requester writes after staff; and one lasting pause for
    some active tickets whose last public message is from staff."""
    public = np.flatnonzero(~said.is_internal)
    same = said.ticket[public[:-1]] == said.ticket[public[1:]]
    turn = same & said.is_staff[public[:-1]] & ~said.is_staff[public[1:]] & (rng.random(len(same)) < 0.4)
    turn &= said.at[public[1:]] - said.at[public[:-1]] > 60
    desk, other = public[:-1][turn], public[1:][turn]
    _, chosen = np.unique(said.ticket[desk], return_index=True)
    desk, other = desk[chosen], other[chosen]
    what = rng.choice(3, size=len(desk), p=[0.78, 0.1, 0.12])
    too_late = said.at[other] - said.at[desk] > 14 * DAY
    what = np.where((what == REOPENED) & (too_late | (said.kind[other] == THANKS)), WAITING, what)
    said.kind[desk[what == REOPENED]] = SOLVED
    said.kind[other[what == REOPENED]] = AGAIN
    lasting = _lasting(rng, lives, said, public)
    return Pauses(
        ticket=np.concatenate([said.ticket[desk], said.ticket[lasting]]),
        what=np.concatenate([what, np.where(rng.random(len(lasting)) < 0.15, BLOCKED, WAITING)]),
        start=np.concatenate([said.at[desk], said.at[lasting]]) + 2,
        end=np.concatenate([said.at[other], np.full(len(lasting), NEVER)]),
        actor=np.concatenate([said.author[desk], said.author[lasting]]),
    )


def _lasting(rng: np.random.Generator, lives: Lives, said: Talk, public: Ints) -> Ints:
    """Returns the staff messages that are the last public message of an active ticket and that began a pause."""
    is_last = np.append(said.ticket[public[:-1]] != said.ticket[public[1:]], True)[: len(public)]
    last = public[is_last & said.is_staff[public]]
    waits = ~lives.is_closed[said.ticket[last]] & (said.at[last] + 2 < lives.now)
    result: Ints = last[waits & (rng.random(len(last)) < 0.6)]
    return result
