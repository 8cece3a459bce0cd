"""Lists everything that reacts when something happens to a ticket, in the order in which the reactions run."""

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from data_api.assignment.assigner import Assigner
from data_api.assignment.reactions import AssignReopenedByRules, AssignReported
from data_api.assignment.repository import AssignmentRepository
from data_api.learning.categoriser import Categoriser
from data_api.learning.reactions import LearnCategories
from data_api.links.reactions import TellLinked
from data_api.links.repository import LinkRepository
from data_api.lists.lookups import Lookups
from data_api.similar.reactions import FindBySimilarReports
from data_api.similar.tables import SimilarReports
from data_api.texts.text_vectors import TextVectors
from data_api.tickets.reactions import Reaction, Reactions
from data_api.tickets.reopening import AssignReopened
from data_api.tickets.repository import TicketRepository
from data_api.tickets.resuming import ResumeWork


def reactions(
    categoriser: Categoriser, similar_reports: SimilarReports, campus_zone: ZoneInfo, session: Session
) -> Reactions:
    """Returns the reactions for one request; they run in its transaction."""
    vectors, tickets = TextVectors(), TicketRepository(session)
    assigner = Assigner(AssignmentRepository(session), campus_zone)
    return Reactions(
        ResumeWork(tickets, Lookups(session)),
        AssignReopened(tickets),
        AssignReopenedByRules(assigner),
        TellLinked(LinkRepository(session)),
        FindBySimilarReports(session, vectors) if similar_reports.is_on else Reaction(),
        # Late, because it locks the single row of `learning`, for which every other transaction that learns then waits.
        LearnCategories(session, categoriser, vectors),
        # Needs the category that was predicted just before. What it locks, it locks before anything is stored.
        AssignReported(assigner),
    )
