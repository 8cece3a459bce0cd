"""What can go wrong with a canned reply, as sentences."""

from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError


class CannedReplyNotFound(NotFound):
    """There is no such canned reply."""

    def __init__(self, reply_id: int) -> None:
        super().__init__(f"There is no canned reply {reply_id}.")


class ShortcutTaken(LodgeError):
    """Another reply that is in use has this shortcut."""

    status = 409


class TooManyReplies(LodgeError):
    """The desk keeps as many canned replies as it may."""

    status = 409

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} canned replies, and no more are kept; delete one first.")
