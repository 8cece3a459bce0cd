"""Logs one JSON object per line to standard output: our own lines, those of libraries, and Python's warnings."""

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import Processor

SHAPE: list[Processor] = [
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


class Lossy:
    """Writes to what standard output is at that moment, which changes from test to test. On a full disk the line is
    lost: a request must not fail, nor a thread end, because its log line cannot be written. The next line that can be
    written does not follow the rest of one that was cut off."""

    _is_cut_off = False

    def write(self, text: str) -> None:
        try:
            sys.stdout.write(f"\n{text}" if self._is_cut_off else text)
            self._is_cut_off = False
        except OSError:
            self._is_cut_off = True

    def flush(self) -> None:
        with suppress(OSError):
            sys.stdout.flush()


def configure_logs(level: str) -> None:
    """Logs libraries from level `warning` on, and uvicorn, which logs when it starts and stops, from `info` on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[structlog.processors.add_log_level, *SHAPE, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, Lossy())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(Lossy())
    handler.setFormatter(_library_lines())
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler])
    logging.captureWarnings(capture=True)
    for name in ("uvicorn", "uvicorn.error"):
        server = logging.getLogger(name)
        server.handlers.clear()  # these would write plain text
        server.propagate = True
        server.setLevel(max(number, logging.INFO))


def _library_lines() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, *SHAPE],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
