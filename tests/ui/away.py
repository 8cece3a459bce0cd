"""Services that refuse, or do not answer."""

from collections.abc import Callable
from typing import Any

from contracts.errors import ErrorEnvelope
from streamlit_app.client.errors import ApiError


def refused(status: int) -> ApiError:
    return ApiError(status, ErrorEnvelope(error="refused", detail="Not now.", request_id="r-17"))


def noting(asked: list[Any], ask: Callable[..., Any]) -> Callable[..., Any]:
    """Returns `ask` as a method that notes what it is given last."""

    def answer(*given: Any) -> Any:
        asked.append(given[-1])
        return ask(*given)

    return answer


def raising(error: ApiError) -> Callable[..., Any]:
    """Takes the place of a method that asks a service."""

    def raise_it(*_: Any, **__: Any) -> None:
        raise error

    return raise_it
