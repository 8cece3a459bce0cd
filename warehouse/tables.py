"""What the replica holds, table by table and column by column. What is not listed here is not copied.

No column names a person: people are a number and a role. For a confidential ticket the replica holds what it is about
and how long it took, but not whose it is. Free text (titles, descriptions, rooms) is copied only with
`LODGE_WAREHOUSE_TEXT=on`, and never from a confidential ticket. Each row is computed from its own row in Postgres
alone, so that a change to one row there changes one row here. The one exception is `hides_with_ticket`.

Moments are UTC without a zone, because DuckDB computes with them seventy times faster than with zones. What people
group by (the campus's day, month, hour) and durations are stored as columns, which Postgres computes when it reads a
row. A moment before EARLIEST or after LATEST is copied as that bound, and durations from or to it are left empty.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from contracts.moments import EARLIEST, LATEST
from contracts.tickets import ClosedReason
from warehouse.views import ALL_VIEWS, View, ViewColumn


@dataclass(frozen=True)
class Column:
    """`type` is DuckDB's type. `source` is SQL over the row in Postgres, in which `{zone}` becomes the campus's time
    zone as a literal. `since` names the column with the moment from which the value holds; analyses see NULL before
    that moment. `refers` names the table whose id the column holds. `only_analyses`: analyses use the column, and it is
    in no copy that people can ask anything of: neither in the SQL lab nor in snapshots."""

    name: str
    type: str
    source: str
    says: str
    is_text: bool = False
    since: str | None = None
    refers: str | None = None
    only_analyses: bool = False

    @property
    def comment(self) -> str:
        return f"{self.says}; refers to {self.refers}.id" if self.refers else self.says


@dataclass(frozen=True)
class Table:
    """A table of Postgres and its columns in the replica; `id` is the first. `old` is SQL for the rows that change
    rarely: they are copied first and so are stored together, which lets a query about the other rows skip them.
    `begins` names the column with the moment before which analyses do not see the row. `hides_with_ticket`: a value of
    the row is left out while the ticket `ticket_id` is confidential, so the row is copied again when its ticket
    changes."""

    name: str
    says: str
    columns: Sequence[Column]
    old: str | None = None
    begins: str | None = None
    hides_with_ticket: bool = False

    @property
    def so_far(self) -> str:
        """A SELECT in DuckDB for the table as it is at `$as_of`, without anything dated later."""
        later = {column.name: column.since for column in self.columns if column.since not in (None, self.begins)}
        by_now = "<= $as_of::TIMESTAMP"
        known = [f"CASE WHEN {since} {by_now} THEN {name} END AS {name}" for name, since in later.items()]
        replaced = f" REPLACE ({', '.join(known)})" if known else ""
        return f"SELECT *{replaced} FROM main.{self.name} WHERE {self.begins} {by_now}"


def bounded(moment: str) -> str:
    """Returns SQL for Postgres that limits a moment to the range from EARLIEST to LATEST, because DuckDB's own bounds
    are different."""
    too_far = f"WHEN {moment} < '{EARLIEST}' THEN '{EARLIEST}' WHEN {moment} > '{LATEST}' THEN '{LATEST}'"
    return f"CASE {too_far} ELSE {moment} END"


def plain(name: str, type_: str, says: str) -> Column:
    return Column(name, type_, name, says)


def key(name: str, refers: str, says: str) -> Column:
    return Column(name, "BIGINT", name, says, refers=refers)


def moment(name: str, says: str) -> Column:
    return Column(name, "TIMESTAMP", f"({bounded(name)}) AT TIME ZONE 'UTC'", f"{says}, UTC", since=name)


def duration(name: str, since: str, until: str, says: str) -> Column:
    both = " AND ".join(f"{moment} >= '{EARLIEST}' AND {moment} < '{LATEST}'" for moment in (since, until))
    took = f"extract(epoch FROM {until} - {since})::double precision"
    return Column(name, "DOUBLE", f"CASE WHEN {both} THEN {took} END", says, since=until)


def campus(name: str, type_: str, taken: str, of: str, says: str) -> Column:
    """A column with a part of a moment (such as its day), in the campus's time."""
    here = f"(({bounded(of)}) AT TIME ZONE {{zone}})"
    return Column(name, type_, taken.format(of=here), f"{says}, in the campus's time", since=of)


