"""References to tickets for people who may not read them: encrypted, valid for one person and one hour."""

import base64
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken

from service_kit.errors import InvalidInput

VALID_SECONDS = 3600


class OpaqueRefs:
    """The references of one installation. Their key is derived from the desk key, so that a reference is still valid
    after a restart. Without a desk key, references are valid for this object only."""

    def __init__(self, desk_key: str | None) -> None:
        self._cipher = Fernet(Fernet.generate_key() if desk_key is None else _derived(desk_key))

    def write(self, ticket_id: int, person_id: int) -> str:
        return self._cipher.encrypt(json.dumps([ticket_id, person_id]).encode()).decode()

    def read(self, ref: str, person_id: int, field: str) -> int:
        """Returns the ticket's id. Raises InvalidInput if the reference is forged, older than an hour, or another
        person's. The message is the same in all three cases, so that it does not reveal which one it is."""
        try:
            ticket_id, whose = json.loads(self._cipher.decrypt(ref, ttl=VALID_SECONDS))
        except InvalidToken:
            ticket_id, whose = 0, None
        if whose != person_id:
            raise InvalidInput.in_field(field, "names no report any more; look for similar reports again")
        return int(ticket_id)


def _derived(desk_key: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(desk_key.encode(), b"names for similar reports", "sha256"))
