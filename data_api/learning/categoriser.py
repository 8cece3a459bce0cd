"""One organisation's knowledge, held in this process and brought up to date before each prediction."""

import hashlib
from threading import Lock

from sqlalchemy.orm import Session

from data_api.learning.knowledge import Example, Knowledge, Model, Prediction
from data_api.learning.repository import CategorisingRepository
from data_api.texts.encoder import EncoderUnavailable, Vectors, get_encoder

# Vectors of the texts that were looked at last, two kilobytes each.
REMEMBERED = 512


class Categoriser:
    """Used by all threads. A prediction costs one question to the database when nothing was learned meanwhile."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._memory_lock = Lock()
        self._vectors: dict[tuple[int, bytes], Vectors] = {}
        self._revision: int | None = None
        self._examples: dict[int, Example] = {}
        self._knowledge: Knowledge | None = None

    def predict(self, session: Session, text: str, person_id: int) -> tuple[Prediction, Vectors] | None:
        """With the text's vector; `person_id` is who wrote it. None where texts cannot be understood, or nothing was
        learned yet."""
        try:
            vector = self._vector_of(text, person_id)
        except EncoderUnavailable:
            return None
        knowledge = self.knowledge(session)
        return None if knowledge is None else (knowledge.predict(text, vector), vector)

    def _vector_of(self, text: str, person_id: int) -> Vectors:
        """What somebody reports has mostly just been looked at, to suggest a category: encoding it again would take as
        long as everything else that a report needs. Each person's texts are remembered for them alone: how quick an
        answer is must not tell one what others wrote."""
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
                # What was read before the lock may be older than what is held; what is read now is not.
                revision = repository.revision()
                self._refresh(repository)
                self._revision = revision
            return self._knowledge

    def _refresh(self, repository: CategorisingRepository) -> None:
        usable = repository.usable()
        held = self._examples
        news = [id_ for id_, revision in usable.items() if id_ not in held or held[id_].revision != revision]
        held |= {example.id: example for example in repository.examples(news)}
        self._examples = {id_: held[id_] for id_ in sorted(usable) if id_ in held}
        self._knowledge = knowledge_of(repository, list(self._examples.values()), repository.current_model())


def knowledge_of(repository: CategorisingRepository, examples: list[Example], model: Model | None) -> Knowledge | None:
    """None where something of it is missing."""
    category_ids = repository.category_ids()
    present = [example for example in examples if example.category_id in category_ids]
    return Knowledge(category_ids, present, model) if model and present else None
