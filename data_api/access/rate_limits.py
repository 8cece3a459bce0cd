"""How much one visitor may do in a minute, counted by person and by address.

By person, so that entering again brings no new allowance; by address, so that taking other names brings none either.
`LODGE_RATE_LIMITS=off` is for benchmarks and load tests.
"""

import math
import time
from collections.abc import Awaitable, Callable
from enum import StrEnum

from fastapi import Depends, Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from data_api.access.actor import Actor, ActorDep
from service_kit.errors import LodgeError
from service_kit.settings import Settings
from service_kit.visitors import visitor_address


class Limited(StrEnum):
    SIGN_IN = "sign-in"
    REPORT = "report"
    MESSAGE = "message"
    SEARCH = "search"
    SUGGESTION = "suggestion"
    CHANGE = "change"


PERSON_LIMITS: dict[Limited, RateLimitItem] = {
    Limited.REPORT: RateLimitItemPerMinute(60),
    Limited.MESSAGE: RateLimitItemPerMinute(120),
    Limited.SEARCH: RateLimitItemPerMinute(240),
    Limited.SUGGESTION: RateLimitItemPerMinute(240),
    Limited.CHANGE: RateLimitItemPerMinute(240),
}
# A lecture hall of 300 people may be one address: each of them enters, reports and does a few things more in a minute.
ADDRESS_LIMITS: dict[Limited, RateLimitItem] = {
    Limited.SIGN_IN: RateLimitItemPerMinute(300),
    Limited.REPORT: RateLimitItemPerMinute(300),
    Limited.MESSAGE: RateLimitItemPerMinute(600),
    Limited.SEARCH: RateLimitItemPerMinute(1200),
    Limited.SUGGESTION: RateLimitItemPerMinute(1200),
    Limited.CHANGE: RateLimitItemPerMinute(1200),
}


class TooManyRequests(LodgeError):
    """More than this desk takes from one visitor; `Retry-After` says when it takes more."""

    status = 429


class RateLimits:
    """The counts of one organisation in this process. What several processes must share goes into its storage."""

    def __init__(self, *, is_on: bool) -> None:
        self.is_on = is_on
        self._counts = MovingWindowRateLimiter(MemoryStorage())

    def count(self, what: Limited, address: str, actor: Actor | None = None) -> None:
        """One more of this kind; raises TooManyRequests when that is too many.

        The person whom everybody without a name shares is counted by address alone.
        """
        if not self.is_on:
            return
        if actor and not actor.is_shared:
            self._count(PERSON_LIMITS[what], f"{what} of person", str(actor.person_id))
        self._count(ADDRESS_LIMITS[what], f"{what} from address", address)

    def _count(self, limit: RateLimitItem, what: str, who: str) -> None:
        if self._counts.hit(limit, what, who):
            return
        reset_at = self._counts.get_window_stats(limit, what, who).reset_time
        seconds = max(1, math.ceil(reset_at - time.time()))
        raise TooManyRequests(
            f"That was too much at once ({what.partition(' ')[0]}); try again in {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )


def address_of(request: Request) -> str:
    """The visitor's own address, also where the pages ask for them."""
    settings: Settings = request.app.state.organisation.settings
    return visitor_address(request.headers, request.client.host if request.client else "", settings.home)


def limited(what: Limited) -> Callable[[Request, ActorDep], Awaitable[None]]:
    """A dependency that counts one more for who asks."""

    async def check(request: Request, actor: ActorDep) -> None:
        count_one(what, request, actor)

    return check


def count_one(what: Limited, request: Request, actor: Actor | None = None) -> None:
    limits: RateLimits = request.app.state.organisation.rate_limits
    limits.count(what, address_of(request), actor)


async def limit_sign_in(request: Request) -> None:
    count_one(Limited.SIGN_IN, request)


changes = Depends(limited(Limited.CHANGE))
