"""Signing in through an identity provider: what of its word is believed, and who the person then is."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import structlog
from joserfc import jwt

from data_api.oidc import provider
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.issuer import BROWSER, ORIGIN, SECRET, Issuer, begin, enter, finish, issuing, new_key
from tests.support.meanwhile import held_up
from tests.support.passwords import PASSWORD, add_password, add_person, signed_in

# As an automatic assignment in this team holds it.
ASSIGNMENT = """
SELECT pg_advisory_xact_lock(hashtextextended('lodge assignment', (SELECT id FROM team WHERE slug = %s)))
"""
GROUPS = {
    "LODGE_OIDC_ROLES": "staff: agent, it:ops:admin, nobody:no-such-role",
    "LODGE_OIDC_TEAMS": "staff:front,it:ops:back",
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as running:
        yield running


@pytest.fixture(scope="module")
def desk(module_database_url: str, issuer: Issuer) -> Iterator[Api]:
    with running_api(module_database_url, **issuer.settings(**GROUPS)) as api:
        for slug in ("front", "back", "elsewhere"):
            api.sql("INSERT INTO team (slug, name) VALUES (%s, %s)", slug, slug)
        yield api


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that are not known, and a provider that was away, are asked about again at once."""
    monkeypatch.setattr(provider, "ASK_AGAIN_SECONDS", -1.0)


def person(desk: Api, person_id: int) -> tuple[set[str], str | None]:
    """Returns the person's roles and team."""
    found = desk.sql(
        "SELECT roles, team.slug FROM person LEFT JOIN team ON team.id = team_id WHERE person.id = %s", person_id
    )
    return set(found[0][0]), found[0][1]


def count(desk: Api) -> int:
    return int(desk.sql("SELECT count(*) FROM person")[0][0])


def test_the_first_entry_makes_a_student(desk: Api, issuer: Issuer) -> None:
    begun = begin(desk, "/queue?status=open")
    assert begun["code_challenge_method"] == "S256"
    assert (begun["scope"], begun["campus"]) == ("openid email profile", "north")
    claims = issuer.claims(begun, sub="first", email="First@Example.EDU", name="  First \n Entry ")
    finished = done(finish(desk, begun["state"], issuer.code_for(begun, issuer.signed(claims))), 201)
    assert finished["return_to"] == "/queue?status=open"
    me = done(desk.get("/me", headers={"Authorization": f"Bearer {finished['token']}"}))
    assert (me["person"]["name"], me["roles"]) == ("First Entry", ["student"])
    assert desk.sql("SELECT email FROM person WHERE id = %s", me["person"]["id"]) == [("first@example.edu",)]
    assert done(enter(desk, issuer, sub="first", email="other@example.edu"), 201)["person"]["id"] == me["person"]["id"]


def in_base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def unsigned(_: Issuer, claims: dict[str, Any], **header: str) -> str:
    parts = ({"alg": "none", **header}, claims)
    return ".".join(in_base64(json.dumps(one).encode()) for one in parts) + "."


def by_public_key(issuer: Issuer, claims: dict[str, Any]) -> str:
    """Signed by hand, because the library refuses to do it."""
    signed = unsigned(issuer, claims, alg="HS256", kid=str(issuer.key.kid)).removesuffix(".")
    return f"{signed}.{in_base64(hmac.digest(issuer.key.as_pem(private=False), signed.encode(), 'sha256'))}"


