"""Files in the shapes that other helpdesks export, each with the mapping that somebody would write for it."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from contracts.base import name_key
from lodge.errors import LodgeError
from lodge.importing import ImportRefused, import_file
from service_kit.settings import get_settings
from tests.lodge.importing.conftest import Importer

SHARED = Path(__file__).resolve().parents[4] / "shared" / "cases" / "import"  # not ours to ship
HEADER = "id,subject,body,who,status,opened,closed\n"
TICKETS = (
    "SELECT source_id, title, description, status, to_char(opened_at, 'YYYY-MM-DD HH24:MI'), "
    "to_char(closed_at, 'YYYY-MM-DD HH24:MI') FROM ticket ORDER BY source_id"
)
TAGS = "SELECT source_id, tag FROM ticket_tag JOIN ticket ON ticket.id = ticket_id ORDER BY 1, 2"


@pytest.fixture(autouse=True)
def in_rome(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("LODGE_TIMEZONE", "Europe/Rome")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def mapping(text: str = "", file: str = 'time_format: "%Y-%m-%d %H:%M"', **more: str) -> dict[str, Any]:
    """The one that most of these files go with, or one with another `ticket`."""
    ticket = text or (
        '{id: "{id}", title: "{subject}", description: "{body}", requester: "{who}", status: "{status}", '
        'opened_at: "{opened}", closed_at: "{closed}"}'
    )
    said: dict[str, Any] = yaml.load(
        f"kind: tickets\nsource: case\nfile: {{{file}}}\nticket: {ticket}\n",
        yaml.BaseLoader,
    )
    return said | more


def refused(importer: Importer, rules: dict[str, Any], content: str | bytes, name: str = "f.csv") -> str:
    with pytest.raises(LodgeError) as error:
        importer(rules, content, name=name)
    assert importer.rows("SELECT count(*) FROM ticket") == [(0,)]
    return str(error.value)


@pytest.mark.parametrize("far", ["9999-12-31 23:59", "0001-01-01 00:00", "1900-01-01 00:00", "2999-01-01 00:00"])
def test_no_end_of_the_calendar_is_a_moment(importer: Importer, far: str) -> None:
    content = f"{HEADER}1,Sentinel,Body,Pat,closed,2026-01-05 10:00,{far}\n"
    assert f"line 2: closed_at: '{far}' is outside the years" in refused(importer, mapping(future="keep"), content)


def test_what_has_not_happened_yet_is_refused_or_kept(importer: Importer) -> None:
    content = f"{HEADER}1,Sentinel,Body,Pat,open,2062-06-01 08:00,\n"
    assert "line 2: opened_at: '2062-06-01 08:00' has not happened yet" in refused(importer, mapping(), content)
    importer(mapping(future="keep"), content)
    assert importer.rows(TICKETS) == [("1", "Sentinel", "Body", "open", "2062-06-01 06:00", None)]


def test_a_named_zone_is_honoured(importer: Importer) -> None:
    content = f"{HEADER}1,Lamp,Dark,Pat,,2026-07-01 22:30:00 UTC,2026-07-01 23:00:00 UTC\n"
    importer(mapping(file='time_format: "%Y-%m-%d %H:%M:%S %Z"'), content)
    assert importer.rows(TICKETS) == [("1", "Lamp", "Dark", "closed", "2026-07-01 22:30", "2026-07-01 23:00")]


def test_a_closing_in_the_repeated_hour_is_the_second_one(importer: Importer) -> None:
    importer(mapping(), f"{HEADER}1,Lift,Stuck,Pat,closed,2025-10-26 02:50,2025-10-26 02:10\n")
    assert importer.rows(TICKETS) == [("1", "Lift", "Stuck", "closed", "2025-10-26 00:50", "2025-10-26 01:10")]


JIRA = (
    '\ufeffSummary,Key,Component/s,Component/s,Labels,Labels,Labels,Description\r\n"Beamer dark",SD-1,Network,,'
    'beamer,,,"First line\r\n\r\nThen ""more"" lines."\r\n"Lift stuck",SD-2,Network,Lifts,lift,urgent,,"Stuck"\r\n'
)
JIRA_TICKET = (
    '{id: "{Key}", title: "{Summary}", description: "{Description}", requester: Unknown, '
    'opened_at: "2026-03-12 09:00", tags: ["{Labels}"], category: {from: "{Component/s}", take: TAKE, '
    "values: {Network: technical-it, Lifts: facility-management}}}"
)


def test_columns_that_stand_several_times(importer: Importer) -> None:
    """A field of one value says which; one of several takes them all."""
    untold = mapping(JIRA_TICKET.replace("take: TAKE, ", ""))
    assert "ticket.category: the column 'Component/s' stands 2 times" in refused(importer, untold, JIRA)
    assert "so there is no number 3" in refused(importer, mapping(JIRA_TICKET.replace("TAKE", "3")), JIRA)
    by_category = (
        "SELECT source_id, slug FROM ticket JOIN category c ON c.id = category_id WHERE source = '{}' ORDER BY 1"
    )
    for take, lift in {"first": "technical-it", "last": "facility-management", "1": "technical-it"}.items():
        importer(mapping(JIRA_TICKET.replace("TAKE", take), source=take), JIRA)
        assert importer.rows(by_category.format(take)) == [("SD-1", "technical-it"), ("SD-2", lift)]
    assert importer.rows(TAGS)[::3] == [("SD-1", "beamer"), ("SD-2", "lift"), ("SD-2", "urgent")]
    assert importer.rows("SELECT DISTINCT description FROM ticket WHERE source_id = 'SD-1'") == [
        ('First line\r\n\r\nThen "more" lines.',)
    ]


def test_one_name_in_two_forms_of_its_letters_is_one_person(importer: Importer) -> None:
    row = "Lamp,Dark,{},open,2026-03-01 02:50,\n"
    names = ["Jose\u0301 Nu\u0301n\u0303ez", "Jos\u00e9 N\u00fa\u00f1ez", "jose nunez"]
    importer(mapping(), HEADER + "".join(f"{number},{row.format(name)}" for number, name in enumerate(names)))
    assert importer.rows("SELECT name FROM person ORDER BY id") == [("José Núñez",), ("jose nunez",)]


def test_templates_are_templates_wherever_a_text_stands(importer: Importer) -> None:
    content = "Nr;Betreff;Text;Bereich\n1;Lamp dark;;Licht\n2;Tap drips;It drips.;Haus\n3;Door;It sticks.;Garten\n"
    ticket = (
        '{id: "{Nr}", description: {from: "{Text}", default: "Report: {Betreff}"}, requester: Unknown, '
        'opened_at: "2026-03-02", title: {from: "{Bereich}", values: {Licht: "Light: {Betreff}", Haus: ""}, '
        'otherwise: "{Bereich}/{Betreff}", default: "{Betreff} {{!}}"}}'
    )
    importer(mapping(ticket, 'delimiter: ";"'), content)
    assert [row[1:3] for row in importer.rows(TICKETS)] == [
        ("Light: Lamp dark", "Report: Lamp dark"),
        ("Tap drips {!}", "It drips."),
        ("Garten/Door", "It sticks."),
    ]


STATES = (
    "Nr,Text,State,Opened,Closed\n1,A,Done,2026-03-02,\n2,B,Done,2026-03-02,2026-03-04\n3,C,New,2026-03-02,2026-03-04\n"
)
STATES_TICKET = (
    '{id: "{Nr}", description: "{Text}", requester: Unknown, opened_at: "{Opened}", closed_at: "{Closed}", '
    'status: {from: "{State}", values: {New: open, Done: closed}}}'
)


def test_a_mapping_says_what_a_status_without_its_date_means(importer: Importer) -> None:
    told = refused(importer, mapping(STATES_TICKET, ""), STATES)
    assert "line 2: status: it is closed, but there is no closed_at" in told
    assert "line 4: status: it is open, but there is a closed_at ('2026-03-04')" in told
    assert "`closed_without_date: when-opened`" in told
    assert "`open_with_date: open`" in told
    one = mapping(STATES_TICKET, "", source="one", closed_without_date="when-opened", open_with_date="open")
    other = mapping(STATES_TICKET, "", source="other", closed_without_date="open", open_with_date="closed")
    for rules in (one, other):
        importer(rules, STATES)
    states = "SELECT status, to_char(closed_at, 'DD HH24:MI') FROM ticket WHERE source = '{}' ORDER BY source_id"
    assert importer.rows(states.format("one")) == [("closed", "01 23:00"), ("closed", "03 23:00"), ("open", None)]
    assert importer.rows(states.format("other")) == [("open", None), ("closed", "03 23:00"), ("closed", "03 23:00")]


LONG = "Furniture and fittings in teaching rooms of all buildings"
LABELS = "Nr,Text,Label,Opened\n" + "".join(
    f"{number},Report {number},{['Lighting', 'WiFi', LONG][number % 3]},2026-03-02\n" for number in range(30)
)
LABELS_TICKET = (
    '{id: "{Nr}", description: "{Text}", requester: Unknown, opened_at: "{Opened}", tags: ["{Label}"], '
    'category: {from: "{Label}", values: {WiFi: technical-it}, MORE default: facility-management}}'
)


def test_labels_that_the_desk_does_not_have(importer: Importer) -> None:
    """Told by reason with the value, its length and the first line; taken when the mapping says so."""
    plain = mapping(LABELS_TICKET.replace("MORE ", ""), "")
    told = refused(importer, plain, LABELS)
    assert told.startswith("Refused 20 rows, so nothing was imported:")
    assert "line 2: category: there is no 'Lighting', only facility-management, technical-it" in told
    assert "services-complaints – the first of 10 rows" in told
    assert f"line 4: tags: '{LONG}' has 57 characters, at most 40 are possible – the first of 10 rows" in told
    assert told.count("line ") == 3
    otherwise = mapping(LABELS_TICKET.replace("MORE", "otherwise: services-complaints,"), "", source="otherwise")
    for rules in (
        otherwise | {"too_long": "cut"},
        plain | {"source": "default", "too_long": "cut", "unknown_categories": "default"},
        plain | {"source": "add", "too_long": "cut", "unknown_categories": "add"},
    ):
        importer(rules, LABELS)
    counted = (
        "SELECT t.source, c.name, count(*), min(category_by) FROM ticket t JOIN category c ON c.id = category_id "
        "GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert importer.rows(counted) == [
        ("add", LONG, 10, "import"),
        ("add", "Lighting", 10, "import"),
        ("add", "Technical IT", 10, "import"),
        ("default", "Facility management", 20, "default"),
        ("default", "Technical IT", 10, "import"),
        ("otherwise", "Services complaints", 20, "import"),
        ("otherwise", "Technical IT", 10, "import"),
    ]
    assert importer.rows("SELECT DISTINCT tag FROM ticket_tag WHERE length(tag) > 10") == [
        ("furniture and fittings in teaching room…",)
    ]


PLAIN_TICKET = '{id: "{Nr}", description: "{Text}", requester: Unknown, opened_at: "{Opened}"}'
PLAIN = "Nr,Text,Opened\n1,The gate is stuck,2026-03-02\n"
GATE = ("1", "The gate is stuck", "The gate is stuck", "open", "2026-03-01 23:00", None)


@pytest.mark.parametrize(
    ("content", "file"),
    [
        ("\r\n" + PLAIN, ""),
        ("\n  \n,,\n" + PLAIN, ""),
        ('# exported "by" an old desk\n"# do not, edit"\n\n' + PLAIN, ""),
        ('"a quotation mark that nobody closes\n' + PLAIN, "header_line: 2"),
        ("Nr,Text\n" + PLAIN, ""),
        ("sep=;\r\n" + PLAIN.replace(",", ";"), ""),
        ("sep=;\r\n" + PLAIN.replace(",", ";"), 'delimiter: ";"'),
        ('"sep=\t"\n' + PLAIN.replace(",", "\t"), ""),
        ("\ufeffsep=|\n" + PLAIN.replace(",", "|"), ""),
        (PLAIN.replace("Opened", " Opened "), ""),
        (PLAIN.replace("02\n", "02,,\n"), ""),
        (PLAIN + ",,\n  , ,\n", ""),
        (PLAIN.replace("2026-03-02", "1772406000000"), "time_format: epoch-ms"),
        (PLAIN.replace("2026-03-02", "1772406000"), "time_format: epoch-s"),
    ],
)
def test_shapes_that_are_read(importer: Importer, content: str, file: str) -> None:
    importer(mapping(PLAIN_TICKET, file), content)
    assert importer.rows(TICKETS) == [GATE]


def test_which_line_names_the_columns_is_told(importer: Importer, capsys: pytest.CaptureFixture[str]) -> None:
    importer(mapping(PLAIN_TICKET, ""), "# one\n\n# two\n" + PLAIN)
    assert "Line 4 names the columns; the 2 lines above it were passed over." in capsys.readouterr().out


def test_lines_are_counted_from_the_top_of_the_file(importer: Importer) -> None:
    told = refused(importer, mapping(PLAIN_TICKET, ""), "# one\n\n# two\n" + PLAIN + "2,,2026-03-02\n")
    assert "line 6: description: is missing" in told


def test_headers_with_signs_of_their_own_are_named(importer: Importer) -> None:
    content = (
        "Ticket ID,Building:,Room (no.),What is wrong?! Please tell,Requester [txt],Created At (UTC),{Tag},Line\n"
        "1,Hall A,1.02,Lamp dark,Pat,2026-07-01 22:30,red,2\n"
    )
    ticket = (
        '{id: "{Ticket ID}", building: "{Building:}", room: "{Room (no.)} {Line}", '
        'description: "{What is wrong?! Please tell}", requester: "{Requester [txt]}", '
        'opened_at: "{Created At (UTC)}", tags: [{column: "{Tag}"}]}'
    )
    importer(mapping(ticket, 'time_format: "%Y-%m-%d %H:%M", time_zone: UTC', unknown_buildings="add"), content)
    assert importer.rows(TICKETS) == [("1", "Lamp dark", "Lamp dark", "open", "2026-07-01 22:30", None)]
    assert importer.rows(TAGS) == [("1", "red")]
    assert importer.rows("SELECT room, name FROM ticket JOIN building b ON b.id = building_id") == [
        ("1.02 2", "Hall A")
    ]
    told = refused_columns(importer, mapping(ticket.replace("{column:", "{from:"), ""), content)
    assert "there is no column 'Tag'" in told
    assert "A column with braces in its name is named by 'column' instead of 'from'." in told


def refused_columns(importer: Importer, rules: dict[str, Any], content: str) -> str:
    with pytest.raises(LodgeError) as error:
        importer(rules, content)
    return str(error.value)


def test_times_that_count_are_told_for_what_they_are(importer: Importer) -> None:
    for number, unit, form in (("1772406000000", "milli", "epoch-ms"), ("1772406000", "", "epoch-s")):
        told = refused(importer, mapping(PLAIN_TICKET, ""), PLAIN.replace("2026-03-02", number))
        assert f"if it counts {unit}seconds since 1970, say `time_format: {form}`" in told


def test_an_encoding_is_named_before_rows_are_skipped(importer: Importer) -> None:
    content = PLAIN + "2,Die Tür klemmt,2026-03-02\n"
    told = refused(importer, mapping(PLAIN_TICKET, ""), content.encode("latin-1"))
    assert "line 3: it is not utf-8" in told
    assert 0 < told.index("name its `encoding:`") < told.index("--skip-refused")
    told = refused(importer, mapping(PLAIN_TICKET, ""), content.replace("Text", "Gerät").encode("latin-1"))
    assert "line 1, which names the columns, is not utf-8. The file is not utf-8: before anything else, name" in told
    importer(mapping(PLAIN_TICKET, "encoding: latin-1"), content.encode("latin-1"))
    assert importer.rows("SELECT title FROM ticket WHERE source_id = '2'") == [("Die Tür klemmt",)]


def test_a_day_stays_that_day_on_the_campus(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the zone of the file's times; and closed on the day on which it was opened is not closed before."""
    monkeypatch.setenv("LODGE_TIMEZONE", "America/New_York")
    get_settings.cache_clear()
    content = f"{HEADER}1,A,A,Pat,,2026-03-02,\n2,B,B,Pat,,2026-03-02 14:00,2026-03-02\n"
    importer(mapping(file="time_zone: UTC"), content)
    assert [row[4:] for row in importer.rows(TICKETS)] == [
        ("2026-03-02 05:00", None),
        ("2026-03-02 14:00", "2026-03-02 14:00"),
    ]


