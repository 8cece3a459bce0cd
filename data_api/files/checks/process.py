"""The process that checks one file: `python -m data_api.files.checks.process EXTENSION PARENT`, the file at its
standard input. It has no credentials in its environment, and before it looks at the file, the kernel takes from it
everything but its memory and the file.

It writes one line of JSON to its standard output, and after it the thumbnail, if there is one.
"""

import codecs
import json
import os
import sys
from contextlib import suppress

from data_api.files.checks.content import check_content
from data_api.files.checks.libmagic import Magic
from data_api.files.checks.pictures import load_decoders
from data_api.files.checks.refused import Refused
from service_kit.confine import Bounds, CannotConfine, confine, die_with_parent, set_bounds

BOUNDS = Bounds(memory_bytes=1024 * 1024 * 1024, processor_seconds=15)
NICENESS = 10
# Python reads each of these from a file when it is first used, which a confined process cannot do.
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp437", "latin-1", "ascii")
PEEKED = 16


def main() -> None:
    extension, parent = sys.argv[1], int(sys.argv[2])
    if sys.platform == "linux":
        die_with_parent(parent)
    os.nice(NICENESS)
    magic = Magic()
    for encoding in ENCODINGS:
        codecs.lookup(encoding)
    load_decoders(os.pread(0, PEEKED, 0))
    _give_up_everything()
    answer: dict[str, str | int]
    thumbnail = b""
    try:
        with os.fdopen(0, "rb") as file:
            found = check_content(file, extension, magic.type_of)
        thumbnail = found.thumbnail or b""
        answer = {"type": found.kind.type, "thumbnail": len(thumbnail)}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "it takes too much memory to check"}
    except Exception as error:  # for the log; the file is refused all the same
        answer = {"failed": type(error).__name__}
    with os.fdopen(1, "wb") as out:
        out.write(json.dumps(answer).encode() + b"\n" + thumbnail)


def _give_up_everything() -> None:
    """Where the kernel cannot confine a process, its memory and time are bounded all the same."""
    try:
        confine(BOUNDS)
    except CannotConfine:
        with suppress(OSError, ValueError):
            set_bounds(BOUNDS)


if __name__ == "__main__":
    main()
