"""The buttons to the previous and the next ticket of a list, and their keys."""

from streamlit_app.components.component_files import component

_steps = component("steps")


def steps(previous: int | None, following: int | None) -> None:
    """Draws the buttons. The ticket takes the place of the present one in the browser's history: Back leads to the
    list."""

    def href(ticket_id: int | None) -> str | None:
        return f"ticket?id={ticket_id}" if ticket_id else None

    _steps(key="steps", data={"previous": href(previous), "next": href(following)})
