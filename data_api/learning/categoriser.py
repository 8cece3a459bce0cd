"""Predicts categories for one organisation, from knowledge that is kept in memory and brought up to date before each
prediction."""

import hashlib
from threading import Lock

from sqlalchemy.orm import Session

from data_api.learning.knowledge import Example, Knowledge, Model, Prediction
from data_api.learning.repository import CategorisingRepository
from data_api.texts.encoder import EncoderUnavailable, Vectors, get_encoder

# The cache holds the vectors of this many latest texts, two kilobytes each.
REMEMBERED = 512


class Categoriser:
    """Predicts the categories of one organisation's reports. One object serves all threads. A prediction costs one
    query as long as nothing new was learned."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._memory_lock = Lock()
        self._vectors: dict[tuple[int, bytes], Vectors] = {}
        self._revision: int | None = None
        self._examples: dict[int, Example] = {}
        self._knowledge: Knowledge | None = None

    def predict(self, session: Session, text: str, person_id: int) -> tuple[Prediction, Vectors] | None:
        """Returns the prediction and the text's vector, or None if the encoder is not available or nothing has been
        learned yet. `person_id` is the person who wrote the text."""
        try:
            vector = self._vector_of(text, person_id)
        except EncoderUnavailable:
            return None
        knowledge = self.knowledge(session)
        return None if knowledge is None else (knowledge.predict(text, vector), vector)

    def _vector_of(self, text: str, person_id: int) -> Vectors:
        """Returns the text's vector, from the cache if possible: a reported text was mostly encoded a moment ago, to
        suggest a category, and encoding it again would take as long as everything else that a report needs. The cache
        key contains the person: otherwise a quick answer would reveal that somebody else had written the same text."""
        key = person_id, hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        with self._memory_lock:
            vector = self._vectors.pop(key, None)
        if vector is None:
            vector = get_encoder().encode([text])[0]
        with self._memory_lock:
            self._vectors[key] = vector
            if len(self._vectors) > REMEMBERED:
                del self._vectors[next(iter(self._vectors))]
        return vector

    def knowledge(self, session: Session) -> Knowledge | None:
        repository = CategorisingRepository(session)
        revision = repository.revision()
        with self._lock:
            if revision != self._revision:
                # Read the revision again: while this thread waited for the lock, another may have loaded a newer one.
                revision = repository.revision()
                self._refresh(repository)
                self._revision = revision
            return self._knowledge

    def _refresh(self, repository: CategorisingRepository) -> None:
        usable = repository.usable()
        held = self._examples
        changed = [id_ for id_, revision in usable.items() if id_ not in held or held[id_].revision != revision]
        held |= {example.id: example for example in repository.examples(changed)}
        self._examples = {id_: held[id_] for id_ in sorted(usable) if id_ in held}
        self._knowledge = knowledge_of(repository, list(self._examples.values()), repository.current_model())


def knowledge_of(repository: CategorisingRepository, examples: list[Example], model: Model | None) -> Knowledge | None:
    """Returns None if there is no model, or no example of a category that still exists."""
    category_ids = repository.category_ids()
    present = [example for example in examples if example.category_id in category_ids]
    return Knowledge(category_ids, present, model) if model and present else None
