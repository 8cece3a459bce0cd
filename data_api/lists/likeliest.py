"""Sorts categories by probability."""

from collections.abc import Mapping

from contracts.suggestions import Alternative


def likeliest_first(probabilities: Mapping[int, float], slugs: Mapping[int, str]) -> list[Alternative]:
    """Returns the categories, the likeliest first. `slugs` holds the existing categories by id; deleted ones are left
    out."""
    likeliest = sorted(probabilities.items(), key=lambda one: -one[1])
    return [Alternative(category=slugs[id_], probability=probability) for id_, probability in likeliest if id_ in slugs]
