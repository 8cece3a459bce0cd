"""One thread follows the change feed and puts each event into the live streams of the people who may receive it."""

import asyncio
import socket
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import structlog
from psycopg import Connection

from contracts.desk import LiveEvent, SignIn
from data_api.access.actor import ANY_WAY, Actor
from data_api.access.counts import Counts, Limit
from data_api.events.audience import announcements, everything_changed
from data_api.events.repository import valid_sessions
from data_api.kit.moments import read_moments
from service_kit.change_feed import ChangeFeed
from service_kit.database_url import libpq_url
from service_kit.errors import LodgeError
from service_kit.visitors import MOST_LIVE_OF_AN_ADDRESS, MOST_LIVE_OF_ONE

log = structlog.get_logger()

WAIT_SECONDS = 1.0
RETRY_SECONDS = 0.5
LINES_AT_ONCE = 2_000
QUEUE_LENGTH = 200
TRY_AGAIN_SECONDS = 10
STOP_SECONDS = 2.0
OF_PERSON, OF_ADDRESS = "streams of person", "streams of address"
SIGN_IN_TABLES = {"session_token", "person", "role"}


class TooManyStreams(LodgeError):
    """The visitor follows too many live streams at once; `Retry-After` says in how many seconds to try again."""

    status = 429


@dataclass(eq=False)
class Subscription:
    """One live stream. None in the queue ends it."""

    actor: Actor
    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[LiveEvent | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))
    id: str = field(default_factory=lambda: uuid4().hex)

    def put(self, event: LiveEvent | None) -> None:
        """Adds an event to the queue. May be called from any thread."""
        self.loop.call_soon_threadsafe(self._put, event)

    def _put(self, event: LiveEvent | None) -> None:
        if event is not None and self.queue.full():
            # The reader is slow: a single event that means "everything changed" replaces all those in the queue.
            while not self.queue.empty():
                self.queue.get_nowait()
            event = everything_changed(event.at)
        if event is None and self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(event)


class Broadcaster:
    """Follows the change feed for the live streams of one process; each process has its own broadcaster.

    `on_lost` is called when the database ended the broadcaster's connection, because it has then ended other
    connections too, as at a restore. `is_bounded`: the number of live streams of one visitor is limited, counted in
    `counts` over all processes. Streams of people who signed in by no way of `ways_in` end.
    """

    def __init__(
        self,
        database_url: str,
        on_lost: Callable[[], None] = lambda: None,
        *,
        counts: Counts | None = None,
        is_bounded: bool = True,
        ways_in: Collection[SignIn] = ANY_WAY,
    ) -> None:
        self._on_lost = on_lost
        self._ways_in = ways_in
        self._counts = (counts or Counts()) if is_bounded else None
        self.database_url = libpq_url(database_url)
        self.is_connected = False
        self._subscriptions: set[Subscription] = set()
        self._has_new = False
        self._stopping = threading.Event()
        # `stop` closes one end of this pair to wake the thread, which waits for the other end and for the database at
        # once.
        self._caller, self._call = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="broadcaster", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    @property
    def open_streams(self) -> int:
        return len(self._subscriptions)

    def stop(self) -> None:
        self._stopping.set()
        ending, self._subscriptions = self._subscriptions, set()
        for subscription in ending:
            subscription.put(None)
        self._caller.close()
        self._thread.join(timeout=STOP_SECONDS)

    def check_streams(self, actor: Actor, address: str) -> None:
        """Raises TooManyStreams where a new stream of this visitor would be one too many."""
        if self._counts:
            _refuse_if_full(self._counts.full(_limits(actor, address)))

    def subscribe(self, actor: Actor, address: str = "") -> Subscription:
        """Opens a live stream. Raises TooManyStreams: of several requests that passed `check_streams` together, only
        the first ones may fit."""
        subscription = Subscription(actor, asyncio.get_running_loop())
        if self._counts:
            _refuse_if_full(self._counts.hold(subscription.id, _limits(actor, address)))
        self._subscriptions.add(subscription)
        # The token may have been revoked after it was checked and before this stream was registered. `_has_new` makes
        # the thread check the tokens of all streams once more.
        self._has_new = True
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)
        if self._counts:
            self._counts.release(subscription.id)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except psycopg.Error as error:
                log.warning("live events wait for the database", error=str(error))
                if self.is_connected:
                    self._on_lost()
            except Exception as error:  # if the thread ended, all streams would be silent and nobody would know
                log.error("live events begin anew", exc_info=error)
            self.is_connected = False
            self._stopping.wait(RETRY_SECONDS)

    def _follow(self) -> None:
        with psycopg.connect(self.database_url, connect_timeout=5) as connection:
            read_moments(connection)
            feed = ChangeFeed(connection)
            self._begin_anew(connection)
            # Set only now, so that a stream that begins once this is true does not receive the event of `_begin_anew`.
            self.is_connected = True
            while not self._stopping.is_set():
                # The feed is read even if nothing woke the thread, because a connection that died silently is only
                # noticed when it is used.
                feed.wait(WAIT_SECONDS, self._call)
                self._publish(connection, feed)

    def _publish(self, connection: Connection[Any], feed: ChangeFeed) -> None:
        new = feed.read(LINES_AT_ONCE)
        if new.is_cut:
            self._begin_anew(connection)
            return
        has_new, self._has_new = self._has_new, False
        if has_new or any(line.table_name in SIGN_IN_TABLES and line.op != "insert" for line in new.lines):
            self._end_void(connection)
        if not self._subscriptions:
            return  # who subscribes from now on sees what these lines tell when they ask for it
        told = announcements(connection, new.lines)
        for subscription in list(self._subscriptions):
            events = (announcement.event_for(subscription.actor) for announcement in told)
            for event in {(event.kind, event.ticket_id): event for event in events if event}.values():
                subscription.put(event)

    def _begin_anew(self, connection: Connection[Any]) -> None:
        """Sends each stream a single event that means "everything changed", for changes that nobody followed or that
        are too many to name. Before that, ends the streams of people who have lost their access meanwhile."""
        self._end_void(connection)
        for subscription in list(self._subscriptions):
            subscription.put(everything_changed(datetime.now(UTC)))

    def _end_void(self, connection: Connection[Any]) -> None:
        """Ends the streams of people whose token is no longer valid, who were deactivated, or whose permissions have
        changed."""
        subscriptions = list(self._subscriptions)
        holding = valid_sessions(
            connection, {subscription.actor.session_id for subscription in subscriptions}, self._ways_in
        )
        for subscription in subscriptions:
            actor = subscription.actor
            if holding.get(actor.session_id) != (actor.expires_at, actor.permissions):
                # Unsubscribed at once, because a later event must not push the end marker out of a full queue.
                self.unsubscribe(subscription)
                subscription.put(None)


def _limits(actor: Actor, address: str) -> list[Limit]:
    """The person that is shared by everybody who signs in without a name is counted by address only."""
    of_address = (f"{OF_ADDRESS} {address}", MOST_LIVE_OF_AN_ADDRESS)
    return [of_address] if actor.is_shared else [(f"{OF_PERSON} {actor.person_id}", MOST_LIVE_OF_ONE), of_address]


def _refuse_if_full(full: str | None) -> None:
    if full is None:
        return
    who, most = "An address", MOST_LIVE_OF_AN_ADDRESS
    if full.startswith(OF_PERSON):
        who, most = "A person", MOST_LIVE_OF_ONE
    sentence = f"{who} may follow {most} live streams at once; close some."
    raise TooManyStreams(sentence, headers={"Retry-After": str(TRY_AGAIN_SECONDS)})
