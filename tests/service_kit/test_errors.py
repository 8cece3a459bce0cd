"""How errors describe themselves to the API's documentation."""

from service_kit.errors import InvalidInput, LodgeError, documented


class Gone(LodgeError):
    """It went."""

    status = 404


class Away(LodgeError):
    """It is away."""

    status = 404


def test_errors_of_one_status_are_told_together() -> None:
    told = documented(Gone, Away, InvalidInput)
    assert list(told) == [404, 422]
    assert told[404]["description"] == "`Gone`: It went.\n\n`Away`: It is away."


def test_an_error_names_its_field() -> None:
    error = InvalidInput.in_field("body.title", "is too long")
    assert error.detail == "body.title: is too long"
    assert [field.model_dump() for field in error.fields or ()] == [{"name": "body.title", "message": "is too long"}]
