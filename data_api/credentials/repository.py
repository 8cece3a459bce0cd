"""Queries on usernames and password hashes."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, and_, delete, exists, func, select, update
from sqlalchemy.orm import Session

from contracts.people import Role
from data_api.models import Credential, Person


class CredentialRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, username_key: str) -> Credential | None:
        """Returns what somebody signs in with; None also for those who may not."""
        return self.session.scalar(_of_people().where(Credential.username_key == username_key))

    def is_taken(self, username_key: str) -> bool:
        """Whether somebody has the username, also somebody who was deactivated."""
        return bool(self.session.scalar(select(exists().where(Credential.username_key == username_key))))

    def of_person(self, person_id: int) -> Credential | None:
        return self.session.scalar(_of_people().where(Credential.person_id == person_id))

    def who_have_one(self, person_ids: Iterable[int]) -> set[int]:
        """Returns those of these people who have a password."""
        return set(self.session.scalars(select(Credential.person_id).where(Credential.person_id.in_(list(person_ids)))))

    def is_still(self, person_id: int, changed_at: datetime) -> bool:
        """Whether the person may still sign in with the password that was checked before this transaction, which they
        have had since `changed_at`. Until its end, the password cannot be changed."""
        checked = _of_people().where(Credential.person_id == person_id, Credential.changed_at == changed_at)
        return self.session.scalar(checked.with_for_update(read=True, of=Credential)) is not None

    def add(self, person_id: int, username: str, username_key: str, password_hash: str) -> None:
        self.session.add(
            Credential(person_id=person_id, username=username, username_key=username_key, password_hash=password_hash)
        )
        self.session.flush()

    def change_password(self, person_id: int, password_hash: str) -> None:
        change = {"password_hash": password_hash, "changed_at": func.now()}
        self.session.execute(update(Credential).where(Credential.person_id == person_id).values(change))

    def delete(self, person_id: int) -> None:
        self.session.execute(delete(Credential).where(Credential.person_id == person_id))

    def renew_hash(self, person_id: int, old_hash: str, new_hash: str) -> None:
        """Replaces the hash by another one of the same password, unless the password was changed meanwhile."""
        mine = and_(Credential.person_id == person_id, Credential.password_hash == old_hash)
        self.session.execute(update(Credential).where(mine).values(password_hash=new_hash))

    def has_one_with_role(self, roles: Sequence[Role]) -> bool:
        """Whether somebody with one of these roles can sign in with a password."""
        return bool(self.session.scalar(select(exists(_of_people().where(Person.roles.overlap(list(roles)))))))


def _of_people() -> Select[Credential]:
    """Those of people who may sign in."""
    return select(Credential).join(Person, Person.id == Credential.person_id).where(Person.deactivated_at.is_(None))
