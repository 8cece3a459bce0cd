"""The numbers of other tickets in what people wrote, such as #42: they become links where the reader may read that
ticket."""

import re
from collections.abc import Iterable

from contracts.links import MOST_NUMBERS
from streamlit_app.client.errors import ApiError
from streamlit_app.language.text import isolated, one_line
from streamlit_app.language.words import STATUSES
from streamlit_app.state import session

# As in base.js.
NUMBER = re.compile(r"(?<![\w#&/])#([1-9]\d{0,17})(?!\w)")


def numbered(texts: Iterable[str], but: int) -> dict[str, str]:
    """Returns title and status of the tickets that the texts name and that this person may read, by number. `but` is
    the ticket whose texts they are."""
    found = dict.fromkeys(int(number) for text in texts for number in NUMBER.findall(text))
    found.pop(but, None)
    if not found:
        return {}
    try:
        tickets = session.api().titles([*found][:MOST_NUMBERS])
    except ApiError:  # then they stay text
        return {}
    return {str(one.id): f"{isolated(one_line(one.title, 100))} ({STATUSES[one.status].text})" for one in tickets}
