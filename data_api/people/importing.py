"""Adds many people at once, or says what would become of each row."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from contracts.errors import FieldError, reason
from contracts.people import (
    ImportedRow,
    ImportOutcome,
    PeopleImport,
    PeopleImported,
    PersonCreate,
    PersonRow,
)
from data_api.access.actor import Actor
from data_api.access.roles import RoleTable
from data_api.access.turns import wait_for_turn
from data_api.people.repository import PersonRepository
from service_kit.errors import MAX_FIELD_ERRORS, InvalidInput


class Refused(Exception):
    """A row is refused because of this field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


class PeopleImporter:
    """A row whose mail address somebody has already is known, and that person stays as they are. Rows without an
    address are always new: two people may have the same name."""

    def __init__(self, actor: Actor, repository: PersonRepository) -> None:
        self.actor = actor
        self.repository = repository

    def do(self, wish: PeopleImport) -> PeopleImported:
        """Adds the new people of all rows. Writes nothing with `dry_run`. Raises InvalidInput, which names the refused
        rows, and then writes nothing either."""
        self.roles: RoleTable = wait_for_turn(self.repository.session, self.actor)
        self.teams = self.repository.team_ids()
        checked = [self._checked(row) for row in wish.people]
        emails = [row.email for row in checked if isinstance(row, PersonCreate) and row.email]
        self.known = self.repository.people_by_email(emails)
        self.seen: dict[str, int] = {}
        rows = [self._outcome(number, row) for number, row in enumerate(checked, 1)]
        if not wish.dry_run:
            _refuse_if_any(rows)
            rows = self._add(rows, checked)
        return _imported(rows, dry_run=wish.dry_run)

    def _checked(self, row: PersonRow) -> PersonCreate | Refused:
        try:
            return self._person(row)
        except Refused as refused:
            return refused
        except ValidationError as error:
            first = error.errors()[0]
            return Refused(str(first["loc"][0]), reason(first["msg"]))

    def _person(self, row: PersonRow) -> PersonCreate:
        given: dict[str, Any] = {name: value for name, value in row if value not in ("", None, [])}
        person = PersonCreate(**given)
        for role in person.roles:
            if role not in self.roles:
                raise Refused("roles", f"there is no role {role}")
        if not self.roles.permissions_of(person.roles) <= self.actor.permissions:
            raise Refused("roles", "you cannot give a role that may do more than you may")
        if person.team is not None and person.team not in self.teams:
            raise Refused("team", f"there is no team {person.team}")
        return person

    def _outcome(self, number: int, row: PersonCreate | Refused) -> ImportedRow:
        if isinstance(row, Refused):
            return ImportedRow(row=number, outcome=ImportOutcome.REFUSED, field=row.field, message=row.message)
        if row.email is None:
            return ImportedRow(row=number, outcome=ImportOutcome.NEW)
        first = self.seen.setdefault(row.email, number)
        if first != number:
            message = f"row {first} has this address too"
            return ImportedRow(row=number, outcome=ImportOutcome.REFUSED, field="email", message=message)
        if row.email in self.known:
            return ImportedRow(row=number, outcome=ImportOutcome.KNOWN, person_id=self.known[row.email])
        return ImportedRow(row=number, outcome=ImportOutcome.NEW)

    def _add(self, rows: Sequence[ImportedRow], people: Sequence[PersonCreate | Refused]) -> list[ImportedRow]:
        """Adds the new ones, and returns all rows with the ids of their people."""
        new = [people[row.row - 1] for row in rows if row.outcome is ImportOutcome.NEW]
        ids = iter(self.repository.add_many([self._values(one) for one in new if isinstance(one, PersonCreate)]))
        return [
            row.model_copy(update={"person_id": next(ids)}) if row.outcome is ImportOutcome.NEW else row for row in rows
        ]

    def _values(self, new: PersonCreate) -> dict[str, Any]:
        team_id = self.teams[new.team] if new.team else None
        return {"name": new.name, "roles": sorted(set(new.roles)), "email": new.email, "team_id": team_id}


def _refuse_if_any(rows: Sequence[ImportedRow]) -> None:
    refused = [row for row in rows if row.outcome is ImportOutcome.REFUSED]
    if refused:
        named = [
            FieldError(name=f"body.people.{row.row - 1}.{row.field}", message=row.message or "")
            for row in refused[:MAX_FIELD_ERRORS]
        ]
        raise InvalidInput(f"{len(refused):,} rows cannot be added, so none was.", fields=named)


def _imported(rows: Sequence[ImportedRow], *, dry_run: bool) -> PeopleImported:
    new, known, refused = (
        sum(row.outcome is outcome for row in rows)
        for outcome in (ImportOutcome.NEW, ImportOutcome.KNOWN, ImportOutcome.REFUSED)
    )
    return PeopleImported(dry_run=dry_run, new=new, known=known, refused=refused, rows=list(rows))


def imported_before(counts: str) -> PeopleImported:
    """Returns the answer to an import that was done already, from the counts that were kept of it."""
    new, known = map(int, counts.split())
    return PeopleImported(dry_run=False, new=new, known=known, refused=0, rows=[])


def kept_of(imported: PeopleImported) -> str:
    return f"{imported.new} {imported.known}"