def hidden(name: str, type_: str, says: str, *, is_text: bool = False, refers: str | None = None) -> Column:
    """A column that is NULL for a confidential ticket."""
    source = f"CASE WHEN NOT is_confidential THEN {name} END"
    return Column(name, type_, source, f"{says}; none if confidential", is_text, refers=refers)


DAY, MONTH = "{of}::date", "date_trunc('month', {of})::date"
HOUR, WEEKDAY = "extract(hour FROM {of})::smallint", "extract(isodow FROM {of})::smallint"
ID = plain("id", "BIGINT", "Its number")

TICKET = Table(
    "ticket",
    "A problem that someone reported",
    [
        ID,
        plain("status", "VARCHAR", "open, active or closed"),
        key("stage_id", "stage", "Its column on the board"),
        key("category_id", "category", "What it is about"),
        plain(
            "category_by",
            "VARCHAR",
            "Who chose the category: predicted (the categoriser), requester, staff, import or default (nobody)",
        ),
        plain("priority", "SMALLINT", "0 low, 1 normal, 2 high, 3 urgent"),
        key("building_id", "building", "Where, if it was said"),
        hidden("requester_id", "BIGINT", "Whose it is", refers="person"),
        hidden("assignee_id", "BIGINT", "Who works on it", refers="person"),
        key("team_id", "team", "The team whose queue it is in, if it is in one"),
        plain("is_confidential", "BOOLEAN", "Whether only those named on it read it"),
        plain("waits_for", "VARCHAR", "Whose turn it is: desk or requester; none when closed"),
        plain(
            "closed_reason", "VARCHAR", f"Why it was closed: {' or '.join(ClosedReason)}; none if unknown or not closed"
        ),
        plain("reports", "INTEGER", "How many have this problem: its requester and all who confirmed it"),
        moment("opened_at", "When it was reported"),
        moment("modified_at", "When it was last changed"),
        moment("closed_at", "When it was closed, for the last time"),
        moment("first_response_at", "When staff first answered"),
        moment("last_message_at", "When somebody last wrote"),
        campus("opened_day", "DATE", DAY, "opened_at", "The day of opening"),
        campus("opened_month", "DATE", MONTH, "opened_at", "The first day of the month of opening"),
        campus("opened_hour", "SMALLINT", HOUR, "opened_at", "The hour of opening, 0 to 23"),
        campus("opened_weekday", "SMALLINT", WEEKDAY, "opened_at", "The weekday of opening, 1 Monday to 7 Sunday"),
        campus("closed_day", "DATE", DAY, "closed_at", "The day of closing"),
        campus("closed_month", "DATE", MONTH, "closed_at", "The first day of the month of closing"),
        duration("first_response_seconds", "opened_at", "first_response_at", "From opening to the first answer"),
        duration("resolution_seconds", "opened_at", "closed_at", "From opening to the last closing"),
        hidden("title", "VARCHAR", "What it is called", is_text=True),
        hidden("description", "VARCHAR", "What was reported", is_text=True),
        hidden("room", "VARCHAR", "The room", is_text=True),
    ],
    old="status = 'closed'",
    begins="opened_at",
)

MESSAGE = Table(
    "message",
    "What someone said under a ticket, without the words and the name",
    [
        ID,
        key("ticket_id", "ticket", "Under which ticket"),
        plain("author_role", "VARCHAR", "The side its author spoke for"),
        Column("length", "INTEGER", "length(body)", "How many characters"),
        plain("is_internal", "BOOLEAN", "Whether only staff read it"),
        key("reply_to_id", "message", "The message it answers, if one"),
        moment("created_at", "When it was written"),
        campus("created_day", "DATE", DAY, "created_at", "The day"),
    ],
    begins="created_at",
)

