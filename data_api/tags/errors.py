"""What can go wrong with changes of tags."""

from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError


class TagChangeNotFound(NotFound):
    """There is no such change of a tag, or this person may not know of it."""

    def __init__(self, change_id: int) -> None:
        super().__init__(f"There is no change of a tag {change_id}; results are kept for a week.")


class TagChanging(LodgeError):
    """Another change of the tag is not finished yet. The detail does not name the other tag, which may be one that only
    confidential tickets have."""

    status = 409

    def __init__(self) -> None:
        super().__init__("An earlier change of one of these tags is not finished. Wait for it, or continue it first.")


class TooManyTagChanges(LodgeError):
    """So many changes of tags are not finished that no other one can be begun."""

    status = 409

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} changes of tags are not finished. Wait for them, or continue them first.")
