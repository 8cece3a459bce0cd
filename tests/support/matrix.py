"""Who may do what, written out by hand: every route of both APIs, and every kind of person and token.

The matrix of `tests/data_api/test_matrix.py` and `tests/analytics_api/test_matrix.py` sends one request for each. The
routes themselves come from the OpenAPI documents, so that a new route fails until it has its line here.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import httpx
from fastapi import FastAPI

from contracts.people import Permission as May
from tests.support.api import Api, Visitor
from tests.support.passwords import make_token

MISSING = 987_654_321


class Needs(Enum):
    """What a route needs other than a permission. `KEY` is a key in the desk's home, which no person has."""

    NOTHING = "nothing"
    TOKEN = "a token"
    SIGN_IN = "a token that is no API token"
    KEY = "a key"


@dataclass(frozen=True)
class Route:
    """`needs`: what it takes to be let in; a person without that permission is answered 403. `answers`: what whoever is
    let in is answered. `sends`: the body, which is right in shape for nobody or changes nothing that decides who reads.
    `query`: the parameters. `streams`: the answer does not end. `ends_session`: the token is void afterwards.
    `or_needs`: a permission that lets one in too.
    `by_api_token`: whether API tokens are let in, if they permit it. `with_passwords`: the answer where people sign in
    with a password, if it is another one.

    For routes of a ticket, `others` is the answer to people who may read the ticket, but lack the permission `acts`.
    """

    needs: May | Needs
    answers: set[int] = field(default_factory=lambda: {200})
    sends: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    streams: bool = False
    ends_session: bool = False
    by_api_token: bool = True
    or_needs: May | None = None
    with_passwords: set[int] | None = None
    acts: May | None = None
    others: set[int] = field(default_factory=lambda: {403})

    def answers_on(self, *, has_passwords: bool) -> set[int]:
        """Returns what whoever is let in is answered, on a desk with passwords or one where people choose a role."""
        return self.with_passwords if has_passwords and self.with_passwords else self.answers


NOBODYS = {404}  # for an entry of a list that is not there
INVALID = {422}
DONE = {204}
MANAGES, REPORTS, WORKS, PEOPLE_MANAGE = May.LISTS_MANAGE, May.TICKETS_REPORT, May.TICKETS_WORK, May.PEOPLE_MANAGE

