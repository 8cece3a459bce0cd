"""When a new model is made, and whether it takes the place of the present one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data_api.learning.repository import CategorisingRepository
from data_api.learning.steps import learn_all
from tests.support.api import Api, Visitor, done
from tests.support.teaching import ODD, correct, examples, learn, models


def test_a_worse_model_is_refused_and_can_be_promoted(
    api: Api, engine: Engine, admin: Visitor, student: Visitor
) -> None:
    """Made from what somebody said wrongly of every example."""
    api.sql(
        "UPDATE training_example SET weight = 5, category_id = (SELECT coalesce("
        "(SELECT min(id) FROM category WHERE id > category_id), (SELECT min(id) FROM category)))"
        " WHERE NOT is_golden"
    )
    api.sql("UPDATE training_example SET revision = (SELECT revision + 1 FROM learning)")
    api.sql("UPDATE learning SET revision = revision + 1, news = 10")
    learn(engine)
    refused, present = models(admin)
    assert (refused["outcome"], refused["is_current"], present["is_current"]) == ("refused", False, True)
    assert "check texts" in refused["reason"]
    learn(engine)
    assert len(models(admin)) == 2, "a model that was refused is not made again from the same examples"
    promoted = done(admin.post(f"/categorising/models/{refused['version']}/promote"))
    assert promoted["is_current"]
    assert admin.post(f"/categorising/models/{refused['version']}/promote").status_code == 409
    ticket_id = student.report("Some new words")["id"]
    version = "SELECT model_version FROM ticket_prediction WHERE ticket_id = %s"
    assert api.sql(version, ticket_id) == [(refused["version"],)]
    done(admin.post(f"/categorising/models/{present['version']}/promote"))
    assert [one["is_current"] for one in models(admin)] == [False, True]
    assert admin.post("/categorising/models/999/promote").status_code == 404


def test_ten_corrections_are_learned_anew(engine: Engine, admin: Visitor, agent: Visitor, student: Visitor) -> None:
    for number in range(10):
        learn(engine)
        assert len(models(admin)) == 1
        correct(agent, student, f"{ODD} {number}", "technical-it")
    learn(engine)
    assert len(models(admin)) == 2


def test_what_is_gone_is_unlearned(api: Api, engine: Engine, admin: Visitor, agent: Visitor, student: Visitor) -> None:
    """Removed by an administrator, withdrawn with its ticket, deleted with it: a model must not go on knowing them."""
    ids = [correct(agent, student, f"{ODD} {number}", "technical-it") for number in range(10)]
    learn(engine)
    assert len(models(admin)) == 2
    learned = {one["ticket_id"]: one["id"] for one in examples(admin, "technical-it", source="staff")}
    for place, ticket_id in enumerate(ids):
        learn(engine)
        assert len(models(admin)) == 2
        if place < 3:
            assert admin.delete(f"/categories/technical-it/examples/{learned[ticket_id]}").status_code == 204
        elif place < 6:
            agent.edit(ticket_id, is_confidential=True)
        else:
            assert admin.delete(f"/tickets/{ticket_id}").status_code == 204
    learn(engine)
    newest, before, _ = models(admin)
    assert newest["examples"] == before["examples"] - 10
    learn(engine)
    assert len(models(admin)) == 3


def test_a_single_one_that_is_gone_is_unlearned_at_night(api: Api, engine: Engine, admin: Visitor) -> None:
    gone = examples(admin, "technical-it", limit=1)[0]["id"]
    assert admin.delete(f"/categories/technical-it/examples/{gone}").status_code == 204
    learn(engine)
    assert len(models(admin)) == 1
    api.sql("UPDATE category_model SET created_at = now() - interval '25 hours'")
    learn(engine)
    assert len(models(admin)) == 2


def test_two_processes_never_learn_at_once(engine: Engine) -> None:
    """Without a service, which would be one process more."""
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM category_model")
    with Session(engine) as first, first.begin():
        assert CategorisingRepository(first).is_alone()
        learn_unless_others_do(engine)
        assert models_made(engine) == 0
    together = Barrier(4)

    def learn_together(_: int) -> None:
        together.wait()
        learn_unless_others_do(engine)

    with ThreadPoolExecutor(4) as at_once:
        list(at_once.map(learn_together, range(4)))
    assert models_made(engine) == 1


def learn_unless_others_do(engine: Engine) -> None:
    """As the service does."""
    with Session(engine) as session, session.begin():
        learn_all(session)


def models_made(engine: Engine) -> int:
    with engine.connect() as connection:
        count: int = connection.exec_driver_sql("SELECT count(*) FROM category_model").scalar_one()
    return count
