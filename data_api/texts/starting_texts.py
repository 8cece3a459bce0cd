"""The texts that come with Lodge: examples of what people write, for the categories of a new database, and vague texts,
which do not say what is wrong."""

import hashlib
import json
from functools import cache
from pathlib import Path

from data_api.texts.encoder import Vectors, get_encoder

FOLDER = Path(__file__).parent / "data"


@cache
def starting_texts(name: str) -> list[dict[str, str]]:
    """Returns `category` (slug), `language` and `text` of each text. `name` is "examples" for the texts to learn from,
    "check_texts" for those to check models with, or "vague_texts", which have no category."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


@cache
def digest(*names: str) -> str:
    """Returns a word that changes whenever one of these files of texts does."""
    return hashlib.sha256(b"".join((FOLDER / f"{name}.jsonl").read_bytes() for name in names)).hexdigest()[:12]


@cache
def vague_vectors() -> Vectors:
    """Returns the vectors of the vague texts. Raises EncoderUnavailable."""
    return get_encoder().encode([row["text"] for row in starting_texts("vague_texts")])
