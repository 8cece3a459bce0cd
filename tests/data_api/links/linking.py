"""Links as the tests add and read them."""

from typing import Any

from tests.support.api import Visitor, done


def link(visitor: Visitor, ticket_id: int, kind: str, other_id: int) -> dict[str, Any]:
    return done(visitor.post(f"/tickets/{ticket_id}/links", json={"kind": kind, "ticket": other_id}), 201)


def links_of(visitor: Visitor, ticket_id: int) -> set[tuple[str, int]]:
    """Returns the kind and the other ticket of each link that this person sees."""
    items = done(visitor.get(f"/tickets/{ticket_id}/links"))["items"]
    return {(one["kind"], one["ticket"]["id"]) for one in items}


def told(visitor: Visitor, ticket_id: int) -> list[tuple[Any, ...]]:
    """Returns kind, from, to and other ticket of the history's lines that are about links."""
    return [
        (one["kind"], one["from"], one["to"], one["other_ticket"])
        for one in visitor.walk(f"/tickets/{ticket_id}/history")
        if one["kind"] in ("link", "blocker")
    ]
