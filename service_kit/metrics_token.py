"""The metrics token: whoever sends it may read the figures of the services at `/metrics`, and nothing else (ADR 34)."""

import secrets
from pathlib import Path

from service_kit.desk_key import read_secret


def metrics_token_file(home: Path) -> Path:
    return home / "secrets" / "metrics-token"


def is_metrics_token(sent: str, home: Path) -> bool:
    """Whether this is the token of the desk in `home`. False if it has none, as when the services were not started by
    `lodge up`."""
    token = read_secret(metrics_token_file(home))
    return token is not None and secrets.compare_digest(sent.encode("utf-8", "replace"), token.encode())