DATA_API: dict[str, Route] = {
    "GET /health": Route(Needs.NOTHING),
    "GET /desk": Route(Needs.NOTHING),
    "GET /metrics": Route(Needs.KEY),
    "POST /sessions": Route(Needs.NOTHING, INVALID, sends={"role": "king"}),
    "DELETE /sessions/current": Route(Needs.TOKEN, DONE, ends_session=True),
    # Refused where people choose a role.
    "POST /sessions/hand-off": Route(
        Needs.NOTHING, {403}, with_passwords=INVALID, sends={"username": "x", "password": "y", "browser": "z"}
    ),
    "POST /sessions/redeem": Route(Needs.NOTHING, INVALID, sends={}),
    # Only for desks with an identity provider.
    "POST /sessions/oidc/begin": Route(Needs.NOTHING, {403}, sends={}),
    "POST /sessions/oidc/finish": Route(Needs.NOTHING, {403}, sends={}),
    "POST /sessions/oidc/end": Route(Needs.TOKEN, sends={"origin": "http://127.0.0.1:8501"}, ends_session=True),
    "POST /invitations/check": Route(Needs.NOTHING, {403}, with_passwords=NOBODYS, sends={"token": "nothing"}),
    "POST /invitations/redeem": Route(Needs.NOTHING, {403}, with_passwords=INVALID, sends={}),
    "GET /me": Route(Needs.TOKEN),
    "GET /me/unread": Route(Needs.TOKEN),
    "PUT /me/password": Route(Needs.SIGN_IN, INVALID, sends={}),
    "GET /me/sessions": Route(Needs.SIGN_IN),
    "DELETE /me/sessions": Route(Needs.SIGN_IN, DONE),
    "DELETE /me/sessions/{session_id}": Route(Needs.SIGN_IN, NOBODYS),
    "GET /me/tokens": Route(Needs.SIGN_IN),
    "POST /me/tokens": Route(Needs.SIGN_IN, INVALID, sends={}),
    "DELETE /me/tokens/{token_id}": Route(Needs.SIGN_IN, NOBODYS),
    "GET /events": Route(Needs.TOKEN, streams=True),
    "GET /people": Route(May.PEOPLE_READ),
    "GET /people/twins": Route(May.PEOPLE_MANAGE),
    "POST /people": Route(WORKS, INVALID, or_needs=PEOPLE_MANAGE, sends={"name": ""}),
    "POST /people/import": Route(PEOPLE_MANAGE, INVALID, sends={}),
    "GET /people/{person_id}": Route(May.PEOPLE_READ, NOBODYS),
    "PATCH /people/{person_id}": Route(PEOPLE_MANAGE, NOBODYS, sends={"version": 1}),
    "POST /people/{person_id}/deactivate": Route(PEOPLE_MANAGE, NOBODYS),
    "POST /people/{person_id}/reactivate": Route(PEOPLE_MANAGE, NOBODYS),
    "POST /people/{person_id}/invitation": Route(PEOPLE_MANAGE, {403}, with_passwords=NOBODYS, by_api_token=False),
    "POST /people/invitations": Route(
        PEOPLE_MANAGE, {403}, with_passwords=NOBODYS, sends={"people": [MISSING]}, by_api_token=False
    ),
    "POST /people/{person_id}/sessions/end": Route(PEOPLE_MANAGE, NOBODYS, by_api_token=False),
    "GET /people/{person_id}/tokens": Route(PEOPLE_MANAGE, NOBODYS, by_api_token=False),
    "DELETE /people/{person_id}/tokens/{token_id}": Route(PEOPLE_MANAGE, NOBODYS, by_api_token=False),
    "GET /teams": Route(May.PEOPLE_READ),
    "GET /teams/names": Route(Needs.TOKEN),
    "POST /teams": Route(May.TEAMS_MANAGE, INVALID, sends={}),
    "PATCH /teams/{slug}": Route(May.TEAMS_MANAGE, NOBODYS, sends={"version": 1}),
    "DELETE /teams/{slug}": Route(May.TEAMS_MANAGE, NOBODYS),
    "GET /teams/{slug}/load": Route(May.TEAMS_MANAGE, NOBODYS, or_needs=PEOPLE_MANAGE),
    "GET /assignment-rules": Route(May.ASSIGNMENT_MANAGE),
    "POST /assignment-rules": Route(May.ASSIGNMENT_MANAGE, INVALID, sends={}),
    "PUT /assignment-rules/order": Route(May.ASSIGNMENT_MANAGE, sends={"ids": []}),
    "POST /assignment-rules/try": Route(May.ASSIGNMENT_MANAGE, sends={}),
    "PATCH /assignment-rules/{rule_id}": Route(May.ASSIGNMENT_MANAGE, NOBODYS, sends={"version": 1}),
    "DELETE /assignment-rules/{rule_id}": Route(May.ASSIGNMENT_MANAGE, NOBODYS),
    "GET /roles": Route(PEOPLE_MANAGE),
    "GET /roles/{slug}": Route(PEOPLE_MANAGE, NOBODYS),
    "POST /roles": Route(May.ROLES_MANAGE, INVALID, sends={}),
    "PATCH /roles/{slug}": Route(May.ROLES_MANAGE, NOBODYS, sends={"version": 1}),
    "DELETE /roles/{slug}": Route(May.ROLES_MANAGE, NOBODYS),
    "GET /confidential-readers": Route(REPORTS),
    "GET /me/timer": Route(WORKS),
    "GET /me/time": Route(WORKS),
    "GET /time": Route(May.TIME_READ),
    "GET /overview": Route(WORKS),
    "GET /overview/lists": Route(WORKS),
    "GET /overview/workload": Route(May.PEOPLE_READ),
    # lists
    "GET /stages": Route(Needs.TOKEN),
    "POST /stages": Route(MANAGES, INVALID, sends={}),
    "PATCH /stages/{slug}": Route(MANAGES, NOBODYS, sends={"version": 1}),
    "DELETE /stages/{slug}": Route(MANAGES, NOBODYS),
    "GET /board": Route(Needs.TOKEN),
    "GET /board/{slug}": Route(Needs.TOKEN, NOBODYS),
    "GET /buildings": Route(Needs.TOKEN),
    "POST /buildings": Route(MANAGES, INVALID, sends={}),
    "PATCH /buildings/{slug}": Route(MANAGES, NOBODYS, sends={"name": "Hall"}),
    "DELETE /buildings/{slug}": Route(MANAGES, NOBODYS),
    "GET /categories": Route(Needs.TOKEN),
    "POST /categories": Route(MANAGES, INVALID, sends={}),
    "PATCH /categories/{slug}": Route(MANAGES, NOBODYS, sends={"name": "Hall"}),
    "DELETE /categories/{slug}": Route(MANAGES, NOBODYS),
    "POST /categories/{slug}/merge": Route(MANAGES, NOBODYS, sends={"into": "technical-it"}),
    "POST /categories/{slug}/phrases": Route(MANAGES, NOBODYS, sends={"phrases": ["the lift is stuck"]}),
    "GET /categories/{slug}/examples": Route(MANAGES, NOBODYS),
    "DELETE /categories/{slug}/examples/{example_id}": Route(MANAGES, NOBODYS),
    "GET /categorising": Route(MANAGES),
    "GET /categorising/models": Route(MANAGES),
    "POST /categorising/models/{version}/promote": Route(MANAGES, NOBODYS),
    "GET /queries": Route(May.SQL_RUN),
    "POST /queries": Route(May.SQL_RUN, INVALID, sends={}),
    "GET /queries/history": Route(May.SQL_RUN),
    "POST /queries/history": Route(May.SQL_RUN, INVALID, sends={}),
    "DELETE /queries/history": Route(May.SQL_RUN, DONE),
    "GET /queries/{query_id}": Route(May.SQL_RUN, NOBODYS),
    "PATCH /queries/{query_id}": Route(May.SQL_RUN, NOBODYS, sends={"version": 1, "name": "Mine"}),
    "DELETE /queries/{query_id}": Route(May.SQL_RUN, NOBODYS),
    "GET /tags": Route(May.TICKETS_READ_ALL, or_needs=MANAGES),
    "POST /tags/merge": Route(MANAGES, NOBODYS, sends={"tag": "nothing", "into": "nobody"}),
    "DELETE /tags": Route(MANAGES, NOBODYS, query={"tag": "nothing"}),
    "GET /tags/changes": Route(MANAGES),
    "GET /tags/changes/{change_id}": Route(MANAGES, NOBODYS),
    "DELETE /tags/changes/{change_id}": Route(MANAGES, NOBODYS),
    "POST /tags/changes/{change_id}/continue": Route(MANAGES, NOBODYS),
    "GET /me/mentions": Route(Needs.TOKEN),
    "GET /views": Route(Needs.TOKEN),
    "GET /views/counts": Route(Needs.TOKEN),
    "POST /views": Route(Needs.TOKEN, INVALID, sends={}),
    "PATCH /views/{view_id}": Route(Needs.TOKEN, NOBODYS, sends={"version": 1, "name": "Mine"}),
    "DELETE /views/{view_id}": Route(Needs.TOKEN, NOBODYS),
    "GET /canned-replies": Route(WORKS, or_needs=May.TEAMS_MANAGE),
    "POST /canned-replies": Route(May.TEAMS_MANAGE, INVALID, sends={}),
    "GET /canned-replies/{reply_id}": Route(WORKS, NOBODYS, or_needs=May.TEAMS_MANAGE),
    "PATCH /canned-replies/{reply_id}": Route(May.TEAMS_MANAGE, NOBODYS, sends={"version": 1}),
    "DELETE /canned-replies/{reply_id}": Route(May.TEAMS_MANAGE, NOBODYS),
    "GET /search": Route(Needs.TOKEN, query={"q": "lift"}),
    "GET /attachments/allowed": Route(Needs.TOKEN),
    "POST /attachments": Route(Needs.TOKEN, INVALID, sends={}),
    "GET /attachments/{attachment_id}": Route(Needs.TOKEN, NOBODYS),
    "GET /attachments/{attachment_id}/thumbnail": Route(Needs.TOKEN, NOBODYS),
    "DELETE /attachments/{attachment_id}": Route(Needs.TOKEN, NOBODYS),
    # tickets
    "GET /tickets": Route(Needs.TOKEN),
    "POST /tickets": Route(REPORTS, INVALID, sends={}),
    "POST /tickets/suggestions": Route(REPORTS, INVALID, sends={}),
    "GET /tickets/me-too": Route(REPORTS),
    "POST /tickets/me-too": Route(REPORTS, INVALID, sends={}),
    "DELETE /tickets/me-too": Route(REPORTS, INVALID),
    "PUT /tickets/me-too/seen": Route(REPORTS, INVALID, sends={}),
    "GET /tickets/titles": Route(Needs.TOKEN),
    "GET /tickets/export": Route(Needs.TOKEN),
    "GET /tickets/export/columns": Route(Needs.TOKEN),
    "GET /tickets/bulk": Route(WORKS),
    "POST /tickets/bulk": Route(WORKS, INVALID, sends={}),
    "POST /tickets/bulk/preview": Route(WORKS, INVALID, sends={}),
    "GET /tickets/bulk/{bulk_id}": Route(WORKS, NOBODYS),
    "DELETE /tickets/bulk/{bulk_id}": Route(WORKS, NOBODYS),
    "POST /tickets/bulk/{bulk_id}/continue": Route(WORKS, NOBODYS),
}

