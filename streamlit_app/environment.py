"""What the launcher hands this process: where the APIs are, and which names the desk answers to."""

import os
from functools import cache

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


@cache
def data_api_url() -> str:
    return os.environ.get("LODGE_DATA_API_URL", "http://127.0.0.1:8001").rstrip("/")


@cache
def analytics_api_url() -> str:
    return os.environ.get("LODGE_ANALYTICS_API_URL", "http://127.0.0.1:8002").rstrip("/")


@cache
def answered_names() -> frozenset[str] | None:
    """The accepted Host names in lower case, without a port; None for any.

    Only where people enter without a password: there a page elsewhere could point its own name at
    this machine (DNS rebinding) and enter as anyone.
    """
    by_choice = os.environ.get("LODGE_SIGN_IN", "choice").lower() == "choice"
    anywhere = os.environ.get("LODGE_CHOICE_ANYWHERE", "").lower() in {"yes", "true", "on", "1"}
    if not by_choice or anywhere:
        return None
    given = f"{os.environ.get('LODGE_HOST', '')},{os.environ.get('LODGE_ALLOWED_HOSTS', '')}"
    return LOOPBACK_NAMES | {name.strip().lower() for name in given.split(",") if name.strip()}
