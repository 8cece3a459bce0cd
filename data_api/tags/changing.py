"""Changes a tag in all tickets, in many short transactions.

A request has one transaction, and a million tickets would be locked in it for minutes. Each step here locks its tickets
for a fraction of a second. When it is broken off, some tickets have the one tag and some the other; sent again, it goes
on from there.
"""

from sqlalchemy.orm import Session

from data_api.access.actor import Actor
from data_api.kit.database import Database
from data_api.lists.moving import acting_in, one_at_a_time, own_transaction
from data_api.tags.repository import TagRepository
from data_api.tags.service import TagService

AT_ONCE = 500


def change_in_steps(database: Database, session: Session, actor: Actor, tag: str, into: str | None) -> None:
    """`session` is the request's own. One change of a tag runs at a time, because two tags that are merged at once,
    each into the other, would exchange their tickets for ever. Raises ChangedMeanwhile."""
    acting = acting_in(session)
    with one_at_a_time(database, "lodge change of a tag"):
        looked_at = AT_ONCE
        while looked_at:
            with own_transaction(database, acting) as own:
                looked_at = TagService(actor, TagRepository(own, actor.reads)).change_some(tag, into, AT_ONCE)
