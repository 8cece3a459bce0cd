"""Lists everything that reacts when something happens to a ticket, in the order in which the reactions run."""

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
    """Returns the reactions for one request; they run in its transaction."""
    vectors = TextVectors()
    finds_similar = organisation.similar_reports.is_on
    return Reactions(
        ResumeWork(TicketRepository(session), Lookups(session)),
        FindBySimilarReports(session, vectors) if finds_similar else Reaction(),
        # Last, because it locks the single row of `learning`, for which every other transaction that learns then waits.
        LearnCategories(session, organisation.categoriser, vectors),
    )
