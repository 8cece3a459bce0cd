"""Offers what staff answered to closed tickets that are similar to this one."""

from collections.abc import Sequence
from math import log

from contracts.canned_replies import SimilarAnswer
from data_api.access.actor import Actor
from data_api.canned_replies.answer_repository import AnswerRepository, Words
from data_api.canned_replies.repository import CannedReplyRepository
from data_api.tickets.errors import TicketNotFound

SHOWN = 5
# More tickets are looked at than are shown, because staff wrote nothing under some of them.
LOOKED_AT = 20
# A similar ticket has at least this part of what the title's words count together.
LEAST = 0.4


class AnswerService:
    def __init__(self, actor: Actor, repository: CannedReplyRepository, answers: AnswerRepository) -> None:
        self.actor = actor
        self.repository = repository
        self.answers = answers

    def similar(self, ticket_id: int) -> list[SimilarAnswer]:
        """Returns the answers under the most similar closed tickets of the same category. Raises TicketNotFound."""
        facts = self.repository.facts(self.actor, ticket_id)
        if facts is None:
            raise TicketNotFound(ticket_id)
        words = self.answers.words_of(facts.title)
        compared = self.answers.compared(self.actor, ticket_id, facts.category_id, words) if words else []
        nearest = most_similar(compared)[:LOOKED_AT]
        found = self.answers.answers(self.actor, nearest) if nearest else {}
        rows = [found[one] for one in nearest if one in found]
        return [
            SimilarAnswer(ticket_id=row.id, ticket_title=row.title, text=row.body, written_at=row.created_at)
            for row in rows[:SHOWN]
        ]


def most_similar(compared: Sequence[Words]) -> list[int]:
    """Returns the tickets that have enough of the words, the most similar first, and as before where that is equal.
    The fewer tickets have a word, the more it counts (inverse document frequency, Spärck Jones 1972); what all of them
    have counts almost nothing."""
    tickets = len(compared)
    frequency = [sum(column) for column in zip(*(one.has for one in compared), strict=True)]
    counts = [log((tickets + 1) / max(number, 1)) for number in frequency]
    score = {one.ticket_id: sum(c for c, has in zip(counts, one.has, strict=True) if has) for one in compared}
    least = LEAST * sum(counts)
    return sorted((one for one in score if score[one] and score[one] >= least), key=lambda one: -score[one])
