"""The editor of the SQL lab. Ctrl+Enter runs the selection, or the statement at the cursor; Ctrl+S saves the text. The
first rows of that statement are shown while somebody types."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from contracts.sql import SqlTableRead
from streamlit_app.components.component_files import component, draw
from streamlit_app.language import moments

_editor = component("sql_editor")
_file = Path(__file__).parents[1] / "static" / "codemirror" / "codemirror.js"
# With a part that changes with the file, so that no browser uses an older one that it has kept.
CODEMIRROR = f"app/static/codemirror/codemirror.js?v={sha256(_file.read_bytes()).hexdigest()[:12]}"
PREVIEW = "sql/preview"  # the route of streamlit_app/server/sql_requests.py


@dataclass(frozen=True)
class Wish:
    """What somebody wants to run. `id` is new for each attempt; the browser may send one attempt several times.
    `first_line` is the line of the editor in which the statement begins, counted from 1. With `explains`, its plan is
    wanted and not its result."""

    id: str
    sql: str
    first_line: int
    explains: bool = False


@dataclass(frozen=True)
class Fill:
    """A text that replaces what is in the editor, once for each `key`."""

    key: str
    text: str


@dataclass(frozen=True)
class Saving:
    """How the text is saved. `query` names the saved query that is open, if one is, and `kept` is its text: while the
    editor has another one, it says so. When the page of this query is loaded again, what somebody made of its text
    stays. `ways` are the labels of the buttons by their names, the first of which Ctrl+S presses. `save` is called with
    the name of the button and the text."""

    query: int | None
    kept: str | None
    ways: Mapping[str, str]
    save: Callable[[str, str], None]


def sql_editor(
    name: str,
    tables: Sequence[SqlTableRead],
    run: Callable[[Wish], None],
    *,
    heard: str | None,
    is_running: bool,
    fill: Fill | None,
    error_line: int | None,
    saving: Saving,
) -> None:
    """Draws the editor. `run` is called with what somebody wants to run. `heard` is the id of the last statement that
    arrived, and `error_line` the line of the editor in which that one is wrong. Names and comments of `tables` are
    offered while somebody types."""

    def saved(given: dict[str, Any]) -> None:
        saving.save(str(given.get("way", "")), str(given.get("text", "")))

    data = {
        "label": "SQL",
        "codemirror": CODEMIRROR,
        "preview": PREVIEW,
        "zone": str(moments.zone()),
        "tables": [table.model_dump(exclude={"rows"}) for table in tables],
        "heard": heard,
        "is_running": is_running,
        "fill": vars(fill) if fill else None,
        "error": {"id": heard, "line": error_line} if error_line is not None else None,
        "query": saving.query,
        "kept": saving.kept,
        "ways": [{"name": name, "label": label} for name, label in saving.ways.items()],
    }
    draw(_editor, name, data, {"run": lambda given: run(_wish(given)), "save": saved})


def _wish(given: dict[str, Any]) -> Wish:
    return Wish(
        str(given.get("id", "")),
        str(given.get("sql", "")),
        int(given.get("first_line", 1)),
        bool(given.get("explains")),
    )
