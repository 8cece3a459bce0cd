"""What services tell of a ticket, and what whoever reacts may do in the same transaction."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from data_api import main
from data_api.reactions import reactions
from data_api.tickets.reactions import (
    Answered,
    Changed,
    Deleted,
    Happened,
    Moved,
    Reaction,
    Reactions,
    Reported,
    Reporting,
)
from service_kit.errors import LodgeError
from tests.support.api import Api, Visitor, done, running_api


class Refused(LodgeError):
    """Somebody objects."""

    status = 409


def refuse(_: Happened | Reporting) -> None:
    raise Refused("Not this way.")


class Watcher(Reaction):
    """Notes what it is told, request after request, and then does what a test wants."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []
        self.does: dict[str, Callable[[Any], None]] = {}

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.told]

    def last(self, kind: str) -> Any:
        return next(happened for name, happened in reversed(self.told) if name == kind)

    def _note(self, kind: str, happened: Happened | Reporting) -> None:
        self.told.append((kind, happened))
        self.does.get(kind, lambda _: None)(happened)

    def reporting(self, reporting: Reporting) -> None:
        self._note("reporting", reporting)

    def reported(self, reported: Reported) -> None:
        self._note("reported", reported)

    def changed(self, changed: Changed) -> None:
        self._note("changed", changed)

    def moved(self, moved: Moved) -> None:
        self._note("moved", moved)

    def answered(self, answered: Answered) -> None:
        self._note("answered", answered)

    def deleted(self, deleted: Deleted) -> None:
        self._note("deleted", deleted)


@pytest.fixture(scope="module")
def the_watcher() -> Watcher:
    return Watcher()


@pytest.fixture(scope="module")
def api(module_database_url: str, the_watcher: Watcher) -> Iterator[Api]:
    """With a watcher behind the reactions that there are."""

    def watched(*of_application: Any) -> Reactions:
        return Reactions(reactions(*of_application), the_watcher)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(main, "reactions", watched)
        with running_api(module_database_url) as api:
            yield api


@pytest.fixture
def watcher(the_watcher: Watcher, ticket_id: int) -> Iterator[Watcher]:
    """That was told nothing yet but that there is a ticket."""
    the_watcher.told.clear()
    yield the_watcher
    the_watcher.does.clear()


@pytest.fixture
def ticket_id(student: Visitor) -> int:
    number: int = student.report()["id"]
    return number


def stage_ids(api: Api) -> dict[str, int]:
    return dict(api.sql("SELECT slug, id FROM stage"))


# -- what is told --------------------------------------------------------------------------------------------------


def test_a_report_is_told_before_and_after_it_is_stored(student: Visitor, watcher: Watcher) -> None:
    number = student.report("The tap drips.")["id"]
    assert watcher.kinds == ["reporting", "reported"]
    assert watcher.last("reporting").values["description"] == "The tap drips."
    reported = watcher.last("reported")
    assert (reported.ticket.id, reported.actor.person_id) == (number, student.person_id)
    assert reported.at == reported.ticket.opened_at


def test_a_change_is_told_with_what_was_named_and_what_is_another(
    agent: Visitor, ticket_id: int, watcher: Watcher
) -> None:
    agent.edit(ticket_id, room="2.14", priority="normal")
    assert watcher.kinds == ["changed"]
    changed = watcher.last("changed")
    assert (changed.named, changed.changed) == ({"room", "priority"}, {"room"})
    assert changed.ticket.room == "2.14"


def test_a_move_is_told_however_it_came(api: Api, agent: Visitor, ticket_id: int, watcher: Watcher) -> None:
    ids = stage_ids(api)
    agent.move(ticket_id, "active")
    agent.edit(ticket_id, stage="pending")
    agent.edit(ticket_id, stage="blocked", room="2.14")
    assert watcher.kinds == ["moved", "moved", "changed", "moved"]
    assert watcher.told[0][1].before == ("open", ids["to-do"])
    assert watcher.last("changed").named == {"room"}
    assert watcher.last("moved").before == ("active", ids["pending"])


def test_a_stage_that_it_has_already_is_no_move(agent: Visitor, ticket_id: int, watcher: Watcher) -> None:
    agent.move(ticket_id, "active")
    watcher.told.clear()
    agent.edit(ticket_id, stage="in-progress")
    assert watcher.kinds == []


def test_an_answer_is_told_and_the_move_that_follows_from_it(
    api: Api, student: Visitor, agent: Visitor, ticket_id: int, watcher: Watcher
) -> None:
    agent.edit(ticket_id, stage="pending")
    watcher.told.clear()
    said = agent.say(ticket_id)
    assert watcher.kinds == ["answered"]
    assert watcher.last("answered").message.id == said["id"]
    student.say(ticket_id)
    assert watcher.kinds == ["answered", "answered", "moved"]
    assert watcher.last("moved").before == ("active", stage_ids(api)["pending"])
    assert watcher.last("moved").ticket.stage_id == stage_ids(api)["in-progress"]


