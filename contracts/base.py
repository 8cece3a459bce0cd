"""The two kinds of contract, and the text types they are made of."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

MAX_ID = 2**63 - 1


def refuse_nul(text: str) -> str:
    """Postgres cannot store NUL; saying so beats a database error."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


class Input(BaseModel):
    """What a client sends: unknown fields are refused, so that a typing error is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """What a service answers: a client ignores fields that it does not know yet."""

    model_config = ConfigDict(frozen=True)


NoNul = AfterValidator(refuse_nul)

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NoNul]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), NoNul]
Room = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60), NoNul]
Paragraphs = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), NoNul]
SearchText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), NoNul]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=40), NoNul]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