DELETES = May.TICKETS_DELETE
# Of a ticket: whoever may not read it is told that it is not there. Who reads it without `acts` gets `others`.
TICKETS: dict[str, Route] = {
    "GET /tickets/{ticket_id}": Route(Needs.TOKEN),
    "PATCH /tickets/{ticket_id}": Route(Needs.TOKEN, {409}, sends={"version": 999, "room": "1"}),
    "DELETE /tickets/{ticket_id}": Route(Needs.TOKEN, DONE, acts=DELETES),
    "GET /tickets/{ticket_id}/messages": Route(Needs.TOKEN),
    "POST /tickets/{ticket_id}/messages": Route(
        Needs.TOKEN, INVALID, sends={"body": "A note", "is_internal": True, "reply_to": 10**9}, acts=WORKS
    ),
    # The second for a closed ticket.
    "POST /tickets/{ticket_id}/attachments": Route(Needs.TOKEN, {422, 409}, sends={}),
    "PUT /tickets/{ticket_id}/read": Route(Needs.TOKEN, DONE),
    "GET /tickets/{ticket_id}/mentionable": Route(Needs.TOKEN),
    "POST /tickets/{ticket_id}/mentions/check": Route(Needs.TOKEN, sends={"body": "A message"}),
    "PUT /tickets/{ticket_id}/mentions/seen": Route(Needs.TOKEN, DONE),
    "GET /tickets/{ticket_id}/history": Route(Needs.TOKEN),
    "POST /tickets/{ticket_id}/history/{event_id}/take-back": Route(Needs.TOKEN, {409}, sends={"version": 999}),
    "POST /tickets/{ticket_id}/history/{event_id}/blank": Route(Needs.TOKEN, {409}, acts=WORKS),
    "POST /tickets/{ticket_id}/status": Route(Needs.TOKEN, {409, 403}, sends={"status": "open"}),
    "PUT /tickets/{ticket_id}/follow": Route(Needs.TOKEN, DONE),
    "DELETE /tickets/{ticket_id}/follow": Route(Needs.TOKEN, DONE),
    "GET /tickets/{ticket_id}/links": Route(Needs.TOKEN),
    # With a ticket that is not there.
    "POST /tickets/{ticket_id}/links": Route(
        Needs.TOKEN, INVALID, sends={"kind": "blocks", "ticket": 10**9}, acts=WORKS
    ),
    "DELETE /tickets/{ticket_id}/links": Route(
        Needs.TOKEN, DONE, sends={"kind": "blocks", "ticket": 10**9}, acts=WORKS
    ),
    "GET /tickets/{ticket_id}/readers": Route(Needs.TOKEN, {200, 403}),
    "PUT /tickets/{ticket_id}/followers/{person_id}": Route(Needs.TOKEN, DONE, acts=WORKS),
    "DELETE /tickets/{ticket_id}/followers/{person_id}": Route(Needs.TOKEN, DONE, acts=WORKS),
    # Whoever may not work on any ticket is refused before the ticket is looked for.
    "GET /tickets/{ticket_id}/category": Route(WORKS),
    "GET /tickets/{ticket_id}/canned-replies": Route(WORKS),
    "GET /tickets/{ticket_id}/similar-answers": Route(WORKS),
    "GET /tickets/{ticket_id}/time": Route(WORKS),
    "GET /tickets/{ticket_id}/time/changes": Route(WORKS),
    "POST /tickets/{ticket_id}/time": Route(WORKS, INVALID, sends={"minutes": 5, "day": "1999-12-31"}),
    "POST /tickets/{ticket_id}/timer": Route(WORKS, {409}, sends={"action": "pause"}),
    # Of time that somebody else has worked on the ticket.
    "PATCH /time/{entry_id}": Route(WORKS, acts=May.TIME_MANAGE, sends={"version": 1}),
    "DELETE /time/{entry_id}": Route(WORKS, DONE, acts=May.TIME_MANAGE),
}

