"""Running text: links, footnotes, tags and emphasis."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.content import Content

from agno_tui.ui.lines import TO
from agno_tui.ui.markdown.addresses import may_open, told
from agno_tui.ui.markdown.blocks import Paragraph
from agno_tui.ui.markdown.parser import MarkdownParser

PARSER = MarkdownParser()


def running(text: str) -> Content:
    (part,) = PARSER.parse(text)
    assert isinstance(part.block, Paragraph)
    return part.block.text


def spans(text: str, role: str) -> list[str]:
    """What the spans of a role say."""
    content = running(text)
    return [content.plain[s.start : s.end] for s in content.spans if s.style == role]


def leads(text: str) -> list[tuple[str, str]]:
    """Words and the address they lead to."""
    content = running(text)
    return [
        (content.plain[s.start : s.end], str(s.style).removeprefix(TO))
        for s in content.spans
        if str(s.style).startswith(TO)
    ]


def test_words_and_shown_address_of_a_link_lead_there() -> None:
    assert leads("see [words](http://a.b/c) ok") == [
        ("words (http://a.b/c)", "http://a.b/c")
    ]
    assert spans("[words](http://a.b/c)", "link") == ["words"]
    assert spans("[words](http://a.b/c)", "target") == [" (http://a.b/c)"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.b/c.", "https://a.b/c"),
        ("(https://a.b/x_(y))", "https://a.b/x_(y)"),
        ("(see https://a.b/x), so", "https://a.b/x"),
        ("**https://a.b/c** and", "https://a.b/c"),
        ("https://a.b/__init__.py?x=*y*&amp;z", "https://a.b/__init__.py?x=*y*&z"),
        ('"https://a.b/c", he said', "https://a.b/c"),
        ("访问https://a.com查看", "https://a.com"),
        ("在https://a.com/中文。好", "https://a.com/中文"),
        ("http://localhost:8080/!", "http://localhost:8080/"),
        ("go to http://[::1]:80/x", "http://[::1]:80/x"),
        ("at www.a.org/b_c, or", "www.a.org/b_c"),
        ("<https://a.b>", "https://a.b"),
        ("[https://a.b](bad address)", "https://a.b"),
    ],
)
def test_an_address_in_running_text_is_a_link(text: str, found: str) -> None:
    ((words, _),) = leads(text)
    assert words == found
    assert spans(text, "link") == [found]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "`https://a.b`",
            "https://",
            "http:// a",
            "xhttps://a.b",
            "a.www.b.c",
            "www.",
        ),
        *("ftp://a.b", "file:///etc/passwd", "javascript://a.b/%0aalert(1)"),
        *("[x](javascript:alert(1))", "[x](JAVASCRIPT:a)", "[x](file:///etc)"),
        *("[x](data:text/html,a)", "![x](data:image/png;base64,a)", "[x](vbscript:a)"),
        *("[x](/etc/passwd)", "[x](doc.md)", "[x](#a)", "[x](//a.b)", "<tel:123>"),
        *("[x](&#106;avascript:a)", "[x](ms-msdt:/id)", "[x](http:///a)"),
    ],
)
def test_nothing_else_leads_anywhere(text: str) -> None:
    assert leads(text) == []


def test_an_address_in_the_words_of_a_link_is_no_other_link() -> None:
    assert leads("[https://good.org](https://evil.org)") == [
        ("https://good.org (https://evil.org)", "https://evil.org")
    ]
    assert leads("[www.good.org](https://evil.org)") == [
        ("www.good.org (https://evil.org)", "https://evil.org")
    ]


def test_letters_that_look_alike_are_told_as_they_are_asked_for() -> None:
    assert (
        running("<https://аpple.com>").plain == "https://аpple.com (xn--pple-43d.com)"
    )
    assert running("https://аpple.com/x").plain.endswith(" (xn--pple-43d.com)")
    assert running("[w](https://münchen.de/straße)").plain == (
        "w (https://münchen.de/straße → xn--mnchen-3ya.de)"
    )
    assert told("https://xn--\x80", "w") == "https://xn--⟨U+0080⟩"


def test_hidden_characters_of_an_address_are_seen() -> None:
    text = running("[w](https://a.b/&#x202e;x) ![i](https://a.b/%E2%80%AE)")
    assert "\u202e" not in text.plain + "".join(str(s.style) for s in text.spans)
    assert "%E2%80%AE" in text.plain


def test_an_image_is_words_that_lead_to_it() -> None:
    assert leads("![a cat](http://a/c.png) x") == [
        ("🖼 a cat (http://a/c.png)", "http://a/c.png")
    ]
    assert leads("[![built](http://a/b.svg)](http://c)") == [
        ("🖼 built (http://c)", "http://c")
    ]


def test_footnotes_are_read_where_they_stand() -> None:
    assert running("a[^1] b[^2][^3] c[^n].").plain == "a¹ b²,³ c[^n]."
    assert spans("a[^1] b[^n]", "footnote") == ["¹", "[^n]"]
    assert running("[^1]: http://a.b\n[^12]: two words\n[^n]:word").plain == (
        "¹ http://a.b\n¹² two words\n² word"
    )
    assert running("`[^1]` [^1](http://a) [^ 1]").plain == "[^1] ^1 (http://a) [^ 1]"


def test_the_tags_that_models_write_are_read() -> None:
    assert running("a<br>b <br/>\nc<BR />d").plain == "a\nb\nc\nd"
    assert running("H<sub>2</sub>O, x<sup>10</sup>").plain == "H₂O, x¹⁰"
    assert running("<sub>what?</sub> <sup>2").plain == "<sub>what?</sub> <sup>2"
    assert spans("<kbd>Ctrl</kbd>+<kbd>C</kbd>", "code") == ["Ctrl", "C"]
    assert running("`<br>` &lt;br>").plain == "<br> <br>"


@pytest.mark.parametrize(
    ("text", "role", "found"),
    [
        ("这是**“粗体”**文字", "strong", ["“粗体”"]),
        ("**注意：**请看", "strong", ["注意："]),
        ("これは**「太字」**です", "strong", ["「太字」"]),
        ("是~~（错）~~的", "strike", ["（错）"]),
        ("***both***", "em", ["both"]),
        ("***both***", "strong", ["both"]),
        ("*a **b** c*", "em", ["a b c"]),
        ("snake_case_name and _em_", "em", ["em"]),
        ("2 * 3 * 4", "em", []),
    ],
)
def test_emphasis(text: str, role: str, found: list[str]) -> None:
    assert spans(text, role) == found


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ahtps:/w.@[]()<>%é中。&;*_-1xn ", max_size=60))
def test_no_address_is_too_broken(text: str) -> None:
    PARSER.parse(f"https://{text} www.{text} [a](http://{text}) <http://{text}>")
    told(f"http://{text}", text)
    assert not may_open(text) or text.lower().startswith(("http", "mailto"))
