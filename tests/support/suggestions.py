"""Asks for the suggestions for a report's text, and makes references to reports as only the desk itself can."""

import base64
import hmac
import json
import time
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from service_kit.desk_key import desk_key_file
from tests.support.api import Visitor, done

DESK_KEY = "the key of a desk under test"


def suggested(visitor: Visitor, description: str, **fields: Any) -> dict[str, Any]:
    return done(visitor.post("/tickets/suggestions", json={"description": description, **fields}))


def similar_to(visitor: Visitor, description: str, **fields: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = suggested(visitor, description, **fields)["similar"]
    return found


def ref_of(visitor: Visitor, description: str, **fields: Any) -> str:
    """Returns the reference to the most similar report."""
    found: str = similar_to(visitor, description, **fields)[0]["ref"]
    return found


def confirm(visitor: Visitor, ref: str) -> dict[str, Any]:
    return done(visitor.post("/tickets/me-too", json={"ref": ref}))


def make_desk_key(home: Path) -> str:
    """Writes a key that the test knows, with which a data API with this LODGE_HOME encrypts references. Returns it."""
    file = desk_key_file(home)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(DESK_KEY)
    return DESK_KEY


def made_ref(ticket_id: int, person_id: int, *, seconds_ago: int = 0) -> str:
    """Returns the reference that a desk with this key would have made at that time."""
    key = hmac.digest(DESK_KEY.encode(), b"names for similar reports", "sha256")
    cipher = Fernet(base64.urlsafe_b64encode(key))
    return cipher.encrypt_at_time(json.dumps([ticket_id, person_id]).encode(), int(time.time()) - seconds_ago).decode()
