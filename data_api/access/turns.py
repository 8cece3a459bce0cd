"""Changes of who may do what happen one after the other, and so do automatic assignments inside a team."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from data_api.access.actor import Actor
from data_api.access.permissions import ADMINISTRATORS_ROLE
from data_api.access.roles import RoleTable
from data_api.kit.errors import ChangedMeanwhile
from data_api.models import Person, StoredRole

# Does not conflict with the locks that keep a role from being deleted, so nobody who signs in or is added waits.
TURN = select(StoredRole.id).where(StoredRole.slug == ADMINISTRATORS_ROLE.value).with_for_update(key_share=True)


def take_turn(session: Session) -> None:
    """Waits until no other request changes people's roles, roles or teams, and keeps others waiting until this request
    ends."""
    session.execute(TURN)


def wait_for_turn(session: Session, actor: Actor) -> RoleTable:
    """Takes a turn. Without it, two administrators who deactivate each other at the same moment would leave no
    administrator, and a role could come to permit more at the moment when somebody gives it who may not do so much.

    Returns what each role permits now. Raises ChangedMeanwhile if the actor was deactivated or got other roles while
    this request waited.
    """
    take_turn(session)
    roles, deactivated_at = session.execute(
        select(Person.roles, Person.deactivated_at).where(Person.id == actor.person_id)
    ).one()
    if deactivated_at is not None or set(roles) != set(actor.roles):
        raise ChangedMeanwhile
    return RoleTable.read(session)


def assignment_lock(team_id: ColumnElement[int] | int) -> ColumnElement[Any]:
    """Returns the expression that takes the lock under which tickets of this team are assigned automatically: until the
    transaction ends, nobody else finds out who of the team is free. It is not a lock of the team's row, on which
    everybody would wait who renames the team or moves its tickets, for minutes in the latter case (ADR 54)."""
    return func.pg_advisory_xact_lock(func.hashtextextended("lodge assignment", team_id))


def move_to_team(session: Session, person: Person, team_id: int | None) -> None:
    """Waits until no ticket is being assigned in the team that the person leaves. Otherwise the new team would not yet
    see that ticket, and could give the person one more than their capacity."""
    if person.team_id is not None and person.team_id != team_id:
        hold_assignment(session, person.team_id)
    person.team_id = team_id


def hold_assignment(session: Session, team_id: int) -> None:
    """Waits until no ticket is being assigned automatically in this team, and keeps it so until this request ends."""
    session.execute(select(assignment_lock(team_id)))
