"""Search by words, by their beginnings and by number."""

import unicodedata

import pytest

from tests.support.api import Visitor, done

TEXTS = {
    "lift": "The elevator in the main library is stuck on floor 2.",
    "wifi": "WLAN im Hörsaal geht nicht; Störung seit Montag",
    "bike": "Fahrradständer zu klein — bicycle racks full",
    "asia": "図書館 のエレベーターが 故障 しています",
    "odd": "C++ & <script> 'quoted' \\ back:slash* (paren) | pipe ! bang mia.rossi@campus.example",
    "number": "Error 4711 on the printer, model x-900",
    "typed in haste": "WLAN/WiFi kaputt.Bitte in room 2.14 (A-14) kommen, +49 30 5550 http://campus.example/help",
}


@pytest.fixture(scope="module")
def numbers(student: Visitor) -> dict[str, int]:
    return {name: student.report(text)["id"] for name, text in TEXTS.items()}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("elevator", "lift"),
        ("ELEVATOR", "lift"),
        ("elev", "lift"),
        ("  elevator   stuck  ", "lift"),
        ("stuck elev", "lift"),
        ("elevator wlan", None),
        ("levator", None),
        ("hörsaal", "wifi"),
        ("HÖRSAAL", "wifi"),
        ("stör", "wifi"),
        ("fahrrad", "bike"),
        ("racks bicycle", "bike"),
        ("図書館", "asia"),
        ("故障", "asia"),
        ("4711", "number"),
        ("47", None),
        ("quoted", "odd"),
        ("'quoted'", "odd"),
        ("back:slash*", "odd"),
        ("script & pipe | bang", "odd"),
        ("rossi", "odd"),
        ("mia.rossi@campus.example", "odd"),
        ("900", "number"),
        ("x-900", "number"),
        ("bitte", "typed in haste"),
        ("wifi", "typed in haste"),
        ("wlan/wifi", "typed in haste"),
        ("2.14", "typed in haste"),
        ("a-14", "typed in haste"),
        ("+49 30", "typed in haste"),
        ("http://campus.example/help", "typed in haste"),
    ],
)
def test_words_and_their_beginnings(student: Visitor, numbers: dict[str, int], typed: str, found: str | None) -> None:
    assert student.list_ids(q=typed) == ([numbers[found]] if found else [])


WORDS = {
    "French": (
        "Un problème récurrent avec l’ascenseur bloqué",
        ["probleme", "PROBLÈME", "récur", "ascenseur", "bloque"],
    ),
    "Norwegian and Polish": ("Smørbrød i Łódź", ["smorbrod", "lodz", "smørbrød", "ŁÓDŹ"]),
    "German": ("Große Störung im Hörsaal", ["grosse", "GROSSE", "storung", "Hörsaal"]),
    "Turkish": ("İstanbul salonunda ışık yok", ["istanbul", "ISIK", "ışık", "İSTANBUL"]),
    "Vietnamese": ("Thang máy bị hỏng ở tầng hai", ["hong", "hỏng", "tang", "tầng"]),
    "Greek": ("Ο ανελκυστήρας είναι χαλασμένος", ["ανελκυστηρας", "ΑΝΕΛΚΥΣΤΉΡΑΣ", "χαλασμ"]),
    "Russian": ("Ёмкость сломана, май", ["емкость", "ёмк", "маи"]),
    "Hindi": ("पुस्तकालय में लिफ्ट बंद है", ["पुस्तकालय", "लिफ्ट", "पुस्त", "में"]),
    "Bengali": ("গ্রন্থাগারে লিফট আটকে গেছে", ["গ্রন্থাগারে", "লিফট", "আটকে"]),
    "Tamil": ("நூலகத்தில் மின்தூக்கி நின்றுவிட்டது", ["நூலகத்தில்", "மின்தூக்கி"]),
    "Telugu": ("గ్రంథాలయంలో లిఫ్ట్ ఆగిపోయింది", ["గ్రంథాలయంలో", "లిఫ్ట్", "గ్రంథా"]),
    "Malayalam": ("ലൈബ്രറിയിൽ ലിഫ്റ്റ് കേടായി", ["ലൈബ്രറിയിൽ", "ലിഫ്റ്റ്"]),
    "Sinhala": ("පුස්තකාලයේ විදුලි සෝපානය", ["පුස්තකාලයේ", "සෝපානය"]),
    "Thai": ("ห้องน้ำชั้นสองเสียมากครับ", ["ห้องน้ำ", "น้ำ", "เสียมาก", "ชั้นสองเสีย"]),
    "Lao": ("ຫ້ອງນ້ຳເພແລ້ວ", ["ຫ້ອງນ້ຳ", "ນ້ຳ"]),
    "Khmer": ("ជណ្តើរយន្តខូចហើយ", ["ជណ្តើរយន្ត", "ខូច"]),
    "Burmese": ("ဓာတ်လှေကားပျက်နေသည်", ["ဓာတ်လှေကား", "ပျက်"]),
    "Japanese": ("図書館でWiFiに接続できません。", ["図書館", "接続", "wifi", "できません", "ＷｉＦｉ"]),
    "Chinese": ("二楼的电梯坏了，请修理", ["电梯", "坏了", "修理", "二楼的电梯坏了"]),
    "Korean": ("도서관 엘리베이터가 고장났습니다", ["도서관", "엘리베이터", "고장났"]),
    "Arabic": ("المِصْعَدُ مُعَطَّلٌ في الطابق الثاني", ["المصعد", "معطل", "الطابق"]),
    "Persian": ("آسانسور کار نمی‌کند", ["اسانسور", "کند", "نمی‌کند", "كار"]),
    "Hebrew": ("הַמַּעֲלִית תקועה", ["המעלית", "תקועה"]),
    "without width": ("The bea\u200bmer and the key\u00adboard", ["beamer", "keyboard", "bea\u200dmer"]),
}


