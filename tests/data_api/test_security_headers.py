"""The security headers of what is no route of the OpenAPI document. `test_matrix.py` checks those of the routes."""

import re

import pytest

from service_kit.security_headers import inline_script_hashes
from tests.support.api import Api, running_api
from tests.support.matrix import check_headers


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/docs/", "/swagger/nothing", "/openapi.json", "/swagger/swagger-ui.css"]
)
def test_every_answer_has_them(api: Api, path: str) -> None:
    check_headers(api.get(path))


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_a_refusal_has_them_too(api: Api, headers: dict[str, str]) -> None:
    answer = api.post("/sessions", json={"role": "student"}, headers=headers)
    assert answer.status_code in {400, 403}
    check_headers(answer)


def test_the_documentation_runs_its_own_script_only(api: Api) -> None:
    page = api.get("/docs")
    check_headers(page)
    script = next(part for part in page.headers["Content-Security-Policy"].split("; ") if part.startswith("script-src"))
    assert re.fullmatch(r"script-src 'self' 'sha256-[A-Za-z0-9+/]{43}='", script)
    assert script.endswith(inline_script_hashes(page.text))
    assert page.headers.get_list("Content-Security-Policy") == [page.headers["Content-Security-Policy"]]
    assert re.findall(r"(?:src|href)=\"(https?://[^/\"]*)", page.text) == [api.url] * 3


def test_tls_is_asked_for_where_the_desk_has_it(module_database_url: str) -> None:
    public = {"LODGE_SIGN_IN": "password", "LODGE_PUBLIC_URL": "https://helpdesk.example"}
    with running_api(module_database_url, **public) as api:
        assert api.get("/health").headers["Strict-Transport-Security"] == "max-age=31536000"
