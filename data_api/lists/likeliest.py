"""Categories by how likely they are."""

from collections.abc import Mapping

from contracts.suggestions import Alternative


def likeliest_first(probabilities: Mapping[int, float], slugs: Mapping[int, str]) -> list[Alternative]:
    """`slugs` of the categories that there are, by id; a category that is gone is left out."""
    likeliest = sorted(probabilities.items(), key=lambda one: -one[1])
    return [Alternative(category=slugs[id_], probability=probability) for id_, probability in likeliest if id_ in slugs]
