"""HTML becomes plain text; what only looks like it stays."""

import pytest

from lodge.importing.html_text import is_html, text_of_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One<br>two<br/>three</div>", "One\ntwo\nthree"),
        ("<ul>\n  <li>One</li>\n  <li>Two</li>\n</ul>", "- One\n- Two"),
        ("<p>a &lt; b &amp;&amp; caf&eacute;&nbsp;&#8364;</p>", "a < b && café €"),
        ("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td><td>D</td></tr></table>", "A B\n C D".replace("\n ", "\n")),
        ('<a href="https://x.example/1">the list</a>', "the list (https://x.example/1)"),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ('<img src="x" alt="the lamp"><b>dark</b>', "[the lamp]dark"),
        ("<style>p {color: red}</style><p>Text<script>alert('x')</script></p>", "Text"),
        ("<p>The <script> is not closed</p>", "The  is not closed".replace("  ", " ")),
        ("<p>Press <Enter>, write to <mia@campus.example> or <b>wait</b></p>",
         "Press <Enter>, write to <mia@campus.example> or wait"),
        ("<pre>  if a:\n    b</pre>", "if a:\n    b"),
        ("<p>one\n  two   three</p>", "one two three"),
        ("<!-- hidden --><!DOCTYPE html><html><head><title>T</title></head><body>Text</body></html>", "Text"),
        ("<b>bold", "bold"),
        ("<!--[if mso]><p>Outlook</p><![endif]--><p>Text</p><![endif]><?xml a?>", "Text"),
        ("<p>I <3 it, 5 < 6 <- </3</p>", "I <3 it, 5 < 6 <- </3"),
        (f'<p>See <img alt="x" src="data:{"A" * 5000}">this</p>', "See this"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_is_read_as_a_browser_shows_it(html: str, text: str) -> None:
    assert text_of_html(html) == text


@pytest.mark.parametrize(
    "text",
    ["a < b and c > d", "<Enter>", "1 <2> 3", "x<y", "<p", "if (a<b) { c>d }", "List<String> and Map<Key, Value>",
     "<mia@campus.example>", "R&amp;D", "the tag <b> is missing", "</p>"],
)  # fmt: skip
def test_signs_are_no_html(text: str) -> None:
    assert not is_html(text)


@pytest.mark.parametrize("text", ["<p>a</p>", "a<br>b", "a<BR />b", '<DIV class="x">a</DIV>', "Hello <b>you</b>"])
def test_elements_are(text: str) -> None:
    assert is_html(text)


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<b>",
        "</b>",
        "<!--",
        "<script>",
        "&#",
        "<a href='",
        "<![CDATA[",
        "<![x[",
        "<?",
        "</",
        "<p><!",
        "<!-- >",
        "x='",
        '"',
        "<li>",
    ],
)
def test_nonsense_swallows_no_words(piece: str) -> None:
    """Nor does it take long: the parser alone takes minutes for some of these."""
    whole, words = piece * (60_000 // len(piece)), "The lift is stuck."
    assert not is_html(whole)
    assert text_of_html(f"{whole} {words}").endswith(words)
    assert text_of_html(f"<p {whole}>{words}").endswith(words)
