"""One thread follows the change feed and hands each event to the live streams that may carry it."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg
import structlog

from contracts.desk import LiveEvent, StudentsSee
from data_api.auth import Actor
from data_api.database import libpq_url
from data_api.events.audience import announcements, everything_changed
from service_kit.change_feed import ChangeFeed, ChangeLine

log = structlog.get_logger()

WAIT_SECONDS = 1.0
RETRY_SECONDS = 0.5
LINES_AT_ONCE = 2_000
QUEUE_LENGTH = 200


@dataclass(eq=False)
class Subscription:
    """One live stream. None in the queue ends it."""

    actor: Actor
    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[LiveEvent | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))

    def put(self, event: LiveEvent | None) -> None:
        """From the broadcaster's thread."""
        self.loop.call_soon_threadsafe(self._put, event)

    def _put(self, event: LiveEvent | None) -> None:
        if event is not None and self.queue.full():
            # The reader is slow: one event that says "everything" stands for all those it missed.
            while not self.queue.empty():
                self.queue.get_nowait()
            event = everything_changed(event.at)
        if event is None and self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(event)


class Broadcaster:
    def __init__(self, database_url: str, students_see: StudentsSee) -> None:
        self.database_url = libpq_url(database_url)
        self.students_see = students_see
        self.is_connected = False
        self._subscriptions: set[Subscription] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="broadcaster", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for subscription in list(self._subscriptions):
            subscription.put(None)
        self._thread.join(timeout=2 * WAIT_SECONDS)

    def subscribe(self, actor: Actor) -> Subscription:
        subscription = Subscription(actor, asyncio.get_running_loop())
        self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except psycopg.Error as error:
                self.is_connected = False
                log.warning("live events wait for the database", error=str(error))
                self._stopping.wait(RETRY_SECONDS)

    def _follow(self) -> None:
        with psycopg.connect(self.database_url, connect_timeout=5) as connection:
            feed = ChangeFeed(connection)
            self.is_connected = True
            # What happened while nobody followed is told as one event.
            self._tell_all(everything_changed(datetime.now(UTC)))
            while not self._stopping.is_set():
                if feed.wait(WAIT_SECONDS):
                    self._publish(connection, feed)

    def _publish(self, connection: psycopg.Connection[tuple[object, ...]], feed: ChangeFeed) -> None:
        new = feed.read(LINES_AT_ONCE)
        self._end_revoked(new.lines)
        if new.is_cut:
            self._tell_all(everything_changed(datetime.now(UTC)))
            return
        for announcement in announcements(connection, new.lines):
            for subscription in list(self._subscriptions):
                if announcement.is_for(subscription.actor, self.students_see):
                    subscription.put(announcement.event)

    def _tell_all(self, event: LiveEvent) -> None:
        for subscription in list(self._subscriptions):
            subscription.put(event)

    def _end_revoked(self, lines: Sequence[ChangeLine]) -> None:
        """A token that was revoked, or a person whose roles changed, hears nothing more."""
        sessions = {line.row_id for line in lines if line.table_name == "session_token" and line.op != "insert"}
        people = {line.row_id for line in lines if line.table_name == "person" and line.op != "insert"}
        for subscription in list(self._subscriptions):
            if subscription.actor.session_id in sessions or subscription.actor.person_id in people:
                subscription.put(None)
