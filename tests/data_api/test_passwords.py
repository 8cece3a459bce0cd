"""Which passwords may be chosen, and how they are kept."""

import asyncio
import re
from threading import BoundedSemaphore

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.base import NewPassword, Password
from data_api.credentials import passwords
from data_api.credentials.errors import TooManySignIns
from data_api.credentials.passwords import NOBODYS_HASH, hash_at_once, hash_of, is_password
from data_api.credentials.rules import check_new_password
from service_kit.errors import InvalidInput
from tests.support.passwords import PASSWORD

PARAMETERS = re.compile(r"\$(argon2id)\$v=(\d+)\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)")


@pytest.mark.parametrize(
    "chosen",
    [
        "password123",
        "Password2026!",
        "qwertyuiop",
        "1234567890",
        "0987654321",
        "aaaaaaaaaaaa",
        "abababababab",
        "Summer2026!!",
        "12345678910",
        "mia.rossi-heron",
        "Mia.Rossi-Heron2026",
    ],
)
def test_what_everybody_tries_first_is_refused(chosen: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_new_password(chosen, "mia.rossi-heron")
    assert refused.value.fields
    assert refused.value.fields[0].name == "body.password"
    assert chosen not in refused.value.detail


@pytest.mark.parametrize(
    "chosen", [PASSWORD, "eleven brave herons 2026", "только длинный", "839204718265", "🦆🦢🦉🦚🦜🐧🐦🐤🐣🐥"]
)
def test_anything_else_that_is_long_enough_may_be_chosen(chosen: str) -> None:
    assert TypeAdapter[str](NewPassword).validate_python(chosen)
    check_new_password(chosen, "mia")


@pytest.mark.parametrize("chosen", ["ninechars", "x" * 201, "with\x00inside it", "   too short   "])
def test_too_short_too_long_and_nul_are_refused(chosen: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](NewPassword).validate_python(chosen)


def test_a_password_is_the_same_however_its_letters_are_encoded() -> None:
    of = TypeAdapter[str](Password).validate_python
    assert of("  Zoe\u0308 and ﬁsh ") == of("Zo\u00eb and fish") == "Zo\u00eb and fish"


def test_a_hash_that_nobody_has_costs_what_a_real_one_costs() -> None:
    real, nobodys = (PARAMETERS.fullmatch(one) for one in (hash_at_once(PASSWORD), NOBODYS_HASH))
    assert real is not None
    assert nobodys is not None
    assert real.groups()[:5] == nobodys.groups()[:5]
    assert [len(part) for part in real.groups()[5:]] == [len(part) for part in nobodys.groups()[5:]]


def test_the_right_password_is_one_and_nothing_is_nobodys() -> None:
    async def check() -> list[bool]:
        kept = await hash_of(PASSWORD)
        return [await is_password(PASSWORD, kept), await is_password("x", kept), await is_password("", NOBODYS_HASH)]

    assert asyncio.run(check()) == [True, False, False]


def test_only_so_many_wait_for_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_places", BoundedSemaphore(2))

    async def check() -> list[bool | BaseException]:
        return await asyncio.gather(*(is_password("x", NOBODYS_HASH) for _ in range(3)), return_exceptions=True)

    first, second, third = asyncio.run(check())
    assert (first, second) == (False, False)
    assert isinstance(third, TooManySignIns)
    assert asyncio.run(is_password("x", NOBODYS_HASH)) is False, "the places are free again"
