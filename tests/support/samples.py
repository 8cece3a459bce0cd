"""The sample answers in the documentation, to be compared with real ones."""

import json
import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[2] / "docs"


def sample(page: str, containing: str) -> Any:
    """Returns the one JSON block of the page in which this text stands."""
    blocks = re.findall(r"^```json\n(.+?)^```", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (found,) = [block for block in blocks if containing in block]
    return json.loads(found)


def keys(value: Any) -> Any:
    """Returns the keys of an object and of the objects in it; of a list, those of its first element."""
    if isinstance(value, dict):
        return {name: keys(one) for name, one in value.items()}
    return [keys(one) for one in value[:1]] if isinstance(value, list) else None
