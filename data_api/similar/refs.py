"""A name for a report that tells nothing of it: encrypted, for one person and one hour."""

import base64
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken

from service_kit.errors import InvalidInput

GOOD_FOR_SECONDS = 3600


class Refs:
    """Of one desk. Their key follows from the desk's, so that a form that is open goes on working after a restart.
    Without a desk's key they are good for this object only."""

    def __init__(self, desk_key: str | None) -> None:
        self._cipher = Fernet(Fernet.generate_key() if desk_key is None else _derived(desk_key))

    def write(self, ticket_id: int, person_id: int) -> str:
        return self._cipher.encrypt(json.dumps([ticket_id, person_id]).encode()).decode()

    def read(self, ref: str, person_id: int, field: str) -> int:
        """The ticket's number. Raises InvalidInput for one that is forged, older than an hour, or somebody else's: in
        the same words, because which of these it is would tell something."""
        try:
            ticket_id, whose = json.loads(self._cipher.decrypt(ref, ttl=GOOD_FOR_SECONDS))
        except InvalidToken:
            ticket_id, whose = 0, None
        if whose != person_id:
            raise InvalidInput.in_field(field, "names no report any more; look for similar reports again")
        return int(ticket_id)


def _derived(desk_key: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(desk_key.encode(), b"names for similar reports", "sha256"))
