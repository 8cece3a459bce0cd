"""A name for a report that tells nothing of it: encrypted, for one person and one hour."""

import base64
import hmac
import json
from functools import cache

from cryptography.fernet import Fernet, InvalidToken

from service_kit.desk_key import read_desk_key
from service_kit.errors import InvalidInput
from service_kit.settings import get_settings

GOOD_FOR_SECONDS = 3600


@cache
def _cipher() -> Fernet:
    """Its key follows from the desk's, so that a form that is open goes on working after a restart. Without a desk it
    is good for this process."""
    desk_key = read_desk_key(get_settings().home)
    if desk_key is None:
        return Fernet(Fernet.generate_key())
    return Fernet(base64.urlsafe_b64encode(hmac.digest(desk_key.encode(), b"names for similar reports", "sha256")))


def write_ref(ticket_id: int, person_id: int) -> str:
    return _cipher().encrypt(json.dumps([ticket_id, person_id]).encode()).decode()


def read_ref(ref: str, person_id: int, field: str) -> int:
    """The ticket's number. Raises InvalidInput for one that is forged, older than an hour, or somebody else's: in the
    same words, because which of these it is would tell something."""
    try:
        ticket_id, whose = json.loads(_cipher().decrypt(ref, ttl=GOOD_FOR_SECONDS))
    except InvalidToken:
        ticket_id, whose = 0, None
    if whose != person_id:
        raise InvalidInput.in_field(field, "names no report any more; look for similar reports again")
    return int(ticket_id)
