"""What a request learns, in its own transaction."""

from collections.abc import Mapping, Sequence

from contracts.categorising import ExampleSource
from data_api.access.actor import Actor
from data_api.errors import CategoryGoing
from data_api.learning.repository import CategorisingRepository, NewExample
from data_api.models import Ticket
from data_api.texts.encoder import Vectors, vectors_of
from data_api.texts.texts import key_of, text_of

GOLDEN_EVERY = 5


class Learning:
    def __init__(self, repository: CategorisingRepository) -> None:
        self.repository = repository

    def category_confirmed(
        self, ticket: Ticket, vector: Vectors | None, source: ExampleSource, author_id: int | None
    ) -> None:
        """Somebody said that a ticket belongs where it is. Nothing is learned from confidential ones: their words would
        stand where more people read them. A requester is not heard against what staff, administrators or Lodge say of
        exactly this text. Raises CategoryGoing."""
        if ticket.is_confidential:
            return
        text = text_of(ticket.title, ticket.description)
        example = NewExample(text, key_of(text), ticket.category_id, source, vector, author_id, ticket.id)
        revision = self._hold(ticket.category_id, 1)
        self.repository.forget_ticket(ticket.id)
        # Looked at while the revision is held: nobody says more of the text meanwhile.
        if source is not ExampleSource.REQUESTER or not self.repository.is_settled(example.text_key):
            self.repository.add_examples([example], revision)

    def reworded(self, ticket: Ticket, vector: Vectors | None, *, by_staff: bool) -> None:
        """What was learned from a ticket follows its words when staff changed them: they have seen the new ones. Those
        of anybody else nobody has confirmed, and as words of staff they would outvote whatever is known of them. The
        old ones stay nowhere, not even at rest: they may have been changed to take something out."""
        said = self.repository.said_of(ticket.id) if by_staff else None
        if said:
            self.category_confirmed(ticket, vector, ExampleSource(said.source), said.author_id)
        else:
            self.withdrawn(ticket.id)

    def withdrawn(self, ticket_id: int) -> None:
        """A ticket that must not be learned from any more. The revision first, as everybody takes the two: the examples
        of many tickets change with a merge, which would wait for this one while this one waits for it."""
        if self.repository.has_learned_from(ticket_id):
            self.repository.raise_revision(news=1)
            self.repository.forget_ticket(ticket_id)

    def categories_changed(self) -> None:
        self.repository.raise_revision(news=1)

    def category_merged(self, category_id: int, into_id: int) -> None:
        revision = self.repository.raise_revision(news=self.repository.count_examples(category_id))
        self.repository.move_examples(category_id, into_id, revision)

    def phrases_given(self, category_id: int, phrases: Sequence[str], actor: Actor) -> int:
        """By an administrator; how many there are that differ. Every fifth is kept apart to check models with, however
        few come at a time. Raises CategoryGoing."""
        by_key = {key_of(phrase): phrase for phrase in phrases}
        vectors = vectors_of(list(by_key.values())) if by_key else None
        revision = self._hold(category_id, len(by_key))
        golden = golden_keys(list(by_key), self.repository.golden_among(category_id, list(by_key)))
        examples = [
            NewExample(
                phrase,
                key,
                category_id,
                ExampleSource.ADMIN,
                None if vectors is None else vectors[place],
                actor.person_id,
                is_golden=key in golden,
            )
            for place, (key, phrase) in enumerate(by_key.items())
        ]
        self.repository.add_examples(examples, revision)
        return len(examples)

    def _hold(self, category_id: int, count: int) -> int:
        """The revision of so many examples that come to stand on a category. Both are held until the transaction ends:
        what takes time comes before."""
        if not self.repository.hold_category(category_id):
            raise CategoryGoing
        return self.repository.raise_revision(news=count)


def golden_keys(keys: Sequence[bytes], known: Mapping[bytes, bool]) -> set[bytes]:
    """Those of a category's phrases that are kept apart. `known`: the phrases that it has, and whether they are. These
    stay as they are: a model that has learned a text can no more be checked with it."""
    golden = {key for key, is_golden in known.items() if is_golden}
    for place, key in enumerate((key for key in keys if key not in known), len(known) + 1):
        if len(golden) < place // GOLDEN_EVERY:
            golden.add(key)
    return golden
