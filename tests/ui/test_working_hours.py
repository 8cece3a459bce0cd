"""Working hours: in words, and on the page of a person."""

import html
from datetime import time

import pytest

from contracts.working_hours import WorkingSpan
from streamlit_app.language.hours import hours_said
from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener


def span(day: str, starts: str = "09:00", ends: str = "17:00") -> WorkingSpan:
    return WorkingSpan.model_validate({"day": day, "starts": starts, "ends": ends})


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([], ""),
        ([span("monday"), span("tuesday"), span("wednesday")], "Mon–Wed 09:00–17:00"),
        ([span("monday"), span("wednesday")], "Mon 09:00–17:00; Wed 09:00–17:00"),
        (
            [span("friday", ends="12:00"), span("friday", "13:00", "24:00"), span("saturday", "00:00", "02:00")],
            "Fri 09:00–12:00, 13:00–24:00; Sat 00:00–02:00",
        ),
    ],
)
def test_days_with_the_same_hours_are_said_together(spans: list[WorkingSpan], said: str) -> None:
    assert hours_said(spans) == said


def facts(screen: Screen) -> dict[str, str]:
    return {fact["name"]: fact["value"] for fact in screen.data("facts")["facts"]}


def set_line(screen: Screen, key: str, days: list[str], begins: time, ends: time) -> None:
    screen.app.pills(key=f"{key}_days").set_value(days)
    screen.app.time_input(key=f"{key}_from").set_value(begins)
    screen.app.time_input(key=f"{key}_until").set_value(ends)


def test_hours_are_set_in_several_stretches_and_what_cannot_be_is_said(api: Api, manager: Visitor, see: Opener) -> None:
    person = rows.person(api, "Hal Hours", "agent")
    screen = see(manager, "people", person=str(person)).press("Working hours").press("Add other hours")
    key = f"hours_{person}"
    set_line(screen, f"{key}_0", ["monday", "tuesday"], time(9), time(17))
    set_line(screen, f"{key}_1", ["tuesday"], time(16), time(15))
    assert "The end must be after the beginning." in html.unescape(screen.press("Save").words())
    set_line(screen, f"{key}_1", ["tuesday"], time(16), time(0))
    assert "Two lines overlap on Tue: until 17:00, and from 16:00." in html.unescape(screen.press("Save").words())
    set_line(screen, f"{key}_1", ["tuesday"], time(18), time(0))
    screen.press("Save")
    assert facts(screen)["Working hours"] == "Mon 09:00–17:00; Tue 09:00–17:00, 18:00–24:00"

    screen.press("Working hours")
    assert screen.app.time_input(key=f"{key}_1_until").value == time(0)
    for line in (0, 1):
        screen.app.pills(key=f"{key}_{line}_days").set_value([])
    screen.press("Save")
    assert done(manager.get(f"/people/{person}"))["working_hours"] == []


def test_another_change_meanwhile_is_told_and_the_next_press_saves(api: Api, manager: Visitor, see: Opener) -> None:
    person = rows.person(api, "Hal Held", "agent")
    screen = see(manager, "people", person=str(person)).press("Working hours")
    theirs = [{"day": "sunday", "starts": "09:00", "ends": "12:00"}]
    done(manager.patch(f"/people/{person}", json={"version": 1, "working_hours": theirs}))
    set_line(screen, f"hours_{person}_0", ["monday"], time(9), time(17))
    assert "Working hours is now Sun 09:00–12:00." in html.unescape(screen.press("Save").words())
    screen.press("Save")
    assert facts(screen)["Working hours"] == "Mon 09:00–17:00"


def test_buildings_that_somebody_knows_are_said_on_their_page_and_their_profile(
    api: Api, manager: Visitor, agent: Visitor, see: Opener
) -> None:
    rows.building(api, "Boiler House")
    screen = see(manager, "people", person=str(agent.person_id)).press("Change")
    key = f"change_person_{agent.person_id}"
    screen.app.multiselect(key=f"{key}_expertise_buildings").set_value(["boiler-house"])
    screen.press("Save")
    for shown in (facts(screen), facts(see(agent, "profile"))):
        assert (shown["Knows about"], shown["Working hours"]) == ("Boiler House", "Always")
