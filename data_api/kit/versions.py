"""Refuses a change of something that somebody else has changed meanwhile."""

from pydantic import BaseModel

from data_api.kit.errors import StaleVersion


def check_version(seen: int, present: int, name: str, current: BaseModel) -> None:
    """Raises StaleVersion, which holds the present state, unless the present version is the one that was seen."""
    if seen != present:
        raise StaleVersion(
            f"{name} was changed meanwhile: it is at version {present}, not {seen}. Look again.",
            current=current.model_dump(mode="json"),
        )
