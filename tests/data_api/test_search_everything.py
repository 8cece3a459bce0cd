"""GET /search: what is found, where, in which order, and what is offered when nothing is."""

from typing import Any

import psycopg
import pytest

from data_api.kit.database import TimeLimits
from data_api.main import create_app
from data_api.search import repository
from tests.data_api.test_search import WORDS
from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.serving import served, settings_of


def page(visitor: Visitor, q: str, **more: Any) -> dict[str, Any]:
    return done(visitor.get("/search", params={"q": q, **more}))


def ids(visitor: Visitor, q: str, **more: Any) -> list[int]:
    return [hit["ticket"]["id"] for hit in visitor.walk("/search", q=q, **more)]


def places(hit: dict[str, Any]) -> list[str]:
    return [one["place"] for one in hit["excerpts"]]


def marks(hit: dict[str, Any]) -> dict[str, list[str]]:
    """The marked words of each place."""
    return {one["place"]: [part["text"] for part in one["parts"] if part["is_match"]] for one in hit["excerpts"]}


@pytest.fixture(scope="module")
def planted(api: Api, student: Visitor, other_student: Visitor, agent: Visitor) -> dict[str, int]:
    """Tickets of which each has the word kestrel in another place."""
    falconer = rows.person(api, "Kestrel Falconer")
    of_student = {"requester_id": student.person_id}
    found = {
        "title": rows.ticket(api, title="A kestrel in the hall", description="It sits there.", **of_student),
        "text": rows.ticket(api, title="A bird", description="It is a Kestrel, I think.", **of_student),
        "message": rows.ticket(api, title="A bird again", **of_student),
        "note": rows.ticket(api, title="A third bird", **of_student),
        "tag": rows.ticket(api, title="A fourth bird", **of_student),
        "requester": rows.ticket(api, title="A fifth bird", requester_id=falconer),
        "assignee": rows.ticket(api, title="A sixth bird", assignee_id=falconer, **of_student),
    }
    rows.message(api, found["message"], agent.person_id, body="No kestrel, an owl")
    rows.message(api, found["note"], agent.person_id, body="Kestrels again, sigh", is_internal=True)
    rows.tag(api, found["tag"], "a kestrel")
    return found


def test_staff_find_every_place_the_most_telling_first(agent: Visitor, planted: dict[str, int]) -> None:
    found = {hit["ticket"]["id"]: places(hit) for hit in page(agent, "kestrel")["items"]}
    assert list(found) == [
        planted["title"],
        planted["tag"],
        planted["assignee"],
        planted["requester"],
        planted["text"],
        planted["message"],
        planted["note"],
    ]
    assert [
        found[planted[name]][0] for name in ("title", "tag", "assignee", "requester", "text", "message", "note")
    ] == [*("title", "tag", "name", "name", "text", "message", "note")]


def test_students_find_no_internal_note(student: Visitor, other_student: Visitor, planted: dict[str, int]) -> None:
    for visitor in (student, other_student):
        found = page(visitor, "kestrel")["items"]
        assert {hit["ticket"]["id"] for hit in found} == set(planted.values()) - {planted["note"]}
        assert "note" not in {place for hit in found for place in places(hit)}
    assert page(student, "kestrels")["items"] == []


def test_a_title_is_told_with_its_words_marked(agent: Visitor, planted: dict[str, int]) -> None:
    first = page(agent, "kest hall")["items"][0]
    assert first["ticket"]["title"] == "A kestrel in the hall"
    assert first["excerpts"] == [
        {
            "place": "title",
            "parts": [
                {"text": "A ", "is_match": False},
                {"text": "kestrel", "is_match": True},
                {"text": " in the ", "is_match": False},
                {"text": "hall", "is_match": True},
            ],
        }
    ]


def test_words_may_stand_in_different_places(agent: Visitor, planted: dict[str, int]) -> None:
    assert ids(agent, "falconer fifth") == [planted["requester"]]
    assert ids(agent, "owl again kestrel") == [planted["message"]]
    assert ids(agent, "falconer kestrel sixth nothing") == []


def test_a_whole_name_finds_the_persons_tickets(agent: Visitor, planted: dict[str, int]) -> None:
    assert ids(agent, "Kestrel Falconer") == [planted["assignee"], planted["requester"]]


