"""Links with which somebody chooses a username and a password, or a new password. They expire and work once."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from contracts.base import name_key
from contracts.invitations import (
    InvitationCheck,
    InvitationMade,
    InvitationRedeem,
    InvitationRedeemed,
    InvitationShown,
    Purpose,
)
from data_api.access.actor import Actor, token_hash
from data_api.access.turns import take_turn
from data_api.credentials.errors import UsernameTaken
from data_api.credentials.repository import CredentialRepository
from data_api.credentials.rules import check_new_password
from data_api.invitations.errors import IsDeactivated, LinkNotValid
from data_api.invitations.repository import InvitationRepository
from data_api.models import Invitation, Person
from data_api.people.managing import managed_people
from data_api.people.repository import PersonRepository
from data_api.sessions.repository import SessionRepository
from service_kit.errors import InvalidInput
from service_kit.settings import Settings

HOURS = {Purpose.INVITE: 72, Purpose.RESET: 2}


@dataclass(frozen=True)
class Redeemable:
    """A request to use a link, after everything that can be checked before its password is hashed."""

    token: str = field(repr=False)
    username: str


class InvitationService:
    def __init__(
        self,
        invitations: InvitationRepository,
        credentials: CredentialRepository,
        people: PersonRepository,
        sessions: SessionRepository,
        settings: Settings,
    ) -> None:
        self.invitations = invitations
        self.credentials = credentials
        self.people = people
        self.sessions = sessions
        self.settings = settings

    def make_for(self, actor: Actor, person_ids: Iterable[int]) -> list[InvitationMade]:
        """Raises NotFound, IsDeactivated, and NotPermitted for somebody who may do more than the actor."""
        return self.make(managed_people(actor, self.people, person_ids), actor.person_id)

    def make(self, people: Sequence[Person], made_by: int | None = None) -> list[InvitationMade]:
        """Makes a link for each person: to choose a username and a password, or a new password if they have one. It
        takes the place of earlier ones. `made_by` is None on the console. Raises IsDeactivated."""
        for person in people:
            if person.deactivated_at is not None:
                raise IsDeactivated(person.name)
        ids = [person.id for person in people]
        tokens = {person_id: secrets.token_urlsafe(32) for person_id in ids}
        with_password = self.credentials.who_have_one(ids)
        made = [
            _invitation(person_id, token, Purpose.RESET if person_id in with_password else Purpose.INVITE, made_by)
            for person_id, token in tokens.items()
        ]
        self.invitations.end_of(ids)
        self.invitations.add(made)
        return [self._made(one, tokens[one.person_id]) for one in made]

    def check(self, wish: InvitationCheck) -> InvitationShown:
        """Raises LinkNotValid."""
        found = self.invitations.find(token_hash(wish.token))
        if found is None:
            raise LinkNotValid
        return InvitationShown(
            purpose=Purpose(found.purpose), name=found.name, username=found.username, expires_at=found.expires_at
        )

    def check_wish(self, wish: InvitationRedeem) -> Redeemable:
        """Checks everything but what only the transaction can decide. Raises LinkNotValid, InvalidInput."""
        shown = self.check(wish)
        username = shown.username or wish.username
        if username is None:
            raise InvalidInput.in_field("body.username", "is needed: choose one")
        check_new_password(wish.password, username)
        return Redeemable(wish.token, username)

    def redeem(self, wish: Redeemable, password_hash: str) -> InvitationRedeemed:
        """Gives the person their password, and ends their other links and all their sign-ins. Raises LinkNotValid,
        UsernameTaken."""
        take_turn(self.people.session)  # nobody gets another role between the check and the use of the link
        key = token_hash(wish.token)
        person_id = self.invitations.use(key) if self.invitations.find(key) else None
        if person_id is None:
            raise LinkNotValid
        self.invitations.end_of([person_id])
        self.sessions.end_sign_ins(person_id)
        if own := self.credentials.of_person(person_id):
            self.credentials.change_password(person_id, password_hash)
            return InvitationRedeemed(username=own.username)
        username_key = name_key(wish.username)
        if self.credentials.is_taken(username_key):
            raise UsernameTaken(wish.username)
        self.credentials.add(person_id, wish.username, username_key, password_hash)
        return InvitationRedeemed(username=wish.username)

    def _made(self, invitation: Invitation, token: str) -> InvitationMade:
        return InvitationMade(
            id=invitation.id,
            person_id=invitation.person_id,
            purpose=Purpose(invitation.purpose),
            expires_at=invitation.expires_at,
            link=self._link(token),
        )

    def _link(self, token: str) -> str:
        """The token follows a #: browsers keep that part to themselves, so it comes into no log and no Referer."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        origin = self.settings.public_url or f"http://{host}:{self.settings.ui_port}"
        return f"{origin}/join#{token}"


def _invitation(person_id: int, token: str, purpose: Purpose, made_by: int | None) -> Invitation:
    return Invitation(
        person_id=person_id,
        purpose=purpose.value,
        token_hash=token_hash(token),
        expires_at=datetime.now(UTC) + timedelta(hours=HOURS[purpose]),
        made_by=made_by,
    )
