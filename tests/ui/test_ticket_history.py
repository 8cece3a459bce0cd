"""The history on the ticket's page: former texts, taking back with one click, removing what should not stand there."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streamlit_app.language.differences import AROUND, LONGEST, Kind, differences
from streamlit_app.state import lists
from tests.support import rows
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.conftest import Opener

SAME, GONE, NEW = Kind.SAME, Kind.GONE, Kind.NEW


def changes(screen: Screen) -> list[dict[str, Any]]:
    """The lines that tell of a title or a description, the latest first."""
    lines = [entry for entry in screen.data("timeline")["entries"] if not entry["is_message"]]
    return [line for line in lines[::-1] if "title" in line["text"] or "description" in line["text"]]


def press(screen: Screen, act: str, line: dict[str, Any], version: int | None = None) -> None:
    seen = screen.data("timeline")["version"] if version is None else version
    screen.fire("timeline", "act", {"name": act, "id": line["id"], "version": seen})


def acts(line: dict[str, Any]) -> list[str]:
    return [act["name"] for act in line["acts"]]


@pytest.mark.parametrize("who", ["student", "agent"])
def test_a_spoiled_title_is_seen_and_put_back_with_one_click(
    request: pytest.FixtureRequest, student: Visitor, other_student: Visitor, see: Opener, who: str
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    ticket_id = student.report("It is stuck.", title="Lift in the library")["id"]
    other_student.edit(ticket_id, title="Lift for sale")
    screen = see(visitor, "ticket", id=str(ticket_id))
    [line] = changes(screen)
    assert line["text"] == f"{other_student.name} changed the title"
    assert line["pieces"] == [
        {"kind": "same", "text": "Lift "},
        {"kind": "gone", "text": "in the library"},
        {"kind": "new", "text": "for sale"},
    ]
    # What else somebody changed meanwhile is no reason to refuse.
    other_student.edit(ticket_id, room="2.14")
    press(screen, "take-back", line)
    assert visitor.read(ticket_id)["title"] == "Lift in the library"
    assert [acts(line)[:1] for line in changes(screen)] == [["take-back"], ["blank"] if who == "agent" else []]


def test_what_was_changed_again_meanwhile_is_left_alone_and_told(
    student: Visitor, other_student: Visitor, see: Opener
) -> None:
    ticket_id = student.report("It is stuck.", title="Lift")["id"]
    other_student.edit(ticket_id, title="Spoiled")
    screen = see(student, "ticket", id=str(ticket_id))
    shown = screen.data("timeline")
    other_student.edit(ticket_id, title="Lift, as it should be called")
    # Also if the page was drawn again while the press was on its way.
    for _ in range(2):
        press(screen, "take-back", shown["entries"][-1], shown["version"])
        assert student.read(ticket_id)["title"] == "Lift, as it should be called"
        assert f"{other_student.name} changed the title a moment ago, so it was left alone" in screen.words()
        screen.again()


def test_what_staff_remove_is_told_with_their_name(student: Visitor, agent: Visitor, see: Opener) -> None:
    ticket_id = student.report("My secret")["id"]
    student.edit(ticket_id, description="Nothing", title="Nothing")
    screen = see(agent, "ticket", id=str(ticket_id))
    for line in changes(screen):
        press(screen, "blank", line)
    assert {str(line["note"]).rpartition(",")[0] for line in changes(screen)} == {
        f"The former {kind} was removed by Ada Okafor" for kind in ("title", "description")
    }
    assert "secret" not in see(student, "ticket", id=str(ticket_id)).words()


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        ({"description": "Nothing", "title": "Nothing"}, ""),
        ({"description": "Nothing"}, " The present title still says the same: change that first."),
        ({"description": "Well. My  secret\nIt is known."}, " The present title and description still say the same"),
    ],
)
def test_who_removes_a_text_is_told_where_it_still_stands(
    student: Visitor, agent: Visitor, see: Opener, edits: dict[str, str], told: str
) -> None:
    ticket_id = student.report("My secret\nIt is known.")["id"]
    student.edit(ticket_id, **edits)
    lines = changes(see(agent, "ticket", id=str(ticket_id)))
    [question] = [
        act["question"] for line in lines if "description" in line["text"] for act in line["acts"] if act["question"]
    ]
    assert question.startswith("The former description goes for good, for everybody." + told)


def test_nobody_else_sees_what_was(student: Visitor, other_student: Visitor, agent: Visitor, see: Opener) -> None:
    ticket_id = student.report("My secret", title="My secret")["id"]
    agent.edit(ticket_id, title="Noise")
    student.edit(ticket_id, description="Noise")
    screen = see(other_student, "ticket", id=str(ticket_id))
    assert [(line["pieces"], line["note"], line["acts"]) for line in changes(screen)] == [([], "", [])] * 2
    assert "secret" not in screen.words()


def test_what_is_older_than_the_keeping_is_told_so(api: Api, student: Visitor, agent: Visitor, see: Opener) -> None:
    ticket_id = student.report(title="Lift")["id"]
    agent.edit(ticket_id, title="Changed")
    api.sql("UPDATE ticket_event SET from_value = NULL WHERE ticket_id = %s", ticket_id)
    [line] = changes(see(agent, "ticket", id=str(ticket_id)))
    assert (line["note"], line["acts"]) == ("The former title is not kept.", [])


def test_everybody_reads_the_name_of_a_team(
    api: Api, student: Visitor, agent: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of one that was added since the names were read, by another process of the pages."""
    monkeypatch.setattr(lists, "NEW_SECONDS", 0)
    ticket_id = student.report()["id"]
    for visitor, name in ((student, "Night Porters"), (agent, "Day Porters")):
        rows.team(api, name)
        agent.edit(ticket_id, team=name.lower().replace(" ", "-"))
        assert (
            f"put it into the team {name}"
            in see(visitor, "ticket", id=str(ticket_id)).data("timeline")["entries"][-1]["text"]
        )


