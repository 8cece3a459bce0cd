"""What the helpdesk's terms are called on the screen."""

from dataclasses import dataclass

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


def count(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
