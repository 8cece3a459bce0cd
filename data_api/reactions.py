"""What follows when something happens to a ticket: everything, in the order in which it is done."""

from sqlalchemy.orm import Session

from data_api.learning.reactions import LearnCategories
from data_api.lists.lookups import Lookups
from data_api.organisation import Organisation
from data_api.similar.reactions import FindBySimilarReports
from data_api.texts.text_vectors import TextVectors
from data_api.tickets.reactions import Reaction, Reactions
from data_api.tickets.repository import TicketRepository
from data_api.tickets.resuming import ResumeWork


def reactions(organisation: Organisation, session: Session) -> Reactions:
    """Of one request, in its transaction."""
    vectors = TextVectors()
    finds_similar = organisation.similar_reports.is_on
    return Reactions(
        ResumeWork(TicketRepository(session), Lookups(session)),
        FindBySimilarReports(session, vectors) if finds_similar else Reaction(),
        # Last, because it holds what everybody who learns waits for.
        LearnCategories(session, organisation.categoriser, vectors),
    )
