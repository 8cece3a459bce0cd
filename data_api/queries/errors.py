"""What can go wrong with a saved query, as sentences."""

from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError


class QueryNotFound(NotFound):
    """There is no such saved query, or it is somebody else's and not shared."""

    def __init__(self, query_id: int) -> None:
        super().__init__(f"There is no saved query {query_id} that you may read.")


class TooManyQueries(LodgeError):
    """The person keeps as many saved queries as one may."""

    status = 409

    def __init__(self, most: int) -> None:
        super().__init__(f"You keep {most} saved queries, and nobody may keep more; delete one first.")
