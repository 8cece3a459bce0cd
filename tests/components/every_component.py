"""A Streamlit page with every component of ours in every variant, and every element of Streamlit's that our pages use.
Without a desk: what it would say stands here. `streamlit run tests/components/every_component.py` shows it."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import streamlit as st

from contracts.analyses import AnalysisAnswer, Chart, ChartMark, ColumnRead
from contracts.attachments import AllowedType, AttachmentRead, AttachmentRules
from contracts.messages import MessageAuthor, MessageRead
from contracts.people import Me, PersonBrief, PersonRead, Role
from contracts.search import MarkedPart
from contracts.sql import SqlColumnRead, SqlTableRead
from contracts.tickets import ClosedReason, Priority, Status, TicketRead, WaitsFor
from streamlit_app.analyses import charts
from streamlit_app.components.board import Board, BoardCard, Stage, board
from streamlit_app.components.board import Column as BoardColumn
from streamlit_app.components.buttons import Button, buttons
from streamlit_app.components.chart_files import chart_files
from streamlit_app.components.composer import Draft, Way, composer, refuse
from streamlit_app.components.confusion_matrix import Line as Predicted
from streamlit_app.components.confusion_matrix import confusion_matrix
from streamlit_app.components.copy_fields import CopyField, copy_fields
from streamlit_app.components.distribution import Part, distribution
from streamlit_app.components.download import download
from streamlit_app.components.entries import ACTS, Entry, entries
from streamlit_app.components.export import export
from streamlit_app.components.facts import facts
from streamlit_app.components.filter_chips import Way as ShownAs
from streamlit_app.components.filter_chips import filter_chips
from streamlit_app.components.freshness import freshness
from streamlit_app.components.keys import Key, KeyGroup, keys
from streamlit_app.components.known import Known, known
from streamlit_app.components.loads import Load, loads
from streamlit_app.components.menu import Entry as MenuEntry
from streamlit_app.components.menu import menu, phone_bar
from streamlit_app.components.numbers import Number, numbers
from streamlit_app.components.phrase_input import phrase_input
from streamlit_app.components.presence import presence
from streamlit_app.components.rows import Row, rows
from streamlit_app.components.schema_browser import schema_browser
from streamlit_app.components.sign_in import hand_off, person_menu, provider_button, role_cards
from streamlit_app.components.sql_editor import Fill, Saving, sql_editor
from streamlit_app.components.steps import steps
from streamlit_app.components.suggestion import Shown, suggestion
from streamlit_app.components.table import Column, table
from streamlit_app.components.tag_editor import tag_editor
from streamlit_app.components.ticket_links import TicketLink, ticket_links
from streamlit_app.components.ticket_table import Act as TableAct
from streamlit_app.components.ticket_table import Cell, Given, Heading, Selection, TicketRow, ticket_table
from streamlit_app.components.ticket_time import ticket_time
from streamlit_app.components.time_week import WeekDay, WeekEntry, WeekLink, WeekRow, time_week
from streamlit_app.components.timeline import Act, Filters, Line, timeline
from streamlit_app.components.timer import timer
from streamlit_app.components.views import ViewLink, view_links
from streamlit_app.components.warning import warning
from streamlit_app.language import moments
from streamlit_app.language.differences import Kind, Piece
from streamlit_app.language.words import Chip
from streamlit_app.shell import frame
from streamlit_app.state import lists
from streamlit_app.state.session import Reader
from streamlit_app.tickets.card import card

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
ADA, MIA = PersonBrief(id=1, name="Ada Okafor"), PersonBrief(id=2, name="Mia Rossi")
TONES = ("", "blue", "amber", "green", "red", "violet")
CHIPS = [Chip(tone.title() or "Grey", tone) for tone in TONES]
TICKET = TicketRead(
    id=42,
    external_number="INC-7",
    title="The ceiling drips onto the desk",
    description="It began this morning.",
    status=Status.CLOSED,
    stage="done",
    category="facility-management",
    priority=Priority.URGENT,
    building="annex",
    room="2.14",
    requester=MIA,
    assignee=ADA,
    opened_at=NOON,
    modified_at=NOON,
    closed_at=NOON,
    first_response_at=NOON,
    version=3,
    reports=2,
    closed_reason=ClosedReason.SOLVED,
    is_confidential=True,
    waits_for=WaitsFor.DESK,
    last_message_at=NOON,
    tags=["ceiling"],
    is_followed=False,
    allowed_statuses=[],
    editable=[],
)
PHOTO, LIST = (
    AttachmentRead(
        id=place,
        name=name,
        type=media_type,
        size=48_213,
        has_thumbnail=media_type == "image/png",
        ticket_id=42,
        message_id=None,
        uploader_id=MIA.id,
        created_at=NOON,
    )
    for place, (name, media_type) in enumerate([("ceiling.png", "image/png"), ("rooms.csv", "text/csv")])
)
TAKEN = AttachmentRules(
    types=[AllowedType(type="image/png", name="PNG picture", extensions=["png"], max_bytes=25 * 1024**2)],
    max_with_one_text=10,
    keep_drafts_hours=24,
)
MONTHS = AnalysisAnswer(
    slug="months",
    as_of=NOON,
    lag_seconds=0.2,
    parameters={},
    sentence=None,
    columns=[
        ColumnRead(name="month", title="Month", type="text"),
        ColumnRead(name="created", title="Created", type="integer", unit="tickets"),
        ColumnRead(name="closed", title="Closed", type="integer", unit="tickets"),
    ],
    rows=[{"month": f"2026-{month:02}", "created": 30 + month, "closed": 20 + 2 * month} for month in range(1, 9)],
)


def everything() -> None:
    st.title("Every component")
    signs()
    talk()
    listed()
    figures()
    fields()
    laboratory()
    role_cards()
    hand_off(None)
    provider_button("your campus account")


def ignore(*_: object) -> None:
    """What is sent from here goes nowhere."""


def laboratory() -> None:
    st.header("SQL lab")
    query = Fill("one", "SELECT 1")
    saving = Saving(7, "SELECT 2", {"same": "Save", "new": "Save as…"}, ignore)
    sql_editor("sql", [], ignore, heard=None, is_running=False, fill=query, error_line=None, saving=saving)
    column = SqlColumnRead(name="opened_day", type="DATE", comment="The day of opening")
    schema_browser("schema", [SqlTableRead(name="ticket", comment="A problem", rows=12, columns=[column])])
    st.dataframe({"tickets": [12]})
    st.code("table scan\n  · Table: ticket", language=None)
    download("download", "one", "media/one.csv", "one.csv", "Save one.csv")
    export("export", "ticket-export", "Export 3 tickets")
    chart_files("chart_files", "no_chart", "chart")


def signs() -> None:
    st.header("Signs")
    st.empty()
    st.progress(0.5, "480 of 1,000 tickets")
    st.info("Nothing is waiting.")
    st.warning("The desk cannot be reached; trying again.")
    st.error("Something went wrong at the desk.")
    st.markdown("Twelve tickets are open.")
    st.text("What a problem is about.")
    st.caption("12 tickets, showing 1 to 12")
    warning("warning", "Somebody else changed this meanwhile.", 1)
    buttons("buttons", 1, [Button("start", "Start work", is_primary=True), Button("take", "Assign to me")], noted)
    buttons("links_only", 1, [Button("right", "✓ Right", is_link=True)], noted)
    freshness("live", 0.2, "noon", renewed_every=15, follows=True)
    freshness("late", 90.0, "noon", renewed_every=15, follows=False)
    card(TICKET.model_copy(update={"attachments": [PHOTO, LIST]}), Reader(ADA.id, is_staff=True))


def noted(_: str, __: int) -> None:
    """Nothing follows."""


def talk() -> None:
    st.header("Messages")
    said = [
        message(1, MIA, "Which cable? See https://campus.edu.", role=Role.STUDENT),
        message(5, ADA, "A long text.\n" * 30),
        message(2, ADA, "The black one.", reply_to=1),
        message(3, ADA, "The spare lies in cupboard four.", is_internal=True),
        message(4, PersonBrief(id=3, name="Ben Ito"), "@Ada Okafor and @Mia Rossi, a colleague comes tomorrow."),
    ]
    said[-1] = said[-1].model_copy(update={"attachments": [LIST, PHOTO]})
    steps(41, None)
    presence(TICKET.id)
    ways = [Way("close", "close as solved")]
    hint = "Write to Mia"
    composer("answer", "Your answer", send, button="Send", offer_internal=True, placeholder=hint, ways=ways, replies=5)
    composer("note", "Internal note", send, button="Send", offer_internal=True, only_internal=True)
    refuse("report", Draft(), "Please write something first.")
    hint = "The first line is the title"
    composer("report", "What is the problem?", send, placeholder="The projector", hint=hint, takes_files=True)
    pieces = [Piece(Kind.SAME, "The lamp "), Piece(Kind.GONE, "hums"), Piece(Kind.NEW, "flickers")]
    long = [Piece(Kind.GONE, "Word " * 80), Piece(Kind.NEW, "Other " * 80)]
    acts = [Act("take-back", "Put it back"), Act("blank", "Remove it", "It goes for good.", "Remove it for good")]
    lines = [
        Line(1, "14:05", "Monday", "Ada changed the title", pieces, "The former title is not kept.", acts),
        Line(2, "14:04", "Monday", "Ada changed the description", long),
    ]
    filters = Filters({"all": "All", "notes": "Notes"}, "all", lambda _: None)
    timeline("talk", TICKET.id, 1, [*said, *lines], ADA.id, lambda *_: None, filters=filters, show_earlier=lambda: None)


def message(
    number: int,
    author: PersonBrief,
    body: str,
    *,
    role: Role = Role.AGENT,
    is_internal: bool = False,
    reply_to: int | None = None,
) -> MessageRead:
    return MessageRead(
        id=number,
        ticket_id=TICKET.id,
        author=MessageAuthor(id=author.id, name=author.name, role=role, is_staff=role is Role.AGENT),
        body=body,
        is_internal=is_internal,
        reply_to=reply_to,
        created_at=NOON,
        mentions=[one for one in (ADA, MIA) if f"@{one.name}" in body],
    )


def send(_: Draft) -> None:
    """Nobody is there."""


def listed() -> None:
    st.header("Lists")
    rows("rows", "Tickets", [Row(42, "The ceiling drips", "It began today.", CHIPS, ["14:05", "Annex"]), Row(43, "No")])
    ways = [ShownAs("List", "queue", is_current=False), ShownAs("Board", "board", is_current=True)]
    said = {"status": "Status: Open", "tag": "Tag: lift"}
    filter_chips("chips", said, [("clear", "Clear all")], lambda *_: None, ways)
    on_board()
    times()
    headings = [Heading("Requester", "medium", False), Heading("Status", "short", True), Heading("Age", "long", False)]
    tones = [
        [Cell("Mia Rossi", assigns=True), Cell(tone, tone), Cell("2 h", "quiet", "Our turn")]
        for tone in (*TONES, "strong")
    ]
    lines = [TicketRow(44 + place, "The ceiling drips", CHIPS[:2], cells) for place, cells in enumerate(tones)]
    acts = [TableAct("assign", "Assign"), TableAct("close", "Close as solved")]
    selection = Selection("1", acts, 312, False, 1000, Given("given", [44, 45]))
    both: dict[str, Any] = {"assign": print, "selection": selection}
    ticket_table("queue", "The queue", headings, lines, said="7 tickets", legend="Our turn", **both)
    ticket_table("roomy", "The roomy queue", headings, lines[:2], said="2 tickets", is_dense=False)
    parts = [MarkedPart(text="The ", is_match=False), MarkedPart(text="ceiling", is_match=True)]
    rows("found", "Found", [Row(42, "The ceiling", title_parts=parts, note_parts=parts)])
    items = [
        Entry("it", "Technical IT", "Networks", "Default", "10 examples.", tuple(ACTS)),
        Entry("1", "The WiFi drops", fact="put here by Ada", acts=("remove",), is_text=True, ticket=42),
    ]
    entries("entries", "Categories", items, lambda *_: None)
    links = [
        CopyField("Mia Rossi", "https://desk.test/join#one"),
        CopyField("Ada Okafor", "https://desk.test/join#two"),
    ]
    copy_fields("links", "To copy", links, together="one\ntwo")
    copy_fields("link", "To copy", links[:1])
    ticket_links("ticket_links", "Other tickets of Mia", [TicketLink(41, "The lamp hums", CHIPS[1], "14:05")])
    ticket_links("removable", "Blocks", [TicketLink(41, "The lamp hums", CHIPS[1], "")], lambda _: None)
    confirmed = [
        Known("a", "Technical IT, Annex", "2 people have reported this.", CHIPS, "Me too"),
        Known("b", "Facility management", chips=CHIPS[:1], ticket_id=42),
    ]
    known("known", "This may be known already. Is it the same problem?", confirmed, lambda _: None)
    two = {"it": "Technical IT", "fm": "Facility management"}
    for key, shown in {
        "open": Shown("Which is it?", two, "Something else", is_open=True, aside="It may be known."),
        "sure": Shown("For: Technical IT", others="Change"),
    }.items():
        suggestion(key, shown, lambda _: None, lambda: None)


def times() -> None:
    ticket_time(TICKET.id, ADA.id, NOON.date(), "UTC")
    entry = WeekEntry(WeekLink("ticket?id=42", "The ceiling drips", "#42"), "30 min", "On site")
    days = [WeekDay("Monday 30 November", "Mon 30", "30 min", [entry], is_today=True), WeekDay("B", "Tue 1", "", [])]
    time_week("Time", "Ticket", days, [WeekRow(entry.link, ["30 min", ""], "30 min")], "30 min")


def on_board() -> None:
    stages = [Stage("to-do", "To do", "open"), Stage("doing", "In progress", "active"), Stage("done", "Done", "closed")]
    columns = [
        BoardColumn(
            one.stage, one.name, tone, one.status, 12, False, limit, has_more=True, cards=[board_card(50 + place)]
        )
        for place, (one, tone, limit) in enumerate(zip(stages, ("blue", "amber", "green"), (10, 20, None), strict=True))
    ]
    board("board", Board(columns, stages, ADA, 0.0, ""), ignore, ignore)


def board_card(number: int) -> BoardCard:
    priority = ("Urgent", "red") if number % 2 == 0 else ("High", "strong")
    return BoardCard(
        id=number,
        version=1,
        title="The ceiling drips",
        priority=priority,
        is_ordinary=False,
        marks=CHIPS[:2],
        requester="Mia Rossi",
        age="2 h",
        assignee=None,
        assignee_text="Unassigned",
        team="Electricians",
        word="2 h · Mia Rossi",
        sign="Our turn",
        allowed=["active"],
        order=(0, number),
    )


def figures() -> None:
    st.header("Figures")
    numbers("counts", "The desk now", [Number("Open", 1200), Number("Active", 7)])
    numbers("wide", "In figures", [Number("Mean time to close, opened this month", "4.5 h")], wide=True)
    columns, lines = ["IT", "Facilities", "All"], [Predicted("IT", [8, 1, 9], 0), Predicted("Facilities", [0, 5, 5], 1)]
    confusion_matrix("confusion", "Predicted by row", columns, [*lines, Predicted("All", [8, 6, 14])])
    distribution("statuses", "Tickets by status", [Part("Open", 12, "blue"), Part("Active", 7, "amber")])
    full = Load("Ada Okafor", "3 of 2 tickets", 1.5, CHIPS, "Knows about IT", {"assignee": "1"})
    loads("loads", "Tickets by person", [full, Load("Ben Ito", "1 of 2", 0.5), Load("Mia Rossi", "4 tickets", None)])
    facts("facts", {"Mail address": "mia@campus.edu", "Team": "Electricians"})
    table("table", "By month", [Column("Month"), Column("Tickets", is_number=True)], [["May", "12"], ["June", "7"]])
    with st.container(key="large_numbers"):
        st.metric("Tickets", "1,200", width="content")
    charts.draw(Chart(mark=ChartMark.LINE, x="month", y=["created", "closed"]), MONTHS, key="lines")
    charts.draw(Chart(mark=ChartMark.BAR, x="month", y=["created"]), MONTHS, key="bars")
    charts.shares([row["month"] for row in MONTHS.rows], [90.0 + n for n in range(8)], [10] * 8, key="shares")


def fields() -> None:
    st.header("Fields")
    st.text_input("Search", placeholder="Words, or a number such as #42", key="q", type="search")
    st.text_input("Room", "2.14")
    st.text_area("Description", "It began this morning.")
    st.selectbox("Order", ["Newest first", "Oldest first"])
    st.multiselect("Category", ["Technical IT", "Facilities"], ["Technical IT"])
    st.subheader("Of the queue")
    st.radio("Found", ["#42 The lift is stuck.", "#43 The lamp is dark."])
    st.pills("Status", ["Open", "Active", "Closed"], selection_mode="multi", default=["Open"])
    st.segmented_control("Which tickets", ["Not closed", "Closed"], default="Closed")
    st.slider("The last days", 1, 90, 28, format="%d days", help="A mean of few tickets says little.")
    st.toggle("Confidential", value=True, help="Only the requester may read it.")
    st.date_input("Opened from", value=None)
    st.number_input("$days", value=30.0, format="%.15g")
    st.checkbox("Read analyses", value=True)
    st.checkbox("Delete tickets", disabled=True)
    st.number_input("Tickets at the same time", 0, 1000, 5)
    tag_editor("tags", TICKET.id, 1, ["ceiling", "hot water"], ignore)
    st.datetime_input("Due", NOON)
    st.time_input("From", NOON.time())
    with st.expander("More filters", expanded=True):
        st.text("Inside")
    with st.popover("Add filter"):
        st.text("Inside")
    with st.form("form"):
        st.form_submit_button("Save", type="primary")
    with st.container(horizontal=True):
        st.button("Report", type="primary")
        st.button("Start work")
        st.button("Edit", type="tertiary")
        st.download_button("Download as CSV", "a")
        if st.button("Add a category"):
            asked()
    st.page_link(OTHER, label="My tickets")
    with st.container(key="main_link"):
        st.page_link(OTHER, label="Open #42")


@st.dialog("Add a category")
def asked() -> None:
    st.text("What people may write of it.")
    st.text_input("Name", placeholder="What belongs here")
    st.error("Please write something here.")
    phrase_input("phrases", "Phrases, one a line", at_least=10)
    st.selectbox("Its tickets go to", ["Technical IT"])
    with st.container(horizontal=True):
        st.button("Add", type="primary")
        st.button("Keep it")


ME = Me(
    person=PersonRead(id=ADA.id, name=ADA.name, roles=[Role.AGENT]),
    roles=[Role.AGENT],
    role_names=["Helpdesk staff"],
    permissions=[],
    expires_at=NOON,
)
FIRST = st.Page(everything, title="Every component", default=True)
OTHER = st.Page(lambda: None, title="Another page", url_path="other")

st.set_page_config(page_title="Every component", layout="wide")
page = st.navigation([FIRST, OTHER], position="sidebar")
frame.begin_page()
# Which the desk is asked for otherwise.
with (
    patch.multiple(lists, category_names=dict, building_names=dict, attachment_rules=lambda: TAKEN),
    patch.object(moments, "zone", lambda: ZoneInfo("UTC")),
):
    st.logo(str(frame.STATIC / "icon.png"), size="large")
    with st.sidebar:
        pages = {"Tickets": [MenuEntry("Queue", "queue", is_current=True), MenuEntry("Mine", "mine", counts="unread")]}
        timer(in_menu=True)
        menu(
            "menu", pages, new=MenuEntry("New ticket", "report_for"), search="search", has_keys=True, news={"unread": 3}
        )
        person_menu(ME)
        view_links("views", [ViewLink("1", "Mine", "queue", is_current=True), ViewLink("2", "Ours", "queue", "Ada")])
    with st.container(key="hidden_shell"):
        timer(in_menu=False)
        phone_bar(pages["Tickets"], more_counts="mentions", news={"unread": 3, "mentions": 2})
        keys([KeyGroup("Everywhere", [Key("c", "New ticket", href="report_for"), Key("g q", "Queue", href="queue")])])
    page.run()