@pytest.fixture(scope="module")
def by_script(student: Visitor) -> dict[str, int]:
    """A ticket in each."""
    return {name: student.report(text)["id"] for name, (text, _) in WORDS.items()}


@pytest.mark.parametrize(("name", "typed"), [(name, word) for name, (_, words) in WORDS.items() for word in words])
def test_words_of_every_script_are_found(student: Visitor, by_script: dict[str, int], name: str, typed: str) -> None:
    for form in (unicodedata.normalize("NFC", typed), unicodedata.normalize("NFD", typed)):
        found = student.list_ids(q=form)
        assert set(found) & set(by_script.values()) == {by_script[name]}


def test_signs_of_a_script_are_no_accents(student: Visitor, by_script: dict[str, int]) -> None:
    """Without them it is another word."""
    assert student.list_ids(q="पसतकलय") == []
    assert student.list_ids(q="หองนา") == []


@pytest.mark.parametrize(
    "typed", ["!", "&", "|", "()", "'", "''", "\\", ":*", "<->", "%", "_%", "*", "—", "😀", "#", "#0"]
)
def test_what_is_no_word_finds_nothing(student: Visitor, numbers: dict[str, int], typed: str) -> None:
    page = done(student.get("/tickets", params={"q": typed}))
    assert (page["items"], page["total"]) == ([], 0)


@pytest.mark.parametrize(
    "typed", ["'; DROP TABLE ticket; --", "a' | 'b", "foo:*:*", "\\'", "a & & b", "(a", "a)", "!!a", "<2>", "''''"]
)
def test_search_syntax_is_only_text(student: Visitor, numbers: dict[str, int], typed: str) -> None:
    assert student.get("/tickets", params={"q": typed}).status_code == 200


def test_the_number_finds_the_ticket(student: Visitor, numbers: dict[str, int]) -> None:
    wanted = numbers["bike"]
    assert student.list_ids(q=f"#{wanted}") == [wanted]
    assert wanted in student.list_ids(q=str(wanted))
    assert student.list_ids(q="#987654321") == []


def test_a_bare_number_finds_the_word_too(student: Visitor, numbers: dict[str, int]) -> None:
    mention = student.report(f"Same as {numbers['lift']}, I think")["id"]
    assert set(student.list_ids(q=str(numbers["lift"]))) == {numbers["lift"], mention}
    assert student.list_ids(q=f"#{numbers['lift']}") == [numbers["lift"]]


@pytest.mark.parametrize(
    "typed", ["9" * 18, "9" * 19, "9" * 200, "#" + "9" * 19, "#" + "9" * 199, "00042", "-42", "1e9"]
)
def test_huge_numbers_are_only_not_found(student: Visitor, numbers: dict[str, int], typed: str) -> None:
    assert student.list_ids(q=typed) == []


def test_two_hundred_letters_and_many_words(student: Visitor, numbers: dict[str, int]) -> None:
    assert student.list_ids(q="x" * 200) == []
    assert student.list_ids(q=" ".join("ab" for _ in range(66))) == []


def test_an_edited_text_is_found_by_its_new_words(student: Visitor) -> None:
    ticket_id = student.report("Aardvark in the corridor")["id"]
    student.edit(ticket_id, title="Wombat", description="A wombat in the corridor")
    assert student.list_ids(q="aardvark") == []
    assert student.list_ids(q="wombat") == [ticket_id]


def test_messages_are_not_searched_and_closed_tickets_of_others_not_found(
    student: Visitor, other_student: Visitor, agent: Visitor
) -> None:
    ticket_id = student.report("A pangolin at the door")["id"]
    agent.say(ticket_id, "The okapi comes at noon")
    assert agent.list_ids(q="okapi") == []
    assert other_student.list_ids(q="pangolin") == [ticket_id]
    student.move(ticket_id, "closed")
    assert other_student.list_ids(q="pangolin") == []
    assert other_student.list_ids(q=f"#{ticket_id}") == []
    assert student.list_ids(q="pangolin") == [ticket_id]
