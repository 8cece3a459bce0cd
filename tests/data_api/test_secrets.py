"""Passwords, tokens, links and codes are in no row of the database, no log and no refusal; nor are hashes outside the
tables that keep them."""

from typing import Any

import psycopg
import pytest
import structlog

from tests.support import rows
from tests.support.api import done
from tests.support.passwords import OTHER, PASSWORD, add_person, make_token, password_desk
from warehouse.tables import ALL

BROWSER = "0123456789abcdef" * 2
EVERY_ROW = "SELECT '{0}', row_to_json(t)::text FROM \"{0}\" t"
NAMES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
KEEP_HASHES = {"credential", "session_token", "invitation", "hand_off", "idempotency_key"}


def all_rows(database_url: str) -> list[tuple[str, str]]:
    with psycopg.connect(database_url) as connection:
        tables = [name for (name,) in connection.execute(NAMES)]
        return [row for name in tables for row in connection.execute(EVERY_ROW.format(name).encode()).fetchall()]


def test_planted_secrets_are_nowhere(database_url: str, capfd: pytest.CaptureFixture[str]) -> None:
    told: list[Any] = []
    answers: list[str] = []
    with structlog.testing.capture_logs() as logged, password_desk(database_url) as desk:
        add_person(desk, "ines", "admin")
        admin = desk.sign_in("ines", PASSWORD)
        script = make_token(admin, "tickets:report")["token"]
        link = done(admin.post(f"/people/{rows.person(desk, 'Mia')}/invitation"), 201)["link"].partition("#")[2]
        wish = {"username": "ines", "password": PASSWORD, "browser": BROWSER}
        code = done(desk.post("/sessions/hand-off", json=wish), 201)["code"]
        unused = done(admin.post(f"/people/{rows.person(desk, 'Jonas')}/invitation"), 201)["link"].partition("#")[2]
        done(admin.put("/me/password", json={"old": PASSWORD, "new": OTHER}), 204)
        secrets = [PASSWORD, OTHER, admin.token, script, link, unused, code]
        for secret in secrets:
            refused = [
                desk.post("/sessions", json={"username": secret, "password": secret, "role": "admin"}),
                desk.post("/sessions", json={"username": "ines", "password": secret + "x"}),
                desk.post("/sessions/redeem", json={"code": secret, "browser": "no"}),
                desk.post("/invitations/check", json={"token": secret, "more": secret}),
                desk.post("/invitations/redeem", json={"token": secret, "username": "x", "password": "short"}),
                desk.get("/me", headers={"Authorization": f"Bearer {secret}x"}),
            ]
            answers += [answer.text for answer in refused if answer.status_code >= 400]
        told += logged
        hashes = [row[0] for row in desk.sql("SELECT password_hash FROM credential")]
    everything = all_rows(database_url)
    kept = {table for table, row in everything for one in hashes if one.replace("/", "\\/") in row or one in row}
    assert kept == {"credential"}
    for secret in secrets:
        assert [table for table, row in everything if secret in row] == []
        assert secret not in str(told)
        assert not any(secret in answer for answer in answers), secret
    printed = capfd.readouterr()
    assert not any(secret in printed.out + printed.err for secret in secrets)


def test_the_replica_holds_none_of_it() -> None:
    assert not {table.name for table in ALL} & KEEP_HASHES
