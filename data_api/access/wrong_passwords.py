"""How often somebody may try a password: after a few wrong ones the next try has to wait, longer each time.

Counted are the tries of one name from one address, of one address, and of one name, whether or not that name exists.
"""

import hashlib
import math
from typing import Annotated

from fastapi import Depends, Request

from data_api.access.counts import Counts, Failures
from data_api.access.rate_limits import TooManyRequests, address_of


class WrongPasswords:
    """The wrong passwords of one organisation. `counts` holds the counters that its processes share; `key` is a secret
    of theirs."""

    def __init__(self, counts: Counts, *, is_on: bool, key: str = "") -> None:
        self.is_on = is_on
        self._counts = counts
        self._key = hashlib.sha256(key.encode()).digest()

    def begin_try(self, name: str, address: str) -> None:
        """Counts a try as wrong until `was_right` says otherwise. Raises TooManyRequests."""
        if self.is_on and (wait := self._counts.fail(_counters(self._concealed(name), address))):
            seconds = max(1, math.ceil(wait))
            raise TooManyRequests(
                f"Too many wrong passwords; try again in {seconds} s.", headers={"Retry-After": str(seconds)}
            )

    def was_right(self, name: str, address: str) -> None:
        if self.is_on:
            own, *others = _counters(self._concealed(name), address)
            self._counts.succeed(own, others)

    def _concealed(self, name: str) -> str:
        """The counters are in a file, and people type their password where their username belongs."""
        return hashlib.blake2b(name.encode("utf-8", "replace"), key=self._key, digest_size=16).hexdigest()


def _counters(name: str, address: str) -> list[Failures]:
    return [
        # Whoever guesses gets no further than this. At any other address the owner of the name can still sign in.
        Failures(f"password of {name} from {address}", free=5, longest=900),
        # One password for many names. An address may be a lecture hall, in which many mistype at the same time.
        Failures(f"password from {address}", free=300, longest=60),
        # Many addresses for one name. The owner shares this wait, so it is short.
        Failures(f"password of {name}", free=30, longest=60),
    ]


async def _wrong_passwords(request: Request) -> WrongPasswords:
    wrong_passwords: WrongPasswords = request.app.state.organisation.wrong_passwords
    return wrong_passwords


async def _address(request: Request) -> str:
    return address_of(request)


WrongPasswordsDep = Annotated[WrongPasswords, Depends(_wrong_passwords)]
AddressDep = Annotated[str, Depends(_address)]
