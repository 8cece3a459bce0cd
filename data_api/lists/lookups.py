"""Finds entries of the short lists by slug. If there is none, the error names the input field that asked for it."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple, TypeVar

from sqlalchemy import BigInteger, String, bindparam, case, select
from sqlalchemy.orm import Session

from contracts.people import Permission
from contracts.tickets import Status
from data_api.access.roles import may
from data_api.kit.database import planned_once
from data_api.lists.errors import CategoryGoing
from data_api.models import Building, Category, Person, Stage, Team
from service_kit.errors import InvalidInput

T = TypeVar("T")

CATEGORY, BUILDING = bindparam("category", type_=String), bindparam("building", type_=String)
IS_WANTED_CATEGORY = case((CATEGORY.is_(None), Category.is_default), else_=Category.slug == CATEGORY)
# Finds the three ids that every report needs, in one query. Built once.
PLACES = planned_once(
    select(
        select(Stage.id)
        .where(Stage.status == Status.OPEN)
        .order_by(Stage.position, Stage.id)
        .limit(1)
        .scalar_subquery(),
        select(Category.id).where(IS_WANTED_CATEGORY).scalar_subquery(),
        select(Building.id).where(Building.slug == BUILDING).scalar_subquery(),
    )
)
CATEGORY_SLUGS = select(Category.id, Category.slug)
# By status first: a stage is arranged among those of its own status only.
STAGES = planned_once(
    select(Stage).order_by(
        case({status: place for place, status in enumerate(Status)}, value=Stage.status), Stage.position, Stage.id
    )
)
TEAMS_CALLED = select(Team.id).where(Team.slug.in_(bindparam("slugs", type_=String, expanding=True)))
TEAM_MATES = select(Person.id).where(Person.team_id == bindparam("team_id", type_=BigInteger)).order_by(Person.id)


class Places(NamedTuple):
    """The stage, category and building that a new ticket begins with."""

    stage_id: int
    category_id: int
    building_id: int | None


class Lookups:
    def __init__(self, session: Session) -> None:
        self.session = session

    def category(self, slug: str) -> Category:
        """Returns the category and locks it against deletion until the transaction ends. Raises CategoryGoing, without
        waiting, if it is being deleted: the transaction that deletes it may be waiting for rows that this one has
        locked, and waiting for it would be a deadlock."""
        named = select(Category).where(Category.slug == slug)
        held = self.session.scalar(named.with_for_update(read=True, key_share=True, skip_locked=True))
        if held is None:
            self._found(self.session.scalar(named), "category", slug)
            raise CategoryGoing
        return held

    def building(self, slug: str) -> Building:
        return self._found(self.session.scalar(select(Building).where(Building.slug == slug)), "building", slug)

    def team(self, slug: str) -> Team:
        return self._found(self.session.scalar(select(Team).where(Team.slug == slug)), "team", slug)

    def places(self, category: str | None, building: str | None) -> Places:
        """Returns the ids for a new ticket. Without `category`, takes the default category."""
        found = self.session.connection().execute(PLACES, {"category": category, "building": building}).one()
        stage_id, category_id, building_id = found
        self._found(category_id, "category", category)
        if building is not None:
            self._found(building_id, "building", building)
        return Places(stage_id, category_id, building_id)

    @cached_property
    def stages(self) -> Sequence[Stage]:
        """All stages, read once: they are few, and code that asks for one often asks for another."""
        return self.session.scalars(STAGES).all()

    def stage(self, slug: str) -> Stage:
        return self._found(next((one for one in self.stages if one.slug == slug), None), "stage", slug)

    def first_stage(self, status: Status) -> Stage:
        """Returns the stage in which a ticket enters this status."""
        return next(one for one in self.stages if one.status == status)

    def resuming_stage(self, stage: Stage) -> Stage:
        """Returns the stage that a ticket moves to from this stage when its requester answers: a stage of the same
        status that does not wait for the requester. Returns the stage itself if it does not wait, or if there is no
        other."""
        if not stage.waits_for_requester:
            return stage
        others = [one for one in self.stages if one.status == stage.status and not one.waits_for_requester]
        return next((one for one in others if one.work_resumes_here), others[0] if others else stage)

    def category_slugs(self) -> dict[int, str]:
        return dict(self.session.connection().execute(CATEGORY_SLUGS).all())

    def category_by_id(self, category_id: int) -> Category:
        return self.session.get_one(Category, category_id)

    def building_by_id(self, building_id: int | None) -> Building | None:
        return self.session.get_one(Building, building_id) if building_id else None

    def stage_by_id(self, stage_id: int) -> Stage:
        return next(one for one in self.stages if one.id == stage_id)

    def team_by_id(self, team_id: int | None) -> Team | None:
        return self.session.get_one(Team, team_id) if team_id else None

    def teams_called(self, slugs: Sequence[str]) -> Sequence[int]:
        """Returns the ids of the teams with these slugs, as far as there are any."""
        return self.session.connection().execute(TEAMS_CALLED, {"slugs": slugs}).scalars().all() if slugs else []

    def people_in(self, team_id: int) -> Sequence[int]:
        """Returns the ids of the people in this team, also of those who were deactivated."""
        return self.session.connection().execute(TEAM_MATES, {"team_id": team_id}).scalars().all()

    def person(self, person_id: int, field: str, *, at: str = "body") -> Person:
        """`field` is the name of the input that asks for the person; `at` says where it stands: body or path."""
        if (found := self.session.get(Person, person_id)) is None:
            raise InvalidInput.in_field(f"{at}.{field}", f"there is no {field} {person_id}")
        return found

    def assignee(self, person_id: int) -> tuple[Person, bool]:
        """Returns the person, and whether their roles permit them to work on tickets."""
        query = select(Person, may(Permission.TICKETS_WORK)).where(Person.id == person_id)
        row = self._found(self.session.execute(query).one_or_none(), "assignee", str(person_id))
        return row[0], row[1]

    @staticmethod
    def _found(row: T | None, field: str, name: str | None) -> T:
        if row is None:
            raise InvalidInput.in_field(f"body.{field}", f"there is no {field} {name}")
        return row
