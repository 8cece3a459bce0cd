"""A mapping that is wrong says where."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from lodge.errors import LodgeError
from lodge.importing.mapping import ValueRule, check_columns, load_mapping
from lodge.importing.templates import Row, check_template, columns_of, fill, parts_of, places
from tests.lodge.importing.conftest import LOG_MAPPING, TICKETS_MAPPING


def load(folder: Path, said: Any) -> Any:
    path = folder / "mapping.yml"
    path.write_text(said if isinstance(said, str) else yaml.safe_dump(said), encoding="utf-8")
    return load_mapping(path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"source": ""}, "source: String should have at least 1 character"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"file": {"delimiter": "ab"}}, "file.delimiter: "),
        ({"file": {"encoding": "klingon"}}, "file.encoding: 'klingon' is no encoding"),
        ({"file": {"encoding": "hex"}}, "file.encoding: 'hex' is no encoding"),
        ({"file": {"time_format": "%d%d"}}, "file.time_format: '%d%d' is no format"),
        ({"file": {"time_format": "%Q"}}, "file.time_format: '%Q' is no format"),
        ({"file": {"time_zone": "Mars/Base"}}, "file.time_zone: 'Mars/Base' is no time zone"),
        ({"unknown_buildings": "perhaps"}, "unknown_buildings: Input should be 'add' or 'refuse'"),
        ({"ticket": {"requester": "{a}"}}, "ticket.description: Field required"),
        ({"ticket": {"description": "{a", "requester": "x"}}, "ticket.description.from: "),
        (
            {"ticket": {"description": "{}", "requester": "x"}},
            "ticket.description.from: '{}' is no template",
        ),
        (
            {"ticket": {"description": {"Betreff": None}, "requester": "x"}},
            'ticket.description: a template stands in quotation marks: "{Betreff}"',
        ),
        (
            {"ticket": {"description": {"from": "{a}", "column": "a"}, "requester": "x"}},
            "ticket.description: either 'from' or 'column'",
        ),
        (
            {"ticket": {"description": {"from": "{a}", "otherwise": "a"}, "requester": "x"}},
            "ticket.description: 'otherwise' is for what 'values' does not list",
        ),
        (
            {"ticket": {"description": {"from": "{a}", "values": {"a": "{"}}, "requester": "x"}},
            "ticket.description.values.a: '{' is no template",
        ),
        (
            {"ticket": {"description": {"from": "{a}", "take": "0"}, "requester": "x"}},
            "ticket.description.take.",
        ),
        ({"event": {"case": "{a}"}}, "event.activity: Field required"),
        ({"lifecycle": {"active": ["a"], "closed": "b"}}, "lifecycle.closed: Input should be a valid list"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    with pytest.raises(LodgeError) as error:
        load(tmp_path, LOG_MAPPING | change)
    assert told in str(error.value)


@pytest.mark.parametrize(
    "said", ["", "- a list", "kind: mails", "kind: [tickets", "source: x", "kind: [a]", "kind: 2026-02-31"]
)
def test_what_is_no_mapping_is_told(tmp_path: Path, said: str) -> None:
    with pytest.raises(LodgeError, match=r"mapping\.yml"):
        load(tmp_path, said)


def test_columns_that_the_file_does_not_have_are_named(tmp_path: Path) -> None:
    mapping = load(tmp_path, TICKETS_MAPPING)
    with pytest.raises(LodgeError) as error:
        check_columns(mapping, ["id", "text", "from", "opened", "closed", "status", "building", "staff"])
    assert "ticket.priority: there is no column 'urgency'" in str(error.value)
    assert "ticket.category: there is no column 'area'" in str(error.value)


@pytest.mark.parametrize("template", ["{a!r}", "{a:>9}", "{a.b}", "{a[0]}", "{0}", "{Ra\u0308ume}", "{ Room\n(no.) }"])
def test_a_columns_name_may_hold_any_signs_but_braces(template: str) -> None:
    """And how an accent is stored, doubled spaces and line breaks make no difference."""
    header = ["a!r", "a:>9", "a.b", "a[0]", "0", "R\u00e4ume", "Room (no.)"]
    assert columns_of(parts_of(check_template(template)))[0] in places(header)


def test_a_separator_that_was_not_told_is_guessed(tmp_path: Path) -> None:
    mapping = load(tmp_path, TICKETS_MAPPING)
    with pytest.raises(LodgeError, match="separated by ';'"):
        check_columns(mapping, ["id;text;from"])


def test_templates_fill_in_columns() -> None:
    assert columns_of(parts_of("{a b}: ticket {c}")) == ["a b", "c"]
    assert fill(parts_of("{a b}: ticket {c}"), {"a b": "WiFi", "c": "7"}.__getitem__) == "WiFi: ticket 7"
    assert fill(parts_of("{{a}}"), str) == "{a}"
    assert fill(parts_of("Agent {who}"), {"who": " "}.__getitem__) == ""
    assert check_template("plain") == "plain"
    for wrong in ("{", "}", "{}", "{ }", "a}b", "{a{b}}"):
        with pytest.raises(ValueError, match=r".+"):
            check_template(wrong)


def test_a_value_is_translated_then_defaulted() -> None:
    rule = ValueRule.model_validate({"from": "{a}", "values": {1: "low", "-": ""}, "default": "normal"})
    assert [rule.of(Row({"a": [0]}, [text])) for text in ("1", "", "-", "other")] == [
        "low",
        "normal",
        "normal",
        "other",
    ]
