"""Files of tickets and messages: how they get there, who lists them, and how they come back."""

import hashlib
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.data_api.test_envelope import assert_enveloped
from tests.support.api import Api, Visitor, done
from tests.support.hostile_files import HTML, Sample, hostile_files, pdf, picture, png_of, video, workbook, zipped
from tests.support.meanwhile import held_up

TEXT = b"The lift says E17.\n"


def history(visitor: Visitor, ticket_id: int) -> list[tuple[Any, ...]]:
    events = done(visitor.get(f"/tickets/{ticket_id}/history"))["items"]
    return [(event["from"], event["to"]) for event in events if event["kind"] == "attachment"]


def thread(visitor: Visitor, ticket_id: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = done(visitor.get(f"/tickets/{ticket_id}/messages"))["items"]
    return items


def test_a_file_of_a_ticket_comes_back_as_it_was(student: Visitor, agent: Visitor) -> None:
    ticket = student.report()
    content = picture("JPEG", (900, 600))
    added = student.upload(content, "lift.jpg", ticket["id"])
    assert {key: added[key] for key in ("name", "type", "size", "has_thumbnail", "ticket_id", "message_id")} == {
        "name": "lift.jpg",
        "type": "image/jpeg",
        "size": len(content),
        "has_thumbnail": True,
        "ticket_id": ticket["id"],
        "message_id": None,
    }
    assert agent.read(ticket["id"])["attachments"] == [added]
    answer = agent.get(f"/attachments/{added['id']}")
    assert (answer.status_code, answer.content) == (200, content)
    told = answer.headers
    assert told["Content-Type"] == "image/jpeg"
    assert told["Content-Disposition"] == "attachment; filename=\"lift.jpg\"; filename*=UTF-8''lift.jpg"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in told["Content-Security-Policy"]
    assert told["Cache-Control"] == "private, no-cache"
    assert history(student, ticket["id"]) == [(None, "lift.jpg")]
    assert student.read(ticket["id"])["modified_at"] > ticket["modified_at"]


def test_a_thumbnail_is_a_picture_of_its_own(student: Visitor) -> None:
    added = student.upload(picture("PNG", (900, 600)), "a.png", student.report()["id"])
    answer = student.get(f"/attachments/{added['id']}/thumbnail")
    assert (answer.headers["Content-Type"], answer.content[:4]) == ("image/webp", b"RIFF")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    text = student.upload(TEXT, "a.txt")
    assert not text["has_thumbnail"]
    assert_enveloped(student.get(f"/attachments/{text['id']}/thumbnail"), 404, "NoThumbnail")


def test_a_draft_becomes_part_of_a_report(student: Visitor, agent: Visitor) -> None:
    drafts = [student.upload(content, "photo.png") for content in (picture(), picture(size=(50, 50)))]
    assert drafts[0]["ticket_id"] is None
    ticket = student.report(attachments=[draft["id"] for draft in drafts])
    assert [file["id"] for file in ticket["attachments"]] == [draft["id"] for draft in drafts]
    assert {file["ticket_id"] for file in ticket["attachments"]} == {ticket["id"]}
    assert agent.get(f"/attachments/{drafts[0]['id']}").status_code == 200
    listed = done(agent.get("/tickets", params={"limit": 5}))["items"]
    assert next(row for row in listed if row["id"] == ticket["id"])["attachments"] == ticket["attachments"]
    assert history(student, ticket["id"]) == []


def test_a_draft_becomes_part_of_a_message(student: Visitor, agent: Visitor) -> None:
    ticket = student.report()
    draft = student.upload(TEXT, "log.txt")
    said = student.say(ticket["id"], "Here it is.", attachments=[draft["id"]])
    assert [file["id"] for file in said["attachments"]] == [draft["id"]]
    assert said["attachments"][0]["message_id"] == said["id"]
    assert thread(agent, ticket["id"]) == [said]
    assert agent.read(ticket["id"])["attachments"] == []
    overview = done(agent.get("/overview"))["latest_messages"]
    assert next(row for row in overview if row["id"] == said["id"])["attachments"] == said["attachments"]


def test_a_draft_that_becomes_part_of_a_report_is_not_deleted_as_a_draft(api: Api, student: Visitor) -> None:
    """Only staff delete files of tickets, and a ticket's history tells it."""
    ticket, draft = student.report(), student.upload(TEXT)
    with psycopg.connect(api.database_url) as report:
        report.execute("UPDATE attachment SET ticket_id = %s WHERE id = %s", [ticket["id"], draft["id"]])
        with held_up(api, lambda: student.delete(f"/attachments/{draft['id']}"), report) as answers:
            pass
    assert_enveloped(answers[0], 409, "ChangedMeanwhile")
    assert [file["id"] for file in student.read(ticket["id"])["attachments"]] == [draft["id"]]


def test_a_message_may_be_files_alone(student: Visitor) -> None:
    ticket = student.report()["id"]
    file = student.upload(TEXT)["id"]
    said = done(student.post(f"/tickets/{ticket}/messages", json={"attachments": [file]}), 201)
    (shown,) = student.walk(f"/tickets/{ticket}/messages")
    assert (shown["body"], [one["id"] for one in shown["attachments"]]) == ("", [file])
    assert shown == said


def test_a_retry_of_a_report_keeps_its_files(student: Visitor) -> None:
    draft = student.upload(TEXT)
    wish = {"description": "x", "attachments": [draft["id"]]}
    first, again = (student.post("/tickets", json=wish, headers={"Idempotency-Key": "once"}) for _ in range(2))
    assert done(first, 201)["attachments"] == done(again, 201)["attachments"] != []


def test_what_is_no_draft_of_mine_cannot_be_used(api: Api, student: Visitor, other_student: Visitor) -> None:
    ticket = student.report()
    used = student.upload(TEXT)
    student.say(ticket["id"], attachments=[used["id"]])
    foreign, own = other_student.upload(TEXT)["id"], student.upload(TEXT)["id"]
    before = api.sql("SELECT count(*) FROM ticket"), api.sql("SELECT count(*) FROM message")
    for ids in ([foreign], [used["id"]], [10**9], [own, foreign], [own, own], [0], list(range(1, 12)), "x"):
        wish = {"description": "x", "attachments": ids}
        refused = assert_enveloped(student.post("/tickets", json=wish), 422, "InvalidInput")
        assert refused.fields
        assert refused.fields[0].name.startswith("body.attachments")
        message = {"body": "x", "attachments": ids}
        assert student.post(f"/tickets/{ticket['id']}/messages", json=message).status_code == 422
    assert (api.sql("SELECT count(*) FROM ticket"), api.sql("SELECT count(*) FROM message")) == before
    assert student.report(attachments=[own])["attachments"][0]["id"] == own


def test_the_rules_say_what_is_taken(student: Visitor) -> None:
    rules = done(student.get("/attachments/allowed"))
    assert (rules["max_with_one_text"], rules["keep_drafts_hours"]) == (10, 24)
    sizes = {kind["type"]: kind["max_bytes"] for kind in rules["types"]}
    assert sizes["image/jpeg"] == 25 * 1024 * 1024
    assert sizes["video/mp4"] == 50 * 1024 * 1024
    assert "image/svg+xml" not in sizes


# -- deleting ------------------------------------------------------------------------------------------------------


def test_a_draft_is_deleted_by_its_uploader(student: Visitor, admin: Visitor) -> None:
    draft = student.upload(TEXT)
    assert_enveloped(admin.delete(f"/attachments/{draft['id']}"), 404, "AttachmentNotFound")
    done(student.delete(f"/attachments/{draft['id']}"), 204)
    assert_enveloped(student.get(f"/attachments/{draft['id']}"), 404, "AttachmentNotFound")
    assert_enveloped(student.delete(f"/attachments/{draft['id']}"), 404, "AttachmentNotFound")


def test_a_file_of_a_ticket_is_deleted_by_staff_and_the_history_tells_it(student: Visitor, agent: Visitor) -> None:
    ticket = student.report(attachments=[student.upload(TEXT, "private.txt")["id"]])
    file = ticket["attachments"][0]["id"]
    assert_enveloped(student.delete(f"/attachments/{file}"), 403, "NotPermitted")
    done(agent.delete(f"/attachments/{file}"), 204)
    assert student.read(ticket["id"])["attachments"] == []
    assert history(student, ticket["id"]) == [("private.txt", None)]


def test_the_history_does_not_tell_of_a_file_of_a_note(api: Api, student: Visitor, agent: Visitor) -> None:
    ticket = student.report()
    note = agent.say(ticket["id"], is_internal=True, attachments=[agent.upload(TEXT, "secret.txt")["id"]])
    before = student.read(ticket["id"])
    file = note["attachments"][0]["id"]
    done(agent.delete(f"/attachments/{file}"), 204)
    assert history(agent, ticket["id"]) == []
    assert student.read(ticket["id"]) == before
    told = api.sql(
        "SELECT actor_id FROM change WHERE table_name = 'attachment' AND op = 'delete' AND row_id = %s", file
    )
    assert told == [(agent.person_id,)]


def test_files_go_with_their_ticket(api: Api, student: Visitor, admin: Visitor) -> None:
    ticket = student.report(attachments=[student.upload(TEXT)["id"]])
    student.say(ticket["id"], attachments=[student.upload(TEXT)["id"]])
    done(admin.delete(f"/tickets/{ticket['id']}"), 204)
    assert api.sql("SELECT count(*) FROM attachment WHERE ticket_id = %s", ticket["id"]) == [(0,)]


def test_a_closed_ticket_takes_no_file(student: Visitor, agent: Visitor) -> None:
    ticket = student.report()
    agent.move(ticket["id"], "active", "closed")
    answer = student.post(f"/tickets/{ticket['id']}/attachments", files={"file": ("a.txt", TEXT)})
    assert_enveloped(answer, 409, "TicketAlreadyClosed")


# -- parts, and what the client has already --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-4", 206, 0, 5),
        ("bytes=4-", 206, 4, None),
        ("bytes=-3", 206, -3, None),
        ("bytes=5-100000", 206, 5, None),
        ("bytes=0-", 200, 0, None),
        ("bytes=-100000", 200, 0, None),
        ("bytes=0-1,4-5", 200, 0, None),
        ("lines=1-2", 200, 0, None),
        ("bytes=-", 200, 0, None),
    ],
)
def test_a_part_of_a_file(student: Visitor, asked: str, status: int, start: int, end: int | None) -> None:
    file = student.upload(TEXT)
    answer = student.get(f"/attachments/{file['id']}", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, TEXT[start:end])
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert ("Content-Range" in answer.headers) == (status == 206)


