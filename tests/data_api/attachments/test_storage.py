"""Where contents are kept: a folder and a bucket do the same."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data_api.files.errors import FileMissing
from data_api.files.storage import BucketStorage, FolderStorage, Storage, credentials_of, make_storage
from service_kit.settings import Settings
from tests.data_api.test_envelope import assert_enveloped
from tests.support.api import running_api
from tests.support.bucket import bucket
from tests.support.hostile_files import picture, video

Kept = Callable[[bytes], str]


@pytest.fixture(scope="module")
def bucket_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with bucket(tmp_path_factory.mktemp("bucket")) as settings:
        yield settings


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "files")
    settings = request.getfixturevalue("bucket_settings")
    credentials = credentials_of(Path(settings["LODGE_FILES_CREDENTIALS"]))
    return BucketStorage(f"{settings['LODGE_FILES_URL']}/{tmp_path.name}", credentials)


@pytest.fixture
def keep(storage: Storage, tmp_path: Path) -> Kept:
    def keep(content: bytes) -> str:
        path = tmp_path / "incoming"
        path.write_bytes(content)
        name = hashlib.sha256(content).hexdigest()
        storage.put(name, path)
        assert path.read_bytes() == content
        return name

    return keep


def test_what_is_put_is_there(storage: Storage, keep: Kept) -> None:
    content = bytes(range(256)) * 50_000  # more than one part of a bucket
    name = keep(content)
    assert storage.has(name)
    assert storage.size(name) == len(content)
    assert b"".join(storage.read(name, 0, len(content))) == content
    assert b"".join(storage.read(name, 1000, 300_000)) == content[1000:301_000]
    assert b"".join(storage.read(name, len(content) - 3, 3)) == content[-3:]


def test_what_is_put_twice_is_there_once(storage: Storage, keep: Kept) -> None:
    assert keep(b"twice") == keep(b"twice")
    assert [name for some in storage.older_than(-1) for name in some] == [hashlib.sha256(b"twice").hexdigest()]


def test_what_is_not_there_is_missing(storage: Storage) -> None:
    name = "0" * 64
    assert not storage.has(name)
    assert not storage.is_older(name, -1)
    storage.remove(name)
    for ask in (lambda: storage.size(name), lambda: next(storage.read(name, 0, 1))):
        with pytest.raises(FileMissing):
            ask()


def test_what_is_removed_is_gone(storage: Storage, keep: Kept) -> None:
    names = {keep(bytes([number])) for number in range(5)}
    assert {name for some in storage.older_than(-1) for name in some} == names
    assert [name for some in storage.older_than(3600) for name in some] == []
    for name in names:
        assert storage.is_older(name, -1)
        assert not storage.is_older(name, 3600)
        storage.remove(name)
    assert [name for some in storage.older_than(-1) for name in some] == []


def test_a_desk_keeps_its_files_in_a_bucket(
    module_database_url: str, home: Path, bucket_settings: dict[str, str]
) -> None:
    with running_api(module_database_url, LODGE_HOME=str(home), **bucket_settings) as api:
        student = api.enter("student", "Mia Rossi")
        content = picture("JPEG", (900, 700))
        file = student.upload(content, "a.jpg", student.report()["id"])
        assert student.get(f"/attachments/{file['id']}").content == content
        part = student.get(f"/attachments/{file['id']}", headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, content[10:20])
        assert student.get(f"/attachments/{file['id']}/thumbnail").content[:4] == b"RIFF"
        large = video(media=7_000_000)
        assert student.get(f"/attachments/{student.upload(large, 'a.mp4')['id']}").content == large
    assert [path for path in (home / "files").rglob("*") if path.is_file()] == []


def test_a_bucket_that_is_away_is_told(
    module_database_url: str, home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text(
        "AWS_ACCESS_KEY_ID=some-key-id\nAWS_SECRET_ACCESS_KEY=some-secret\nAWS_REGION=x\n"
        "AWS_ENDPOINT=http://127.0.0.1:9\n"
    )
    away = {"LODGE_FILES_URL": "s3://away/lodge", "LODGE_FILES_CREDENTIALS": str(credentials)}
    with running_api(module_database_url, LODGE_HOME=str(home), **away) as api:
        student = api.enter("student", "Mia Rossi")
        answer = student.post("/attachments", files={"file": ("a.txt", b"hello\n")})
        assert_enveloped(answer, 503, "FilesUnavailable")
        said = "".join(capfd.readouterr()) + answer.text
        assert "some-secret" not in said
        assert "some-key-id" not in said


def test_a_setting_tells_no_secret() -> None:
    for url in ("s3://key:secret@bucket/x", "https://bucket", "s3://", "file:///etc"):
        with pytest.raises(ValueError, match="must be such as s3://bucket") as refused:
            Settings(files_url=url, _env_file=None)
        assert "must be such as" in str(refused.value)


def test_only_known_lines_of_the_credentials_count(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text("# a comment\n\naws_region = here \nAWS_ACCESS_KEY_ID=a=b\nPATH=/bin\n")
    assert credentials_of(file) == {"aws_region": "here", "aws_access_key_id": "a=b"}
    with pytest.raises(RuntimeError, match="LODGE_FILES_CREDENTIALS cannot be read"):
        credentials_of(tmp_path / "nothing")


def test_credentials_of_the_environment_need_no_file() -> None:
    assert credentials_of(None) == {}
    assert isinstance(make_storage(Settings(files_url="s3://campus", _env_file=None)), BucketStorage)


def test_a_file_system_without_hard_links_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.link", refuse)
    path = tmp_path / "incoming"
    path.write_bytes(b"copied")
    FolderStorage(tmp_path / "files").put("ab" * 32, path)
    assert (tmp_path / "files" / "ab" / ("ab" * 32)).read_bytes() == b"copied"
