"""Lets in whom the identity provider has vouched for: finds or adds the person, and gives what their groups give."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from contracts.desk import SignIn
from contracts.oidc import OidcBegun, OidcFinished
from data_api.access.actor import Actor, token_hash
from data_api.access.permissions import REQUESTERS_ROLE
from data_api.access.turns import move_to_team
from data_api.models import OidcStart, Person, PersonIdentity
from data_api.oidc.errors import AddressInUse, AddressNotVerified, AddressOutside
from data_api.oidc.repository import OidcRepository
from data_api.oidc.signed_in import SignedInPerson, is_welcome
from data_api.sessions.service import SessionService
from data_api.time_tracking.ended_timers import stop_timers_without_access
from service_kit.settings import Settings

# A longer ID token would not fit into the address that ends the sign-in with the provider.
LONGEST_HINT = 4_000


@dataclass(frozen=True)
class Begun:
    start: OidcStart
    url: str = field(repr=False)


@dataclass(frozen=True)
class Proof:
    """Who has come back from the provider, verified."""

    signed_in: SignedInPerson
    id_token: str = field(repr=False)
    return_to: str


class RolesAndTeam(NamedTuple):
    """What somebody has after a sign-in (`roles`, `team_id`), and what of it their groups gave them."""

    roles: frozenset[str]
    team_id: int | None
    given_roles: frozenset[str]
    given_team_id: int | None


class OidcService:
    def __init__(self, repository: OidcRepository, sessions: SessionService, settings: Settings) -> None:
        self.repository = repository
        self.sessions = sessions
        self.settings = settings

    def begin(self, begun: Begun) -> OidcBegun:
        self.repository.add_start(begun.start)
        return OidcBegun(url=begun.url)

    def finish(self, proof: Proof) -> OidcFinished:
        """Raises AddressOutside, AddressNotVerified, AddressInUse, and NotPermitted if the person was deactivated."""
        signed_in = proof.signed_in
        if not is_welcome(signed_in, self.settings):
            raise AddressOutside
        identity = self.repository.identity(signed_in.issuer, signed_in.subject) or self._first_entry(signed_in)
        person = self.repository.person(identity.person_id)
        self._follow_groups(person, identity, self._without_address_of_others(person, signed_in))
        session = self.sessions.start(person, SignIn.OIDC)
        if len(proof.id_token) <= LONGEST_HINT:
            self.repository.keep_id_token(token_hash(session.token), proof.id_token)
        return OidcFinished(**dict(session), return_to=proof.return_to)

    def end(self, actor: Actor) -> str | None:
        """Ends the sign-in. Returns its ID token, if there is one."""
        self.sessions.leave(actor)
        return self.repository.take_id_token(actor.session_id)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _first_entry(self, signed_in: SignedInPerson) -> PersonIdentity:
        """Says who of the desk's people this is. One with the same address, or else a new one."""
        if signed_in.email is None:
            raise AddressNotVerified
        self.repository.wait_for_first_entry(signed_in.issuer, signed_in.subject)
        # Two accounts may have one address: the second one is told so.
        self.repository.wait_for_first_entry(signed_in.issuer, signed_in.email)
        if known := self.repository.identity(signed_in.issuer, signed_in.subject):
            return known
        given = self._roles_and_team(frozenset(), None, signed_in)
        added = self.repository.add_person(signed_in.email, signed_in.name, given.roles, given.team_id)
        person = added or self.repository.person_with(signed_in.email)
        if person is None or self.repository.has_identity(person.id, signed_in.issuer):
            raise AddressInUse
        identity = PersonIdentity(
            person_id=person.id, issuer=signed_in.issuer, subject=signed_in.subject, given_roles=[]
        )
        if added:
            identity.given_roles, identity.given_team_id = sorted(given.given_roles), given.given_team_id
        self.repository.add_identity(identity)
        return identity

    def _follow_groups(self, person: Person, identity: PersonIdentity, signed_in: SignedInPerson) -> None:
        if self._roles_and_team_now(person, identity, signed_in) == _before(person, identity):
            return
        self.repository.lock(person, identity)
        given = self._roles_and_team_now(person, identity, signed_in)
        if (frozenset(person.roles), person.team_id) != (given.roles, given.team_id):
            self._end_what_others_may_know(person, given)
            person.roles = sorted(given.roles)
            move_to_team(self.repository.session, person, given.team_id)
            person.version += 1
            stop_timers_without_access(self.repository.session, self.settings.campus_zone, person.id)
        identity.given_roles, identity.given_team_id = sorted(given.given_roles), given.given_team_id

    def _end_what_others_may_know(self, person: Person, given: RolesAndTeam) -> None:
        """Whoever may do more than before signs in as the provider says, and no more with a password or a link that
        somebody who managed them until now may have made, and waited for this."""
        roles = self.repository.roles()
        if not roles.permissions_of(given.roles) <= roles.permissions_of(person.roles):
            self.sessions.forget_password(person.id)

    def _without_address_of_others(self, person: Person, signed_in: SignedInPerson) -> SignedInPerson:
        """At the provider, an address may go from one person to another. What it gives stays with whom Lodge knows by
        it."""
        owner = self.repository.person_with(signed_in.email) if signed_in.email else None
        if owner is None or owner.id == person.id:
            return signed_in
        return replace(signed_in, groups=signed_in.groups - {owner.email})

    def _roles_and_team_now(self, person: Person, identity: PersonIdentity, signed_in: SignedInPerson) -> RolesAndTeam:
        own_roles = frozenset(person.roles) - set(identity.given_roles)
        own_team_id = person.team_id if person.team_id != identity.given_team_id else None
        return self._roles_and_team(own_roles, own_team_id, signed_in)

    def _roles_and_team(
        self, own_roles: frozenset[str], own_team_id: int | None, signed_in: SignedInPerson
    ) -> RolesAndTeam:
        """`own_roles` and `own_team_id` were given in Lodge, and stay. Whoever would have no role is a student."""
        roles, teams = self.repository.roles(), self.repository.team_ids()
        named_roles = _named(self.settings.roles_of_groups, signed_in)
        named_teams = _named(self.settings.teams_of_groups, signed_in)
        given_roles = frozenset(slug for slug in named_roles if slug in roles) - own_roles
        if not given_roles | own_roles:
            given_roles = frozenset({REQUESTERS_ROLE.value})
        given_team_id = next((teams[slug] for slug in named_teams if slug in teams), None) if not own_team_id else None
        return RolesAndTeam(own_roles | given_roles, own_team_id or given_team_id, given_roles, given_team_id)


def _before(person: Person, identity: PersonIdentity) -> RolesAndTeam:
    return RolesAndTeam(
        frozenset(person.roles), person.team_id, frozenset(identity.given_roles), identity.given_team_id
    )


def _named(pairs: list[tuple[str, str]], signed_in: SignedInPerson) -> list[str]:
    return [given for group, given in pairs if group in signed_in.groups]
