"""Calls that name a confirmed report by its ref. A ref is valid for one hour, and a page may be open for longer. If a
ref has expired, the call is repeated with a new one."""

from collections.abc import Iterable, Sequence

from contracts.suggestions import MeTooRead
from streamlit_app.client.errors import ApiError
from streamlit_app.state import session

# The data API's limit for confirmed reports: the longest page that it returns, the most that it accepts in one call,
# and how many of the latest it looks through for news.
MOST_SHOWN = 200
NAMES_NOTHING = 422


def take_back(ref: str, shown: Sequence[MeTooRead]) -> None:
    """Takes a confirmation back; `ref` is one of those in `shown`. Does nothing if it was taken back already. Raises
    ApiError."""
    try:
        session.api().take_me_too_back(ref)
    except ApiError as error:
        if error.status != NAMES_NOTHING:
            raise
        for one in _named_anew(one for one in shown if one.ref == ref):
            session.api().take_me_too_back(one.ref)


def see(shown: Sequence[MeTooRead]) -> None:
    """Reports these as seen. Raises ApiError."""
    try:
        session.api().see_confirmed(shown)
    except ApiError as error:
        if error.status != NAMES_NOTHING:
            raise
        session.api().see_confirmed(_named_anew(shown))


def _named_anew(shown: Iterable[MeTooRead]) -> list[MeTooRead]:
    """Returns the shown reports with new refs, without those that this person no longer confirms."""
    refs = {one.confirmed_at: one.ref for one in session.api().confirmed(limit=MOST_SHOWN).items}
    return [one.model_copy(update={"ref": refs[one.confirmed_at]}) for one in shown if one.confirmed_at in refs]
