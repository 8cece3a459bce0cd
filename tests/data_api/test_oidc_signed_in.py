"""What is read from the claims of an ID token."""

from typing import Any

import pytest

from data_api.oidc.signed_in import signed_in_person
from tests.support.serving import settings_of

USUAL = {"iss": "https://id.example.edu", "sub": "1", "email": "Mia@Example.edu", "email_verified": True}


def signed_in(**claims: Any) -> Any:
    return signed_in_person(USUAL | claims, settings_of())


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": " Mia\u202e Rossi "}, "Mia Rossi"),
        ({"name": "x" * 200}, "x" * 100),
        ({"name": "", "given_name": "Mia", "family_name": "Rossi"}, "Mia Rossi"),
        ({"name": ["Mia"], "preferred_username": "mrossi"}, "mrossi"),
        ({}, "mia"),
        ({"email": None}, "Somebody"),
    ],
)
def test_what_somebody_is_called(claims: dict[str, Any], name: str) -> None:
    assert signed_in(**claims).name == name


@pytest.mark.parametrize(
    ("claim", "claims", "groups"),
    [
        ("groups", {"groups": ["staff", 7, None]}, {"staff"}),
        ("groups", {"groups": "staff"}, {"staff"}),
        ("groups", {"_claim_names": {"groups": "src1"}}, set()),
        ("groups", {"_claim_names": 7}, set()),
        ("realm_access.roles", {"realm_access": {"roles": ["staff"]}}, {"staff"}),
        ("realm_access.roles", {"realm_access": "staff"}, set()),
        ("https://example.edu/groups", {"https://example.edu/groups": ["staff"]}, {"staff"}),
    ],
)
def test_which_groups_somebody_is_in(claim: str, claims: dict[str, Any], groups: set[str]) -> None:
    found = signed_in_person(USUAL | claims, settings_of(LODGE_OIDC_GROUPS_CLAIM=claim)).groups
    assert found == groups | {"mia@example.edu"}


@pytest.mark.parametrize(
    ("claims", "is_confirmed"),
    [
        ({}, True),
        ({"email_verified": "true"}, True),
        ({"email_verified": "yes"}, False),
        ({"email_verified": False, "xms_edov": True}, False),
        ({"email": "mia@example.edu\u200b.evil"}, False),
        ({"email": " MIA@example.edu "}, True),
        ({"email": "mi\u202ea@example.edu"}, False),
        ({"email": "\u212aim@example.edu"}, False),
    ],
)
def test_whose_address_is_confirmed(claims: dict[str, Any], is_confirmed: bool) -> None:
    assert (signed_in(**claims).email is not None) == is_confirmed