def test_a_part_that_is_not_there(student: Visitor) -> None:
    file = student.upload(TEXT)
    for asked in (f"bytes={len(TEXT)}-", "bytes=9-3", "bytes=-0"):
        answer = student.get(f"/attachments/{file['id']}", headers={"Range": asked})
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(TEXT)}")


def test_a_file_that_the_client_has_is_not_sent_again(student: Visitor, other_student: Visitor) -> None:
    file = student.upload(TEXT)
    path = f"/attachments/{file['id']}"
    tag = student.get(path).headers["ETag"]
    again = student.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert student.get(path, headers={"Range": "bytes=0-1", "If-Range": '"old"'}).status_code == 200
    assert other_student.get(path, headers={"If-None-Match": tag}).status_code == 404


# -- what is sent ----------------------------------------------------------------------------------------------------


def test_a_retry_of_an_upload_adds_one_file(student: Visitor) -> None:
    ticket = student.report()
    path, key = f"/tickets/{ticket['id']}/attachments", {"Idempotency-Key": "upload-1"}
    first, again = (student.post(path, files={"file": ("a.txt", TEXT)}, headers=key) for _ in range(2))
    assert done(first, 201) == done(again, 201)
    assert len(student.read(ticket["id"])["attachments"]) == 1
    other = student.post(path, files={"file": ("a.txt", TEXT + b"!")}, headers=key)
    assert_enveloped(other, 422, "IdempotencyKeyReused")


