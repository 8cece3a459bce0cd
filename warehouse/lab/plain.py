"""Values of DuckDB as JSON can hold them."""

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

MOST_EXACT = 2**53  # larger whole numbers are sent as text, because JSON readers round them


def plain(value: Any) -> Any:
    """Returns a value as JSON can hold it, without losing digits."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) <= MOST_EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal | timedelta):
        return str(value)
    return str(value)
