"""Reads and changes the stages of the board."""

from collections.abc import Sequence
from itertools import count

from contracts.lists import MOST_STAGES, StageCreate, StageRead, StageUpdate
from contracts.tickets import Status
from data_api.access.actor import Actor
from data_api.kit.slugs import slug_from
from data_api.kit.versions import check_version
from data_api.lists.errors import NotInList, SlugTaken, StillInUse, TooManyStages
from data_api.lists.service import ListService
from data_api.models import Stage
from data_api.stages.repository import StageRepository
from service_kit.errors import InvalidInput

# What a stage without a single letter of a to z in its name is called in links.
NAMELESS = "stage"
LONGEST_SLUG = 60


class StageService(ListService[Stage]):
    """Raises NotInList for a stage that there is not."""

    def __init__(self, actor: Actor, repository: StageRepository) -> None:
        super().__init__(repository)
        self.actor = actor
        self.repository = repository

    def stages(self) -> list[StageRead]:
        """Returns all stages in the board's order."""
        present = self.repository.all()
        return [stage_read(row, present) for row in present]

    def stage(self, slug: str) -> StageRead:
        present = self.repository.all()
        return stage_read(_named(present, slug), present)

    def add(self, new: StageCreate) -> StageRead:
        """Raises TooManyStages, SlugTaken."""
        present = self.repository.lock_all()
        if len(present) >= MOST_STAGES:
            raise TooManyStages(f"The board has {MOST_STAGES} stages, and no board may have more; delete one first.")
        row = Stage(
            slug=_free_slug(new, {one.slug for one in present}),
            name=new.name,
            status=new.status,
            waits_for_requester=new.waits_for_requester,
            work_resumes_here=new.work_resumes_here,
            wip_limit=new.limit,
            version=1,
        )
        arranged = _arrange([*present, row], row, new.position)
        self.repository.add(row)
        return stage_read(row, arranged)

    def update(self, slug: str, change: StageUpdate) -> StageRead:
        """Raises StaleVersion, which holds the present stage."""
        present = self.repository.lock_all()
        row = _named(present, slug)
        check_version(change.version, row.version, row.name, stage_read(row, present))
        given = change.model_fields_set
        row.name = change.name or row.name
        for flag in given & {"waits_for_requester", "work_resumes_here"}:
            setattr(row, flag, getattr(change, flag))
        row.wip_limit = change.limit if "limit" in given else row.wip_limit
        if change.position is not None:
            present = _arrange(present, row, change.position)
        row.version += 1
        return stage_read(row, present)

    def move_some(self, slug: str, tickets_to: str, most: int) -> int:
        """Moves up to `most` tickets to the stage `tickets_to`, for a deletion that is to follow. Returns how many were
        moved. Raises StillInUse, InvalidInput."""
        row, to = self._both(self.repository.all(), slug, tickets_to)
        return self.repository.move_some(row, to, self.actor.person_id, most)

    def delete(self, slug: str, tickets_to: str | None) -> None:
        """Deletes the stage. Its tickets move to the stage `tickets_to`; without one, there must be none. Raises
        StillInUse, InvalidInput."""
        present = self.repository.lock_all()
        if tickets_to is None:
            row = _deletable(present, slug)
            self.repository.hold_alone(row)
            if self.repository.is_used(row):
                raise StillInUse(f"Tickets are in {row.name}; say with tickets_to which stage they go to.")
        else:
            row, to = self._both(present, slug, tickets_to)
            self.repository.hold_alone(row)
            self.repository.move_the_rest(row, to, self.actor.person_id)
        self.repository.delete(row)

    def _both(self, present: Sequence[Stage], slug: str, tickets_to: str) -> tuple[Stage, Stage]:
        row = _deletable(present, slug)
        to = next((one for one in present if one.slug == tickets_to and one is not row), None)
        if to is None or to.status != row.status:
            raise InvalidInput.in_field("query.tickets_to", f"there is no other {row.status} stage {tickets_to}")
        return row, to


def stage_read(row: Stage, present: Sequence[Stage]) -> StageRead:
    """`present`: all stages in the board's order."""
    return StageRead(
        slug=row.slug,
        name=row.name,
        status=Status(row.status),
        position=_of_status(present, row.status).index(row) + 1,
        limit=row.wip_limit,
        waits_for_requester=row.waits_for_requester,
        work_resumes_here=row.work_resumes_here,
        version=row.version,
    )


def _of_status(present: Sequence[Stage], status: str) -> list[Stage]:
    return [one for one in present if one.status == status]


def _named(present: Sequence[Stage], slug: str) -> Stage:
    row = next((one for one in present if one.slug == slug), None)
    if row is None:
        raise NotInList.named("stage", slug)
    return row


def _deletable(present: Sequence[Stage], slug: str) -> Stage:
    row = _named(present, slug)
    if len(_of_status(present, row.status)) == 1:
        raise StillInUse(f"{row.name} is the only stage of {row.status} tickets; add another one first.")
    return row


def _arrange(present: Sequence[Stage], row: Stage, place: int | None) -> list[Stage]:
    """Puts the stage at this place among those of its status, the last when there is none, and numbers all stages. The
    numbers go through the whole board, so that analyses need no second column to sort by. Returns the board's order."""
    others = [one for one in present if one is not row]
    peers = _of_status(others, row.status)
    peers.insert(len(peers) if place is None else place - 1, row)
    order = [one for status in Status for one in (peers if status == row.status else _of_status(others, status))]
    for number, one in enumerate(order, 1):
        one.position = number
    return order


def _free_slug(new: StageCreate, taken: set[str]) -> str:
    """Returns the slug that was asked for. One that is made from the name gets a number when it is taken, because
    stages of two statuses may have the same name. Raises SlugTaken."""
    if new.slug:
        if new.slug in taken:
            raise SlugTaken(f"There is a stage {new.slug} already.")
        return new.slug
    wanted = slug_from(new.name) or NAMELESS
    if wanted not in taken:
        return wanted
    longest = wanted[: LONGEST_SLUG - len(f"-{MOST_STAGES}")].strip("-")
    return next(slug for number in count(2) if (slug := f"{longest}-{number}") not in taken)
