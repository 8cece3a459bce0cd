"""Small files, small functions."""

from tests.architecture.sources import of, sources

FILE_LINES, PAGE_LINES, FUNCTION_LINES = 300, 120, 50

LONG_FILES = {"migrations/versions/0001_the_desk.py": "the whole first schema, written out"}
LONG_FUNCTIONS = {
    (
        "migrations/versions/0001_the_desk.py",
        "upgrade",
    ): "one statement a table, in the order that they need each other",
}


def test_files_are_short() -> None:
    long = {source.name: lines for source in sources() if (lines := source.text.count("\n")) > FILE_LINES}
    assert set(long) == set(LONG_FILES), long


def test_pages_read_like_a_description_of_the_screen() -> None:
    assert {source.name: lines for source in of("pages") if (lines := source.text.count("\n")) > PAGE_LINES} == {}


def test_functions_are_short() -> None:
    long = {
        (source.name, name): lines
        for source in sources()
        for name, lines in source.functions()
        if lines > FUNCTION_LINES
    }
    assert set(long) == set(LONG_FUNCTIONS), long
