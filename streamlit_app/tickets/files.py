"""Deleting a file of a ticket or of one of its messages. Adding files belongs to the field that a message is written
in."""

from collections.abc import Callable

from streamlit_app.client.errors import ApiError
from streamlit_app.state import session
from streamlit_app.tickets.clashes import forget_notice, tell


def file_deleter(ticket_id: int, *, is_staff: bool) -> Callable[[int], None] | None:
    """Returns what deletes a file, by its id; None for somebody who may not."""
    if not is_staff:
        return None

    def delete(file_id: int) -> None:
        forget_notice(ticket_id)
        try:
            session.api().delete_attachment(file_id)
        except ApiError as error:
            tell(ticket_id, error.sentence)

    return delete