def test_the_number_is_first(api: Api, agent: Visitor, planted: dict[str, int]) -> None:
    wanted = planted["text"]
    found = page(agent, f"#{wanted}")["items"]
    assert [hit["ticket"]["id"] for hit in found] == [wanted]
    assert marks(found[0]) == {"number": [f"#{wanted}"]}
    mention = rows.ticket(api, title=f"Same as {wanted}", description="x")
    assert ids(agent, str(wanted)) == [wanted, mention]


def test_a_former_number_and_its_beginning(api: Api, agent: Visitor) -> None:
    known = rows.ticket(api, title="Imported", source="old desk", source_id="INC00815")
    rows.ticket(api, title="Imported too", source="old desk", source_id="INC00816")
    assert ids(agent, "inc00815") == [known]
    assert len(ids(agent, "INC008")) == 2
    hit = page(agent, "inc00815")["items"][0]
    assert marks(hit)["number"] == ["INC00815"]


@pytest.fixture(scope="module")
def by_script(api: Api) -> dict[str, int]:
    made = rows.tickets(api, [{"title": "x", "description": text} for text, _ in WORDS.values()])
    return dict(zip(WORDS, made, strict=True))


@pytest.mark.parametrize("name", WORDS)
def test_words_of_every_script_are_found_and_marked(agent: Visitor, by_script: dict[str, int], name: str) -> None:
    typed = WORDS[name][1][0]
    hit = next(hit for hit in page(agent, typed)["items"] if hit["ticket"]["id"] == by_script[name])
    assert marks(hit)["text"]
    assert "".join(part["text"] for part in hit["excerpts"][0]["parts"]) == WORDS[name][0]


@pytest.mark.parametrize(
    "typed",
    ["'", "''", '"', "\\", "&", "a & b", "!", "!!", "(", ")", ":*", "<->", "<2>", "%", "_", "😀", "#", "#0"],
)
def test_operators_are_only_text(agent: Visitor, planted: dict[str, int], typed: str) -> None:
    assert set(ids(agent, typed)).isdisjoint(planted.values())


@pytest.mark.parametrize("typed", ["'; DROP TABLE ticket; --", "kestrel' | 'bird", "kestrel <script>", "kestrel*"])
def test_what_looks_like_code_is_words(agent: Visitor, planted: dict[str, int], typed: str) -> None:
    page(agent, typed)
    assert len(ids(agent, "kestrel")) == len(planted)


def test_markup_is_text(agent: Visitor, student: Visitor) -> None:
    ticket_id = student.report("<img src=x onerror=alert(1)> wallcreeper <b>x</b>")["id"]
    hit = next(hit for hit in page(agent, "wallcreeper")["items"] if hit["ticket"]["id"] == ticket_id)
    assert "<img src=x onerror=alert(1)> " in [part["text"] for part in hit["excerpts"][-1]["parts"]]


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "x" * 201, "x" * 10_000, "a\x00b"])
def test_what_cannot_be_searched_for_is_refused_by_name(agent: Visitor, typed: str) -> None:
    answer = agent.get("/search", params={"q": typed})
    assert answer.status_code == 422
    assert [field["name"] for field in answer.json()["fields"]] == ["query.q"]


def test_unknown_parameters_and_foreign_cursors_are_refused(agent: Visitor, planted: dict[str, int]) -> None:
    assert agent.get("/search", params={"q": "x", "status": "open"}).status_code == 422
    cursor = done(agent.get("/tickets", params={"limit": 1}))["next_cursor"]
    for one in (cursor, "x", "W10"):
        assert agent.get("/search", params={"q": "kestrel", "cursor": one}).status_code == 422


@pytest.mark.parametrize("words", [200 * "x", " ".join(["ab"] * 66), " ".join(f"w{n}" for n in range(50))])
def test_many_words_and_long_ones_only_find_nothing(agent: Visitor, words: str) -> None:
    assert ids(agent, words[:200]) == []


def test_pages_are_stable_while_tickets_arrive(api: Api, agent: Visitor) -> None:
    made = rows.tickets(api, [{"title": "A dipper", "description": "x"} for _ in range(30)])
    first = page(agent, "dipper", limit=12)
    rows.ticket(api, title="A dipper, the newest", description="x")
    rest = agent.walk("/search", q="dipper", limit=12, cursor=first["next_cursor"])
    found = [hit["ticket"]["id"] for hit in [*first["items"], *rest]]
    assert found == made[::-1]


