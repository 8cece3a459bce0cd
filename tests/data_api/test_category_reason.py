"""Why a ticket is where it is, as staff are told."""

from tests.support.api import Api, Visitor, done


def test_of_an_old_ticket_it_is_not_known_who_chose(api: Api, student: Visitor, agent: Visitor) -> None:
    """Somebody may well have: it does not count as nobody's choice."""
    ticket_id = student.report(category="technical-it")["id"]
    api.sql("UPDATE ticket SET category_by = NULL WHERE id = %s", ticket_id)
    assert done(agent.get(f"/tickets/{ticket_id}/category"))["by"] == "unknown"
