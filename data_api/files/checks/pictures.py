"""Decodes a picture completely, which shows that it is whole, and writes it anew, small and without anything else."""

import struct
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from data_api.files.checks.refused import Refused
from data_api.files.kinds import Kind

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 64_000_000
LONGEST_SIDE = 30_000
THUMBNAIL = (480, 480)
QUALITY = 80


def load_decoders(head: bytes) -> None:
    """Imports what a file that begins so needs to be decoded: a confined process cannot import anything. Most of the
    time that a check takes is the time to import."""
    if head[4:8] == b"ftyp":
        from pi_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    elif not head.startswith((b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF")):
        return
    from PIL import Image, ImageOps  # noqa: F401

    Image.MAX_IMAGE_PIXELS = None  # `_check_size` is stricter
    warnings.simplefilter("ignore")
    Image.init()
    Image.new("RGBA", (2, 2)).save(BytesIO(), "WEBP")


def thumbnail_of(file: BinaryIO, kind: Kind) -> bytes:
    """Returns the picture as a WebP of at most 480 × 480 pixels, upright, with nothing but its pixels: no place, no
    camera, no colour profile. Raises Refused."""
    from PIL import Image, UnidentifiedImageError

    file.seek(0)
    try:
        with Image.open(file, formats=kind.pillow) as picture:
            _check_size(*picture.size)
            picture.draft("RGB", (2 * THUMBNAIL[0], 2 * THUMBNAIL[1]))
            picture.load()
            return _written_anew(picture)
    except Refused:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, struct.error):
        raise Refused("the picture is damaged or cut short") from None


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Refused(f"the picture has more than {MOST_PIXELS // 1_000_000} million pixels")


def _written_anew(picture: "Image.Image") -> bytes:
    from PIL import Image, ImageOps

    small = ImageOps.exif_transpose(picture)
    small.thumbnail(THUMBNAIL)
    mode = "RGBA" if small.has_transparency_data else "RGB"
    clean = Image.new(mode, small.size)
    clean.paste(small.convert(mode))
    written = BytesIO()
    clean.save(written, "WEBP", quality=QUALITY)
    return written.getvalue()


def has_heic_brand(head: bytes) -> bool:
    """Whether a file in boxes says that it is a HEIC picture; AVIF and others have the same boxes."""
    size = struct.unpack(">I", head[:4])[0] if len(head) >= 16 else 0
    brands = {head[8:12], *(head[place : place + 4] for place in range(16, min(size, 128), 4))}
    return head[4:8] == b"ftyp" and not brands.isdisjoint({b"heic", b"heix", b"heim", b"heis"})
