"""What can go wrong with a saved view, as sentences."""

from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError


class ViewNotFound(NotFound):
    """There is no such saved view, or it is somebody else's and not shared with a team of this person."""

    def __init__(self, view_id: int) -> None:
        super().__init__(f"There is no saved view {view_id} that you may see.")


class TooManyViews(LodgeError):
    """The person keeps, or the team shares, as many saved views as one may."""

    status = 409