@pytest.mark.parametrize("newest", [1, 3, 1_000])
@pytest.mark.parametrize("rare", [-1, 2, 1_000])
def test_every_way_finds_the_same(
    agent: Visitor,
    student: Visitor,
    planted: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
    newest: int,
    rare: int,
) -> None:
    expected = {who: ids(who, "kestrel") for who in (agent, student)}
    monkeypatch.setattr(repository, "NEWEST", newest)
    monkeypatch.setattr(repository, "RARE", rare)
    assert {who: ids(who, "kestrel") for who in (agent, student)} == expected
    if rare >= 0:  # otherwise all words have to stand in one place
        assert ids(agent, "falconer fifth") == [planted["requester"]]


def test_common_words_find_the_newest_only_and_it_is_said(
    api: Api, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rows.tickets(api, [{"title": "A redstart", "description": "x"} for _ in range(8)])
    assert page(agent, "redstart")["reach"] == "all"
    monkeypatch.setattr(repository, "NEWEST", 4)
    monkeypatch.setattr(repository, "RARE", 1)
    monkeypatch.setattr(repository, "ENOUGH", 4)
    found = page(agent, "redstart")
    assert [hit["ticket"]["id"] for hit in found["items"]] == made[:-5:-1]
    assert found["reach"] == "newest"


def test_a_search_that_takes_too_long_says_so(api: Api, agent: Visitor, planted: dict[str, int]) -> None:
    """Its statement waits for a lock that somebody else holds."""
    limits = TimeLimits(search_milliseconds=200)
    settings = settings_of(LODGE_DATABASE_URL=api.database_url, LODGE_RATE_LIMITS="off")
    with served(create_app(settings, limits)) as url, Api(url, api.database_url) as impatient:
        searching = impatient.with_token(agent, agent.token)
        with psycopg.connect(api.database_url) as other:
            other.execute("LOCK TABLE ticket_tag IN ACCESS EXCLUSIVE MODE")
            found = page(searching, "nothing")
        assert (found["items"], found["reach"], found["alike"]) == ([], "cut-off", [])
        assert page(searching, "kestrel")["reach"] == "all"


@pytest.fixture(scope="module")
def misspelt(api: Api, student: Visitor) -> None:
    rows.ticket(api, title="The projector hums", requester_id=student.person_id)
    tagged = rows.ticket(api, title="Rain comes in", requester_id=student.person_id)
    rows.tag(api, tagged, "umbrella")
    rows.ticket(api, title="It drips", requester_id=rows.person(api, "Wilhelmina Ostrowski"))
    rows.ticket(api, title="The secret seismograph", requester_id=student.person_id, is_confidential=True)
    rows.ticket(api, title="Nothing", requester_id=rows.person(api, "Bartholomew Quince"), is_confidential=True)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("projektor", "projector"), ("umbrela", "umbrella"), ("ostrovski", "Wilhelmina Ostrowski")],
)
def test_what_is_spelt_alike_is_offered_and_finds_something(
    agent: Visitor, other_student: Visitor, misspelt: None, typed: str, offered: str
) -> None:
    for visitor in (agent, other_student):
        found = page(visitor, typed)
        assert found["items"] == []
        assert found["alike"][0] == offered
        assert ids(visitor, offered)


def test_names_are_offered_as_soon_as_other_words_are(
    api: Api, agent: Visitor, student: Visitor, misspelt: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of people who reported none of the newest tickets."""
    rows.ticket(api, title="The newest one", requester_id=student.person_id)
    monkeypatch.setattr(repository, "NEWEST", 1)
    assert page(agent, "ostrofsky")["alike"] == ["Wilhelmina Ostrowski"]


def test_no_offer_tells_of_what_somebody_may_not_read(
    agent: Visitor, student: Visitor, other_student: Visitor, misspelt: None
) -> None:
    assert page(student, "seismograf")["alike"] == ["seismograph"]
    assert page(student, "quinze")["alike"] == []
    for visitor in (agent, other_student):
        assert page(visitor, "seismograf")["alike"] == []
        assert page(visitor, "bartolomew")["alike"] == []


def test_what_is_found_needs_no_offer(agent: Visitor, misspelt: None) -> None:
    assert page(agent, "projector")["alike"] == []


def test_a_search_counts_as_one(api: Api, postgres_url: str) -> None:
    settings = settings_of(LODGE_DATABASE_URL=api.database_url)
    with served(create_app(settings)) as url, Api(url, api.database_url) as limited:
        visitor = limited.enter("agent", "Searching much")
        answers = [visitor.get("/search", params={"q": "#"}).status_code for _ in range(241)]
    assert answers == [200] * 240 + [429]
