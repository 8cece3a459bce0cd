"""How large files may be, how often one uploads, and a full disk."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from service_kit import disk
from tests.data_api.test_envelope import assert_enveloped
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor, done, running_api
from tests.support.hostile_files import picture, video

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def api(module_database_url: str, home: Path) -> Iterator[Api]:
    limits = {"LODGE_ATTACHMENT_MB": "1", "LODGE_VIDEO_MB": "2", "LODGE_ATTACHMENTS_A_MESSAGE": "2"}
    with running_api(module_database_url, LODGE_HOME=str(home), LODGE_KEEP_FREE_MB="256", **limits) as running:
        yield running


def send(student: Visitor, content: bytes, name: str) -> int:
    return student.post("/attachments", files={"file": (name, content)}).status_code


def test_a_file_may_be_just_so_large(home: Path, student: Visitor) -> None:
    text = b"x" * 99 + b"\n"
    assert send(student, (text * MEGABYTE)[:MEGABYTE], "a.txt") == 201
    assert_enveloped(
        student.post("/attachments", files={"file": ("a.txt", (text * MEGABYTE)[: MEGABYTE + 1])}), 413, "FileTooLarge"
    )
    assert list((home / "files" / "incoming").iterdir()) == []


def test_a_video_may_be_larger(student: Visitor) -> None:
    assert send(student, video(media=MEGABYTE + MEGABYTE // 2), "a.mp4") == 201
    assert send(student, video(media=2 * MEGABYTE), "a.mp4") == 413


def test_what_only_begins_as_a_video_may_not(student: Visitor) -> None:
    heic_like = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(MEGABYTE)
    assert send(student, heic_like, "a.heic") in (413, 422)


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(student: Visitor) -> None:
    head = (
        f"POST /attachments HTTP/1.1\r\nHost: {student.base_url.netloc.decode()}\r\n"
        f"Authorization: Bearer {student.token}\r\nContent-Length: {10**12}\r\n"
        "Content-Type: multipart/form-data; boundary=X\r\n\r\n--X\r\n"
    )
    with socket.create_connection((student.base_url.host, student.base_url.port or 0)) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 413")


def test_many_comments_keep_no_check_busy(student: Visitor) -> None:
    assert send(student, b"<!---->" * 500 + b"hello", "a.txt") == 201
    assert send(student, b"<!---->" * 500 + b"<svg>", "a.txt") == 422


def test_one_text_has_so_many_files(student: Visitor) -> None:
    assert done(student.get("/attachments/allowed"))["max_with_one_text"] == 2
    drafts = [student.upload(picture(), "a.png")["id"] for _ in range(3)]
    wish = {"description": "x", "attachments": drafts}
    refused = assert_enveloped(student.post("/tickets", json=wish), 422, "InvalidInput")
    assert "at most 2 files" in refused.detail
    student.report(attachments=drafts[:2])


def test_a_full_disk_takes_no_file(student: Visitor, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Well before the disk is so full that nobody can report."""

    def leave(*megabytes: int) -> None:
        """So much is free when it is asked, again and again the last of them."""
        free = iter(megabytes)
        usage = SimpleNamespace(disk_usage=lambda _: SimpleNamespace(free=next(free, megabytes[-1]) * 1024**2))
        monkeypatch.setattr(disk, "shutil", usage)

    leave(1000)
    refused = assert_enveloped(student.post("/attachments", files={"file": ("a.txt", b"x")}), 507, "NoRoomForFiles")
    assert "without files still arrive" in refused.detail
    student.report()
    leave(1100, 1100, 1000)  # the room for changes, for files, and when a part of the file has arrived
    assert_enveloped(student.post("/attachments", files={"file": ("a.txt", b"x")}), 507, "NoRoomForFiles")
    assert list((home / "files" / "incoming").iterdir()) == []
    leave(1100)
    student.upload(b"x", "a.txt")


def test_a_person_uploads_so_much_in_a_day(module_database_url: str, home: Path) -> None:
    """What is deleted again counts too."""
    limits = {"LODGE_RATE_LIMITS": "on", "LODGE_UPLOADS_MB_A_DAY": "1"}
    with running_api(module_database_url, LODGE_HOME=str(home), **limits) as api:
        student = api.enter("student", "Hoarder")
        text = b"x" * (MEGABYTE // 2)
        first = done(student.post("/attachments", files={"file": ("a.txt", text)}), 201)
        assert student.delete(f"/attachments/{first['id']}").status_code == 204
        assert send(student, text, "b.txt") == 201
        answer = student.post("/attachments", files={"file": ("c.txt", b"x")})
        assert "within a day" in assert_enveloped(answer, 429, "UploadedTooMuch").detail
        assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
        assert send(api.enter("student", "Others may"), text, "a.txt") == 201


def test_a_person_uploads_so_often(module_database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_api.access.rate_limits.PERSON_LIMITS", {"upload": 2})
    with running_api(module_database_url, LODGE_HOME=str(home), LODGE_RATE_LIMITS="on") as api:
        student = api.enter("student", "Busy Bee")
        assert [send(student, b"x", "a.txt") for _ in range(3)] == [201, 201, 429]


def head_of_upload(student: Visitor) -> bytes:
    return (
        f"POST /attachments HTTP/1.1\r\nHost: {student.base_url.netloc.decode()}\r\n"
        f"Authorization: Bearer {student.token}\r\nContent-Length: 1000\r\n"
        "Content-Type: multipart/form-data; boundary=X\r\n\r\n"
    ).encode()


def test_a_body_goes_not_on_behind_its_file(student: Visitor) -> None:
    """In pieces, so that no length was said before."""
    form = b'--X\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--X--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=X"}
    assert student.post("/attachments", content=iter([form]), headers=headers).status_code == 201
    answer = student.post("/attachments", content=iter([form, *[b"\r\n" * 100_000] * 20]), headers=headers)
    assert_enveloped(answer, 422, "InvalidInput")


def test_slow_uploads_of_one_person_stop_nobody_else(
    api: Api, student: Visitor, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_api.files.uploads.MOST_OF_ONE", 2)
    slow = api.enter("student", "Slow Sam")
    incoming = home / "files" / "incoming"
    with ExitStack() as open_:
        for number in range(1, 3):
            connection = socket.create_connection((slow.base_url.host, slow.base_url.port or 0))
            open_.enter_context(connection).sendall(head_of_upload(slow))
            wait_until(lambda number=number: len(list(incoming.iterdir())) == number, "the upload is under way")  # type: ignore[misc]
        assert_enveloped(slow.post("/attachments", files={"file": ("a.txt", b"x")}), 503, "TooManyUploads")
        assert send(student, b"x", "a.txt") == 201
    wait_until(lambda: not list(incoming.iterdir()), "those that were given up are gone")
    assert send(slow, b"x", "a.txt") == 201