# Who acted is not copied, because for a confidential ticket it would reveal the requester. Values are copied only where
# they name a status, a priority or an entry of a list.
TOLD = "CASE WHEN kind IN ('opened', 'status', 'stage', 'category', 'priority', 'building', 'team') THEN {name} END"
# A line about a link is written for both tickets at the same moment, and would so tell of a confidential one with which
# other ticket it belongs together.
OF_TICKET = "CASE WHEN kind NOT IN ('link', 'blocker') THEN ticket_id END"
TICKET_EVENT = Table(
    "ticket_event",
    "One line of a ticket's history",
    [
        ID,
        Column("ticket_id", "BIGINT", OF_TICKET, "Whose history; none for a line about links", refers="ticket"),
        plain("kind", "VARCHAR", "What changed: status, stage, category, assignee, team and so on"),
        Column("from_value", "VARCHAR", TOLD.format(name="from_value"), "Before: a slug; none for people and texts"),
        Column("to_value", "VARCHAR", TOLD.format(name="to_value"), "After: a slug; none for people and texts"),
        moment("occurred_at", "When"),
        campus("occurred_day", "DATE", DAY, "occurred_at", "The day"),
        Column("is_automatic", "BOOLEAN", "reason IS NOT NULL", "Whether Lodge did it by a rule, and no person"),
    ],
    begins="occurred_at",
)

TICKET_WATCHER = Table(
    "ticket_watcher",
    "That someone follows a ticket",
    [ID, key("ticket_id", "ticket", "Which"), moment("created_at", "Since when")],
    begins="created_at",
)

# Staff's own words, which may tell what a confidential ticket is about.
TAG = (
    "CASE WHEN NOT EXISTS (SELECT FROM ticket WHERE ticket.id = ticket_tag.ticket_id AND ticket.is_confidential) "
    "THEN tag END"
)
TICKET_TAG = Table(
    "ticket_tag",
    "A short label that staff put on tickets, copied although staff type it freely",
    [
        ID,
        key("ticket_id", "ticket", "Which ticket"),
        Column("tag", "VARCHAR", TAG, "The tag; none if the ticket is confidential"),
    ],
    hides_with_ticket=True,
)

# With which other ticket a confidential one belongs together may tell what happened, and to whom. The moment, beside
# what else happened then, may tell it too.
IS_HIDDEN = "ticket_is_confidential OR other_is_confidential"
LINKED = f"CASE WHEN NOT ({IS_HIDDEN}) THEN {{name}} END"
LINKED_AT = f"({bounded('created_at')}) AT TIME ZONE 'UTC'"
NO_ONE = "none if one of the two is confidential"
TICKET_LINK = Table(
    "ticket_link",
    "That two tickets belong together",
    [
        ID,
        Column("ticket_id", "BIGINT", LINKED.format(name="ticket_id"), f"Which ticket; {NO_ONE}", refers="ticket"),
        plain("kind", "VARCHAR", "What it is to the other one: blocks, duplicates or relates-to"),
        Column("other_id", "BIGINT", LINKED.format(name="other_id"), f"The other ticket; {NO_ONE}", refers="ticket"),
        Column(
            "created_at",
            "TIMESTAMP",
            f"CASE WHEN {IS_HIDDEN} THEN date_trunc('day', {LINKED_AT}) ELSE {LINKED_AT} END",
            "When they were linked, UTC; the beginning of that day if one of the two is confidential",
            since="created_at",
        ),
    ],
    begins="created_at",
)

ATTACHMENT = Table(
    "attachment",
    "A file of a ticket or message, without its name and content",
    [
        ID,
        key("ticket_id", "ticket", "Under which ticket; none while no report or message uses it"),
        key("message_id", "message", "With which message; none for a file of the ticket itself"),
        plain("type", "VARCHAR", "Its media type, such as image/jpeg"),
        plain("size", "BIGINT", "How many bytes"),
        moment("created_at", "When it was uploaded"),
    ],
    begins="created_at",
)

