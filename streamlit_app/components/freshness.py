"""The age of the shown numbers, such as "live, 0.2 s behind". Between two redraws the browser goes on counting."""

from itertools import count

from streamlit_app.components.component_files import component

_freshness = component("freshness")
_drawings = count()


def freshness(key: str, age_seconds: float, as_of: str, *, renewed_every: int, follows: bool) -> None:
    """Draws the age. `as_of` is the moment that the numbers reflect, in words. `renewed_every` is the number of seconds
    until the next answer is due. `follows` is False if no newer answer can be had, however recent this one is."""
    data = {"age": age_seconds, "title": f"As of {as_of}", "drawn": next(_drawings)}
    _freshness(key=key, data=data | {"renewed": renewed_every, "follows": follows})
