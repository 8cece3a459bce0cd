"""Says in words what is wrong with the settings: names that do not exist, and values that are not valid."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import EnumType
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from contracts.errors import reason
from lodge.terminal import quoted
from service_kit.settings import Settings, settings_file

PREFIX = "LODGE"


def unknown_names() -> list[str]:
    """Returns a sentence for each variable that is meant for Lodge and names no setting.

    They are refused: a misspelt setting would silently change nothing. If it is LODGE_SIGN_IN, everybody could sign in
    to a desk that its administrator believes to be closed.
    """
    places: tuple[tuple[str, Mapping[str, str | None]], ...] = (
        ("in the environment", EnvSettingsSource(Settings).env_vars),
        ("in .env", DotEnvSettingsSource(Settings, env_file=settings_file()).env_vars),
    )
    return [sentence for where, names in places for sentence in _unknown(names, where)]


def _unknown(names: Mapping[str, object], where: str) -> Iterator[str]:
    known = {f"{PREFIX}_{name.upper()}": name.upper() for name in Settings.model_fields}
    for name in sorted(name.upper() for name in names):
        prefix, _, rest = name.partition("_")
        is_ours = prefix == PREFIX and rest
        is_misspelt_prefix = rest in known.values() and get_close_matches(prefix, [PREFIX], cutoff=0.75)
        if name in known or not (is_ours or is_misspelt_prefix):
            continue
        near = get_close_matches(rest, known.values(), n=1)
        advice = f"Do you mean {PREFIX}_{near[0]}?" if near else "docs/settings.md lists those that exist."
        yield f"{name}, {where}, is not a setting. {advice}"


def invalid_values(error: ValidationError) -> list[str]:
    return [_sentence(item) for item in error.errors()]


def _sentence(item: ErrorDetails) -> str:
    name = str(item["loc"][0])
    words = reason(item["msg"]) if item["type"] == "value_error" else _allowed(name) or item["msg"]
    if words.startswith(("'", '"')):  # the words name the value themselves: one of several may be wrong
        return f"{PREFIX}_{name.upper()}: {words}"
    given = str(item["input"])
    may_hold_password = "@" in given or name.endswith("_url")
    return f"{PREFIX}_{name.upper()} {'' if may_hold_password else f'is {quoted(given)}; it '}{words}"


def _allowed(name: str) -> str:
    """Returns what values this setting may have; "" when that cannot be read from its type."""
    field = Settings.model_fields[name]
    type_ = next((one for one in get_args(field.annotation) if one is not type(None)), field.annotation)
    if field.annotation is bool:
        return "must be on or off (or yes or no, true or false)"
    if get_origin(field.annotation) is Literal:
        return f"must be {_any_of(get_args(field.annotation))}"
    if isinstance(type_, EnumType):
        return f"must be {_any_of([str(one.value) for one in type_])}"
    if type_ is int:
        limits = {name: getattr(one, name) for one in field.metadata for name in ("ge", "le") if hasattr(one, name)}
        return f"must be a whole number from {limits['ge']} to {limits['le']}"
    return ""


def _any_of(values: Any) -> str:
    *first, last = values
    return f"{', '.join(first)} or {last}"
