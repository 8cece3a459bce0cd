"""What can go wrong with a change of many tickets, apart from what can go wrong with each of them."""

from data_api.kit.errors import NotFound


class BulkNotFound(NotFound):
    """There is no such change of many tickets, or it is somebody else's."""

    def __init__(self, bulk_id: int) -> None:
        super().__init__(f"There is no change of many tickets {bulk_id} of yours; results are kept for a week.")
