"""The views of the queue in the sidebar. On the board they lead to the board."""

from contracts.people import Me, Permission
from contracts.views import ViewRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.views import ViewLink, view_links
from streamlit_app.language.text import isolated, one_line
from streamlit_app.state import address, redraws
from streamlit_app.state.navigation import BOARD, QUEUE
from streamlit_app.views import kept


def views_menu(me: Me) -> None:
    """Draws the views, for those who work on tickets."""
    if Permission.TICKETS_WORK not in me.permissions:
        return
    try:
        views = kept.views()
    except ApiError:
        return  # the page itself says what is wrong
    page = redraws.page()
    current = address.get(kept.VIEW) if page in (QUEUE.stem, BOARD.stem) else None
    view_links("views", [_link(view, current, page if page == BOARD.stem else QUEUE.stem) for view in views])


def _link(view: ViewRead, current: str | None, page: str) -> ViewLink:
    key = str(view.key)
    note = isolated(one_line(view.owner.name, 40)) if view.owner and not view.is_mine else ""
    return ViewLink(key, one_line(view.name, 60), f"{page}?{kept.VIEW}={key}", note, is_current=key == current)