ANALYTICS_API: dict[str, Route] = {
    "GET /health": Route(Needs.NOTHING),
    "GET /metrics": Route(Needs.KEY),
    "POST /replica/check": Route(Needs.KEY),
    "GET /analyses": Route(May.ANALYSES_READ),
    "GET /analyses/{slug}": Route(May.ANALYSES_READ, NOBODYS),
    "POST /sql": Route(May.SQL_RUN, INVALID, sends={}),
    "GET /sql/schema": Route(May.SQL_RUN),
    "GET /sql/schema/{table}": Route(May.SQL_RUN, NOBODYS),
    "GET /sql/{id}": Route(May.SQL_RUN, NOBODYS),
    "DELETE /sql/{id}": Route(May.SQL_RUN, NOBODYS),
    "POST /sql/files": Route(May.SQL_RUN, INVALID, sends={}),
    "GET /sql/files/{id}": Route(May.SQL_RUN, NOBODYS),
    "GET /snapshot": Route(May.SQL_RUN, INVALID, query={"format": "no-such-format"}),
}


@dataclass(frozen=True)
class Who:
    """A kind of person. `enter` signs one in; `may` is what they are permitted."""

    enter: Callable[[Api, str], Visitor]
    may: frozenset[May]
    is_api_token: bool = False

    def reads(self, kind: str) -> bool:
        """Whether they read a ticket of this kind, where students see their own tickets only."""
        everything = {May.TICKETS_READ_ALL, May.TICKETS_READ_CONFIDENTIAL} <= self.may
        return {
            "own": True,
            "own confidential": True,
            "foreign": May.TICKETS_READ_ALL in self.may,
            "confidential": everything,
            "closed confidential": everything,
            "missing": False,
        }[kind]


