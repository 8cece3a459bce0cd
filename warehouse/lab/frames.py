"""What a statement's process writes into its pipe: frames of a kind, a length and that many bytes."""

import struct
from dataclasses import dataclass
from enum import Enum

HEAD = struct.Struct(">cI")
LARGEST = 64 * 1024 * 1024  # no frame is larger, so a reader may refuse anything above


class Kind(Enum):
    COLUMNS = b"C"  # JSON: [{"name", "type"}]
    ROWS = b"R"  # JSON: rows with a comma between them, without the outer brackets
    ARROW = b"A"  # a part of an Arrow IPC stream
    FILE = b"F"  # a part of a file
    ERROR = b"E"  # JSON: {"error", "detail", "line"}; the last frame
    DONE = b"D"  # JSON: {"rows", "truncated"}, and of a file "shortened"; the last frame


@dataclass(frozen=True)
class Request:
    """One statement. `rows` and `size` (bytes) bound its answer; above them it is cut off, and that is told. For a
    preview DuckDB computes no more rows than that. The answer comes as rows, as an Arrow stream, or as a file of the
    format `form`: csv, xlsx, parquet or arrow."""

    sql: str
    parameters: dict[str, object]
    rows: int
    size: int
    seconds: float
    memory: int
    threads: int
    as_arrow: bool = False
    form: str | None = None
    is_confined: bool = True
    is_preview: bool = False
