"""What the helpdesk's terms are called on the screen."""

from dataclasses import dataclass

from contracts.canned_replies import Language
from contracts.people import Role
from contracts.tickets import Priority, Status


@dataclass(frozen=True)
class Chip:
    """A small mark. `tone` is one of blue, amber, green, red, violet, or empty for grey."""

    text: str
    tone: str = ""


ROLES = {
    Role.STUDENT: "Student",
    Role.AGENT: "Helpdesk staff",
    Role.ANALYST: "Data team",
    Role.MANAGER: "Manager",
    Role.ADMIN: "Administrator",
}

STATUSES = {
    Status.OPEN: Chip("Open", "blue"),
    Status.ACTIVE: Chip("Active", "amber"),
    Status.CLOSED: Chip("Closed", "green"),
}

PRIORITIES = {
    Priority.LOW: Chip("Low"),
    Priority.NORMAL: Chip("Normal"),
    Priority.HIGH: Chip("High", "amber"),
    Priority.URGENT: Chip("Urgent", "red"),
}

# In English, as the pages are.
LANGUAGES = {
    Language.AR: "Arabic",
    Language.ZH: "Chinese",
    Language.CS: "Czech",
    Language.DA: "Danish",
    Language.NL: "Dutch",
    Language.EN: "English",
    Language.FI: "Finnish",
    Language.FR: "French",
    Language.DE: "German",
    Language.HU: "Hungarian",
    Language.IT: "Italian",
    Language.NO: "Norwegian",
    Language.PL: "Polish",
    Language.PT: "Portuguese",
    Language.RU: "Russian",
    Language.ES: "Spanish",
    Language.SV: "Swedish",
    Language.TR: "Turkish",
    Language.UK: "Ukrainian",
}


def count(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def total(number: int, *, is_capped: bool) -> str:
    """Returns a number that may have been counted only so far."""
    return f"more than {number:,}" if is_capped else f"{number:,}"


def duration(seconds: float) -> str:
    """Returns a duration as people say it, such as "5.5 days". The sentences of analyses write it the same way, with
    the macro `duration_text`."""
    match duration_unit(seconds):
        case "seconds":
            return count(round(seconds), "second", "seconds")
        case "minutes":
            return count(round(seconds / 60), "minute", "minutes")
        case "hours":
            return _decimal(seconds / 3_600, "hour", "hours")
        case "days":
            return _decimal(seconds / 86_400, "day", "days")
        case _:
            return _decimal(seconds / 31_557_600, "year", "years")


def worked(seconds: int) -> str:
    """Returns how long somebody worked, such as "1 h 5 min", in whole minutes and at least one."""
    hours, minutes = divmod(max(1, (seconds + 30) // 60), 60)
    return " ".join(filter(None, (f"{hours:,} h" if hours else "", f"{minutes} min" if minutes else "")))


def duration_unit(seconds: float) -> str:
    """Returns the unit in which people say a duration, in the plural."""
    limits = {"seconds": 59.5, "minutes": 59.5 * 60, "hours": 2 * 86_400, "days": 730 * 86_400}
    return next((unit for unit, limit in limits.items() if seconds < limit), "years")


def _decimal(number: float, one: str, more: str) -> str:
    """Returns the number with one decimal, or with none where that is 0."""
    if round(number, 1) == round(number):
        return count(round(number), one, more)
    return f"{number:,.1f} {more}"