def by_somebody_else(issuer: Issuer, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": issuer.key.kid}, claims, new_key())


def changed_afterwards(issuer: Issuer, claims: dict[str, Any]) -> str:
    head, _, signature = issuer.signed(claims).split(".")
    _, body, _ = issuer.signed(claims | {"sub": "admin"}).split(".")
    return ".".join((head, body, signature))


FORGED: dict[str, Callable[[Issuer, dict[str, Any]], str]] = {
    "without a signature": unsigned,
    "signed with the public key as a secret": by_public_key,
    "signed by somebody else": by_somebody_else,
    "changed afterwards": changed_afterwards,
    "no token": lambda *_: "nonsense",
}
WRONG: dict[str, dict[str, Any]] = {
    "for another client": {"aud": "wiki"},
    "for several clients": {"aud": ["lodge", "wiki"]},
    "given to another client": {"azp": "wiki"},
    "for several, given to another": {"aud": ["lodge", "wiki"], "azp": "wiki"},
    "of another provider": {"iss": "https://login.example.org"},
    "expired": {"exp": int(time.time()) - 65},
    "of the future": {"iat": int(time.time()) + 3_000, "exp": int(time.time()) + 4_000},
    "not valid yet": {"nbf": int(time.time()) + 3_000},
    "of another sign-in": {"nonce": "another"},
    "without a nonce": {"nonce": None},
    "without an end": {"exp": None},
    "about nobody": {"sub": None},
    "about somebody without end": {"sub": "x" * 256},
    "about somebody whom no database can keep": {"sub": "mia\0"},
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_id_token_lets_nobody_in(desk: Api, issuer: Issuer, kind: str) -> None:
    before, begun = count(desk), begin(desk)
    code = issuer.code_for(begun, FORGED[kind](issuer, issuer.claims(begun)))
    answer = finish(desk, begun["state"], code)
    assert (answer.status_code, answer.json()["error"]) == (401, "IdTokenNotValid")
    assert count(desk) == before


@pytest.mark.parametrize("kind", WRONG)
def test_an_id_token_that_is_not_for_this_sign_in_lets_nobody_in(desk: Api, issuer: Issuer, kind: str) -> None:
    before, answer = count(desk), enter(desk, issuer, **WRONG[kind])
    assert (answer.status_code, answer.json()["error"]) == (401, "IdTokenNotValid")
    assert count(desk) == before


def test_clocks_may_be_a_minute_apart(desk: Api, issuer: Issuer) -> None:
    now = int(time.time())
    done(enter(desk, issuer, exp=now - 30), 201)
    done(enter(desk, issuer, iat=now + 30, nbf=now + 30), 201)
    done(enter(desk, issuer, aud=["lodge"], azp="lodge"), 201)


def test_nothing_is_accepted_twice(desk: Api, issuer: Issuer) -> None:
    begun = begin(desk)
    token = issuer.signed(issuer.claims(begun))
    done(finish(desk, begun["state"], issuer.code_for(begun, token)), 201)
    again = finish(desk, begun["state"], issuer.code_for(begun, token))
    assert (again.status_code, again.json()["error"]) == (401, "SignInNotBegun")
    other = begin(desk)
    replayed = finish(desk, other["state"], issuer.code_for(other, token))
    assert (replayed.status_code, replayed.json()["error"]) == (401, "IdTokenNotValid")


def test_at_the_same_moment_one_of_many_is_accepted(desk: Api, issuer: Issuer) -> None:
    begun = begin(desk)
    codes = [issuer.code_for(begun, issuer.signed(issuer.claims(begun))) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda code: finish(desk, begun["state"], code).status_code, codes))
    assert sorted(answers) == [201, *[401] * 7]


def test_only_the_browser_that_began_can_finish(desk: Api, issuer: Issuer) -> None:
    begun = begin(desk)
    code = issuer.code_for(begun, issuer.signed(issuer.claims(begun)))
    assert finish(desk, begun["state"], code, "f" * 32).status_code == 401
    assert finish(desk, "another state", code).status_code == 401
    desk.sql("UPDATE oidc_start SET expires_at = now() WHERE browser = %s", BROWSER)
    assert finish(desk, begun["state"], code).status_code == 401


def test_a_code_that_the_provider_does_not_know(desk: Api) -> None:
    answer = finish(desk, begin(desk)["state"], "invented")
    assert (answer.status_code, answer.json()["error"]) == (401, "SignInNotBegun")


def test_new_keys_are_fetched_and_withdrawn_ones_forgotten(
    desk: Api, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(enter(desk, issuer), 201)
    old, issuer.key = issuer.key, new_key()
    done(enter(desk, issuer), 201)
    begun = begin(desk)
    withdrawn = jwt.encode({"alg": "RS256", "kid": old.kid}, issuer.claims(begun), old)
    assert finish(desk, begun["state"], issuer.code_for(begun, withdrawn)).status_code == 401
    monkeypatch.setattr(provider, "ASK_AGAIN_SECONDS", 60.0)
    asked = issuer.keys_asked
    for _ in range(3):
        begun = begin(desk)
        unknown = jwt.encode({"alg": "RS256", "kid": "unknown"}, issuer.claims(begun), new_key())
        assert finish(desk, begun["state"], issuer.code_for(begun, unknown)).status_code == 401
    assert issuer.keys_asked == asked


# -- who it is


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
        {"email": "not an address"},
        {"email_verified": False, "xms_edov": True},
        {"email_verified": None, "xms_edov": False},
    ],
)
def test_an_address_that_is_not_confirmed_lets_no_stranger_in(
    desk: Api, issuer: Issuer, claims: dict[str, Any]
) -> None:
    rows.person(desk, "Owner", email=None)
    before = count(desk)
    answer = enter(desk, issuer, sub="unverified", **claims)
    assert (answer.status_code, answer.json()["error"]) == (403, "AddressNotVerified")
    assert count(desk) == before


