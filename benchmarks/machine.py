"""Measures how busy the machine was with other programs, because these distort the figures."""

import contextlib

import psutil


class OtherWork:
    """Measures from the moment of its creation."""

    def __init__(self) -> None:
        self._all, self._own = _busy_seconds(), _own_seconds()
        self._idle = psutil.cpu_times().idle

    def share(self) -> float:
        """Returns the share of processor time that other programs took, 0 to 1. Must be called while this benchmark's
        own processes still run."""
        busy = _busy_seconds() - self._all
        idle = psutil.cpu_times().idle - self._idle
        return max(0.0, busy - (_own_seconds() - self._own)) / max(busy + idle, 0.001)


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system)


def _own_seconds() -> float:
    """Returns the processor time of this process and its descendants: services, database, browser."""
    seconds = 0.0
    this = psutil.Process()
    for process in [this, *this.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds += times.user + times.system
            # The time of children that have ended and were reaped, such as backends of closed database connections.
            seconds += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return seconds
