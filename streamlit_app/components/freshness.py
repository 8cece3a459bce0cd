"""How far behind the desk the numbers are: "live, 0.2 s behind". It counts on in the browser between two drawings."""

from itertools import count

from streamlit_app.components.component_files import component

_freshness = component("freshness")
_drawings = count()


def freshness(key: str, age_seconds: float, as_of: str, *, renewed_every: int, follows: bool) -> None:
    """`as_of` is the moment in words; `renewed_every`, how many seconds it may take until the next answer; `follows` is
    False where nothing newer can be had, however young this is."""
    data = {"age": age_seconds, "title": f"As of {as_of}", "drawn": next(_drawings)}
    _freshness(key=key, data=data | {"renewed": renewed_every, "follows": follows})
