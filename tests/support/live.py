"""Reads the live event stream."""

import queue
import threading
from typing import Any

import httpx
from httpx_sse import connect_sse

from tests.support.api import Visitor

SECONDS = 60.0  # only a failure takes so long


class Stream:
    """The live events of one visitor, in the order in which they arrive."""

    def __init__(self, visitor: Visitor) -> None:
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._is_open = threading.Event()
        self._thread = threading.Thread(target=self._listen, args=(visitor,), daemon=True)

    def _listen(self, visitor: Visitor) -> None:
        # It has its own client, so that its connection ends when this test's server ends.
        url, headers = visitor.base_url, {"Authorization": f"Bearer {visitor.token}"}
        try:
            with (
                httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False, verify=False) as client,
                connect_sse(client, "GET", "/events") as source,
            ):
                source.response.raise_for_status()
                self._is_open.set()
                for event in source.iter_sse():
                    self._events.put(event.json())
        except httpx.TransportError:
            pass
        finally:
            self._events.put(None)

    def next(self, seconds: float = SECONDS) -> dict[str, Any] | None:
        """Returns the next event, or None when the stream has ended. Raises queue.Empty after `seconds`."""
        return self._events.get(timeout=seconds)

    def before_message_under(self, ticket_id: int) -> list[tuple[str, int | None]]:
        """Reads events up to the first message of this ticket. Returns kind and ticket id of those before it, except
        this ticket's own. (Events of simultaneous commits may arrive together: first tickets, then messages.)"""
        found: list[tuple[str, int | None]] = []
        while not found or found[-1] != ("message", ticket_id):
            event = self.next()
            assert event is not None, "the stream ended"
            found.append((event["kind"], event["ticket_id"]))
        return [one for one in found if one[1] != ticket_id]

    def open(self) -> None:
        self._thread.start()
        assert self._is_open.wait(SECONDS), "the stream did not open"


def listen_from(mark: int, speaker: Visitor, *visitors: Visitor) -> list[Stream]:
    """Opens the visitors' streams and reads everything that happened until now, because on a busy machine it may arrive
    only after they are open. `mark` is a ticket that all visitors may read."""
    streams = listen(*visitors)
    speaker.say(mark)
    for stream in streams:
        stream.before_message_under(mark)
    return streams


def listen(*visitors: Visitor) -> list[Stream]:
    """Opens a stream for each visitor. The streams end with the server."""
    streams = [Stream(visitor) for visitor in visitors]
    for stream in streams:
        stream.open()
    return streams
