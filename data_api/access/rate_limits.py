"""How much one visitor may do in a minute, counted by person and by address.

Because persons are counted, signing in again brings no new allowance; because addresses are counted, signing in under
other names brings none either. `LODGE_RATE_LIMITS=off` is for benchmarks and load tests.
"""

import math
from collections.abc import Awaitable, Callable
from enum import StrEnum

from fastapi import Depends, Request

from data_api.access.actor import Actor, ActorDep
from data_api.access.counts import Counts, Limit
from service_kit.errors import LodgeError
from service_kit.settings import Settings
from service_kit.visitors import visitor_address


class Limited(StrEnum):
    SIGN_IN = "sign-in"
    REDEEM = "codes and links"
    REPORT = "report"
    MESSAGE = "message"
    SEARCH = "search"
    SUGGESTION = "suggestion"
    CHANGE = "change"
    BULK = "change of many tickets"
    UPLOAD = "upload"
    EXPORT = "export"


PERSON_LIMITS: dict[Limited, int] = {
    Limited.REPORT: 60,
    Limited.MESSAGE: 120,
    Limited.SEARCH: 240,
    Limited.SUGGESTION: 240,
    Limited.CHANGE: 240,
    # Each may be of a thousand tickets, which are changed in the time that this allows for.
    Limited.BULK: 10,
    Limited.UPLOAD: 60,
    Limited.EXPORT: 20,
}
# A lecture hall of 300 people may share one address: each of them signs in, reports and does a few more things in a
# minute.
ADDRESS_LIMITS: dict[Limited, int] = {
    Limited.SIGN_IN: 300,
    Limited.REDEEM: 1200,
    Limited.REPORT: 300,
    Limited.MESSAGE: 600,
    Limited.SEARCH: 1200,
    Limited.SUGGESTION: 1200,
    Limited.CHANGE: 1200,
    Limited.BULK: 50,
    Limited.UPLOAD: 600,
    Limited.EXPORT: 100,
}


class TooManyRequests(LodgeError):
    """The visitor sent more requests than are allowed in a minute; `Retry-After` says in how many seconds to try
    again."""

    status = 429


class RateLimits:
    """The rate limits of one organisation. `counts` holds the counters that its processes share."""

    def __init__(self, counts: Counts | None = None, *, is_on: bool) -> None:
        self.is_on = is_on
        self._counts = counts or Counts()

    def count(self, what: Limited, address: str, actor: Actor | None = None) -> None:
        """Counts one more action of this kind. Raises TooManyRequests when that is one too many.

        The person that is shared by everybody who signs in without a name is counted by address only.
        """
        if not self.is_on:
            return
        limits: list[Limit] = [(f"{what} from address {address}", ADDRESS_LIMITS[what])]
        if actor and not actor.is_shared:
            limits.insert(0, (f"{what} of person {actor.person_id}", PERSON_LIMITS[what]))
        if wait := self._counts.do(limits):
            seconds = max(1, math.ceil(wait))
            raise TooManyRequests(
                f"That was too much at once ({what}); try again in {seconds} s.",
                headers={"Retry-After": str(seconds)},
            )


def address_of(request: Request) -> str:
    """Returns the visitor's own address, also when the pages send the request for them."""
    settings: Settings = request.app.state.organisation.settings
    return visitor_address(request.headers, request.client.host if request.client else "", settings.home)


def limited(what: Limited) -> Callable[[Request, ActorDep], Awaitable[None]]:
    """Returns a dependency that counts one more action of the person who asks."""

    async def check(request: Request, actor: ActorDep) -> None:
        count_one(what, request, actor)

    return check


def count_one(what: Limited, request: Request, actor: Actor | None = None) -> None:
    limits: RateLimits = request.app.state.organisation.rate_limits
    limits.count(what, address_of(request), actor)


async def limit_sign_in(request: Request) -> None:
    count_one(Limited.SIGN_IN, request)


async def limit_redeeming(request: Request) -> None:
    count_one(Limited.REDEEM, request)


changes = Depends(limited(Limited.CHANGE))