KINDS = ("own", "own confidential", "foreign", "confidential", "closed confidential", "missing")


def by_roles(*roles: str) -> Callable[[Api, str], Visitor]:
    """Returns what signs in a person with these roles."""

    def enter(api: Api, name: str) -> Visitor:
        visitor = api.enter(roles[0], name)
        api.sql("UPDATE person SET roles = %s WHERE id = %s", list(roles), visitor.person_id)
        return visitor

    return enter


def by_made_role(*permissions: May) -> Callable[[Api, str], Visitor]:
    """Returns what signs in a person whose only role an administrator made, with these permissions."""

    def enter(api: Api, name: str) -> Visitor:
        visitor, slug = api.enter("student", name), f"made-{secrets.token_hex(4)}"
        api.sql("INSERT INTO role (slug, name, permissions) VALUES (%s, %s, %s)", slug, slug, list(permissions))
        api.sql("UPDATE person SET roles = %s WHERE id = %s", [slug], visitor.person_id)
        return visitor

    return enter


def by_token(role: str, *permissions: May) -> Callable[[Api, str], Visitor]:
    """Returns what makes an API token with these permissions, of a person with this role."""

    def enter(api: Api, name: str) -> Visitor:
        person = api.enter(role, name)
        return api.with_token(person, make_token(person, *permissions)["token"])

    return enter


