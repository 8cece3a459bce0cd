"""How busy the machine was with other things: figures taken beside somebody else's work tell about both."""

import contextlib

import psutil


class OtherWork:
    """Measures from when it is made."""

    def __init__(self) -> None:
        self._all, self._own = _busy_seconds(), _own_seconds()
        self._idle = psutil.cpu_times().idle

    def share(self) -> float:
        """The part of the machine that others took, 0 to 1. To be asked while the own processes still run."""
        busy = _busy_seconds() - self._all
        idle = psutil.cpu_times().idle - self._idle
        return max(0.0, busy - (_own_seconds() - self._own)) / max(busy + idle, 0.001)


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system)


def _own_seconds() -> float:
    """Of this process and all that descend from it: services, database, browser."""
    seconds = 0.0
    this = psutil.Process()
    for process in [this, *this.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds += times.user + times.system
            # Of children that have ended and were waited for: the database's connections that were closed, say.
            seconds += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return seconds
