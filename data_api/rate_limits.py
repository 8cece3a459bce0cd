"""How much one visitor may do in a minute. `LODGE_RATE_LIMITS=off` is for benchmarks and load tests."""

import math
import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import cache

from fastapi import Depends, Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from data_api.auth import ActorDep
from service_kit.errors import LodgeError
from service_kit.settings import get_settings


class Limited(StrEnum):
    SIGN_IN = "sign-in"
    REPORT = "report"
    MESSAGE = "message"
    SEARCH = "search"
    SUGGESTION = "suggestion"
    CHANGE = "change"


LIMITS: dict[Limited, RateLimitItem] = {
    # By address: behind the pages everybody shares one, so this bounds a flood and no more.
    Limited.SIGN_IN: RateLimitItemPerMinute(300),
    Limited.REPORT: RateLimitItemPerMinute(60),
    Limited.MESSAGE: RateLimitItemPerMinute(120),
    Limited.SEARCH: RateLimitItemPerMinute(240),
    Limited.SUGGESTION: RateLimitItemPerMinute(240),
    Limited.CHANGE: RateLimitItemPerMinute(240),
}


class TooManyRequests(LodgeError):
    """More than this desk takes from one visitor; `Retry-After` says when it takes more."""

    status = 429


@cache
def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def check_limit(what: Limited, who: str) -> None:
    """Counts one more; 429 when that is too many."""
    if not get_settings().rate_limits or _limiter().hit(LIMITS[what], what, who):
        return
    reset_at = _limiter().get_window_stats(LIMITS[what], what, who).reset_time
    seconds = max(1, math.ceil(reset_at - time.time()))
    raise TooManyRequests(
        f"That was too much at once ({what}); try again in {seconds} s.", headers={"Retry-After": str(seconds)}
    )


def limited(what: Limited) -> Callable[[ActorDep], Awaitable[None]]:
    """A dependency that counts by sign-in: under `choice`, many people are one person."""

    async def check(actor: ActorDep) -> None:
        check_limit(what, str(actor.session_id))

    return check


async def limit_sign_in(request: Request) -> None:
    check_limit(Limited.SIGN_IN, request.client.host if request.client else "")


changes = Depends(limited(Limited.CHANGE))
