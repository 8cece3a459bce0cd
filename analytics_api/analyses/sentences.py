"""Completes the sentence of an answer: it names every parameter that is not at its default."""

from collections.abc import Sequence

from analytics_api.analyses.parameters import Values
from contracts.analyses import Parameter, ParameterKind
from warehouse.catalogue import names_in

NOTHING = "there is nothing to count."


def conditions_in_words(parameters: Sequence[Parameter], values: Values, expression: str) -> str:
    """Returns the parameters that are not at their default, such as "Opened at least 30 days ago"; empty if all are.

    Those that `expression`, the sentence in SQL, uses are left out, because the sentence itself names them.
    """
    named = names_in(expression)
    shown = [
        _in_words(parameter, value)
        for parameter in parameters
        if (value := values[parameter.name]) not in (None, parameter.default) and parameter.name not in named
    ]
    return ", ".join([*shown[:1], *map(_begun_small, shown[1:])])


def with_conditions(sentence: str | None, conditions: str) -> str | None:
    return f"{conditions}: {sentence or NOTHING}" if conditions else sentence


def _in_words(parameter: Parameter, value: int | str | None) -> str:
    if parameter.kind is ParameterKind.CHOICE:
        labels = {option.value: option.label for option in parameter.options}
        return f"{parameter.label} “{labels.get(str(value), value)}”"
    unit = parameter.unit or ""
    return f"{parameter.label} {value:,} {singular(unit) if value == 1 else unit}".rstrip()


def singular(unit: str) -> str:
    """Returns the unit of 1. A unit begins with a word in the plural, such as "days ago"."""
    first, space, rest = unit.partition(" ")
    return f"{first.removesuffix('s')}{space}{rest}"


def _begun_small(words: str) -> str:
    return words[:1].lower() + words[1:]