def test_a_title_stands_for_an_empty_description(importer: Importer) -> None:
    importer(mapping(), f"{HEADER}1,Lamp dark,,Pat,,2026-03-02 08:00,\n")
    assert [row[1:3] for row in importer.rows(TICKETS)] == [("Lamp dark", "Lamp dark")]
    with pytest.raises(ImportRefused, match="line 2: description: is missing"):
        importer(mapping(), f"{HEADER}2,,,Pat,,2026-03-02 08:00,\n")


def test_html_becomes_plain_text(importer: Importer) -> None:
    rows = (
        "1,a < b,<p>Hello &amp; <b>bye</b></p><ul><li>one</li></ul>,Pat,,2026-03-02 08:00,\n"
        "2,R&amp;D,if a < b and b > c press <Enter>,Pat,,2026-03-02 08:00,\n"
    )
    for said in ("auto", "yes", "no"):
        importer(mapping(html=said, source=said), HEADER + rows)
    texts = "SELECT title, description FROM ticket WHERE source = '{}' ORDER BY source_id"
    second = ("R&amp;D", "if a < b and b > c press <Enter>")
    assert importer.rows(texts.format("auto")) == [("a < b", "Hello & bye\n\n- one"), second]
    assert importer.rows(texts.format("yes")) == [("a < b", "Hello & bye\n\n- one"), ("R&D", second[1])]
    assert importer.rows(texts.format("no"))[0][1].startswith("<p>Hello &amp;")