# Whoever worked on a confidential ticket is named on it, or may read it.
WORKER = (
    "CASE WHEN NOT EXISTS (SELECT FROM ticket WHERE ticket.id = time_entry.ticket_id AND ticket.is_confidential) "
    "THEN person_id END"
)
TIME_ENTRY = Table(
    "time_entry",
    "Time that somebody worked on a ticket, without their note",
    [
        ID,
        key("ticket_id", "ticket", "On which ticket"),
        # What each person worked is for those who may know it (ADR 71).
        Column(
            "agent_id",
            "BIGINT",
            WORKER,
            "Who worked; none if the ticket is confidential",
            refers="person",
            only_analyses=True,
        ),
        plain("day", "DATE", "On which day, in the campus's time"),
        plain("seconds", "INTEGER", "How long"),
    ],
    hides_with_ticket=True,
)

# Without their words; and a use does not say of which message it is, which could be under a confidential ticket. A
# message has its moment, so that of a use would say it too.
CANNED_REPLY = Table(
    "canned_reply",
    "A text that staff send again and again, without the words",
    [
        ID,
        key("team_id", "team", "The team that it is for; none if it is for everybody"),
        plain("language", "VARCHAR", "Its language, such as en or de, if it was said"),
        Column("length", "INTEGER", "length(text)", "How many characters"),
        plain("is_archived", "BOOLEAN", "Whether it is offered to nobody any more"),
        moment("created_at", "When it was added"),
    ],
    begins="created_at",
)
CANNED_REPLY_USE = Table(
    "canned_reply_use",
    "That messages were sent with a canned reply; those of a day become one row",
    [
        ID,
        key("canned_reply_id", "canned_reply", "With which"),
        plain("uses", "INTEGER", "How many messages"),
        Column(
            "used_at",
            "TIMESTAMP",
            f"date_trunc('day', ({bounded('used_at')}) AT TIME ZONE 'UTC')",
            "The beginning of the day on which the last of them was sent, UTC",
            since="used_at",
        ),
        campus("used_day", "DATE", DAY, "used_at", "The day"),
    ],
    begins="used_at",
)

TICKET_PREDICTION = Table(
    "ticket_prediction",
    "The category that the words of a report suggested to the categoriser",
    [
        # Postgres's `id` has the same value, but no index by which a changed row would be found.
        Column("id", "BIGINT", "ticket_id", "Its number"),
        key("ticket_id", "ticket", "Which ticket"),
        key("category_id", "category", "The category that was predicted; the category may be gone"),
        Column("confidence", "DOUBLE", "confidence", "How probable it was found, 0 to 1"),
        plain("sureness", "VARCHAR", "What was made of that: sure, likely or unsure"),
        moment("predicted_at", "When"),
    ],
    begins="predicted_at",
)

PERSON = Table(
    "person",
    "Someone on campus",
    [
        ID,
        Column(
            "role",
            "VARCHAR",
            "coalesce((SELECT role FROM unnest(ARRAY['admin', 'manager', 'agent', 'analyst', 'student']) AS role "
            "WHERE role = ANY (roles) LIMIT 1), roles[1])",
            "Their role; of several roles the built-in one that may most",
        ),
        key("team_id", "team", "Their team, if they are in one"),
        moment("created_at", "Since when they are known"),
    ],
)

SLUG = plain("slug", "VARCHAR", "Its short name")
NAME = plain("name", "VARCHAR", "What it is called")
CATEGORY = Table(
    "category", "What tickets are about", [ID, SLUG, NAME, plain("is_default", "BOOLEAN", "The usual one")]
)
BUILDING = Table("building", "Where on campus", [ID, SLUG, NAME])
STAGE = Table(
    "stage",
    "A column of the board",
    [
        ID,
        SLUG,
        NAME,
        plain("status", "VARCHAR", "Inside which status"),
        plain("position", "INTEGER", "Its place"),
        plain("wip_limit", "INTEGER", "How many tickets it should have at most, if there is a limit"),
    ],
)

TEAM = Table("team", "People who work together", [ID, SLUG, NAME])