def form(*parts: bytes, end: bytes = b"--X--\r\n") -> bytes:
    return b"".join(b"--X\r\n" + part + b"\r\n" for part in parts) + end


FILE = b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello'
SHAPES = {
    "two files": form(FILE, FILE),
    "a field besides": form(FILE, b'Content-Disposition: form-data; name="x"\r\n\r\ny'),
    "another field": form(FILE.replace(b'"file"', b'"files"')),
    "a field in place of a file": form(b'Content-Disposition: form-data; name="file"\r\n\r\nhello'),
    "no disposition": form(b"Content-Type: text/plain\r\n\r\nhello"),
    "no part": form(),
    "nothing": b"",
    "no form": b"hello",
    "headers without an end": form(b"A" * 300_000),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_body_of_another_shape_is_refused(api: Api, home: Path, student: Visitor, name: str) -> None:
    sent = {"Content-Type": "multipart/form-data; boundary=X"}
    answer = student.post("/attachments", content=SHAPES[name], headers=sent)
    assert answer.status_code in (400, 422), answer.text
    assert list((home / "files" / "incoming").iterdir()) == []


def test_a_body_that_is_cut_short_leaves_nothing(home: Path, student: Visitor) -> None:
    sent = {"Content-Type": "multipart/form-data; boundary=X"}
    assert_enveloped(student.post("/attachments", content=form(FILE, end=b""), headers=sent), 400, "UploadCutShort")
    assert list((home / "files" / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    "sent", ["application/json", "multipart/form-data", "multipart/form-data; boundary=", "text/plain; boundary=X"]
)
def test_a_body_of_another_type_is_refused(student: Visitor, sent: str) -> None:
    answer = student.post("/attachments", content=form(FILE), headers={"Content-Type": sent})
    assert_enveloped(answer, 422, "InvalidInput")


@pytest.mark.parametrize("other", [b'name="file"', b"name=file"])
def test_a_plain_form_is_taken(student: Visitor, other: bytes) -> None:
    sent = {"Content-Type": 'multipart/form-data; boundary="X"'}
    answer = student.post("/attachments", content=form(FILE.replace(b'name="file"', other)), headers=sent)
    assert done(answer, 201)["size"] == 5


def test_names_are_kept_as_far_as_they_are_harmless(student: Visitor) -> None:
    for given, kept in {
        "Café 東京.txt": "Café 東京.txt",
        "../../etc/passwd.txt": "passwd.txt",
        "C:\\Users\\me\\notes.txt": "notes.txt",
        "a\u202eb.txt": "ab.txt",
    }.items():
        sent = FILE.replace(b"a.txt", given.encode().replace(b"\\", b"\\\\"))
        headers = {"Content-Type": "multipart/form-data; boundary=X"}
        assert done(student.post("/attachments", content=form(sent), headers=headers), 201)["name"] == kept
    assert student.upload(picture(), "photo.html")["name"] == "photo.html.png"


@pytest.mark.parametrize("name", [b"a.\x00", b"a.t\x00xt", b"a.\xff\xfe", b"a." + b"x" * 3_000, b"-v", b"a.--help"])
def test_a_strange_name_breaks_nothing(student: Visitor, name: bytes) -> None:
    sent = {"Content-Type": "multipart/form-data; boundary=X"}
    answer = student.post("/attachments", content=form(FILE.replace(b"a.txt", name)), headers=sent)
    assert answer.status_code in (201, 400, 422), answer.text


IN_THEIR_PROCESS = ("an SVG drawing as .png", "a bomb by its ratio", "a picture bomb", "nothing", "half a JPEG")


@pytest.mark.parametrize(
    "sample", [one for one in hostile_files() if one.what in IN_THEIR_PROCESS], ids=lambda s: s.what
)
def test_a_hostile_file_is_refused_and_not_kept(home: Path, api: Api, student: Visitor, sample: Sample) -> None:
    before = sorted(home.rglob("*")), api.sql("SELECT count(*) FROM attachment")
    answer = student.post("/attachments", files={"file": (f"a.{sample.extension}", sample.content)})
    refused = assert_enveloped(answer, 422, "FileRefused")
    assert refused.fields
    assert refused.fields[0].name == "body.file"
    assert (sorted(home.rglob("*")), api.sql("SELECT count(*) FROM attachment")) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", pdf()), ("a.mp4", video()), ("a.xlsx", workbook()), ("a.zip", zipped({"a.csv": b"1,2"}))],
)
def test_every_way_through_the_process_ends(student: Visitor, name: str, content: bytes) -> None:
    file = student.upload(content, name)
    assert student.get(f"/attachments/{file['id']}").content == content


def test_the_same_content_is_kept_once(home: Path, student: Visitor, other_student: Visitor) -> None:
    content = b"unlike any other\n"
    files = [visitor.upload(content, f"{visitor.person_id}.txt") for visitor in (student, other_student, student)]
    assert len({file["id"] for file in files}) == 3
    name = hashlib.sha256(content).hexdigest()
    assert [path.read_bytes() for path in home.rglob(name)] == [content]


def test_a_content_that_is_lost_is_told(home: Path, student: Visitor) -> None:
    file = student.upload(b"to be lost\n")
    (path,) = home.rglob(hashlib.sha256(b"to be lost\n").hexdigest())
    path.unlink()
    assert_enveloped(student.get(f"/attachments/{file['id']}"), 404, "FileMissing")


def test_a_process_that_dies_refuses_the_file(student: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_api.files.judging.COMMAND", ("false",))
    answer = student.post("/attachments", files={"file": ("a.txt", TEXT)})
    assert "memory and time" in assert_enveloped(answer, 422, "FileRefused").detail


def test_a_web_page_is_never_taken_by_whatever_name(student: Visitor) -> None:
    for name in ("a.html", "a.txt", "a.png", "a.pdf.html"):
        assert student.post("/attachments", files={"file": (name, HTML)}).status_code == 422


def test_a_person_has_so_many_drafts(student: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_api.attachments.service.MOST_DRAFTS", 0)
    answer = student.post("/attachments", files={"file": ("a.txt", TEXT)})
    assert_enveloped(answer, 409, "TooManyAttachments")


def test_a_ticket_has_so_many_files(student: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_api.attachments.service.MOST_OF_A_TICKET", 1)
    ticket = student.report()
    student.upload(TEXT, ticket_id=ticket["id"])
    answer = student.post(f"/tickets/{ticket['id']}/attachments", files={"file": ("a.txt", TEXT)})
    assert_enveloped(answer, 409, "TooManyAttachments")


def test_so_many_uploads_at_once(api: Api, student: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_api.files.uploads.MOST_AT_ONCE", 0)
    answer = student.post("/attachments", files={"file": ("a.txt", TEXT)})
    assert "Retry-After" in answer.headers
    assert_enveloped(answer, 503, "TooManyUploads")


def test_nobody_uploads_without_a_token(api: Api) -> None:
    assert_enveloped(api.post("/attachments", files={"file": ("a.txt", TEXT)}), 401, "NotSignedIn")


def test_a_picture_bomb_costs_nothing() -> None:
    assert len(png_of(50_000, 50_000)) < 1_000