STUDENT = {REPORTS, May.TICKETS_READ_SHARED}
AGENT = STUDENT | {May.TICKETS_READ_ALL, WORKS, May.PEOPLE_READ, May.ANALYSES_READ}
ANALYST = {REPORTS, May.ANALYSES_READ, May.SQL_RUN}
MADE = {REPORTS, May.TICKETS_READ_SHARED, May.TICKETS_READ_ALL, May.PEOPLE_READ, May.PEOPLE_MANAGE}
ADMINS_TOKEN = {REPORTS, May.TICKETS_READ_SHARED, May.TICKETS_READ_ALL, May.PEOPLE_READ, May.PEOPLE_MANAGE, MANAGES}
PEOPLE: dict[str, Who] = {
    "student": Who(by_roles("student"), frozenset(STUDENT)),
    "agent": Who(by_roles("agent"), frozenset(AGENT)),
    "manager": Who(
        by_roles("manager"),
        frozenset(AGENT | {May.PEOPLE_MANAGE, May.TEAMS_MANAGE, May.SQL_RUN, May.TIME_READ, May.TIME_MANAGE}),
    ),
    "admin": Who(by_roles("admin"), frozenset(May)),
    "analyst": Who(by_roles("analyst"), frozenset(ANALYST)),
    "student and analyst": Who(by_roles("student", "analyst"), frozenset(STUDENT | ANALYST)),
    "person of a made role": Who(by_made_role(*MADE), frozenset(MADE)),
    "administrator's API token": Who(by_token("admin", *ADMINS_TOKEN), frozenset(ADMINS_TOKEN), is_api_token=True),
}


def _expired(api: Api) -> str:
    visitor = api.enter("admin", "Expired")
    api.sql("UPDATE session_token SET expires_at = now() - interval '1 second' WHERE person_id = %s", visitor.person_id)
    return f"Bearer {visitor.token}"


def _revoked(api: Api) -> str:
    visitor = api.enter("admin", "Revoked")
    visitor.delete("/sessions/current")
    return f"Bearer {visitor.token}"


# As if the desk had since been changed from passwords to choosing a role, or the other way round.
SIGNED_IN_OTHERWISE = """
UPDATE session_token SET signed_in_by = CASE signed_in_by WHEN 'choice' THEN 'password' ELSE 'choice' END
WHERE person_id = %s
"""


def _of_another_way(api: Api) -> str:
    visitor = api.enter("admin", "Of another way")
    api.sql(SIGNED_IN_OTHERWISE, visitor.person_id)
    return f"Bearer {visitor.token}"


