"""Which parameters a statement has: DuckDB's own parser is asked for each case."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.sql_parameters import USABLE, defaults_in, parameters_in

STATEMENTS = [
    "SELECT 1",
    "SELECT $a, $b, $a",
    "SELECT $A, $a",
    "SELECT $a_1+$B2",
    "SELECT '$a', '''$a', '$b''$c', $d",
    "SELECT E'\\'$a', e'$b\\\\', $c",
    "SELECT '\\', $a, '\\'",
    'SELECT 1 AS "$a", 2 AS "x""$b", $c',
    "SELECT 1 -- $a\n, $b -- it's\n, $c",
    "SELECT 1 /* $a */, $b /* /* $c */ $d */, $e",
    "SELECT $$ $a $$, $x$ $b $$ $c $x$, $d",
    "SELECT 1 AS a$b, 2 AS c$d$, $e",
    "SELECT $a::INTEGER, [$b], {'x': $c}",
    "SELECT 1 - -$a",
    "SELECT 1 AS größe$a, $b",
    "SELECT '$a'\n'$b', $c",
    "SELECT DATE'2026-01-01', $a",
    "FROM ticket WHERE id = $id AND (status = $status OR $status IS NULL) LIMIT $most",
]


def by_duckdb(sql: str) -> set[str]:
    (statement,) = duckdb.extract_statements(sql)
    return {name.lower() for name in statement.named_parameters}


@pytest.mark.parametrize("sql", STATEMENTS)
def test_the_parameters_are_those_that_duckdb_finds(sql: str) -> None:
    assert {name.lower() for name in parameters_in(sql)} == by_duckdb(sql)


PIECES = st.sampled_from(
    [
        *(
            "$a",
            "$b_1",
            "'$c'",
            "'it''s $d'",
            '"$e"',
            "-- $f\n",
            "/* $g */",
            "/* /* */ $h */",
            "$$ $i $$",
            "$t$ $j $t$",
        ),
        *("E'\\'$k'", "x$l", "1", ", ", " + ", "(", ")", "::INTEGER", " ", "\n", "ä", "'", '"', "$", "/*", "--", "\\"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_also_in_texts_that_nobody_would_write(text: str) -> None:
    sql = f"SELECT {text}"
    try:
        expected = by_duckdb(sql)
    except (duckdb.Error, ValueError):  # no statement, or several
        parameters_in(sql)
    else:
        assert {name.lower() for name in parameters_in(sql)} == set(filter(USABLE.fullmatch, expected))


def test_the_first_spelling_and_the_order_of_the_text_count() -> None:
    assert parameters_in("SELECT $until, $Since, $since, $UNTIL") == ["until", "Since"]


def test_a_name_that_no_value_can_be_sent_for_is_left_out() -> None:
    assert parameters_in(f"SELECT $größe, ${'x' * 64}, ${'y' * 63}") == ["y" * 63]


def test_comments_declare_defaults() -> None:
    sql = (
        "-- $n = 30\n-- $R=-1.50\nSELECT $n, -- $day = 2026-01-31\n '-- $no = 1', $yes --$yes = Yes\n-- $w = 'it''s 5'"
    )
    assert defaults_in(sql) == {"n": 30, "r": -1.5, "day": "2026-01-31", "yes": True, "w": "it's 5"}
    assert defaults_in("-- about $n = 5 days\n-- $m =\n/* $x = 1 */") == {}


def test_a_long_text_is_read_at_once() -> None:
    """Also one that would make a careless expression try everything."""
    for text in ("'" * 99_999, "$a$" * 33_000, "/*" * 49_999, "E'" + "\\" * 99_000, "$" * 99_999, "a" * 99_999):
        assert parameters_in(text) == []


def test_a_long_gap_in_a_comment_costs_nothing() -> None:
    """It would hold up all pages for many minutes if each of its spaces were looked at again for each other one."""
    gap = " " * 90_000
    assert defaults_in(f"-- $a ={gap}x{gap}y{gap}\nSELECT $a") == {"a": f"x{gap}y"}