def test_an_internal_note_is_no_answer(agent: Visitor, ticket_id: int, watcher: Watcher) -> None:
    agent.say(ticket_id, "Again!", is_internal=True)
    assert watcher.kinds == []


def test_a_deletion_is_told_while_the_ticket_is_there(admin: Visitor, ticket_id: int, watcher: Watcher) -> None:
    admin.delete(f"/tickets/{ticket_id}")
    assert watcher.kinds == ["deleted"]
    assert watcher.last("deleted").ticket.id == ticket_id


def test_what_is_refused_is_told_nobody(student: Visitor, ticket_id: int, watcher: Watcher) -> None:
    assert student.patch(f"/tickets/{ticket_id}", json={"version": 1, "priority": "high"}).status_code == 403
    assert student.patch(f"/tickets/{ticket_id}", json={"version": 7, "room": "1"}).status_code == 409
    assert student.delete(f"/tickets/{ticket_id}").status_code == 403
    assert watcher.kinds == []


# -- what whoever reacts may do ------------------------------------------------------------------------------------


def test_a_reaction_fills_in_what_a_report_left_open(student: Visitor, watcher: Watcher) -> None:
    watcher.does["reporting"] = lambda reporting: reporting.values.update(priority=3, room="1.01")
    ticket = student.report()
    assert (ticket["priority"], ticket["room"]) == ("urgent", "1.01")
    assert student.read(ticket["id"]) == ticket


def test_a_reaction_that_moves_a_ticket_is_told_to_all(
    api: Api, agent: Visitor, ticket_id: int, watcher: Watcher
) -> None:
    agent.move(ticket_id, "active")
    watcher.told.clear()
    ids = stage_ids(api)
    watcher.does["changed"] = lambda changed: setattr(changed.ticket, "stage_id", ids["blocked"])
    assert agent.edit(ticket_id, room="2.14")["stage"] == "blocked"
    assert watcher.kinds == ["changed", "moved"]
    assert watcher.last("moved").before == ("active", ids["in-progress"])


def test_a_reaction_may_change_a_new_ticket(api: Api, student: Visitor, watcher: Watcher) -> None:
    """The session has it like any other: what the database filled in is there, and what is set is stored."""

    def set_room(reported: Reported) -> None:
        reported.ticket.room = f"Version {reported.ticket.version}"

    watcher.does["reported"] = set_room
    ticket = student.report()
    assert ticket["room"] == "Version 1"
    assert api.sql("SELECT room FROM ticket WHERE id = %s", ticket["id"]) == [("Version 1",)]


EVERYTHING = """
SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM ticket_event), (SELECT count(*) FROM message),
       (SELECT count(*) FROM ticket_prediction), (SELECT count(*) FROM training_example), (SELECT max(id) FROM change)
"""


@pytest.mark.parametrize("kind", ["reporting", "reported", "changed", "moved", "answered", "deleted"])
def test_what_a_reaction_refuses_does_not_happen(
    api: Api, admin: Visitor, student: Visitor, ticket_id: int, watcher: Watcher, kind: str
) -> None:
    """The service's own work goes too, and what other reactions did before."""
    ticket = admin.edit(ticket_id, stage="pending")
    at = f"/tickets/{ticket_id}"
    before = api.sql(EVERYTHING)
    watcher.does[kind] = refuse
    answer = {
        "reporting": lambda: admin.post("/tickets", json={"description": "x", "category": "technical-it"}),
        "reported": lambda: admin.post("/tickets", json={"description": "x", "category": "technical-it"}),
        "changed": lambda: admin.patch(at, json={"version": ticket["version"], "category": "technical-it"}),
        "moved": lambda: admin.post(f"{at}/status", json={"status": "closed"}),
        "answered": lambda: student.post(f"{at}/messages", json={"body": "Here it is."}),
        "deleted": lambda: admin.delete(at),
    }[kind]()
    assert (answer.status_code, answer.json()["error"]) == (409, "Refused")
    assert api.sql(EVERYTHING) == before
    watcher.does.clear()
    assert done(admin.get(at)) == ticket


def test_they_are_done_in_their_order() -> None:
    order: list[str] = []

    class Noting(Reaction):
        def __init__(self, name: str) -> None:
            self.name = name

        def deleted(self, deleted: Deleted) -> None:
            order.append(self.name)

    happened: Any = None
    Reactions(Noting("a"), Reactions(Noting("b"), Reaction()), Noting("c")).deleted(happened)
    assert order == ["a", "b", "c"]
