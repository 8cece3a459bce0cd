"""The errors of attachments."""

from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError


class AttachmentNotFound(NotFound):
    """There is no such file, or this person may not read it."""

    def __init__(self, attachment_id: int) -> None:
        super().__init__(f"There is no file {attachment_id} that you may read.")


class NoThumbnail(NotFound):
    """The file is no picture."""

    def __init__(self, attachment_id: int) -> None:
        super().__init__(f"File {attachment_id} has no small picture.")


class TooManyAttachments(LodgeError):
    """The ticket has as many files as it may have, or the person as many that they have not used."""

    status = 409
