"""What to do about a statement that was too much."""

from streamlit_app.client.errors import ApiError

ASK_FOR_LESS = (
    " Ask for less: filter with WHERE before joining, count with GROUP BY, choose the columns that you need. "
    "An administrator sets the limits."
)


def hint(error: ApiError) -> str:
    """Returns a sentence to go on with, beginning with a space; nothing where the error says it all."""
    return ASK_FOR_LESS if error.envelope.error == "StatementTooExpensive" else ""
