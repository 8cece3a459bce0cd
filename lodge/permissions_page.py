"""Writes docs/permissions.md, which says what each permission allows: `python -m lodge.permissions_page`."""

import os
from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

import analytics_api.main
import data_api.main
from contracts.people import ALLOWS, NEEDS, Permission, Role
from data_api.access.permissions import PERMISSIONS
from service_kit.settings import Settings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "permissions.md"
INTRODUCTION = """\
# Permissions

What somebody may do follows from their roles: each role permits some of the following, and somebody with several
roles may do what any of them permits. `GET /me` tells what I may do; ask for a permission there rather than for a
role.

Every desk has five roles. Administrators change what they permit, and make other roles (`/roles`), in which a
permission never comes without those that it needs. A change holds from the next request on. Administrators always may
do everything. Nobody makes or gives a role that permits more than they may do themselves, and nobody changes a person
who may do more than they. An [API token](signing-in.md#api-tokens) permits what it was made for, as far as its person
may do that.

Written from the code by `.venv/bin/python -m lodge.permissions_page`.
"""
READING = """\
## Who reads a ticket

Requesters read all their own tickets, and everybody the open and active ones that they follow. Open and active
tickets of others are for those with `tickets:read-shared`, where `LODGE_STUDENTS_SEE` is `all`; every ticket that is
not confidential for those with `tickets:read-all`. A confidential ticket is for its requester, those with
`tickets:read-confidential` and `tickets:read-all`, its assignee and its followers. Whoever reads an open or active
ticket may change its title, description, building and room; the other fields are for those with `tickets:work`. To
everybody else a ticket is not found.
"""
# Routes that ask for no permission, and why. Every other route names one.
WITHOUT_TOKEN = {
    "GET /health",
    "GET /metrics",
    "GET /desk",
    "POST /sessions",
    "POST /sessions/hand-off",
    "POST /sessions/redeem",
    "POST /sessions/oidc/begin",
    "POST /sessions/oidc/finish",
    "POST /invitations/check",
    "POST /invitations/redeem",
}
FOR_EVERYBODY = {
    "DELETE /sessions/current",
    "POST /sessions/oidc/end",
    "GET /me",
    "GET /me/unread",
    "GET /me/mentions",
    "GET /people/{person_id}",
    "GET /categories",
    "GET /buildings",
    "GET /stages",
    "GET /teams/names",
    "GET /board",
    "GET /board/{slug}",
    "GET /search",
    "GET /tickets",
    "GET /tickets/titles",
    "GET /tickets/export",
    "GET /tickets/export/columns",
    "GET /views",
    "GET /views/counts",
    "POST /views",
    "PATCH /views/{view_id}",
    "DELETE /views/{view_id}",
    "GET /events",
    "GET /attachments/allowed",
    "POST /attachments",
}
FOR_ONESELF = {
    "PUT /me/password",
    "GET /me/sessions",
    "DELETE /me/sessions",
    "DELETE /me/sessions/{session_id}",
    "GET /me/tokens",
    "POST /me/tokens",
    "DELETE /me/tokens/{token_id}",
}
FOR_READERS = {
    "GET /tickets/{ticket_id}",
    "PATCH /tickets/{ticket_id}",
    "DELETE /tickets/{ticket_id}",
    "POST /tickets/{ticket_id}/status",
    "GET /tickets/{ticket_id}/history",
    "POST /tickets/{ticket_id}/history/{event_id}/take-back",
    "POST /tickets/{ticket_id}/history/{event_id}/blank",
    "GET /tickets/{ticket_id}/category",
    "GET /tickets/{ticket_id}/messages",
    "POST /tickets/{ticket_id}/messages",
    "POST /tickets/{ticket_id}/attachments",
    "GET /attachments/{attachment_id}",
    "GET /attachments/{attachment_id}/thumbnail",
    "DELETE /attachments/{attachment_id}",
    "PUT /tickets/{ticket_id}/read",
    "GET /tickets/{ticket_id}/mentionable",
    "POST /tickets/{ticket_id}/mentions/check",
    "PUT /tickets/{ticket_id}/mentions/seen",
    "PUT /tickets/{ticket_id}/follow",
    "DELETE /tickets/{ticket_id}/follow",
    "GET /tickets/{ticket_id}/readers",
    "GET /tickets/{ticket_id}/links",
    "POST /tickets/{ticket_id}/links",
    "DELETE /tickets/{ticket_id}/links",
    "PUT /tickets/{ticket_id}/followers/{person_id}",
    "DELETE /tickets/{ticket_id}/followers/{person_id}",
}
WITH_DESK_KEY = {"POST /replica/check"}
# These ask for a permission once they have found what they are about: who may not read that must not learn of it.
ASKED_LATER = {
    "DELETE /tickets/{ticket_id}": Permission.TICKETS_DELETE,
    "POST /tickets/{ticket_id}/history/{event_id}/blank": Permission.TICKETS_WORK,
    "DELETE /attachments/{attachment_id}": Permission.TICKETS_WORK,
    "GET /tickets/{ticket_id}/category": Permission.TICKETS_WORK,
    "POST /tickets/{ticket_id}/links": Permission.TICKETS_WORK,
    "DELETE /tickets/{ticket_id}/links": Permission.TICKETS_WORK,
    "PUT /tickets/{ticket_id}/followers/{person_id}": Permission.TICKETS_WORK,
    "DELETE /tickets/{ticket_id}/followers/{person_id}": Permission.TICKETS_WORK,
    "PATCH /time/{entry_id}": Permission.TIME_MANAGE,
    "DELETE /time/{entry_id}": Permission.TIME_MANAGE,
    "GET /people/{person_id}": Permission.PEOPLE_READ,
    "DELETE /queries/{query_id}": Permission.LISTS_MANAGE,
}
OTHERS = {
    "Need no token, or not that of a person": WITHOUT_TOKEN,
    "For everybody who is signed in; lists hold what one may read": FOR_EVERYBODY,
    "For everybody about themselves, but not with an API token": FOR_ONESELF,
    "For those who may read the ticket": FOR_READERS,
    "For programs with the desk's key": WITH_DESK_KEY,
}


