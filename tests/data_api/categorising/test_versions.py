"""Which versions of what was learned are kept."""

from sqlalchemy import Engine

from tests.support.api import Api, Visitor
from tests.support.teaching import ODD, correct, learn, models

COPIED = "revision, category_ids, weights, temperature, examples, golden, accuracy, recalls"
REFUSED = f"""
INSERT INTO category_model (outcome, created_at, {COPIED})
SELECT 'refused', now() - interval '2 days', {COPIED} FROM category_model, generate_series(1, 60) WHERE is_current
"""


def test_the_latest_fifty_are_kept_and_the_present_one(
    api: Api, engine: Engine, admin: Visitor, agent: Visitor, student: Visitor
) -> None:
    api.sql(REFUSED)
    shown = models(admin)
    assert [one["is_current"] for one in shown] == [False] * 50 + [True]
    correct(agent, student, ODD, "technical-it")
    learn(engine)
    kept = api.sql("SELECT id FROM category_model ORDER BY id DESC")
    assert [one["version"] for one in models(admin)] == [id_ for (id_,) in kept]
    assert kept[0][0] > shown[0]["version"]


def test_a_version_whose_categories_are_all_gone_is_not_promoted(api: Api, admin: Visitor) -> None:
    api.sql(REFUSED)
    version = models(admin)[0]["version"]
    api.sql("UPDATE category_model SET category_ids = '{999}' WHERE id = %s", version)
    answer = admin.post(f"/categorising/models/{version}/promote")
    assert (answer.status_code, answer.json()["error"]) == (409, "KnowsNoCategory")