COURSE = (
    '{id: "{id}", description: "{id}", requester: Pat, status: "{status}", assignee: "{by}", opened_at: "{opened}", '
    'acknowledged_at: "{taken}", first_response_at: "{taken}", reopened_at: "{again}", closed_at: "{closed}"}'
)
COURSE_HEADER = "id,status,by,opened,taken,again,closed\n"


def test_acknowledged_and_reopened_moments_have_their_place(importer: Importer) -> None:
    day = "2026-03-0{}T10:00Z".format
    rows = (
        f"a,,Ben,{day(1)},{day(2)},,\n"  # taken on
        f"b,active,,{day(1)},{day(2)},{day(4)},{day(3)}\n"  # closed, and reopened after that
        f"c,,,{day(1)},{day(2)},{day(3)},{day(4)}\n"  # reopened, and closed at last
        f"d,open,,{day(1)},{day(2)},,\n"  # given back
        f"e,pending,Ben,{day(1)},{day(2)},,\n"
    )
    importer(mapping(COURSE, ""), COURSE_HEADER + rows)
    stands = (
        "SELECT source_id, t.status, s.slug, to_char(first_response_at, 'DD'), to_char(closed_at, 'DD'), "
        "to_char(modified_at, 'DD') FROM ticket t JOIN stage s ON s.id = stage_id ORDER BY 1"
    )
    assert importer.rows(stands) == [
        ("a", "active", "in-progress", "02", None, "02"),
        ("b", "active", "in-progress", "02", None, "04"),
        ("c", "closed", "completed", "02", "04", "04"),
        ("d", "open", "to-do", "02", None, "02"),
        ("e", "active", "pending", "02", None, "02"),
    ]
    history = (
        "SELECT kind, coalesce(p.name, to_value), to_char(occurred_at, 'DD') FROM ticket_event e "
        "JOIN ticket t ON t.id = ticket_id LEFT JOIN person p ON p.id = to_person_id "
        "WHERE kind IN ('status', 'activity', 'assignee') AND source_id = '{}' ORDER BY occurred_at, e.id"
    )
    assert importer.rows(history.format("a")) == [("assignee", "Ben", "02"), ("status", "active", "02")]
    assert importer.rows(history.format("b")) == [
        ("status", "active", "02"), ("status", "closed", "03"), ("status", "active", "04"),
    ]  # fmt: skip
    assert importer.rows(history.format("c")) == [
        ("status", "active", "02"), ("activity", "Reopened", "03"), ("status", "closed", "04"),
    ]  # fmt: skip
    assert importer.rows(history.format("d")) == [("activity", "Acknowledged", "02")]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a,,,2026-03-02,2026-03-01,,", "acknowledged_at: '2026-03-01' is before it was opened ('2026-03-02')"),
        (
            "a,,,2026-03-02,2026-03-05,,2026-03-04",
            "acknowledged_at: '2026-03-05' is after it was closed ('2026-03-04')",
        ),
        ("a,closed,,2026-03-02,,2026-03-05,2026-03-04", "it was reopened ('2026-03-05') after it"),
    ],
)
def test_moments_that_contradict_each_other_are_refused(importer: Importer, row: str, told: str) -> None:
    assert told in refused(importer, mapping(COURSE, ""), f"{COURSE_HEADER}{row}\n")


