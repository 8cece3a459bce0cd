"""The board: a column for each stage, with its tickets as cards that people move from column to column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from contracts.people import PersonBrief
from streamlit_app.components.component_files import component, draw
from streamlit_app.language.words import Chip

_board = component("board")


@dataclass(frozen=True)
class BoardCard:
    """A ticket. `assignee` is a person's id, and `assignee_text` what the card says of it. `priority` are its word and
    its tone: red, strong or quiet; if it `is_ordinary`, only screen readers are told. `word` is the last word, and
    `sign` what a dot before it means; no dot if it is empty. `allowed` are the statuses that the person may give it.
    `order` is its place among tickets that are not closed, the least first."""

    id: int
    version: int
    title: str
    priority: tuple[str, str]
    is_ordinary: bool
    marks: Sequence[Chip]
    requester: str
    age: str
    assignee: int | None
    assignee_text: str
    team: str
    word: str
    sign: str
    allowed: Sequence[str]
    order: tuple[int, float]


@dataclass(frozen=True)
class Column:
    """A stage. `count` is the number of its tickets, at least that if it is `count_capped`; `limit` is how many it
    should have, if there is something to say of it. `has_more`: it has more tickets than `cards`."""

    stage: str
    name: str
    tone: str
    status: str
    count: int
    count_capped: bool
    limit: int | None
    has_more: bool
    cards: Sequence[BoardCard]


@dataclass(frozen=True)
class Stage:
    """A stage that a card can be moved to, also if the board shows no column of it."""

    stage: str
    name: str
    status: str


@dataclass(frozen=True)
class Board:
    """`asked_at` is the moment at which the tickets were asked for, on the clock of `server/board_changes.py`. `pages`
    says of how many pages of each column the cards are, if it is more than one. With another `query`, the board shows
    other tickets."""

    columns: Sequence[Column]
    stages: Sequence[Stage]
    me: PersonBrief
    asked_at: float
    query: str
    pages: Mapping[str, int] = field(default_factory=dict)


def board(
    key: str, shown: Board, ask_for_pages: Callable[[str, Mapping[str, Any]], None], assign: Callable[[int], None]
) -> None:
    """Draws the board. A click on a card opens its ticket, and Back leads to the card. The browser sends by itself what
    people do with the cards (`server/board_changes.py`). `ask_for_pages` gets the query that was shown and, by stage,
    how many pages of a column are wanted. `assign` is called with the number of the ticket that somebody wants to
    assign."""

    def asked(wanted: Mapping[str, Any]) -> None:
        ask_for_pages(str(wanted["query"]), dict(wanted["pages"]))

    data = asdict(shown) | {"me": shown.me.model_dump()}
    draw(_board, key, data, {"more": asked, "assign": lambda number: assign(int(number))})
