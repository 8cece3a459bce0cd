"""Why a file is not exported."""

from service_kit.errors import LodgeError


class TooManyExports(LodgeError):
    """As many exports as the desk makes at once are going on."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Other exports are going on, and this one waited long enough; try again in half a minute.",
            headers={"Retry-After": "30"},
        )


class ExportGoesOn(LodgeError):
    """The person's own export is not finished."""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            "Another export of yours is going on. Wait until it is saved, or cancel it; then try again.",
            headers={"Retry-After": "10"},
        )
