"""Links: where they lead, what is said of them, and that none opens unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.content import Content, Span
from textual.widgets import OptionList

from agno_tui.ui import links_dialog
from agno_tui.ui.lines import Line
from agno_tui.ui.links_dialog import (
    LONGEST,
    MOST,
    UNSEEN,
    LinkChoice,
    LinksDialog,
    opens,
    remarks,
)
from agno_tui.ui.links_of_lines import address_at, links_of
from agno_tui.ui.markdown.addresses import may_open, visible
from agno_tui.ui.theme import DARK, LIGHT

ARTICLE = "https://example.org/articles/2026/11/the-speed-of-light?from=chat#measured"
ODD = "https://paypal.com@xn--80ak6aa92e.com/log\u202ein"
LOOKALIKE = "http://paypal.com@xn--80ak6aa92e.com/login"


def line(text: str, *spans: tuple[int, int, str]) -> Line:
    return Line(Content(text, [Span(*span) for span in spans]))


def test_addresses_are_found_once_and_in_order() -> None:
    lines = [
        line("see this", (4, 8, "link"), (4, 8, "to:http://b"), (0, 3, "to:http://a")),
        line("plain", (0, 5, "strong")),
        line("and on", (0, 3, "to:http://b"), (4, 6, "to:mailto:x@y"), (3, 4, "to:")),
    ]
    assert [link.address for link in links_of(lines)] == [
        "http://a",
        "http://b",
        "mailto:x@y",
    ]


def test_the_address_under_a_character() -> None:
    one = line("see this", (4, 8, "link"), (4, 8, "to:http://a"))
    assert [address_at(one, n) for n in (3, 4, 7, 8)] == [
        None,
        "http://a",
        "http://a",
        None,
    ]
    inner = line("see", (0, 3, "to:http://a"), (1, 2, "to:http://b"))
    assert address_at(inner, 1) == "http://b"


@pytest.mark.parametrize(
    "address",
    [
        ARTICLE,
        "HTTP://X.org",
        "mailto:a@b.org",
        "http://[::1]:8000/",
        "https://bücher.de/ü",
    ],
)
def test_ordinary_addresses_may_be_opened(address: str) -> None:
    assert may_open(address) and opens(address)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("javascript:alert(1)", "javascript"),
        ("file:///etc/passwd", "file"),
        ("data:text/html,x", "data"),
        ("vscode://x", "vscode"),
        ("docs/read.me", "not an address of the web"),
        ("#here", "not an address of the web"),
        ("//x.org", "not an address of the web"),
        ("https:evil.org", "more than one way"),
        ("https:///evil.org", "more than one way"),
        ("https://good.org\\@evil.org", "more than one way"),
        ("https://good.org/ -x", "more than one way"),
        ("https://x.org/\x1b[2J", "more than one way"),
        (ODD, "more than one way"),
        ("https://x.org/\u200d", "more than one way"),
        ("https://x.org:99999999/", ""),
        ("http://[x", ""),
        ("https://evil.org／good.org", ""),
        ("mailto:", "more than one way"),
        (f"https://{'ü' * 70}.org/", "more than one way"),
        ("https://x.org/" + "y" * LONGEST, "2,014 characters"),
        ("", ""),
    ],
)
def test_other_addresses_are_never_opened(address: str, why: str) -> None:
    assert not opens(address)
    assert not may_open(address) or len(address) > LONGEST
    (words,) = remarks(address)
    assert words.startswith("Only copied, never opened: ") and why in words


def test_what_to_know_is_said_in_words() -> None:
    assert remarks(ARTICLE) == []
    plain, name, letters = remarks(LOOKALIKE)
    assert plain == "Not encrypted: http, not https."
    assert "before the @" in name
    words = "It may be shown as аррӏе.com, whose letters can look like others."
    assert letters == words
    assert remarks("https://аррӏе.com/") == [words]
    assert remarks("https://xn--80ak6aa92e\u0301.com/")


def test_nothing_in_an_address_is_invisible() -> None:
    assert (
        visible("a\u202eb\u200dc\x1b\td\ne\xa0") == "a⟨U+202E⟩b⟨U+200D⟩c␛␉d␊e⟨U+00A0⟩"
    )


class Asking(App[None]):
    """Asks about links, and keeps what was answered."""

    CSS_PATH = Path(links_dialog.__file__).with_name("app.tcss")

    def __init__(self, *addresses: str, theme: str = DARK.name) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = theme
        self.seconds = 0.0
        self.dialog = LinksDialog(addresses, clock=lambda: self.seconds)
        self.answers: list[LinkChoice | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)


def shown_text(app: Asking) -> str:
    """The screen as text, without the dialog's margins."""
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join(strip.text.strip() for strip in strips) + "\n"


