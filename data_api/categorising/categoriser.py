"""The process's own copy of what was learned, brought up to date before each prediction."""

from functools import cache
from threading import Lock

from sqlalchemy.orm import Session

from data_api.categorising.encoder import EncoderUnavailable, Vectors, get_encoder
from data_api.categorising.knowledge import Example, Knowledge, Model, Prediction
from data_api.categorising.repository import CategorisingRepository


class Categoriser:
    """Used by all threads. A prediction costs one question to the database when nothing was learned meanwhile."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._revision: int | None = None
        self._examples: dict[int, Example] = {}
        self._knowledge: Knowledge | None = None

    def predict(self, session: Session, text: str) -> tuple[Prediction, Vectors] | None:
        """With the text's vector. None where texts cannot be understood, or nothing was learned yet."""
        try:
            vector = get_encoder().encode([text])[0]
        except EncoderUnavailable:
            return None
        knowledge = self.knowledge(session)
        return None if knowledge is None else (knowledge.predict(text, vector), vector)

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


@cache
def get_categoriser() -> Categoriser:
    return Categoriser()
