"""The virus scanner: what it finds is refused and not kept, and without its answer nothing is taken."""

import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data_api.test_envelope import assert_enveloped
from tests.support.api import Api, Visitor, running_api
from tests.support.clamd import clamd
from tests.support.hostile_files import EICAR, picture


@pytest.fixture(scope="module")
def api(module_database_url: str, home: Path) -> Iterator[Api]:
    # A short path: a socket's path has at most a hundred characters.
    with (
        tempfile.TemporaryDirectory() as folder,
        clamd(Path(folder)) as place,
        running_api(module_database_url, LODGE_HOME=str(home), LODGE_CLAMD=place) as running,
    ):
        yield running


def kept(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("harmless.txt", EICAR)
    return written.getvalue()


@pytest.mark.parametrize(("name", "content"), [("a.txt", EICAR), ("a.zip", zipped())], ids=["plain", "in a zip"])
def test_a_virus_is_refused_and_not_kept(home: Path, student: Visitor, name: str, content: bytes) -> None:
    before = kept(home)
    answer = student.post("/attachments", files={"file": (name, content)})
    assert "Eicar" in assert_enveloped(answer, 422, "VirusFound").detail
    assert kept(home) == before


def test_what_is_clean_is_taken(student: Visitor) -> None:
    assert student.upload(picture(), "a.png")["type"] == "image/png"


@pytest.mark.parametrize("place", ["/nowhere/clamd.ctl", "127.0.0.1:9"])
def test_without_an_answer_nothing_is_taken(module_database_url: str, home: Path, place: str) -> None:
    before = kept(home)
    with running_api(module_database_url, LODGE_HOME=str(home), LODGE_CLAMD=place) as api:
        answer = api.enter("student").post("/attachments", files={"file": ("a.txt", b"hello\n")})
        assert_enveloped(answer, 503, "ScannerUnavailable")
        assert "Retry-After" in answer.headers
    assert kept(home) == before
