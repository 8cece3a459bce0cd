"""The texts that Lodge brings: what people write of each category of the first list."""

import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


@cache
def starting_texts(name: str) -> list[dict[str, str]]:
    """`category` (slug), `language` and `text` of each: "examples" to learn from, "check_texts" to check with."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]
