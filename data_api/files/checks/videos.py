"""Checks that a file is an MP4 video from its beginning to its end: a row of boxes, each of which says its size."""

import struct
from typing import BinaryIO

from data_api.files.checks.refused import Refused

BRANDS = {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"M4VP"}
MOST_BOXES = 100_000
HEAD, LONG_HEAD = 8, 16


def check_video(file: BinaryIO, size: int) -> None:
    """Raises Refused."""
    found: set[bytes] = set()
    place, boxes = 0, 0
    while place < size:
        boxes += 1
        file.seek(place)
        head = file.read(LONG_HEAD)
        if len(head) < HEAD or boxes > MOST_BOXES:
            raise Refused("the video is damaged or cut short")
        length, name = struct.unpack(">I4s", head[:HEAD])
        if length == 1 and len(head) == LONG_HEAD:
            length = struct.unpack(">Q", head[HEAD:])[0]
        elif length == 0:
            length = size - place
        if length < HEAD or place + length > size:
            raise Refused("the video is damaged or cut short")
        if not found:
            _check_brands(file, place, length, name)
        found.add(name)
        place += length
    if not {b"ftyp", b"moov"} <= found:
        raise Refused("the video is damaged or cut short")


def _check_brands(file: BinaryIO, place: int, length: int, name: bytes) -> None:
    file.seek(place + HEAD)
    told = file.read(min(length - HEAD, 256))
    brands = {told[:4], *(told[start : start + 4] for start in range(8, len(told), 4))}
    if name != b"ftyp" or brands.isdisjoint(BRANDS):
        raise Refused("it is a video of a kind that is not taken")