LAB = "Laboratory equipment and dangerous goods of the Department of"
ALIKE_AS_SLUGS = {
    "no Latin letters": ["北楼 5", "南楼 5", "भवन", "القاعة", "भवन"],
    "punctuation": ["C", "C++", "C#", "c++", "C", "!", "?"],
    "punctuation first": ["C#", "C++", "C", "++C"],
    "long": [f"{LAB} Chemistry", f"{LAB} Physics", f"{LAB} Chemistry"],
    "accents": ["Jose", "José"],
}


@pytest.mark.parametrize("names", ALIKE_AS_SLUGS.values(), ids=ALIKE_AS_SLUGS)
def test_names_that_differ_do_not_become_one(importer: Importer, names: list[str]) -> None:
    """Nor when another file brings them once more."""
    first = {name_key(name): name for name in reversed(names)}
    kept = [first[name_key(name)] for name in names]
    rows = "".join(f"{number},{name},2026-03-02\n" for number, name in enumerate(names))
    ticket = (
        '{id: "{Nr}", description: "{Text}", building: "{Text}", category: "{Text}", requester: Unknown, '
        'opened_at: "{Opened}"}'
    )
    rules = mapping(ticket, "", unknown_buildings="add", unknown_categories="add")
    importer(rules, "Nr,Text,Opened\n" + rows)
    importer(rules | {"source": "another"}, "Nr,Text,Opened\n" + rows)
    for table in ("building", "category"):
        named = f"SELECT name FROM ticket JOIN {table} x ON x.id = {table}_id ORDER BY source, source_id"
        assert [name for (name,) in importer.rows(named)] == kept * 2


