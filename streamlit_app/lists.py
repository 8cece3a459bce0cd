"""The short lists and the desk's own words: the same for everyone, asked for every half minute."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from contracts.desk import DeskRead
from contracts.lists import BuildingRead, CategoryRead, StageRead
from contracts.people import PersonRead, Role
from streamlit_app.api import Api
from streamlit_app.errors import DeskAway
from streamlit_app.session import api

T = TypeVar("T")

KEPT_SECONDS = 30
STAFF = (Role.AGENT, Role.MANAGER, Role.ADMIN)


class Kept(Generic[T]):
    """One answer for all sessions. While the desk is away the old one stays: a page that stands beats a fresh list."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self.__doc__ = ask.__doc__
        self._ask = ask
        self._answer: tuple[float, T] | None = None

    def __call__(self) -> T:
        if self._answer is not None and time.monotonic() - self._answer[0] < KEPT_SECONDS:
            return self._answer[1]
        try:
            self._answer = (time.monotonic(), self._ask())
        except DeskAway:
            if self._answer is None:
                raise
        return self._answer[1]

    def forget(self) -> None:
        self._answer = None


@Kept
def desk() -> DeskRead:
    """What anyone may know before entering."""
    return Api().desk()


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
def staff() -> list[PersonRead]:
    """Those a ticket can be assigned to. Only for pages whose people may look others up."""
    return api().people(roles=STAFF, limit=200)


def category_names() -> dict[str, str]:
    return {category.slug: category.name for category in categories()}


def building_names() -> dict[str, str]:
    return {building.slug: building.name for building in buildings()}


def stage_names() -> dict[str, str]:
    return {stage.slug: stage.name for stage in stages()}


def staff_names() -> dict[int, str]:
    return {person.id: person.name for person in staff()}
