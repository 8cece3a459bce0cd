"""Every query on examples and models."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Integer, Row, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session, undefer

from contracts.categorising import ExampleSource, ModelOutcome
from data_api.kit.database import planned_once
from data_api.kit.paging import in_order, position
from data_api.learning.knowledge import Example, Model
from data_api.learning.regression import Regression
from data_api.learning.training import Candidate
from data_api.models import Category, CategoryModel, LearningState, Person, TrainingExample
from data_api.texts.encoder import DIMENSIONS, VERSION, Vectors

# The weight of an example in the regression, by who gave it.
WEIGHTS = {ExampleSource.SEED: 1, ExampleSource.STAFF: 5, ExampleSource.ADMIN: 5, ExampleSource.REQUESTER: 1}
# Built once, because every suggestion executes it.
REVISION = planned_once(select(LearningState.revision))
CHANGED = select(LearningState.news)
RAISE = (
    update(LearningState)
    .values(revision=LearningState.revision + 1, news=LearningState.news + bindparam("changed", type_=Integer))
    .returning(LearningState.revision)
)
HOLD_CATEGORIES = (
    select(Category.id)
    .where(Category.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))))
    .with_for_update(read=True, key_share=True, skip_locked=True)
)
# With RETURNING, many rows are one statement.
ADD = insert(TrainingExample).returning(TrainingExample.id)
FORGET = delete(TrainingExample).where(TrainingExample.ticket_id == func.any(bindparam("ids", type_=ARRAY(BigInteger))))
CATEGORY_IDS = select(Category.id).order_by(Category.id)
IS_USABLE = (TrainingExample.is_active, TrainingExample.encoder_version == VERSION)
WHICH = select(TrainingExample.id, TrainingExample.revision).where(*IS_USABLE)
COLUMNS = ("id", "category_id", "weight", "is_check_text", "ticket_id", "text_key", "embedding", "revision")
SOME = select(*(getattr(TrainingExample, name) for name in COLUMNS)).where(
    *IS_USABLE, TrainingExample.id == func.any(bindparam("ids", type_=ARRAY(BigInteger)))
)
CURRENT = select(CategoryModel).where(CategoryModel.is_current).options(undefer(CategoryModel.weights))
NEWEST_MODELS = 50
_newest = select(CategoryModel.id).order_by(CategoryModel.id.desc()).limit(NEWEST_MODELS)
IS_SHOWN = CategoryModel.is_current | CategoryModel.id.in_(_newest)


@dataclass(frozen=True)
class NewExample:
    text: str
    text_key: bytes
    category_id: int
    source: ExampleSource
    vector: Vectors | None
    author_id: int | None = None
    ticket_id: int | None = None
    is_check_text: bool = False


class CategorisingRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    # -- what a prediction is made from ---------------------------------------------------------------------------

    def revision(self) -> int:
        return self.session.connection().scalars(REVISION).one()

    def category_ids(self) -> Sequence[int]:
        return self.session.connection().scalars(CATEGORY_IDS).all()

    def category_names(self) -> dict[int, str]:
        return dict(self.session.connection().execute(select(Category.id, Category.name)).all())

    def usable(self) -> dict[int, int]:
        """Returns the revision of each example that counts, by the example's id."""
        return {row.id: row.revision for row in self.session.connection().execute(WHICH)}

    def changed_since_newest_model(self) -> int:
        """How many examples were added, changed or removed since the newest model was trained."""
        return self.session.connection().scalars(CHANGED).one()

    def learnable_category_ids(self) -> set[int]:
        """The categories that have examples to learn from."""
        found = select(TrainingExample.category_id).where(*IS_USABLE, ~TrainingExample.is_check_text).distinct()
        return set(self.session.connection().scalars(found))

    def examples(self, ids: Sequence[int]) -> list[Example]:
        rows = self.session.connection().execute(SOME, {"ids": ids})
        return [
            Example(id_, category_id, weight, is_check_text, ticket_id, text_key, _vector(embedding), revision)
            for id_, category_id, weight, is_check_text, ticket_id, text_key, embedding, revision in rows
        ]

    def current_model(self) -> Model | None:
        row = self.session.scalars(CURRENT).one_or_none()
        return None if row is None else model_of(row)

    # -- examples -------------------------------------------------------------------------------------------------

    def raise_revision(self, *, changed: int = 0) -> int:
        """Raises the revision and returns it. Its row stays locked until the transaction ends, so that revisions are
        committed in their order. `changed` is how many examples are added, changed or removed with this revision."""
        return self.session.connection().scalars(RAISE, {"changed": changed}).one()

    def hold_categories(self, category_ids: Iterable[int]) -> set[int]:
        """Locks the categories against being deleted. Must be called before `raise_revision`: whoever deletes a
        category locks the two in this order. Returns those that are locked; does not wait for those that somebody is
        deleting at this moment."""
        return set(self.session.connection().scalars(HOLD_CATEGORIES, {"ids": sorted(category_ids)}))

    def is_seeded(self) -> bool:
        return self.session.connection().scalars(select(LearningState.is_seeded)).one()

    def note_seeded(self) -> None:
        self.session.execute(update(LearningState).values(is_seeded=True))

    def add_examples(self, examples: Sequence[NewExample], revision: int) -> None:
        """Adds the examples, and deactivates older examples of the same texts. Of several with the same text, the last
        one is active."""
        if not examples:
            return
        active = {example.text_key: example for example in examples}
        self._deactivate(TrainingExample.text_key.in_(active), revision)
        rows = [_row(one, revision) | {"is_active": active[one.text_key] is one} for one in examples]
        self.session.connection().execute(ADD, rows)

    def deactivate_oldest(self, most: int, revision: int) -> None:
        """Deactivates the examples from tickets, except for the latest `most` of each category."""
        place = func.row_number().over(partition_by=TrainingExample.category_id, order_by=TrainingExample.id.desc())
        placed = select(TrainingExample.id, place.label("place")).where(
            TrainingExample.is_active, TrainingExample.ticket_id.is_not(None)
        )
        ranked = placed.subquery()
        self._deactivate(TrainingExample.id.in_(select(ranked.c.id).where(ranked.c.place > most)), revision)

    def deactivate_example(self, example_id: int, category_id: int, revision: int) -> bool:
        """Returns whether this category had such an active example."""
        return self._deactivate(
            (TrainingExample.id == example_id) & (TrainingExample.category_id == category_id), revision
        )

    def _deactivate(self, condition: Any, revision: int) -> bool:
        change = update(TrainingExample).where(TrainingExample.is_active, condition)
        done = self.session.connection().execute(change.values(is_active=False, revision=revision))
        return done.rowcount > 0

    def active_example_of(self, ticket_id: int) -> Row[str, int | None] | None:
        """Returns `source` and `author_id` of the active example that was learned from this ticket."""
        active = select(TrainingExample.source, TrainingExample.author_id).where(
            TrainingExample.ticket_id == ticket_id, TrainingExample.is_active
        )
        return self.session.execute(active).one_or_none()

    def check_texts_among(self, category_id: int, keys: Sequence[bytes]) -> dict[bytes, bool]:
        """Returns, by text key, whether an example is a check text. Covers all of the category's phrases from
        administrators, and those of its examples that have one of `keys`, whoever gave them."""
        known = select(TrainingExample.text_key, TrainingExample.is_check_text).where(
            TrainingExample.category_id == category_id,
            TrainingExample.is_active,
            (TrainingExample.source == ExampleSource.ADMIN) | TrainingExample.text_key.in_(keys),
        )
        return dict(self.session.connection().execute(known).all())

    def confirmed_among(self, text_keys: Sequence[bytes]) -> set[bytes]:
        """Returns those of the texts of which anybody but a requester has said where they belong."""
        confirmed = select(TrainingExample.text_key).where(
            TrainingExample.text_key.in_(text_keys),
            TrainingExample.is_active,
            TrainingExample.source != ExampleSource.REQUESTER,
        )
        return set(self.session.connection().scalars(confirmed))

    def has_learned_from(self, ticket_id: int) -> bool:
        """Whether the ticket has an example, active or not: an example that an administrator removed must not come back
        by itself."""
        learned = select(TrainingExample.id).where(TrainingExample.ticket_id == ticket_id)
        return self.session.connection().scalar(learned.limit(1)) is not None

    def forget_tickets(self, ticket_ids: Sequence[int]) -> None:
        """Deletes the tickets' examples, inactive ones too."""
        self.session.connection().execute(FORGET, {"ids": ticket_ids})

    def move_examples(self, category_id: int, to_category_id: int, revision: int) -> None:
        moved = update(TrainingExample).where(TrainingExample.category_id == category_id)
        self.session.connection().execute(moved.values(category_id=to_category_id, revision=revision))

    def not_encoded(self, limit: int) -> Sequence[Row[int, str]]:
        """Returns `id` and `text` of active examples without a vector from this version of the encoder."""
        some = select(TrainingExample.id, TrainingExample.text).where(
            TrainingExample.is_active, TrainingExample.encoder_version.is_distinct_from(VERSION)
        )
        return self.session.execute(some.order_by(TrainingExample.id).limit(limit)).all()

    def keep_vectors(self, ids: Sequence[int], vectors: Vectors, revision: int) -> None:
        rows = [{"its_id": id_, "its_vector": _bytes(vector)} for id_, vector in zip(ids, vectors, strict=True)]
        keep = update(TrainingExample).where(TrainingExample.id == bindparam("its_id"))
        values = {"embedding": bindparam("its_vector"), "encoder_version": VERSION, "revision": revision}
        self.session.connection().execute(keep.values(values), rows)

    def example_page(
        self, category_id: int, sources: Sequence[str], after: Sequence[Any], limit: int
    ) -> Sequence[Row[TrainingExample, str | None]]:
        """Returns active examples with their authors' names, the newest first. Returns up to limit + 1 rows; the extra
        row shows that there is a next page."""
        examples = (
            select(TrainingExample, Person.name)
            .outerjoin(Person, Person.id == TrainingExample.author_id)
            .where(TrainingExample.category_id == category_id, TrainingExample.is_active)
        )
        if sources:
            examples = examples.where(TrainingExample.source.in_(sources))
        page = in_order(examples, (TrainingExample.id,), descending=True, goes_on=bool(after))
        return self.session.execute(page.limit(limit + 1), position(after)).all()

    def count_examples(self, category_id: int) -> int:
        counted = select(func.count()).where(TrainingExample.is_active, TrainingExample.category_id == category_id)
        return self.session.connection().scalars(counted).one()

    # -- models ---------------------------------------------------------------------------------------------------

    def models(self) -> Sequence[CategoryModel]:
        """Returns the latest models, the newest first, and the current one however old it is."""
        shown = select(CategoryModel).where(IS_SHOWN)
        return self.session.scalars(shown.order_by(CategoryModel.id.desc())).all()

    def drop_old_models(self) -> None:
        """Deletes the models that `models` does not return."""
        self.session.connection().execute(delete(CategoryModel).where(~IS_SHOWN))

    def newest_model(self) -> CategoryModel | None:
        return self.session.scalars(select(CategoryModel).order_by(CategoryModel.id.desc()).limit(1)).one_or_none()

    def find_model(self, version: int) -> CategoryModel | None:
        return self.session.get(CategoryModel, version)

    def keep_model(self, candidate: Candidate, outcome: ModelOutcome, reason: str) -> CategoryModel:
        model = CategoryModel(
            revision=candidate.model.revision,
            category_ids=list(candidate.model.category_ids),
            weights=candidate.model.regression.weights.astype("<f8").tobytes(),
            temperature=candidate.model.temperature,
            examples=candidate.examples,
            check_texts=candidate.score.texts,
            accuracy=candidate.score.accuracy,
            recalls={str(category_id): recall for category_id, recall in candidate.score.recalls.items()},
            outcome=outcome,
            reason=reason,
            is_current=False,
        )
        self.session.add(model)
        self.session.flush()
        return model

    def make_current(self, version: int, by: int | None) -> None:
        self.session.execute(update(CategoryModel).where(CategoryModel.is_current).values(is_current=False))
        chosen = update(CategoryModel).where(CategoryModel.id == version)
        self.session.execute(chosen.values(is_current=True, promoted_by_id=by))

    def is_alone(self) -> bool:
        """Tries to lock learning, and returns whether that succeeded. If so, no other process learns until the
        transaction ends."""
        found = select(func.pg_try_advisory_xact_lock(func.hashtext("lodge category model")))
        return bool(self.session.connection().scalar(found))


def model_of(row: CategoryModel) -> Model:
    weights = np.frombuffer(row.weights, "<f8").reshape(DIMENSIONS + 1, len(row.category_ids))
    return Model(row.id, row.revision, row.category_ids, Regression(weights), row.temperature)


def _row(example: NewExample, revision: int) -> dict[str, Any]:
    return {
        "text": example.text,
        "text_key": example.text_key,
        "category_id": example.category_id,
        "source": example.source,
        "weight": WEIGHTS[example.source],
        "author_id": example.author_id,
        "ticket_id": example.ticket_id,
        "is_check_text": example.is_check_text,
        "embedding": None if example.vector is None else _bytes(example.vector),
        "encoder_version": None if example.vector is None else VERSION,
        "revision": revision,
    }


def _bytes(vector: Vectors) -> bytes:
    return vector.astype("<f4").tobytes()


def _vector(embedding: bytes) -> Vectors:
    return np.frombuffer(embedding, "<f4").astype(np.float32, copy=False)