def test_whoever_is_known_needs_no_address(desk: Api, issuer: Issuer) -> None:
    first = done(enter(desk, issuer, sub="known", email="known@example.edu", email_verified=None, xms_edov="1"), 201)
    again = done(enter(desk, issuer, sub="known", email=None), 201)
    assert again["person"]["id"] == first["person"]["id"]


def test_somebody_who_was_imported_is_the_same_person(desk: Api, issuer: Issuer) -> None:
    imported = rows.person(desk, "Imported", "manager", email="imported@example.edu")
    entered = done(enter(desk, issuer, sub="imported", email="Imported@example.edu", name="Other Name"), 201)["person"]
    assert entered == {"id": imported, "name": "Imported", "roles": ["manager"]}
    other = enter(desk, issuer, sub="a newer account", email="imported@example.edu")
    assert (other.status_code, other.json()["error"]) == (409, "AddressInUse")


def test_many_first_entries_at_once_make_one_person(desk: Api, issuer: Issuer) -> None:
    claims = {"sub": "at once", "email": "at.once@example.edu"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: done(enter(desk, issuer, **claims), 201), range(8)))
    assert len({answer["person"]["id"] for answer in answers}) == 1
    assert desk.sql("SELECT count(*) FROM person WHERE email = 'at.once@example.edu'") == [(1,)]


def test_somebody_deactivated_stays_out(desk: Api, issuer: Issuer) -> None:
    gone = done(enter(desk, issuer, sub="gone", email="gone@example.edu"), 201)
    desk.sql("UPDATE person SET deactivated_at = now() WHERE id = %s", gone["person"]["id"])
    assert enter(desk, issuer, sub="gone", email="gone@example.edu").status_code == 403
    former = rows.person(desk, "Former", email="former@example.edu")
    desk.sql("UPDATE person SET deactivated_at = now() WHERE id = %s", former)
    assert enter(desk, issuer, sub="former", email="former@example.edu").status_code == 403
    assert desk.sql("SELECT count(*) FROM person_identity WHERE person_id = %s", former) == [(0,)]
    assert desk.get("/me", headers={"Authorization": f"Bearer {gone['token']}"}).status_code == 401


def test_groups_give_and_take_roles_and_a_team(desk: Api, issuer: Issuer) -> None:
    who = {"sub": "groups", "email": "groups@example.edu"}

    def now(*groups: str) -> tuple[set[str], str | None]:
        return person(desk, done(enter(desk, issuer, **who, groups=list(groups)), 201)["person"]["id"])

    assert now("staff", "choir", "nobody") == ({"agent"}, "front")
    assert now("staff", "it:ops") == ({"agent", "admin"}, "front")
    assert now("it:ops") == ({"admin"}, "back")
    assert now() == ({"student"}, None)


def test_who_leaves_a_team_waits_for_its_assignments(desk: Api, issuer: Issuer) -> None:
    """So that the new team sees a ticket that they get in the old one at this moment."""
    who = {"sub": "moves", "email": "moves@example.edu"}
    done(enter(desk, issuer, **who, groups=["staff"]), 201)
    with psycopg.connect(desk.database_url) as assigning:
        assigning.execute(ASSIGNMENT, ["front"])
        with held_up(desk, lambda: enter(desk, issuer, **who, groups=["it:ops"]), assigning) as answers:
            pass
    assert person(desk, done(answers[0], 201)["person"]["id"])[1] == "back"


