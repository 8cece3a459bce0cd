"""Making and revoking API tokens. A token may do less than its person, never more."""

import secrets
from datetime import UTC, datetime, timedelta

from contracts.pages import Page, PageQuery
from contracts.people import Permission
from contracts.tokens import TokenCreate, TokenMade, TokenRead
from data_api.access.actor import Actor, token_hash
from data_api.kit.errors import NotFound
from data_api.kit.paging import read_cursor, write_cursor
from data_api.models import SessionToken
from data_api.people.managing import managed_person
from data_api.people.repository import PersonRepository
from data_api.tokens.errors import TooManyTokens
from data_api.tokens.repository import TokenRepository
from service_kit.errors import NotPermitted

CURSOR = "tokens"
# With a known beginning, programs that look for secrets in published files recognise a token.
PREFIX = "lodge_"
MOST = 50


class TokenService:
    def __init__(self, actor: Actor, repository: TokenRepository, people: PersonRepository) -> None:
        self.actor = actor
        self.repository = repository
        self.people = people

    def page(self, query: PageQuery) -> Page[TokenRead]:
        return self._page(self.actor.person_id, query)

    def make(self, new: TokenCreate) -> TokenMade:
        """Raises NotPermitted for a permission that the person does not have, and TooManyTokens."""
        if missing := set(new.permissions) - self.actor.permissions:
            raise NotPermitted(
                f"You cannot give a token a permission that you do not have: {', '.join(sorted(missing))}."
            )
        if self.repository.count(self.actor.person_id) >= MOST:
            raise TooManyTokens(MOST)
        token = PREFIX + secrets.token_urlsafe(32)
        expires_at = datetime.now(UTC) + timedelta(days=new.days)
        made = self.repository.add(self.actor, new.name, sorted(set(new.permissions)), token_hash(token), expires_at)
        return TokenMade(**dict(_token_read(made, None)), token=token)

    def make_again(self, token_id: int) -> TokenMade:
        """Gives a token whose first answer was lost another secret: the first one can no longer be told. Raises
        NotFound."""
        found = self.repository.find(self.actor.person_id, token_id)
        if found is None:
            raise NotFound(f"You have no API token {token_id}.")
        token = PREFIX + secrets.token_urlsafe(32)
        found.token_hash = token_hash(token)
        return TokenMade(**dict(_token_read(found, None)), token=token)

    def revoke(self, token_id: int) -> None:
        """Raises NotFound."""
        if not self.repository.revoke(self.actor.person_id, token_id):
            raise NotFound(f"You have no API token {token_id}.")

    def page_of(self, person_id: int, query: PageQuery) -> Page[TokenRead]:
        """Raises NotFound, and NotPermitted for somebody who may do more than the actor."""
        return self._page(managed_person(self.actor, self.people, person_id).id, query)

    def revoke_of(self, person_id: int, token_id: int) -> None:
        """Raises NotFound and NotPermitted as above."""
        person = managed_person(self.actor, self.people, person_id)
        if not self.repository.revoke(person.id, token_id):
            raise NotFound(f"{person.name} has no API token {token_id}.")

    def _page(self, person_id: int, query: PageQuery) -> Page[TokenRead]:
        after = read_cursor(CURSOR, query.cursor, (int,)) if query.cursor else []
        found = self.repository.page(person_id, after, query.limit)
        shown = found[: query.limit]
        return Page[TokenRead](
            items=[_token_read(token, used_at) for token, used_at in shown],
            next_cursor=write_cursor(CURSOR, [shown[-1][0].id]) if len(found) > query.limit else None,
        )


def _token_read(token: SessionToken, used_at: datetime | None) -> TokenRead:
    """Leaves out permissions that this version of Lodge no longer knows."""
    known = [permission for permission in Permission if permission in (token.permissions or [])]
    return TokenRead(
        id=token.id,
        name=token.name or "",
        permissions=sorted(known),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=used_at,
    )
