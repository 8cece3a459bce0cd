"""Errors of changing roles."""

from service_kit.errors import LodgeError


class BuiltInRole(LodgeError):
    """Every desk has this role: it cannot be deleted, and administrators always may do everything."""

    status = 409
