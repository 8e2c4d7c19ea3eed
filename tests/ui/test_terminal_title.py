"""The terminal's title says how many sessions need the user, and nothing else."""

from __future__ import annotations

import pytest

from agno_tui.ui.terminal_title import TerminalTitle, title_text

XTERM = {"TERM": "xterm-256color"}


def test_it_says_what_is_open_and_how_many_need_the_user() -> None:
    assert title_text(0, "") == "agno-tui"
    assert title_text(0, "Trip to Kyōto") == "Trip to Kyōto · agno-tui"
    assert title_text(2, "Trip") == "(2) Trip · agno-tui"


@pytest.mark.parametrize(
    "name", ["\x1b]0;x\x07", "a\x9cb\x9d52;c;x", "\x1b\\\x1b[2J", "a\nb\r\u202ec\x00"]
)
def test_no_control_code_of_a_name_gets_out(name: str) -> None:
    title = title_text(1, name)
    assert title.isprintable() or all(ord(c) >= 0xA0 for c in title if c > "~")
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F for c in title)
    assert "\u202e" not in title


def test_a_long_name_is_cut() -> None:
    assert len(title_text(1, "x" * 10_000)) < 110


def test_it_is_written_once_and_given_back() -> None:
    written: list[str] = []
    title = TerminalTitle(written.append, XTERM)
    title.say(0, "A")
    title.say(0, "A")
    title.say(1, "A")
    title.leave()
    title.leave()
    assert written == [
        "\x1b[22;2t\x1b]2;A · agno-tui\x1b\\",
        "\x1b]2;(1) A · agno-tui\x1b\\",
        "\x1b[23;2t",
    ]


def test_it_is_said_again_where_it_may_be_another_by_now() -> None:
    written: list[str] = []
    title = TerminalTitle(written.append, XTERM)
    title.say(0, "A")
    title.forget()
    title.say(0, "A")
    title.forget()
    title.leave()
    # The terminal remembers one title, its own.
    assert written == [
        "\x1b[22;2t\x1b]2;A · agno-tui\x1b\\",
        "\x1b]2;A · agno-tui\x1b\\",
        "\x1b[23;2t",
    ]


@pytest.mark.parametrize("term", ["", "dumb", "linux"])
def test_where_there_is_no_window_nothing_is_written(term: str) -> None:
    written: list[str] = []
    title = TerminalTitle(written.append, {"TERM": term})
    title.say(1, "A")
    title.leave()
    assert written == []
