"""The report form, as tests fill it in."""

from typing import Any

from tests.support.api import Visitor
from tests.support.screens import Screen

WIFI = "The WiFi in the reading room drops every few minutes."


def write(screen: Screen, text: str, key: str = "k1") -> Screen:
    return screen.type_in("composer", draft={"text": text, "key": key})


def shown(screen: Screen) -> dict[str, Any]:
    return screen.data("suggestion")


def place_of(visitor: Visitor, ticket: int) -> str:
    return str(visitor.read(ticket)["building"])


def write_at(screen: Screen, visitor: Visitor, ticket: int, page: str = "report") -> Screen:
    screen.app.selectbox(key=f"{page}_building_0").set_value(place_of(visitor, ticket))
    return write(screen, WIFI)


def sent(screen: Screen, student: Visitor) -> dict[str, Any]:
    screen.press("Report")
    return student.read(student.list_ids(requester="me", sort="-opened_at")[0])
