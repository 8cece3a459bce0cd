"""Errors of the routes for models."""

from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError


class ModelNotFound(NotFound):
    """There is no model with this version number."""


class StillCurrent(LodgeError):
    """This model is already the current one."""

    status = 409


class KnowsNoCategory(LodgeError):
    """None of the categories that this model was trained for exists any more."""

    status = 409
