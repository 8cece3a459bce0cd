"""The analyses computed once more, without SQL: from the tickets as Postgres has them, in plain Python."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.api import Api

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Ticket:
    status: str
    category: str
    opened_at: datetime
    closed_at: datetime | None
    team: str
    has_assignee: bool
    is_confidential: bool


def tickets_of(api: Api) -> list[Ticket]:
    """A moment that Python cannot hold is told as one beyond all that is counted, or before."""
    rows = api.sql(
        "SELECT status, category.slug, greatest(least(opened_at, '2300-01-01Z'), '1970-01-02Z'), "
        "CASE WHEN closed_at IS NOT NULL THEN greatest(least(closed_at, '2300-01-01Z'), '1970-01-02Z') END, "
        "coalesce(team.name, 'No team'), assignee_id IS NOT NULL, is_confidential "
        "FROM ticket JOIN category ON category.id = category_id LEFT JOIN team ON team.id = team_id"
    )
    return [Ticket(*row) for row in rows]


def open_in_period(tickets: list[Ticket], as_of: datetime, hours: int) -> Rows:
    since = as_of - timedelta(hours=hours)
    return [{"tickets": sum(ticket.status != "closed" and since < ticket.opened_at <= as_of for ticket in tickets)}]


def resolution_time_by_month(
    tickets: list[Ticket], as_of: datetime, zone: ZoneInfo, category: str | None = None, at_least: int = 1
) -> Rows:
    hours: dict[str, list[float]] = defaultdict(list)
    for ticket in tickets:
        if ticket.closed_at is None or max(ticket.opened_at, ticket.closed_at) > as_of:
            continue
        if category not in (None, ticket.category):
            continue
        if min(ticket.opened_at, ticket.closed_at) > datetime(1970, 1, 2, tzinfo=UTC):
            took = ticket.closed_at - ticket.opened_at
            hours[ticket.opened_at.astimezone(zone).strftime("%Y-%m")].append(took.total_seconds() / 3600)
    return [
        {"month": month, "tickets": len(found), "mean_hours": fmean(found)}
        for month, found in sorted(hours.items())
        if len(found) >= at_least
    ]


def provisional_months(tickets: list[Ticket], as_of: datetime, zone: ZoneInfo, category: str | None = None) -> set[str]:
    """The months of opening of which fewer than 95 of 100 tickets are closed."""
    opened, closed = Counter[str](), Counter[str]()
    for ticket in tickets:
        if ticket.opened_at <= as_of and category in (None, ticket.category):
            month = ticket.opened_at.astimezone(zone).strftime("%Y-%m")
            opened[month] += 1
            closed[month] += ticket.closed_at is not None and ticket.closed_at <= as_of
    return {month for month, number in opened.items() if closed[month] * 100 < number * 95}


def active_by_category(tickets: list[Ticket], as_of: datetime, older_than: int = 0) -> Rows:
    counted = Counter(
        ticket.category
        for ticket in tickets
        if ticket.status == "active" and ticket.opened_at <= as_of - timedelta(days=older_than)
    )
    return [
        {"category": category, "tickets": number}
        for category, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def load_by_team(tickets: list[Ticket], as_of: datetime, older_than: int) -> Rows:
    latest = as_of - timedelta(days=older_than)
    counted = [ticket for ticket in tickets if ticket.status != "closed" and ticket.opened_at <= latest]
    found = [
        _load(team, [ticket for ticket in counted if ticket.team == team]) for team in {one.team for one in counted}
    ]
    return sorted(found, key=lambda row: (-row["tickets"], row["team"]))


def _load(team: str, tickets: list[Ticket]) -> dict[str, Any]:
    known = [ticket for ticket in tickets if not ticket.is_confidential]
    unassigned = sum(not ticket.has_assignee for ticket in known)
    return {
        "team": team,
        "tickets": len(tickets),
        "open": sum(ticket.status == "open" for ticket in tickets),
        "active": sum(ticket.status == "active" for ticket in tickets),
        "unassigned": unassigned,
        "unassigned_share": 100 * unassigned / len(known) if known else None,
    }


def closed_by_team_and_month(
    tickets: list[Ticket], as_of: datetime, zone: ZoneInfo, months: int, team: str | None
) -> Rows:
    begun = [ticket for ticket in tickets if ticket.opened_at <= as_of and team in (None, ticket.team)]
    closed = Counter(
        (f"{ticket.closed_at.astimezone(zone):%Y-%m}", ticket.team)
        for ticket in begun
        if ticket.closed_at and ticket.closed_at <= as_of
    )
    day = as_of.astimezone(zone).date().replace(day=1)
    shown = [day]
    while len(shown) < months:
        shown.insert(0, (shown[0] - timedelta(days=1)).replace(day=1))
    return [
        {"month": f"{month:%Y-%m}", "team": name, "closed": closed[f"{month:%Y-%m}", name]}
        for month in shown
        for name in sorted({ticket.team for ticket in begun})
    ]


def created_and_closed_by_day(tickets: list[Ticket], as_of: datetime, zone: ZoneInfo, days: int) -> Rows:
    begun = [ticket for ticket in tickets if ticket.opened_at <= as_of]
    ended = [ticket.closed_at for ticket in begun if ticket.closed_at and ticket.closed_at <= as_of]
    created = Counter(ticket.opened_at.astimezone(zone).date() for ticket in begun)
    closed = Counter(moment.astimezone(zone).date() for moment in ended)
    newest = as_of.astimezone(zone).date()
    return [_day(newest - timedelta(days=back), created, closed) for back in reversed(range(days))]


@dataclass(frozen=True)
class Worked:
    ticket: int
    category: str
    team: str
    agent: str
    day: date
    seconds: int
    opened_at: datetime  # of the ticket


def worked_of(api: Api) -> list[Worked]:
    rows = api.sql(
        "SELECT ticket.id, category.slug, coalesce(team.name, 'No team'), "
        "CASE WHEN is_confidential THEN 'confidential' ELSE person_id::text END, day, seconds, "
        "greatest(least(opened_at, '2300-01-01Z'), '1970-01-02Z') "
        "FROM time_entry JOIN ticket ON ticket.id = ticket_id JOIN category ON category.id = category_id "
        "LEFT JOIN team ON team.id = team_id"
    )
    return [Worked(*row) for row in rows]


def time_by(entries: list[Worked], group: str, as_of: datetime, zone: ZoneInfo, days: int) -> dict[str, Any]:
    """Hours, number of tickets and hours per ticket of each category, team or agent. Their order among those with the
    same hours is not told."""
    last = as_of.astimezone(zone).date()
    there = [entry for entry in entries if entry.opened_at <= as_of]
    shown = [entry for entry in there if last - timedelta(days=days) < entry.day <= last]
    found: dict[str, Any] = {}
    for name in {getattr(entry, group) for entry in shown}:
        of_it = [entry for entry in shown if getattr(entry, group) == name]
        hours, tickets = sum(entry.seconds for entry in of_it) / 3600, len({entry.ticket for entry in of_it})
        found[name] = (hours, tickets, hours / tickets)
    return found


def _day(day: date, created: Counter[date], closed: Counter[date]) -> dict[str, Any]:
    backlog = sum(number for when, number in created.items() if when <= day)
    backlog -= sum(number for when, number in closed.items() if when <= day)
    return {"day": day.isoformat(), "created": created[day], "closed": closed[day], "backlog": backlog}
