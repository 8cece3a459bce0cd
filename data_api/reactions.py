"""What follows when something happens to a ticket: everything, in the order in which it is done."""

from sqlalchemy.orm import Session

from data_api.learning.categoriser import Categoriser
from data_api.learning.reactions import LearnCategories
from data_api.lists.lookups import Lookups
from data_api.similar.reactions import FindBySimilarReports
from data_api.similar.tables import SimilarReports
from data_api.texts.text_vectors import TextVectors
from data_api.tickets.reactions import Reaction, Reactions
from data_api.tickets.repository import TicketRepository
from data_api.tickets.resuming import ResumeWork


def reactions(categoriser: Categoriser, similar_reports: SimilarReports, session: Session) -> Reactions:
    """Of one request, in its transaction."""
    vectors = TextVectors()
    return Reactions(
        ResumeWork(TicketRepository(session), Lookups(session)),
        FindBySimilarReports(session, vectors) if similar_reports.is_on else Reaction(),
        # Last, so that of one event everything else is done when it locks the revision, for which all who learn wait.
        LearnCategories(session, categoriser, vectors),
    )
