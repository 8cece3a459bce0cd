"""Everything that a mapping may say stands in docs/importing.md, and what stands there may be said."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel

from contracts.moments import EARLIEST, LATEST
from lodge.importing import fields, mapping, moments, reading, yaml_text
from lodge.importing.mapping import Event, EventLogMapping, FileFormat, Lifecycle, TicketsMapping, ValueRule
from tests.lodge.importing.conftest import Importer

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "importing.md").read_text("utf-8")
PARTS: dict[str, type[BaseModel]] = {
    "file": FileFormat,
    "event": Event,
    "lifecycle": Lifecycle,
    "ticket": mapping.CsvTicket,
}


def keys() -> Iterator[str]:
    for kind in (TicketsMapping, EventLogMapping):
        yield from kind.model_fields
    for name, part in PARTS.items():
        yield from (f"{name}.{key}" for key in part.model_fields)
    yield from (field.alias or name for name, field in ValueRule.model_fields.items())


def test_every_key_is_told_and_every_told_key_exists() -> None:
    told = re.findall(r"^\| `([a-z_.]+)` \|", PAGE, re.MULTILINE)
    known_by_name = {f"ticket.{name}" for name in mapping.PLAIN}
    assert set(keys()) - known_by_name <= set(told) <= set(keys())
    assert len(told) == len(set(told))


def test_the_keys_that_must_be_there_are_told() -> None:
    models: list[tuple[str, type[BaseModel]]] = [("", TicketsMapping), ("", EventLogMapping)]
    models += [(f"{name}.", part) for name, part in PARTS.items()]
    wrong = [
        f"{prefix}{name}"
        for prefix, model in models
        for name, field in model.model_fields.items()
        for row in re.findall(rf"^\| `{re.escape(prefix + name)}` \|(.+)$", PAGE, re.MULTILINE)
        if ("must be there" in row) != field.is_required()
    ]
    assert wrong == []


def test_the_choices_and_defaults_are_told() -> None:
    for model in (TicketsMapping, EventLogMapping):
        for name, field in model.model_fields.items():
            choices = getattr(field.annotation, "__args__", ())
            if name != "kind" and choices and all(isinstance(choice, str) for choice in choices):
                (row,) = re.findall(rf"^\| `{name}` \|(.+)\| `{field.default}` \|$", PAGE, re.MULTILINE)
                assert [choice for choice in choices if f"`{choice}`" not in row] == [], name


def test_the_limits_are_told() -> None:
    limits = [reading.MAX_ROW, yaml_text.MAX_BYTES, fields.MAX_HTML, fields.MAX_NEW_CATEGORIES, moments.MAX_LENGTH]
    assert [limit for limit in limits if f" {limit:,} " not in PAGE] == []
    assert f"{yaml_text.MAX_DEPTH} levels" in PAGE
    assert f"| {mapping.HEADER_LINES - 1} |" in PAGE
    assert f"from {EARLIEST:%Y-%m-%d} to {LATEST - timedelta(days=1):%Y-%m-%d}" in PAGE


def test_the_first_example_is_one(importer: Importer) -> None:
    plain = PAGE.replace("\n   ", "\n")
    content = re.search(r"(Nr;.+?\n)```", plain, re.DOTALL)
    said = re.search(r"```yaml\n(.+?)```", plain, re.DOTALL)
    assert content is not None
    assert said is not None
    importer(yaml.safe_load(said[1]), content[1])
    assert importer.rows("SELECT title, description FROM ticket ORDER BY id") == [
        ("Lamp in corridor 3 dark", "Lamp in corridor 3 dark"),
        ("Tap drips", "The tap in the tea kitchen drips."),
    ]
