"""Adds, moves and removes examples, in the transaction of the request that causes it."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from contracts.categorising import ExampleSource
from data_api.access.actor import Actor
from data_api.learning.repository import CategorisingRepository, NewExample
from data_api.lists.errors import CategoryGoing
from data_api.models import Ticket
from data_api.texts.encoder import Vectors, vectors_of
from data_api.texts.texts import key_of, text_of

CHECK_TEXT_EVERY = 5


class Confirmed(NamedTuple):
    """That somebody has confirmed a ticket's category. `vector` is that of its text; None if there is no encoder."""

    ticket: Ticket
    vector: Vectors | None
    source: ExampleSource
    author_id: int | None


class Learning:
    def __init__(self, repository: CategorisingRepository) -> None:
        self.repository = repository

    def categories_confirmed(self, confirmed: Collection[Confirmed]) -> None:
        """Makes each ticket's text an example of its category, because somebody has confirmed that category. Does
        nothing for a confidential ticket: more people may read examples than that ticket. Adds no example from a
        requester if staff, an administrator or Lodge has already assigned a category to exactly this text. Raises
        CategoryGoing."""
        examples = [_example_of(one) for one in confirmed if not one.ticket.is_confidential]
        if not examples:
            return
        revision = self._hold({example.category_id for example in examples}, len(examples))
        self.repository.forget_tickets([one.ticket.id for one in confirmed if not one.ticket.is_confidential])
        # Checked while the revision is locked: until this transaction ends, nobody else can add an example of these
        # texts.
        guesses = [example.text_key for example in examples if example.source is ExampleSource.REQUESTER]
        known = self.repository.confirmed_among(guesses) if guesses else set()
        self.repository.add_examples(
            [one for one in examples if one.source is not ExampleSource.REQUESTER or one.text_key not in known],
            revision,
        )

    def reworded(self, ticket: Ticket, vector: Vectors | None, *, by_staff: bool) -> None:
        """Updates what was learned from a ticket whose text has changed. If staff changed it, its example gets the new
        text, because staff know where that belongs. If anybody else did, its example is deleted: nobody has confirmed
        the new text, and an example of it would count as if staff had. The old text is deleted in either case, not only
        made inactive: the reason for the change may have been to remove something from it."""
        known = self.repository.active_example_of(ticket.id) if by_staff else None
        if known:
            self.categories_confirmed([Confirmed(ticket, vector, ExampleSource(known.source), known.author_id)])
        else:
            self.withdrawn(ticket.id)

    def withdrawn(self, ticket_id: int) -> None:
        """Deletes what was learned from this ticket. Locks the revision before the examples, as all transactions do: a
        merge of categories changes the examples of many tickets, and could deadlock with a transaction that locks them
        in the other order."""
        if self.repository.has_learned_from(ticket_id):
            self.repository.raise_revision(changed=1)
            self.repository.forget_tickets([ticket_id])

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
        revision = self._hold({category_id}, len(by_key))
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

    def _hold(self, category_ids: set[int], count: int) -> int:
        """Locks the categories, raises the revision for `count` examples that are about to be added, and returns the
        new revision. All these rows stay locked until the transaction ends, so callers do slow work before this call.
        Raises CategoryGoing."""
        if self.repository.hold_categories(category_ids) != category_ids:
            raise CategoryGoing
        return self.repository.raise_revision(changed=count)


def _example_of(confirmed: Confirmed) -> NewExample:
    ticket = confirmed.ticket
    text = text_of(ticket.title, ticket.description)
    return NewExample(
        text, key_of(text), ticket.category_id, confirmed.source, confirmed.vector, confirmed.author_id, ticket.id
    )


def check_text_keys(keys: Sequence[bytes], known: Mapping[bytes, bool]) -> set[bytes]:
    """Returns which of a category's phrases are check texts. `known` holds the phrases that the category already has,
    and whether each is a check text. These stay what they are: a model cannot be checked with a text that it was
    trained on."""
    check_texts = {key for key, is_check_text in known.items() if is_check_text}
    for place, key in enumerate((key for key in keys if key not in known), len(known) + 1):
        if len(check_texts) < place // CHECK_TEXT_EVERY:
            check_texts.add(key)
    return check_texts
