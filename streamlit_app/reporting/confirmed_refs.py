"""What somebody confirmed is named by a ref that is good for an hour; a page may stand for longer."""

from collections.abc import Iterable, Sequence

from contracts.suggestions import MeTooRead
from streamlit_app.client.errors import ApiError
from streamlit_app.state import session

# All that the data API tells at once, takes at once, and counts the news of.
MOST_SHOWN = 200
NAMES_NOTHING = 422


def take_back(ref: str, shown: Sequence[MeTooRead]) -> None:
    """`ref` stands among `shown`; one that is taken back already stays so. Raises ApiError."""
    try:
        session.api().take_me_too_back(ref)
    except ApiError as error:
        if error.status != NAMES_NOTHING:
            raise
        for one in _named_anew(one for one in shown if one.ref == ref):
            session.api().take_me_too_back(one.ref)


def see(shown: Sequence[MeTooRead]) -> None:
    """Raises ApiError."""
    try:
        session.api().see_confirmed(shown)
    except ApiError as error:
        if error.status != NAMES_NOTHING:
            raise
        session.api().see_confirmed(_named_anew(shown))


def _named_anew(shown: Iterable[MeTooRead]) -> list[MeTooRead]:
    """As they were shown, without those that are confirmed no more."""
    refs = {one.confirmed_at: one.ref for one in session.api().confirmed(limit=MOST_SHOWN).items}
    return [one.model_copy(update={"ref": refs[one.confirmed_at]}) for one in shown if one.confirmed_at in refs]
