"""The steps of learning in the background: adding the examples that come with Lodge, computing missing vectors, and
training a new model when one is due."""

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from contracts.categorising import ExampleSource, ModelOutcome
from data_api.learning.categoriser import knowledge_of
from data_api.learning.knowledge import Example, Model
from data_api.learning.repository import CategorisingRepository, NewExample
from data_api.learning.training import Candidate, reason_to_refuse, score, train
from data_api.lists.lookups import Lookups
from data_api.texts.encoder import get_encoder
from data_api.texts.starting_texts import starting_texts
from data_api.texts.texts import key_of

log = structlog.get_logger()

# A new model is trained after this many changes of examples, or after a day if there was any change.
ENOUGH_CHANGED = 10
A_DAY = timedelta(days=1)
BATCH = 256
# How many examples from tickets count in each category: the latest ones. Without this limit, prediction and training
# would take longer the more tickets there are.
MOST_FROM_TICKETS = 1_000


def learn_all(session: Session) -> None:
    """Runs all steps in the session's transaction. Raises EncoderUnavailable."""
    for step in LEARNING_STEPS:
        step(session)


def add_starting_examples(session: Session) -> None:
    """Adds the examples that come with Lodge, once for each database: an example that an administrator has deleted
    since must stay deleted."""
    repository = CategorisingRepository(session)
    if not repository.is_alone() or repository.is_seeded():
        return
    ids = {slug: id_ for id_, slug in Lookups(session).category_slugs().items()}
    rows = [(row, name == "check_texts") for name in ("examples", "check_texts") for row in starting_texts(name)]
    rows = [(row, is_check_text) for row, is_check_text in rows if row["category"] in ids]
    vectors = get_encoder().encode([row["text"] for row, _ in rows])
    examples = [
        NewExample(
            row["text"],
            key_of(row["text"]),
            ids[row["category"]],
            ExampleSource.SEED,
            vector,
            None,
            None,
            is_check_text,
        )
        for (row, is_check_text), vector in zip(rows, vectors, strict=True)
    ]
    repository.add_examples(examples, repository.raise_revision())
    repository.note_seeded()


def encode_examples(session: Session) -> None:
    """Computes the vectors of examples that were added while there was no encoder, or were encoded by another
    version."""
    repository = CategorisingRepository(session)
    if not repository.is_alone() or not (rows := repository.not_encoded(BATCH)):
        return
    vectors = get_encoder().encode([row.text for row in rows])
    repository.keep_vectors([row.id for row in rows], vectors, repository.raise_revision(changed=len(rows)))


def train_model(session: Session) -> None:
    """Trains a new model if one is due. Raises the revision only at the end, because everybody who corrects a category
    waits for this transaction from then on."""
    repository = CategorisingRepository(session)
    if not repository.is_alone() or not _is_due(repository):
        return
    # Read before the examples: a change that is committed in between counts for the next model too, although this model
    # may already contain it.
    revision, changed = repository.revision(), repository.changed_since_newest_model()
    category_ids = repository.category_ids()
    examples = [
        example for example in repository.examples(sorted(repository.usable())) if example.category_id in category_ids
    ]
    if all(example.is_check_text for example in examples):
        return
    candidate = train(category_ids, examples, revision)
    model = repository.current_model()
    outcome, reason = _judge(repository, candidate, examples, model)
    revision = repository.raise_revision(changed=-changed)
    if _version(repository.current_model()) != _version(model):
        outcome, reason = ModelOutcome.REFUSED, "Another version was chosen while this one was made."
    kept = repository.keep_model(candidate, outcome, reason)
    if outcome is not ModelOutcome.REFUSED:
        repository.make_current(kept.id, None)
    repository.drop_old_models()
    repository.deactivate_oldest(MOST_FROM_TICKETS, revision)
    log.info("trained a new model", version=kept.id, outcome=outcome, examples=kept.examples, accuracy=kept.accuracy)


# The background task runs each step in a transaction of its own, so that its locks are released before the next step.
# Only one process at a time runs a step; the others skip it.
LEARNING_STEPS = (add_starting_examples, encode_examples, train_model)


def _is_due(repository: CategorisingRepository) -> bool:
    newest = repository.newest_model()
    if newest is None:
        return True
    if repository.learnable_category_ids() - set(newest.category_ids):
        return True
    is_old = newest.created_at < datetime.now(UTC) - A_DAY
    return repository.changed_since_newest_model() >= (1 if is_old else ENOUGH_CHANGED)


def _version(model: Model | None) -> int | None:
    return None if model is None else model.version


def _judge(
    repository: CategorisingRepository, candidate: Candidate, examples: list[Example], model: Model | None
) -> tuple[ModelOutcome, str]:
    """Returns whether the candidate replaces the present `model`, and if not, why."""
    present = knowledge_of(repository, examples, model)
    if present is None:
        return ModelOutcome.FIRST, ""
    why = reason_to_refuse(candidate.score, score(present), repository.category_names())
    return (ModelOutcome.REFUSED, why) if why else (ModelOutcome.PROMOTED, "")
