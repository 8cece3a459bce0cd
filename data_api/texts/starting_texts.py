"""The texts that come with Lodge: examples of what people write, for the categories of a new database."""

import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


@cache
def starting_texts(name: str) -> list[dict[str, str]]:
    """Returns `category` (slug), `language` and `text` of each text. `name` is "examples" for the texts to learn from,
    or "check_texts" for those to check models with."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]