def test_what_was_given_in_lodge_stays(desk: Api, issuer: Issuer) -> None:
    who = {"sub": "own", "email": "own@example.edu"}
    own = rows.person(desk, "Own", "agent", email="own@example.edu")
    desk.sql("UPDATE person SET team_id = (SELECT id FROM team WHERE slug = 'elsewhere') WHERE id = %s", own)
    done(enter(desk, issuer, **who, groups=["staff", "it:ops"]), 201)
    assert person(desk, own) == ({"agent", "admin"}, "elsewhere")
    desk.sql("UPDATE person SET roles = roles || '{manager}' WHERE id = %s", own)
    done(enter(desk, issuer, **who, groups=[]), 201)
    assert person(desk, own) == ({"agent", "manager"}, "elsewhere")


def test_only_some_domains_and_one_person_by_address(database_url: str, issuer: Issuer) -> None:
    settings = {"LODGE_OIDC_DOMAINS": "example.edu", "LODGE_OIDC_ROLES": "ines@example.edu:admin"}
    with running_api(database_url, **issuer.settings(**settings)) as desk:
        assert done(enter(desk, issuer, sub="ines", email="ines@example.edu"), 201)["person"]["roles"] == ["admin"]
        for claims in ({"email": "mia@gmail.test"}, {"email": "mia@not-example.edu"}, {"email_verified": False}):
            answer = enter(desk, issuer, **claims)
            assert (answer.status_code, answer.json()["error"]) == (403, "AddressOutside")
        assert count(desk) == 1


# -- the provider


def test_a_provider_that_is_away_keeps_nobody_from_a_password(database_url: str, issuer: Issuer) -> None:
    with running_api(database_url, **issuer.settings()) as desk:
        issuer.is_broken = True
        wish = {"browser": BROWSER, "origin": ORIGIN}
        answer = desk.post("/sessions/oidc/begin", json=wish)
        assert (answer.status_code, answer.json()["error"]) == (503, "ProviderAway")
        assert desk.get("/health").status_code == 200
        add_person(desk, "mia")
        desk.sign_in("mia", PASSWORD)
        issuer.is_broken = False
        assert desk.post("/sessions/oidc/begin", json=wish).status_code == 201


@pytest.mark.parametrize(
    "published",
    [
        {"issuer": "https://login.example.org"},
        {"token_endpoint": "http://login.example.org/token"},
        {"jwks_uri": None},
    ],
)
def test_a_provider_that_does_not_fit(database_url: str, issuer: Issuer, published: dict[str, Any]) -> None:
    with running_api(database_url, **issuer.settings()) as desk:
        issuer.published = published
        answer = desk.post("/sessions/oidc/begin", json={"browser": BROWSER, "origin": ORIGIN})
        issuer.published = {}
        assert (answer.status_code, answer.json()["error"]) == (502, "ProviderMisconfigured")


def test_no_secret_is_told_or_kept(database_url: str, issuer: Issuer, capfd: pytest.CaptureFixture[str]) -> None:
    with structlog.testing.capture_logs() as logged:
        with running_api(database_url, **issuer.settings()) as desk:
            begun = begin(desk)
            code = issuer.code_for(begun, issuer.signed(issuer.claims(begun)))
            secrets = [SECRET, begun["state"], begun["nonce"], code]
            answers = [desk.post("/sessions/oidc/finish", json={"state": begun["state"], "code": code, "browser": "x"})]
            token = done(finish(desk, begun["state"], code), 201)["token"]
            answers.append(finish(desk, begun["state"], code))
            kept = desk.sql("SELECT row_to_json(s)::text FROM session_token s")
            kept += desk.sql("SELECT row_to_json(s)::text FROM oidc_start s")
        with running_api(database_url, **issuer.settings(LODGE_OIDC_CLIENT_SECRET=f"{SECRET}x")) as desk:
            begun = begin(desk)
            answers.append(finish(desk, begun["state"], issuer.code_for(begun, issuer.signed(issuer.claims(begun)))))
    assert [answer.status_code for answer in answers] == [422, 401, 502]
    printed = capfd.readouterr()
    told = "".join((printed.out, printed.err, str(logged), str(kept), *(answer.text for answer in answers)))
    assert [secret for secret in (*secrets, token) if secret in told] == []


