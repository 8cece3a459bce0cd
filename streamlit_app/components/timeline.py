"""Everything that happened to a ticket in one list: what people wrote, and what was changed, with the words that each
change of a text removed and added."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from contracts.messages import MessageRead
from streamlit_app.components.attached_files import shown_files
from streamlit_app.components.component_files import component, draw
from streamlit_app.language import moments
from streamlit_app.language.differences import Piece
from streamlit_app.language.text import isolated, one_line
from streamlit_app.language.words import ROLES

_timeline = component("timeline")


@dataclass(frozen=True)
class Act:
    """A button of a line. With a `question`, a press first shows that question, and a second button, labelled `sure`,
    does the act."""

    name: str
    label: str
    question: str = ""
    sure: str = ""


@dataclass(frozen=True)
class Line:
    """One change. `pieces` are the unchanged, removed and added parts of a text that people wrote; `note` is shown
    under them. `tickets`: the numbers in `text` that become links, and what each says of its ticket."""

    id: int
    said: str
    exact: str
    text: str
    pieces: Sequence[Piece] = ()
    note: str = ""
    acts: Sequence[Act] = ()
    tickets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Filters:
    """The buttons that choose what is shown: their labels by name. Without names there are no buttons."""

    names: Mapping[str, str]
    chosen: str
    choose: Callable[[str], None]


def timeline(
    key: str,
    ticket_id: int,
    version: int,
    entries: Sequence[MessageRead | Line],
    reader_id: int,
    do: Callable[[str, int, int], None],
    *,
    filters: Filters,
    show_earlier: Callable[[], None] | None = None,
    can_answer: bool = True,
    delete_file: Callable[[int], None] | None = None,
    tickets: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Draws the entries, which must be sorted oldest first, of the ticket in this version. When a button of a line is
    pressed, `do` is called with the name of the act, the line's id, and the version that the person saw. With
    `show_earlier`, there is a button for what happened before. With `delete_file`, each file can be deleted: it is
    called with the file's id. `tickets`: the numbers in messages that become links, and what each says of its
    ticket."""
    messages = {entry.id: entry for entry in entries if isinstance(entry, MessageRead)}

    def drawn(entry: MessageRead | Line) -> dict[str, object]:
        if isinstance(entry, Line):
            return asdict(entry) | {"is_message": False}
        named = {number: said for number, said in tickets.items() if f"#{number}" in entry.body}
        return _message(entry, reader_id, messages) | {"can_answer": can_answer, "tickets": named}

    def acted(pressed: dict[str, Any]) -> None:
        do(str(pressed["name"]), int(pressed["id"]), int(pressed["version"]))

    def chosen(name: str) -> None:
        if name in filters.names:
            filters.choose(name)

    def earlier(_: bool) -> None:
        if show_earlier:
            show_earlier()

    def deleted(file_id: int) -> None:
        if delete_file:
            delete_file(int(file_id))

    data = {
        "ticket": ticket_id,
        "version": version,
        "entries": [drawn(entry) for entry in entries],
        "filters": [{"name": name, "label": label} for name, label in filters.names.items()],
        "show": filters.chosen,
        "may_delete_files": delete_file is not None,
        "has_earlier": show_earlier is not None,
        # Notes are not counted as unread, and one must not make the messages before it read that are not shown.
        "latest": max(
            (one.id for one in messages.values() if one.author.id != reader_id and not one.is_internal), default=0
        ),
        "mentioned": max(
            (one.id for one in messages.values() if any(each.id == reader_id for each in one.mentions)), default=0
        ),
    }
    draw(_timeline, key, data, {"act": acted, "show": chosen, "earlier": earlier, "delete_file": deleted})


def _message(message: MessageRead, reader_id: int, present: Mapping[int, MessageRead]) -> dict[str, object]:
    author, role = message.author, ROLES[message.author.role]
    return {
        "is_message": True,
        "id": message.id,
        "thread": message.reply_to or message.id,
        "name": author.name,
        "role": role if author.is_staff and author.name != role else "",
        "body": message.body,
        "files": shown_files(message.attachments),
        "mentions": [{"name": one.name, "is_me": one.id == reader_id} for one in message.mentions],
        "quoted": _quoted(message, present),
        "internal": message.is_internal,
        "mine": author.id == reader_id,
        "said": moments.said(message.created_at),
        "exact": moments.exact(message.created_at),
        "at": message.created_at.isoformat(),
    }


def _quoted(message: MessageRead, present: Mapping[int, MessageRead]) -> str:
    """Returns the beginning of the message that this one answers; an empty text if it answers none."""
    if message.reply_to is None:
        return ""
    if (answered := present.get(message.reply_to)) is None:
        return "an earlier message"
    return f"{isolated(answered.author.name)}: {one_line(said_in(answered), 80)}"


def said_in(message: MessageRead) -> str:
    """Returns the text, or the names of its files if it has none."""
    return message.body or ", ".join(file.name for file in message.attachments)
