"""Has a file checked by a process of its own, which a hostile file may crash, fill or take over without harm."""

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

import structlog

from data_api.files.errors import FileRefused
from data_api.files.kinds import BY_TYPE, Kind

log = structlog.get_logger()

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "data_api.files.checks.process")
SECONDS = 60.0
LARGEST_ANSWER = 4 * 1024 * 1024
TOO_MUCH = "it could not be checked with the memory and time that there is for one file"


class Judged(NamedTuple):
    kind: Kind
    thumbnail: bytes | None


def judge(path: Path, extension: str) -> Judged:
    """Returns what the file is. Blocks until its process has ended. Raises FileRefused."""
    with path.open("rb") as file:
        process = subprocess.Popen(  # noqa: S603
            [*COMMAND, as_argument(extension), str(os.getpid())],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        )
    assert process.stdout is not None
    late = threading.Timer(SECONDS, process.kill)
    late.daemon = True
    late.start()
    try:
        with process.stdout:
            written = process.stdout.read(LARGEST_ANSWER)
    finally:
        late.cancel()
        process.kill()
        process.wait()
    return _judged(written, process.returncode)


def as_argument(extension: str) -> str:
    """Returns an extension without what no argument of a program may hold; still not empty, unless it was."""
    return re.sub(r"[^a-z0-9]", "", extension)[:20] or ("x" if extension else "")


def _judged(written: bytes, code: int) -> Judged:
    line, _, thumbnail = written.partition(b"\n")
    try:
        answer = json.loads(line)
        why, kind, size = answer.get("refused"), BY_TYPE.get(answer.get("type")), int(answer.get("thumbnail", 0))
    except (ValueError, AttributeError, TypeError):
        why, kind, size = None, None, 0
    if why is not None:
        raise FileRefused(str(why))
    if kind is None or len(thumbnail) != size:
        log.warning("a file could not be checked", code=code, answer=line[:100].decode("ascii", "replace"))
        raise FileRefused(TOO_MUCH)
    return Judged(kind, thumbnail or None)
