"""Adds, moves and removes examples, in the transaction of the request that causes it."""

from collections.abc import Mapping, Sequence

from contracts.categorising import ExampleSource
from data_api.access.actor import Actor
from data_api.learning.repository import CategorisingRepository, NewExample
from data_api.lists.errors import CategoryGoing
from data_api.models import Ticket
from data_api.texts.encoder import Vectors, vectors_of
from data_api.texts.texts import key_of, text_of

CHECK_TEXT_EVERY = 5


class Learning:
    def __init__(self, repository: CategorisingRepository) -> None:
        self.repository = repository

    def category_confirmed(
        self, ticket: Ticket, vector: Vectors | None, source: ExampleSource, author_id: int | None
    ) -> None:
        """Makes the ticket's text an example of its category, because somebody has confirmed that category. Does
        nothing for a confidential ticket: more people may read examples than that ticket. Adds no example from a
        requester if staff, an administrator or Lodge has already assigned a category to exactly this text. Raises
        CategoryGoing."""
        if ticket.is_confidential:
            return
        text = text_of(ticket.title, ticket.description)
        example = NewExample(text, key_of(text), ticket.category_id, source, vector, author_id, ticket.id)
        revision = self._hold(ticket.category_id, 1)
        self.repository.forget_ticket(ticket.id)
        # Checked while the revision is locked: until this transaction ends, nobody else can add an example of this
        # text.
        if source is not ExampleSource.REQUESTER or not self.repository.is_confirmed(example.text_key):
            self.repository.add_examples([example], revision)

    def reworded(self, ticket: Ticket, vector: Vectors | None, *, by_staff: bool) -> None:
        """Updates what was learned from a ticket whose text has changed. If staff changed it, its example gets the new
        text, because staff know where that belongs. If anybody else did, its example is deleted: nobody has confirmed
        the new text, and an example of it would count as if staff had. The old text is deleted in either case, not only
        made inactive: the reason for the change may have been to remove something from it."""
        known = self.repository.active_example_of(ticket.id) if by_staff else None
        if known:
            self.category_confirmed(ticket, vector, ExampleSource(known.source), known.author_id)
        else:
            self.withdrawn(ticket.id)

    def withdrawn(self, ticket_id: int) -> None:
        """Deletes what was learned from this ticket. Locks the revision before the examples, as all transactions do: a
        merge of categories changes the examples of many tickets, and could deadlock with a transaction that locks them
        in the other order."""
        if self.repository.has_learned_from(ticket_id):
            self.repository.raise_revision(changed=1)
            self.repository.forget_ticket(ticket_id)

    def categories_changed(self) -> None:
        self.repository.raise_revision(changed=1)

    def category_merged(self, category_id: int, into_id: int) -> None:
        revision = self.repository.raise_revision(changed=self.repository.count_examples(category_id))
        self.repository.move_examples(category_id, into_id, revision)

    def phrases_given(self, category_id: int, phrases: Sequence[str], actor: Actor) -> int:
        """Adds an administrator's phrases as examples, and returns how many of them differ from each other. Every fifth
        phrase of a category becomes a check text, with which models are checked, however few are added at a time.
        Raises CategoryGoing."""
        by_key = {key_of(phrase): phrase for phrase in phrases}
        vectors = vectors_of(list(by_key.values())) if by_key else None
        revision = self._hold(category_id, len(by_key))
        check_texts = check_text_keys(list(by_key), self.repository.check_texts_among(category_id, list(by_key)))
        examples = [
            NewExample(
                phrase,
                key,
                category_id,
                ExampleSource.ADMIN,
                None if vectors is None else vectors[place],
                actor.person_id,
                is_check_text=key in check_texts,
            )
            for place, (key, phrase) in enumerate(by_key.items())
        ]
        self.repository.add_examples(examples, revision)
        return len(examples)

    def _hold(self, category_id: int, count: int) -> int:
        """Locks the category, raises the revision for `count` examples that are about to be added, and returns the new
        revision. Both rows stay locked until the transaction ends, so callers do slow work before this call. Raises
        CategoryGoing."""
        if not self.repository.hold_category(category_id):
            raise CategoryGoing
        return self.repository.raise_revision(changed=count)


def check_text_keys(keys: Sequence[bytes], known: Mapping[bytes, bool]) -> set[bytes]:
    """Returns which of a category's phrases are check texts. `known` holds the phrases that the category already has,
    and whether each is a check text. These stay what they are: a model cannot be checked with a text that it was
    trained on."""
    check_texts = {key for key, is_check_text in known.items() if is_check_text}
    for place, key in enumerate((key for key in keys if key not in known), len(known) + 1):
        if len(check_texts) < place // CHECK_TEXT_EVERY:
            check_texts.add(key)
    return check_texts