def test_a_name_is_not_taken_for_one_on_the_desk_that_has_its_slug(importer: Importer) -> None:
    """Only by the slug itself, or the name."""
    with psycopg.connect(importer.url) as connection:
        connection.execute("INSERT INTO building (slug, name) VALUES ('hall-c', 'Hall C++')")
    ticket = '{id: "{Nr}", description: "{Text}", building: "{Text}", requester: Unknown, opened_at: "{Opened}"}'
    written = ["Hall C", "hall-c", "HALL-C", "hall c++", "Hall C"]
    rows = "".join(f"{number},{name},2026-03-02\n" for number, name in enumerate(written))
    assert "there is no 'Hall C' on this desk's list" in refused(
        importer, mapping(ticket, ""), f"Nr,Text,Opened\n{rows}"
    )
    importer(mapping(ticket, "", unknown_buildings="add"), f"Nr,Text,Opened\n{rows}")
    named = "SELECT name FROM ticket JOIN building ON building.id = building_id ORDER BY source_id"
    assert [name for (name,) in importer.rows(named)] == ["Hall C", *["Hall C++"] * 3, "Hall C"]


def test_ids_that_are_stored_alike_are_told(importer: Importer) -> None:
    told = refused(importer, mapping(PLAIN_TICKET, ""), PLAIN + "\u200b1,Text,2026-03-02\n")
    assert "line 3: id: '1' stands on line 2 already" in told


