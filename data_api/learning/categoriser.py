"""One organisation's knowledge: kept in memory, and brought up to date before each prediction."""

import hashlib
from threading import Lock

from sqlalchemy.orm import Session

from data_api.learning.knowledge import Example, Knowledge, Model, Prediction
from data_api.learning.repository import CategorisingRepository
from data_api.texts.encoder import EncoderUnavailable, Vectors, get_encoder

# How many vectors of the latest texts are kept, two kilobytes each.
REMEMBERED = 512


class Categoriser:
    """Used by all threads. A prediction costs one query as long as nothing new was learned."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._memory_lock = Lock()
        self._vectors: dict[tuple[int, bytes], Vectors] = {}
        self._revision: int | None = None
        self._examples: dict[int, Example] = {}
        self._knowledge: Knowledge | None = None

    def predict(self, session: Session, text: str, person_id: int) -> tuple[Prediction, Vectors] | None:
        """The prediction and the text's vector; `person_id` is who wrote it. None where the encoder is not available,
        or there is no model yet."""
        try:
            vector = self._vector_of(text, person_id)
        except EncoderUnavailable:
            return None
        knowledge = self.knowledge(session)
        return None if knowledge is None else (knowledge.predict(text, vector), vector)

    def _vector_of(self, text: str, person_id: int) -> Vectors:
        """A text that is reported was mostly encoded a moment ago, to suggest a category. To encode it again would take
        as long as everything else that a report needs. The cache is per person: otherwise a quick answer would tell
        that somebody else had written the same text."""
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
                # Read again: while this thread waited for the lock, another may have loaded a newer revision.
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
    """None where there is no model, or no example of a category that there is."""
    category_ids = repository.category_ids()
    present = [example for example in examples if example.category_id in category_ids]
    return Knowledge(category_ids, present, model) if model and present else None