def test_signing_out_ends_both(desk: Api, issuer: Issuer) -> None:
    begun = begin(desk)
    id_token = issuer.signed(issuer.claims(begun))
    session = done(finish(desk, begun["state"], issuer.code_for(begun, id_token)), 201)
    visitor = Visitor(desk.url, desk._shared, session)
    ended = done(visitor.post("/sessions/oidc/end", json={"origin": "https://desk.test"}))
    address, _, query = ended["url"].partition("?")
    assert address == f"{issuer.url}/end"
    assert {name: values[0] for name, values in parse_qs(query).items()} == {
        "client_id": "lodge",
        "id_token_hint": id_token,
        "post_logout_redirect_uri": "https://desk.test/",
    }
    assert visitor.get("/me").status_code == 401
    assert desk.sql("SELECT count(*) FROM oidc_session WHERE id_token = %s", id_token) == [(0,)]
    assert urlsplit(ended["url"]).hostname == "127.0.0.1"


@pytest.mark.parametrize("address", ["//evil.test", "/\\evil.test", "https://evil.test", "/a b", "/\tx", ""])
def test_the_way_back_stays_on_the_desk(desk: Api, address: str) -> None:
    answer = desk.post("/sessions/oidc/begin", json={"browser": BROWSER, "origin": ORIGIN, "return_to": address})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == "body.return_to"


def test_a_password_that_others_may_know_ends_when_groups_give_more(desk: Api, issuer: Issuer) -> None:
    """Otherwise a manager could make a password for somebody, and wait until they are an administrator."""
    number = rows.person(desk, "Dean")
    desk.sql("UPDATE person SET email = 'dean@example.edu' WHERE id = %s", number)
    add_password(desk, number, "dean")
    before = desk.sign_in("dean", PASSWORD)
    done(enter(desk, issuer, sub="dean", email="dean@example.edu"), 201)
    assert before.get("/me").status_code == 200
    entered = done(enter(desk, issuer, sub="dean", email="dean@example.edu", groups=["it:ops"]), 201)
    assert (entered["person"]["id"], entered["person"]["roles"]) == (number, ["admin", "student"])
    assert before.get("/me").status_code == 401
    assert desk.post("/sessions", json={"username": "dean", "password": PASSWORD}).status_code == 401
    assert desk.get("/me", headers={"Authorization": f"Bearer {entered['token']}"}).status_code == 200


def test_an_address_that_went_to_somebody_else_gives_them_nothing(module_database_url: str, issuer: Issuer) -> None:
    with running_api(module_database_url, **issuer.settings(LODGE_OIDC_ROLES="head@example.edu:admin")) as desk:
        head = done(enter(desk, issuer, sub="head", email="head@example.edu"), 201)
        assert head["person"]["roles"] == ["admin"]
        done(enter(desk, issuer, sub="newcomer", email="newcomer@example.edu"), 201)
        newcomer = done(enter(desk, issuer, sub="newcomer", email="head@example.edu"), 201)
        assert newcomer["person"]["roles"] == ["student"]


def test_people_come_back_to_the_desks_own_address_only(module_database_url: str, issuer: Issuer) -> None:
    """Whatever the request says: a browser that went to the provider would bring its code to that address."""
    settings = issuer.settings(LODGE_PUBLIC_URL="https://desk.example.edu")
    with running_api(module_database_url, **settings) as desk:
        wish = {"browser": BROWSER, "origin": "https://elsewhere.example"}
        url = done(desk.post("/sessions/oidc/begin", json=wish), 201)["url"]
        assert parse_qs(urlsplit(url).query)["redirect_uri"] == ["https://desk.example.edu/oidc/callback"]
        visitor = signed_in(desk, "somebody who leaves")
        ended = done(visitor.post("/sessions/oidc/end", json={"origin": "https://elsewhere.example"}))["url"]
        assert parse_qs(urlsplit(ended).query)["post_logout_redirect_uri"] == ["https://desk.example.edu/"]


@pytest.mark.parametrize("kind", ["endless", "packed", "slow"])
def test_an_answer_without_end_is_not_waited_for(desk: Api, issuer: Issuer, kind: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(provider, "PATIENCE_SECONDS", 0.5)
    begun = begin(desk)
    issuer.floods = kind
    try:
        answer = finish(desk, begun["state"], "any code")
    finally:
        issuer.floods = ""
    assert (answer.status_code, answer.json()["error"]) == (503, "ProviderAway")
    assert issuer.flooded < 20_000_000