ALL = (
    CATEGORY,
    BUILDING,
    STAGE,
    TEAM,
    PERSON,
    TICKET,
    MESSAGE,
    TICKET_EVENT,
    TICKET_WATCHER,
    TICKET_TAG,
    TICKET_LINK,
    ATTACHMENT,
    TIME_ENTRY,
    CANNED_REPLY,
    CANNED_REPLY_USE,
    TICKET_PREDICTION,
)


@dataclass(frozen=True)
class Definition:
    """What one installation copies, by its settings."""

    timezone: str
    with_text: bool

    @property
    def tables(self) -> Sequence[Table]:
        return ALL

    @property
    def not_copied(self) -> frozenset[str]:
        """The names of the columns that the settings leave out."""
        return frozenset(
            column.name for table in self.tables for column in table.columns if column not in self.columns(table)
        )

    @property
    def fingerprint(self) -> str:
        """A hash that changes whenever anything about what is copied changes."""
        told = [self.selection(table) + str(table.old) for table in self.tables]
        return sha256("\n".join([*told, *self.statements()]).encode()).hexdigest()

    def columns(self, table: Table) -> list[Column]:
        return [column for column in table.columns if self.with_text or not column.is_text]

    def open_columns(self, table: Table) -> list[Column]:
        """Returns the columns that people can ask about in SQL."""
        return [column for column in self.columns(table) if not column.only_analyses]

    @property
    def only_analyses(self) -> list[tuple[str, str]]:
        """The tables and columns that only analyses use."""
        return [
            (table.name, column.name) for table in self.tables for column in self.columns(table) if column.only_analyses
        ]

    def closing(self) -> list[str]:
        """Returns the statements in DuckDB that take from a copy what only analyses use."""
        return [f"ALTER TABLE {table} DROP COLUMN {column}" for table, column in self.only_analyses]

    def selection(self, table: Table) -> str:
        """Returns the column list of a SELECT in Postgres, each column under its name."""
        zone = quoted(self.timezone)
        return ", ".join(f"{column.source.format(zone=zone)} AS {column.name}" for column in self.columns(table))

    def creation(self, table: Table) -> str:
        """Returns the statement that creates the table in DuckDB."""
        return _creation(table, self.columns(table))

    def statements(self, *, for_people: bool = False) -> list[str]:
        """Returns the statements that create the tables and the views in DuckDB, each with its comments. `for_people`:
        without the columns that only analyses use."""
        statements = []
        for table in self.tables:
            columns = self.open_columns(table) if for_people else self.columns(table)
            named = [(column.name, column.comment) for column in columns]
            statements += [_creation(table, columns), *_comments("TABLE", table.name, table.says, named)]
        for view in self.views:
            named = [(column.name, column.says) for column in self.view_columns(view)]
            statements.append(f"CREATE VIEW {view.name} AS {self.view_query(view, view.table)}")
            statements += _comments("VIEW", view.name, view.says, named)
        return statements

    @property
    def views(self) -> Sequence[View]:
        return ALL_VIEWS

    def view_query(self, view: View, rows: str) -> str:
        """Returns the SELECT of the view. `rows` is what it reads the rows of its table from, under the table's
        name."""
        sources = ", ".join(f"{column.source} AS {column.name}" for column in self.view_columns(view))
        return f"SELECT {sources} FROM {rows} {view.joins}"

    def view_columns(self, view: View) -> list[ViewColumn]:
        (table,) = [table for table in self.tables if table.name == view.table]
        own = [
            view.instead.get(column.name, ViewColumn(column.name, f"{view.table}.{column.name}", column.comment))
            for column in self.open_columns(table)
        ]
        return [*own, *view.beside]


def _creation(table: Table, columns: Iterable[Column]) -> str:
    return f"CREATE TABLE {table.name} ({', '.join(f'{column.name} {column.type}' for column in columns)})"


def _comments(kind: str, name: str, says: str, columns: Iterable[tuple[str, str]]) -> list[str]:
    told = [(f"{kind} {name}", says), *((f"COLUMN {name}.{column}", comment) for column, comment in columns)]
    return [f"COMMENT ON {what} IS {quoted(comment)}" for what, comment in told]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