# What each file of the field's collection has to come to: what is told of it, or its tickets' ids and statuses.
OUTCOMES: dict[str, str | list[tuple[str, str]]] = {
    "y9999.yml": "line 2: closed_at: '9999-12-31 23:59' is outside",
    "utc-named.yml": [("1", "closed")],
    "jira.yml": "'Component/s' stands 2 times",
    "dst.yml": [("1", "closed")],
    "future2.yml": "line 2: opened_at: '2062-06-01 08:00' has not happened yet",
    "nfd.yml": [("1", "open"), ("2", "open"), ("3", "open")],
    "blankfirst.yml": [("1", "open")],
    "sepline.yml": [("1", "open")],
    "colon.yml": [("1", "open")],
    "1-default-template.yml": [("1", "open"), ("2", "open")],
    "3-status-without-date.yml": "line 4: status: it is open, but there is a closed_at",
    "4-many-labels.yml": "has 57 characters, at most 40 are possible – the first of 12 rows",
    "5a-lines-above-header.csv": [("1", "open")],
    "5b-json.json": "is JSON",
    "5c-epoch-ms.csv": "epoch-ms",
    "5d-latin1.csv": "line 3: it is not utf-8",
    "5e-workbook.xlsx": "is an Excel workbook",
}


@pytest.mark.skipif(not SHARED.exists(), reason="the collection is not here")
@pytest.mark.parametrize("name", OUTCOMES)
def test_the_fields_own_files(importer: Importer, name: str) -> None:
    given, right = SHARED / name, OUTCOMES[name]
    file, rules = (given, SHARED / "5.yml") if given.suffix != ".yml" else (given.with_suffix(".csv"), given)
    if isinstance(right, str):
        with pytest.raises(LodgeError) as told:
            import_file(importer.url, file, rules)
        assert right in str(told.value)
        assert str(told.value).replace("\n", "").isprintable()
    else:
        import_file(importer.url, file, rules)
    stands = importer.rows("SELECT source_id, status FROM ticket ORDER BY source_id")
    assert stands == ([] if isinstance(right, str) else right)
