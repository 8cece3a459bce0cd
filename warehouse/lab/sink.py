"""A file that libraries write to, and that becomes frames."""

from collections.abc import Callable
from typing import Any

from warehouse.lab.frames import Kind

FRAME = 1024 * 1024


class Sink:
    """A file that can only be written from its beginning to its end. `size` is how many bytes were written."""

    closed = False

    def __init__(self, kind: Kind, send: Callable[[Kind, bytes], None]) -> None:
        self._kind = kind
        self._send = send
        self.size = 0

    def write(self, data: Any) -> int:
        content = memoryview(data).cast("B")
        for start in range(0, len(content), FRAME):
            self._send(self._kind, bytes(content[start : start + FRAME]))
        self.size += len(content)
        return len(content)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True