def test_a_history_of_long_texts_is_shown_whole(api: Api, student: Visitor, agent: Visitor, see: Opener) -> None:
    """The data API tells it in more than one answer."""
    ticket_id = student.report("x")["id"]
    rows.long_former_texts(api, ticket_id, 10)
    screen = see(agent, "ticket", id=str(ticket_id))
    assert len(changes(screen)) == 10
    assert not screen.data("timeline")["has_earlier"]


def test_of_a_long_history_the_latest_is_seen(api: Api, student: Visitor, agent: Visitor, see: Opener) -> None:
    """A hundred changes must not hide the last."""
    ticket_id = student.report()["id"]
    api.sql(
        "INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, occurred_at) "
        "SELECT %s, 'room', n::text, (n + 1)::text, now() - interval '1 hour' FROM generate_series(1, 250) AS n",
        ticket_id,
    )
    agent.edit(ticket_id, title="The last")
    screen = see(agent, "ticket", id=str(ticket_id))
    assert len(screen.data("timeline")["entries"]) == 50
    assert screen.data("timeline")["has_earlier"]
    assert len(changes(screen)) == 1
    screen.fire("timeline", "earlier", True)
    assert len(screen.data("timeline")["entries"]) == 100


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("a b c", "a x c", [(SAME, "a "), (GONE, "b"), (NEW, "x"), (SAME, " c")]),
        (
            "one two three four",
            "one two four five",
            [(SAME, "one two "), (GONE, "three four"), (NEW, "four five")],
        ),
        ("The lift is stuck", "Buy my bicycle now", [(GONE, "The lift is stuck"), (NEW, "Buy my bicycle now")]),
        ("a", "a b", [(SAME, "a"), (NEW, " b")]),
        ("a a", "a", [(SAME, "a"), (GONE, " a")]),
        ("שלום עולם", "שלום לך", [(SAME, "שלום "), (GONE, "עולם"), (NEW, "לך")]),
        ("a\nb", "a b", [(SAME, "a"), (GONE, "\n"), (NEW, " "), (SAME, "b")]),
        ("電梯壞了", "電梯好了", [(GONE, "電梯壞了"), (NEW, "電梯好了")]),
    ],
)
def test_differences_are_told_word_by_word(before: str, after: str, pieces: list[tuple[Kind, str]]) -> None:
    assert [(piece.kind, piece.text) for piece in differences(before, after)] == pieces


def test_long_texts_are_shortened_around_what_was_changed() -> None:
    words = "word " * 3000
    same, gone, new, rest = differences(f"{words}left {words}", f"{words}right {words}")
    assert (gone.text, new.text) == ("left", "right")
    assert (same.text[0], same.text[-5:], rest.text[:5], rest.text[-1]) == ("…", "word ", " word", "…")
    assert max(len(same.text), len(rest.text)) < 2 * AROUND
    assert [len(piece.text) for piece in differences("x" * 20_000, "y" * 20_000)] == [LONGEST + 1] * 2


PARTS = st.lists(
    st.one_of(st.text(max_size=8), st.sampled_from([" ", "\t", "\n", "\u2003", "a", "é", "word"])).flatmap(
        lambda part: st.integers(1, 150).map(lambda times: part * times)
    ),
    max_size=6,
).map("".join)


@settings(max_examples=40, deadline=None)
@given(PARTS, PARTS, PARTS, PARTS)
@example("Broken", "Mended", f"{' ' * 70}{'x' * 100}", "")
@example("", "", f"{'x' * 100}{' ' * 70}", "end")
def test_any_two_texts_are_compared(before: str, after: str, same: str, end: str) -> None:
    """Long runs of white space or of one letter too. What is shown comes from the texts, in their order."""
    old, new = f"{before}{same}{end}", f"{after}{same}"
    for one, other in ((old, new), (new, old), (old, old)):
        pieces = differences(one, other)
        assert all(piece.text for piece in pieces)
        for text, left_out in ((one, NEW), (other, GONE)):
            if all("…" not in piece.text for piece in pieces):
                assert "".join(piece.text for piece in pieces if piece.kind is not left_out) == text


def test_many_unlike_words_are_not_compared_for_ever() -> None:
    """Compared word by word these would take minutes."""
    before, after = (" ".join(f"{word}{n}" for n in range(4000)) for word in ("a", "b"))
    shuffled = " ".join(sorted(before.split(), reverse=True))
    assert [piece.kind for piece in differences(before, after)] == [GONE, NEW]
    assert {piece.kind for piece in differences(before, shuffled)} <= {SAME, GONE, NEW}
