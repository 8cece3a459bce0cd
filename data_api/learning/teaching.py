"""Learning anew in the background: the texts that Lodge brings, then a new model when there is enough to learn from."""

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from contracts.categorising import ExampleSource, ModelOutcome
from data_api.learning.categoriser import knowledge_of
from data_api.learning.gate import Candidate, objection, score, train
from data_api.learning.knowledge import Example, Model
from data_api.learning.repository import CategorisingRepository, NewExample
from data_api.lists.lookups import Lookups
from data_api.texts.encoder import get_encoder
from data_api.texts.starting_texts import starting_texts
from data_api.texts.texts import key_of

log = structlog.get_logger()

ENOUGH_NEW = 10
NIGHTLY = timedelta(days=1)
BATCH = 256
# Of each category, the latest texts of tickets: neither a prediction nor learning anew may grow with the desk.
MOST_OF_TICKETS = 1_000


def teach(session: Session) -> None:
    """All there is to do, in the session's transaction. Raises EncoderUnavailable."""
    for step in LEARNING_STEPS:
        step(session)


def seed(session: Session) -> None:
    """Once in a desk's life. What an administrator has deleted since stays deleted."""
    repository = CategorisingRepository(session)
    if not repository.is_alone() or repository.is_seeded():
        return
    ids = {slug: id_ for id_, slug in Lookups(session).category_slugs().items()}
    rows = [(row, name == "golden") for name in ("examples", "golden") for row in starting_texts(name)]
    rows = [(row, is_golden) for row, is_golden in rows if row["category"] in ids]
    vectors = get_encoder().encode([row["text"] for row, _ in rows])
    examples = [
        NewExample(
            row["text"], key_of(row["text"]), ids[row["category"]], ExampleSource.SEED, vector, None, None, golden
        )
        for (row, golden), vector in zip(rows, vectors, strict=True)
    ]
    repository.add_examples(examples, repository.raise_revision())
    repository.note_seeded()


def encode(session: Session) -> None:
    """What came while texts could not be understood, or was understood by another version."""
    repository = CategorisingRepository(session)
    if not repository.is_alone() or not (rows := repository.not_encoded(BATCH)):
        return
    vectors = get_encoder().encode([row.text for row in rows])
    repository.keep_vectors([row.id for row in rows], vectors, repository.raise_revision(news=len(rows)))


def refit(session: Session) -> None:
    """A new model, where there is enough to learn from. Raises the revision at its end only: whoever corrects a
    category waits for that."""
    repository = CategorisingRepository(session)
    if not repository.is_alone() or not _is_due(repository):
        return
    # Read before the examples: what comes meanwhile is news for the next model, even where this one has it already.
    revision, news = repository.revision(), repository.news()
    category_ids = repository.category_ids()
    examples = [
        example for example in repository.examples(sorted(repository.usable())) if example.category_id in category_ids
    ]
    if all(example.is_golden for example in examples):
        return
    candidate = train(category_ids, examples, revision)
    model = repository.current_model()
    outcome, reason = _judge(repository, candidate, examples, model)
    revision = repository.raise_revision(news=-news)
    if _version(repository.current_model()) != _version(model):
        outcome, reason = ModelOutcome.REFUSED, "Another version was chosen while this one was made."
    kept = repository.keep_model(candidate, outcome, reason)
    if outcome is not ModelOutcome.REFUSED:
        repository.make_current(kept.id, None)
    repository.drop_old_models()
    repository.rest_oldest(MOST_OF_TICKETS, revision)
    log.info("learned anew", version=kept.id, outcome=outcome, examples=kept.examples, accuracy=kept.accuracy)


# Each in a transaction of its own, so that what the earlier ones hold is given free; one process at a time does it.
LEARNING_STEPS = (seed, encode, refit)


def _is_due(repository: CategorisingRepository) -> bool:
    newest = repository.newest_model()
    if newest is None:
        return True
    if repository.learnable_category_ids() - set(newest.category_ids):
        return True
    is_old = newest.created_at < datetime.now(UTC) - NIGHTLY
    return repository.news() >= (1 if is_old else ENOUGH_NEW)


def _version(model: Model | None) -> int | None:
    return None if model is None else model.version


def _judge(
    repository: CategorisingRepository, candidate: Candidate, examples: list[Example], model: Model | None
) -> tuple[ModelOutcome, str]:
    """`model`: the present one."""
    present = knowledge_of(repository, examples, model)
    if present is None:
        return ModelOutcome.FIRST, ""
    why = objection(candidate.score, score(present), repository.category_names())
    return (ModelOutcome.REFUSED, why) if why else (ModelOutcome.PROMOTED, "")
