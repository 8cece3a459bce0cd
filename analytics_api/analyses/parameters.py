"""Checks the parameters of a request against those that an analysis has."""

from collections.abc import Mapping, Sequence

from contracts.analyses import Parameter, ParameterKind
from contracts.errors import FieldError
from service_kit.errors import InvalidInput

Values = Mapping[str, int | str | None]
MOST_DIGITS = 9


def read_parameters(known: Sequence[Parameter], given: Sequence[tuple[str, str]]) -> Values:
    """Returns the value of every parameter. Raises InvalidInput, which names everything that is wrong."""
    names = [name for name, _ in given]
    by_name = {parameter.name: parameter for parameter in known}
    wrong = [(name, "there is no such parameter") for name in dict.fromkeys(names) if name not in by_name]
    wrong += [(name, "may be given once") for name in by_name if names.count(name) > 1]
    values: dict[str, int | str | None] = {}
    for name, text in given:
        if name in by_name and names.count(name) == 1:
            try:
                values[name] = read_value(by_name[name], text)
            except ValueError as error:
                wrong.append((name, str(error)))
    wrong += [
        (name, f"takes the place of {other}; give one of them")
        for name, parameter in by_name.items()
        if name in names and (other := parameter.instead_of) in names
    ]
    if wrong:
        fields = [FieldError(name=f"query.{name[:100]}", message=message) for name, message in wrong[:50]]
        raise InvalidInput("; ".join(f"{field.name}: {field.message}" for field in fields[:3]), fields=fields)
    replaced = {parameter.instead_of for parameter in known if parameter.name in values}
    defaults = {name: None if name in replaced else parameter.default for name, parameter in by_name.items()}
    return {**defaults, **values}


def read_value(parameter: Parameter, text: str) -> int | str:
    """Returns the parameter's value, parsed from the text. Raises ValueError with a sentence for people."""
    if parameter.kind is ParameterKind.CHOICE:
        options = [option.value for option in parameter.options]
        if text not in options:
            raise ValueError("must be one of " + ", ".join(options[:20]))
        return text
    assert parameter.minimum is not None
    assert parameter.maximum is not None
    sign, digits = text[:1] == "-", text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError("must be a whole number")
    value = int(digits) * (-1 if sign else 1) if len(digits) <= MOST_DIGITS else None
    most = parameter.accepted or parameter.maximum
    if value is None or not parameter.minimum <= value <= most:
        raise ValueError(f"must be between {parameter.minimum} and {most}")
    return value
