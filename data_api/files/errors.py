"""Why a file is not taken, or not given out."""

import math

from contracts.errors import FieldError
from data_api.kit.errors import NotFound
from service_kit.errors import InvalidInput, LodgeError


class FileRefused(InvalidInput):
    """The file is not one of the kinds that may be uploaded, or holds something that it must not hold."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This file was not taken: {why}.", fields=[FieldError(name="body.file", message=why)])


class VirusFound(InvalidInput):
    """The virus scanner found something in the file, which was not kept."""

    def __init__(self, found: str) -> None:
        why = f"the virus scanner found {found} in it"
        super().__init__(
            f"This file was not taken: {why}. Do not open it on your own computer either.",
            fields=[FieldError(name="body.file", message=why)],
        )


class FileTooLarge(LodgeError):
    """The file is larger than files of its kind may be."""

    status = 413

    def __init__(self, most_mb: int) -> None:
        super().__init__(f"This file was not taken: it is larger than {most_mb} MB.")


class UploadCutShort(LodgeError):
    """The request ended before the file did."""

    status = 400

    def __init__(self) -> None:
        super().__init__("The upload ended before the file did. Send it again.")


class TooManyUploads(LodgeError):
    """So many files arrive at this moment that no other one is taken."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Many files are being uploaded at this moment. Try again in a few seconds.", headers={"Retry-After": "5"}
        )


class NoRoomForFiles(LodgeError):
    """So little room is left that it is kept for reports and messages."""

    status = 507

    def __init__(self) -> None:
        super().__init__(
            "The helpdesk's disk is nearly full, so no files are taken until an administrator makes room. Reports and "
            "messages without files still arrive."
        )


class UploadedTooMuch(LodgeError):
    """The person has uploaded as many bytes within a day as one person may."""

    status = 429

    def __init__(self, most_mb: int, seconds: int) -> None:
        hours = math.ceil(seconds / 3600)
        super().__init__(
            f"You have uploaded {most_mb:,} MB of files within a day, and nobody may upload more. Try again in "
            f"{'an hour' if hours == 1 else f'{hours} hours'}.",
            headers={"Retry-After": str(seconds)},
        )


class ScannerUnavailable(LodgeError):
    """The virus scanner that the desk is set up to ask does not answer."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Files cannot be checked for viruses at this moment, so none are taken. Try again later.",
            headers={"Retry-After": "60"},
        )


class FilesUnavailable(LodgeError):
    """The bucket in which files are kept cannot be reached."""

    status = 503

    def __init__(self) -> None:
        super().__init__("Files cannot be reached at this moment; try again.", headers={"Retry-After": "10"})


class FileMissing(NotFound):
    """The file's content is no longer where it was kept."""

    def __init__(self) -> None:
        super().__init__("The content of this file is no longer there. Ask an administrator about a backup.")