def permissions_of_routes(app: FastAPI) -> dict[str, set[Permission]]:
    """Returns the permissions that each route asks for by name: its method and path, such as "POST /teams"."""
    return {
        f"{method} {route.path}": set(_named(route.dependant))
        for route in app.routes
        if isinstance(route, APIRoute) and route.include_in_schema
        for method in set(route.methods or ()) - {"HEAD"}
    }


def _named(dependant: Dependant) -> Iterator[Permission]:
    for needed in dependant.dependencies:
        yield from getattr(needed.call, "permissions", ())
        yield from _named(needed)


def all_routes() -> dict[str, dict[str, set[Permission]]]:
    """Returns the permissions of the routes of both services, by the service's name."""
    settings = Settings(_env_file=None, home=Path(os.devnull), database_url="postgresql:///nowhere")
    return {
        "data API": permissions_of_routes(data_api.main.create_app(settings)),
        "analytics API": permissions_of_routes(analytics_api.main.create_app(settings)),
    }


def render() -> str:
    """Returns the whole page in Markdown."""
    services = all_routes()
    parts = [INTRODUCTION, *_table(), READING, "## Routes\n", *(_routes(services))]
    return "\n".join([*parts, *_others(services)])


def _table() -> Iterator[str]:
    heads = " | ".join(role.value for role in Role)
    yield f"| permission | {heads} | lets one | needs |\n|---|{'---|' * len(Role)}---|---|"
    for permission in Permission:
        cells = " | ".join("yes" if permission in PERMISSIONS[role] else "" for role in Role)
        needed = ", ".join(f"`{one}`" for one in NEEDS.get(permission, ()))
        yield f"| `{permission}` | {cells} | {ALLOWS[permission]} | {needed} |"
    yield ""


def _routes(services: dict[str, dict[str, set[Permission]]]) -> Iterator[str]:
    yield "| permission | routes that ask for it, or for it or another |\n|---|---|"
    for permission in Permission:
        asking = [route for routes in services.values() for route, named in routes.items() if permission in named]
        asking += [route for route, asked in ASKED_LATER.items() if asked is permission]
        told = ", ".join(f"`{route}`" for route in sorted(asking))
        yield f"| `{permission}` | {told or 'none; it decides who reads which tickets'} |"
    yield ""


def _others(services: dict[str, dict[str, set[Permission]]]) -> Iterator[str]:
    yield "The other routes:\n"
    exist = {route for routes in services.values() for route in routes}
    for title, routes in OTHERS.items():
        yield f"- {title}: {', '.join(f'`{route}`' for route in sorted(routes & exist))}."
    yield ""


if __name__ == "__main__":
    PAGE.write_text(render(), "utf-8")
