"""Deleting a ticket: for administrators, with all that hangs under it, and recorded."""

import pytest

from tests.support.api import Api, Visitor


def test_administrators_delete_and_it_is_recorded(api: Api, student: Visitor, agent: Visitor, admin: Visitor) -> None:
    ticket_id = student.report()["id"]
    agent.say(ticket_id)
    assert admin.delete(f"/tickets/{ticket_id}").status_code == 204
    for visitor in (student, agent, admin):
        assert visitor.get(f"/tickets/{ticket_id}").status_code == 404
        assert visitor.get(f"/tickets/{ticket_id}/messages").status_code == 404
    assert not api.sql("SELECT 1 FROM message WHERE ticket_id = %s", ticket_id)
    line = "SELECT actor_id, before, after FROM change WHERE table_name = 'ticket' AND op = 'delete' AND row_id = %s"
    assert api.sql(line, ticket_id) == [(admin.person_id, None, None)]
    assert admin.delete(f"/tickets/{ticket_id}").status_code == 404


@pytest.mark.parametrize("who", ["student", "agent"])
def test_nobody_else_deletes(request: pytest.FixtureRequest, student: Visitor, who: str) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    ticket_id = student.report()["id"]
    assert visitor.delete(f"/tickets/{ticket_id}").status_code == 403
    assert student.read(ticket_id)["id"] == ticket_id