def _of_somebody_deactivated(api: Api) -> str:
    visitor = api.enter("admin", "Deactivated")
    api.sql("UPDATE person SET deactivated_at = now() WHERE id = %s", visitor.person_id)
    return f"Bearer {visitor.token}"


def _api_token_of_somebody_deactivated(api: Api) -> str:
    visitor = by_token("admin", *May)(api, "Deactivated with a token")
    api.sql("UPDATE person SET deactivated_at = now() WHERE id = %s", visitor.person_id)
    return f"Bearer {visitor.token}"


def _api_token_of_another_way(api: Api) -> str:
    visitor = by_token("admin", *May)(api, "With a token of another way")
    api.sql(SIGNED_IN_OTHERWISE, visitor.person_id)
    return f"Bearer {visitor.token}"


# What is sent as `Authorization` by somebody who is nobody; None is no header.
STRANGERS: dict[str, Callable[[Api], str | None]] = {
    "no token": lambda _: None,
    "an expired token": _expired,
    "a revoked token": _revoked,
    "a forged token": lambda _: f"Bearer {secrets.token_urlsafe(32)}",
    "a token of another way of signing in": _of_another_way,
    "an API token of another way of signing in": _api_token_of_another_way,
    "a token of somebody deactivated": _of_somebody_deactivated,
    "an API token of somebody deactivated": _api_token_of_somebody_deactivated,
}


def operations(app: FastAPI) -> list[str]:
    """Returns the routes that the application's OpenAPI document lists, such as "GET /tickets/{ticket_id}"."""
    return [f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods]


def ask(client: httpx.Client, name: str, route: Route, headers: Mapping[str, str], **in_path: int) -> httpx.Response:
    """Sends the route's request. What `in_path` does not name in the path is not there."""
    method, path = name.split(" ", 1)
    named = {
        "ticket_id": MISSING,
        "event_id": MISSING,
        "person_id": MISSING,
        "example_id": 1,
        "version": MISSING,
        "session_id": MISSING,
        "token_id": MISSING,
        "query_id": MISSING,
        "view_id": MISSING,
        "bulk_id": MISSING,
        "change_id": MISSING,
        "reply_id": MISSING,
        "attachment_id": MISSING,
        "entry_id": MISSING,
        "rule_id": MISSING,
    } | in_path
    at = path.format(**named, slug="nothing", id="nothing", table="nothing")
    request = client.build_request(method, at, json=route.sends, params=dict(route.query), headers=dict(headers))
    answer = client.send(request, stream=route.streams)
    if answer.is_error:
        answer.read()
    answer.close()
    check_headers(answer)
    return answer


def check_headers(answer: httpx.Response) -> None:
    """Checks that no browser keeps the answer, shows it in a frame, or runs what it holds."""
    told = answer.headers
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["X-Frame-Options"] == "DENY"
    assert told["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in told["Content-Security-Policy"]
    assert told["Referrer-Policy"] == "no-referrer"
    assert told["Cross-Origin-Resource-Policy"] == told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in told["Permissions-Policy"]
    assert told["Cache-Control"] in ("no-store", "no-cache"), "the second is that of a live stream"
    assert "Strict-Transport-Security" not in told


def expected(route: Route, who: Who, *, has_passwords: bool) -> set[int]:
    """Returns what this person is answered by a route that is of no ticket."""
    if route.needs is Needs.KEY:
        return {401}
    if who.is_api_token and (route.needs is Needs.SIGN_IN or not route.by_api_token):
        return {403}
    if isinstance(route.needs, May) and who.may.isdisjoint({route.needs, route.or_needs}):
        return {403}
    return route.answers_on(has_passwords=has_passwords)


def expected_of_ticket(route: Route, who: Who, kind: str) -> set[int]:
    if isinstance(route.needs, May) and route.needs not in who.may:
        return {403}
    if not who.reads(kind):
        return {404}
    return route.answers if route.acts is None or route.acts in who.may else route.others
