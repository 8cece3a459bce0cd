"""Everything that a mapping may say stands in docs/importing.md, and what stands there may be said."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel

from contracts.moments import EARLIEST, LATEST
from lodge.importing import fields, mapping, moments, reading, yaml_text
from lodge.importing.files import JSON_TO_CSV
from lodge.importing.mapping import Event, EventLogMapping, FileFormat, Lifecycle, ListRule, TicketsMapping
from tests.lodge.command import lodge
from tests.lodge.importing.conftest import Importer

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = (DOCS / "importing.md").read_text("utf-8")
EXAMPLES = DOCS / "examples"
PARTS: dict[str, type[BaseModel]] = {
    "file": FileFormat,
    "event": Event,
    "lifecycle": Lifecycle,
    "ticket": mapping.CsvTicket,
    "ticket.notes": mapping.NoteRule,
}


def keys() -> Iterator[str]:
    for kind in (TicketsMapping, EventLogMapping):
        yield from kind.model_fields
    for name, part in PARTS.items():
        yield from (f"{name}.{key}" for key in part.model_fields)
    yield from (field.alias or name for name, field in ListRule.model_fields.items())
    yield "ticket.links.kind"


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


def test_the_first_import_goes_as_it_is_told(importer: Importer, tmp_path: Path) -> None:
    """The commands and corrections of the page, typed one after the other, print what the page shows."""
    section = PAGE.partition("## The first import")[2].partition("\n## ")[0]
    section = re.sub("^   ", "", section, flags=re.MULTILINE)
    blocks = re.findall(r"^```\w*\n(.+?)^```$", section, re.MULTILINE | re.DOTALL)
    content, mapping_text, command, refused, correction, added, nothing_new = blocks
    assert content == (EXAMPLES / "first.csv").read_text("utf-8")
    assert mapping_text == (EXAMPLES / "first.yml").read_text("utf-8")
    (tmp_path / "first.csv").write_text(content)
    rules = tmp_path / "first.yml"
    rules.write_text(mapping_text)
    arguments = [str(tmp_path / word) if word.startswith("first.") else word for word in command.split()[1:]]

    def typed() -> str:
        done = lodge(*arguments, LODGE_DATABASE_URL=importer.url, LODGE_HOME=str(tmp_path / "home"), COLUMNS="200")
        return done.stdout + done.stderr

    assert f"lodge: {refused}" in typed()
    rules.write_text(mapping_text.replace(mapping_text.splitlines()[-1], correction.rstrip("\n")))
    told = re.sub(r"(import|undo) \d+", r"\1 1", typed())
    assert told.endswith(added)
    assert typed().endswith(nothing_new)
    assert importer.rows("SELECT title, description FROM ticket ORDER BY id LIMIT 2") == [
        ("Lamp in corridor 3 dark", "Lamp in corridor 3 dark"),
        ("Tap drips", "The tap in the tea kitchen drips."),
    ]


def test_the_import_with_files_goes_as_it_is_told(importer: Importer, tmp_path: Path) -> None:
    section = PAGE.partition("## Files, internal notes, tags and links")[2].partition("\n## ")[0]
    table, rules, command, told = re.findall(r"^```\w*\n(.+?)^```$", section, re.MULTILINE | re.DOTALL)
    assert table == (EXAMPLES / "with-files.csv").read_text("utf-8")
    assert rules in (EXAMPLES / "with-files.yml").read_text("utf-8")
    arguments = [str(EXAMPLES / word) if word.startswith("with-files") else word for word in command.split()[1:]]
    done = lodge(*arguments, LODGE_DATABASE_URL=importer.url, LODGE_HOME=str(tmp_path / "home"), COLUMNS="200")
    assert re.sub(r"(import|undo) \d+", r"\1 1", done.stdout + done.stderr).endswith(told)


def test_every_example_has_a_source_of_its_own() -> None:
    """With the same source and id, tickets of the one would be taken for tickets of the other."""
    sources = [mapping.load_mapping(path).source for path in EXAMPLES.glob("*.yml")]
    assert len(sources) == len(set(sources)) == 4


def test_json_becomes_csv_with_its_values_as_they_are(tmp_path: Path) -> None:
    """An id keeps its zeros, and stays a whole number where others lack theirs: it is the ticket's name."""
    command = JSON_TO_CSV[JSON_TO_CSV.index(".venv/") :]
    assert f"`{command}`" in PAGE
    _, option, script = shlex.split(command)
    rows = '[{"id": "007", "count": 12345678901234567, "day": "2026-03-01"}, {"id": "8", "count": null, "day": ""}]'
    (tmp_path / "FILE").write_text(rows)
    subprocess.run([sys.executable, "-W", "error", option, script], cwd=tmp_path, check=True)
    assert (tmp_path / "FILE.csv").read_text().splitlines() == [
        "id,count,day",
        "007,12345678901234567,2026-03-01",
        "8,,",
    ]
