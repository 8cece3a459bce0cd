"""The short lists (categories, buildings, stages, staff, teams, roles, analyses, tables of the SQL lab), the settings
of this installation, and what may be uploaded. They are the same for everyone, and are fetched again after half a
minute."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar

from contracts.analyses import CatalogueRead
from contracts.attachments import AttachmentRules
from contracts.desk import DeskRead, SignIn, StudentsSee
from contracts.lists import BuildingRead, CategoryRead, StageRead
from contracts.pages import Page
from contracts.people import Permission, PersonBrief, PersonDetails
from contracts.roles import RoleRead
from contracts.sql import SqlTableRead
from contracts.teams import TeamBrief, TeamRead
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ServiceAway
from streamlit_app.state.session import analytics, api, may

T = TypeVar("T")
K = TypeVar("K")

KEPT_SECONDS = 30
# Somebody may have added an entry in another process of the pages. So when one is not known, the list is fetched again,
# but not more often than this: it may also have been deleted.
NEW_SECONDS = 2


class Kept(Generic[T]):
    """One answer, shared by all sessions. While the service is away the old answer is returned, so that pages stay
    usable."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self.__doc__ = ask.__doc__
        self._ask = ask
        self._answer: tuple[float, T] | None = None

    def __call__(self) -> T:
        # Read only once, because another session may call `forget` in between.
        kept = self._answer
        if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        try:
            self._answer = fresh = (time.monotonic(), self._ask())
        except ServiceAway:
            if kept is None:
                raise
            return kept[1]
        return fresh[1]

    def forget(self) -> None:
        self._answer = None

    def renew(self) -> bool:
        """Lets the next call ask anew, unless the answer is quite new. Returns whether it will."""
        kept = self._answer
        if kept is None or time.monotonic() - kept[0] < NEW_SECONDS:
            return False
        # The old answer is still there for while the service is away.
        self._answer = (kept[0] - KEPT_SECONDS, kept[1])
        return True


@Kept
def desk() -> DeskRead:
    """Returns what anyone may know before signing in."""
    return Api().desk()


def is_sign_in_by_choice() -> bool:
    """Whether people choose a role, without a password; False while the data API cannot be asked."""
    return _is_way_in(SignIn.CHOICE)


def is_sign_in_by_password() -> bool:
    """Whether people can sign in with a password; False while the data API cannot be asked."""
    return _is_way_in(SignIn.PASSWORD)


def _is_way_in(way: SignIn) -> bool:
    try:
        return way in desk().sign_in
    except ServiceAway:
        return False


def sees_tickets_of_others() -> bool:
    """Whether this person may see tickets that they neither reported nor follow. A page that lists them says otherwise
    that it is about their own."""
    is_shared = may(Permission.TICKETS_READ_SHARED) and desk().students_see is StudentsSee.ALL
    return is_shared or may(Permission.TICKETS_READ_ALL)


@Kept
def categories() -> list[CategoryRead]:
    return api().categories()


@Kept
def buildings() -> list[BuildingRead]:
    return api().buildings()


@Kept
def stages() -> list[StageRead]:
    return api().stages()


@Kept
def attachment_rules() -> AttachmentRules:
    """Returns what may be uploaded."""
    return api().attachment_rules()


@Kept
def staff() -> list[PersonDetails]:
    """Returns the people a ticket can be assigned to. Only for pages whose users may look people up."""
    return api().people(permission=Permission.TICKETS_WORK, limit=200)


@Kept
def confidential_readers() -> Page[PersonBrief]:
    """Returns the people who may read every confidential ticket."""
    return api().confidential_readers()


@Kept
def teams() -> list[TeamRead]:
    """Returns the teams, by name. Only for pages whose users may look people up."""
    return api().teams()


@Kept
def team_briefs() -> list[TeamBrief]:
    """Returns what the teams are called, which everybody may know."""
    return api().team_names()


@Kept
def roles() -> list[RoleRead]:
    """Returns the roles and what they permit. Only for pages whose users may manage people."""
    return api().roles()


@Kept
def analyses() -> CatalogueRead:
    """Returns the analyses that can be asked for, and those that cannot run."""
    return analytics().catalogue()


@Kept
def sql_lab() -> str:
    """Returns `ok`, or why the SQL lab is off."""
    return analytics().sql_lab()


@Kept
def sql_tables() -> list[SqlTableRead]:
    """Returns the tables that a statement of the SQL lab can ask about. Only for pages whose users may run SQL."""
    return analytics().sql_tables()


class Names(Generic[T, K]):
    """The name of each entry of a list, by its key. Computed once for each answer, because a page looks up a name for
    every row and option."""

    def __init__(self, entries: Kept[list[T]], pair: Callable[[T], tuple[K, str]]) -> None:
        self._entries = entries
        self._pair = pair
        self._made: tuple[list[T], Mapping[K, str]] | None = None

    def __call__(self) -> Mapping[K, str]:
        entries = self._entries()
        if self._made is None or self._made[0] is not entries:
            self._made = (entries, MappingProxyType(with_distinct_names(dict(map(self._pair, entries)))))
        return self._made[1]

    def of(self, key: K) -> str | None:
        """Returns the name of one entry, also if it was added a moment ago."""
        name = self().get(key)
        return self().get(key) if name is None and self._entries.renew() else name


def with_distinct_names(names: Mapping[K, str]) -> dict[K, str]:
    """Adds the key to names that occur more than once, because a select box tells its options apart only by their
    names."""
    times = Counter(names.values())
    return {key: f"{name} ({key})" if times[name] > 1 else name for key, name in names.items()}


def file_kind(media_type: str) -> str:
    """Returns what people call files of this type; the type itself if it is not known any more."""
    return next((kind.name for kind in attachment_rules().types if kind.type == media_type), media_type)


category_names = Names(categories, lambda category: (category.slug, category.name))
building_names = Names(buildings, lambda building: (building.slug, building.name))
stage_names = Names(stages, lambda stage: (stage.slug, stage.name))
staff_names = Names(staff, lambda person: (person.id, person.name))
team_names = Names(teams, lambda team: (team.slug, team.name))
names_of_teams = Names(team_briefs, lambda team: (team.slug, team.name))
role_names = Names(roles, lambda role: (role.slug, role.name))


def known_team_names() -> Mapping[str, str]:
    """Returns the names of the teams by slug; none for somebody who may not look people up."""
    return team_names() if may(Permission.PEOPLE_READ) else {}


def team_name(slug: str) -> str:
    """Returns the name of a team; its slug if there is no such team any more, or nobody can be asked."""
    names = team_names if may(Permission.PEOPLE_READ) else names_of_teams
    try:
        return names.of(slug) or slug
    except ServiceAway:
        return slug


def team_of(person_id: int) -> TeamBrief | None:
    """Returns the team of a member of the staff; None if they are in none. Only for pages whose users may look people
    up."""
    return next((person.team for person in staff() if person.id == person_id), None)