LINKS = (ARTICLE, LOOKALIKE, "javascript:alert(1)", "mailto:someone@example.org")


async def test_enter_opens_the_marked_one() -> None:
    app = Asking(*LINKS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.seconds = UNSEEN
        await pilot.press("j", "down", "j", "k", "k", "enter")
        await pilot.pause()
    assert app.answers == [LinkChoice(LOOKALIKE, copy=False)]


async def test_a_key_meant_for_something_else_opens_nothing() -> None:
    app = Asking(ARTICLE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        app.seconds = UNSEEN - 0.01
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen is app.dialog and not app.answers
        app.seconds = UNSEEN
        await pilot.press("enter")
        await pilot.pause()
    assert app.answers == [LinkChoice(ARTICLE, copy=False)]


async def test_y_copies_and_escape_does_nothing() -> None:
    for key, answer in (("y", LinkChoice(ARTICLE, copy=True)), ("escape", None)):
        app = Asking(ARTICLE)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(key)
            await app.workers.wait_for_complete()
            await pilot.pause()
        assert app.answers == [answer]


async def test_what_is_never_opened_can_be_copied() -> None:
    app = Asking("javascript:alert(1)")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.seconds = 1.0
        assert "enter" not in shown_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen is app.dialog
        await pilot.press("y")
        await pilot.pause()
    assert app.answers == [LinkChoice("javascript:alert(1)", copy=True)]


async def test_the_whole_address_is_shown_its_place_in_bold() -> None:
    app = Asking(ODD, "https://x.org/" + "y" * 300)
    async with app.run_test(size=(60, 16)) as pilot:
        await pilot.pause()
        text = shown_text(app)
        assert "Open one of these 2 links?" in text
        assert "⟨U+202E⟩in" in text.replace("\n", "") and "\u202e" not in text
        await pilot.press("end")
        await pilot.pause()
        assert shown_text(app).count("y") >= 300
        rows = app.dialog.query_one(OptionList).get_option_at_index(1).prompt
        assert isinstance(rows, Content)
        assert rows.plain.split("\n") == ["x.org", "https://x.org/" + "y" * 300]
        assert rows.spans[0] == Span(0, 5, "bold")


@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name])
@pytest.mark.parametrize("size", [(80, 24), (60, 16)])
async def test_it_fits(size: tuple[int, int], theme: str) -> None:
    app = Asking(*LINKS, *(f"https://x.org/{n}" for n in range(MOST)), theme=theme)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        text = shown_text(app)
        assert "Open one of the first 500 of 504 links?\n" in text
        assert "↑ ↓ · enter opens it · y copies it · esc back\n" in text
        assert "example.org\n" in text


async def test_a_place_is_named_as_the_network_knows_it() -> None:
    app = Asking("https://аррӏе.com/")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "xn--80ak6aa92e.com\nhttps://аррӏе.com/\n" in shown_text(app)


async def test_no_links_and_markup_do_no_harm() -> None:
    for addresses in ((), ("https://x.org/[/][@click=app.quit]x[/]",)):
        app = Asking(*addresses)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("y" if not addresses else "j")
            await pilot.pause()
            assert all(a in shown_text(app) for a in addresses)
            assert app.screen is app.dialog
