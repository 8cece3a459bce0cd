"""What cannot be done with models."""

from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError


class ModelNotFound(NotFound):
    """There is no such version."""


class StillCurrent(LodgeError):
    """It is the one that predicts already."""

    status = 409


class KnowsNoCategory(LodgeError):
    """All the categories that it was made for are gone."""

    status = 409
