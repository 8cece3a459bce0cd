"""The kinds of files that may be uploaded. A file is of the kind that its content shows; its name decides nothing.

The process that checks a file imports this too, so it imports nothing that takes long to load."""

from collections.abc import Iterable
from dataclasses import dataclass

MEGABYTE = 1024 * 1024
OOXML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Kind:
    """`extensions` are those under which programs know the kind; a name with none of them gets the first. `pillow`:
    what Pillow calls the formats of a picture of this kind."""

    type: str
    name: str
    extensions: tuple[str, ...]
    pillow: tuple[str, ...] = ()


JPEG = Kind("image/jpeg", "JPEG picture", ("jpg", "jpeg", "jpe", "jfif"), ("JPEG",))
PNG = Kind("image/png", "PNG picture", ("png",), ("PNG",))
GIF = Kind("image/gif", "GIF picture", ("gif",), ("GIF",))
WEBP = Kind("image/webp", "WebP picture", ("webp",), ("WEBP",))
HEIC = Kind("image/heic", "HEIC picture", ("heic", "heif"), ("HEIF",))
PDF = Kind("application/pdf", "PDF document", ("pdf",))
TXT = Kind("text/plain", "Text", ("txt", "log"))
CSV = Kind("text/csv", "CSV table", ("csv",))
DOCX = Kind(f"{OOXML}.wordprocessingml.document", "Word document", ("docx",))
XLSX = Kind(f"{OOXML}.spreadsheetml.sheet", "Excel workbook", ("xlsx",))
PPTX = Kind(f"{OOXML}.presentationml.presentation", "PowerPoint presentation", ("pptx",))
ODT = Kind(f"{ODF}.text", "OpenDocument text", ("odt",))
ODS = Kind(f"{ODF}.spreadsheet", "OpenDocument spreadsheet", ("ods",))
MP4 = Kind("video/mp4", "MP4 video", ("mp4", "m4v"))
ZIP = Kind("application/zip", "Zip archive without programs", ("zip",))

ALL = (JPEG, PNG, GIF, WEBP, HEIC, PDF, TXT, CSV, DOCX, XLSX, PPTX, ODT, ODS, MP4, ZIP)
BY_TYPE = {kind.type: kind for kind in ALL}


def most_bytes(kind: Kind | None, *, usual_mb: int, video_mb: int) -> int:
    return (video_mb if kind is MP4 else usual_mb) * MEGABYTE


def seems_video(head: bytes) -> bool:
    """Whether a file that begins so may be an MP4 video, and so have a video's size."""
    return head[4:8] == b"ftyp"


def listed(kinds: Iterable[Kind] = ALL) -> str:
    """Returns the kinds as a sentence names them, by their first extensions."""
    return ", ".join(kind.extensions[0] for kind in kinds)


def extension_of(name: str) -> str:
    """Returns what stands behind the last dot, in lower case; "" without one."""
    return name.rpartition(".")[2].lower() if "." in name else ""
