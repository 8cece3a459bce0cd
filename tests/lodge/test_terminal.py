"""What files hold reaches a terminal as text, never as a command."""

from lodge.terminal import printable, quoted


def test_a_quoted_text_is_short_and_escaped() -> None:
    assert quoted("Büro 7") == "'Büro 7'"
    assert quoted("\x1b]0;mine\x07\n") == r"'\x1b]0;mine\x07\n'"
    assert quoted("x" * 61) == f"'{'x' * 59}…'"


def test_lines_stay_lines() -> None:
    assert (
        printable("first: é\n\tsecond: \x1b[2J\r\x9b\u202e\ud800")
        == "first: é\n\tsecond: " + r"\x1b[2J\r\x9b\u202e\ud800"
    )
