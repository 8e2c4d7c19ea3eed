"""Boxes on the standard output: whole, aligned, and never a way to the terminal."""

from __future__ import annotations

import io
import sys
import time

import pytest

from agno_tui.agent import Agent
from agno_tui.events import RunContent
from agno_tui.panels import Panels, call_line, cells, pprint_run_response
from agno_tui.response import RunResponse
from agno_tui.session import RunStatus
from agno_tui.storage.memory import MemoryStorage
from tests.agent.asking import a_call, calling
from tests.fakes import FailingStorage, FakeModel, words


def printed(*pieces: str, width: int = 40) -> list[str]:
    """The lines of one box, checked to be as wide as they should be."""
    file = io.StringIO()
    panels = Panels(file, width=width)
    panels.open("Response")
    for piece in pieces:
        panels.write(piece)
    panels.close()
    lines = file.getvalue().splitlines()
    assert {cells(line) for line in lines} == {max(24, min(width, 120))}
    return lines


def inside(*pieces: str, width: int = 40) -> list[str]:
    """What stands in the box, without its edges and the blanks before them."""
    lines = printed(*pieces, width=width)[1:-1]
    assert all(line.startswith("┃ ") and line.endswith(" ┃") for line in lines)
    return [line[2:-2].rstrip() for line in lines]


def titles(text: str) -> list[str]:
    return [line.split()[1] for line in text.splitlines() if line.startswith("┏")]


def test_brackets_are_shown_whole() -> None:
    text = "[bold]x[/bold] [link=evil] arr[0] [/]"
    assert inside(text, width=80) == [text]


def test_control_codes_are_seen_not_obeyed() -> None:
    (line,) = inside("\x1b]0;owned\x07 \x9b31m a\u202eb \u2066", width=80)
    assert line == "␛]0;owned␇ ⟨U+009B⟩31m a⟨U+202E⟩b ⟨U+2066⟩"
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in line)


def test_long_text_is_broken_at_words_and_keeps_its_lines() -> None:
    text = "one two three four five six seven eight\n\n  indented\nlast"
    assert inside(text, width=24) == [
        "one two three four",
        "five six seven eight",
        "",
        "  indented",
        "last",
    ]


@pytest.mark.parametrize("width", [1, 10, 24, 25, 80, 500])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "word",
        "漢字" * 60,
        "x" * 500,
        "e\u0301" * 300,
        "a漢" * 99,
        "👍🏽 " * 40,
        "\n\n",
    ],
)
def test_every_line_is_as_wide_as_the_box(width: int, text: str) -> None:
    shown = "".join(line.replace(" ", "") for line in inside(text, width=width))
    assert shown == text.replace(" ", "").replace("\n", "")


def test_text_in_pieces_is_broken_as_if_it_were_whole() -> None:
    text = (
        "Alles neu macht der Mai, 漢字かな交じり文, and so on\r\nx" + "y" * 90 + "\r\n"
    )
    assert printed(*text) == printed(text)


def test_words_appear_as_soon_as_they_are_whole() -> None:
    file = io.StringIO()
    panels = Panels(file, width=40)
    panels.open("Response")
    panels.write("Hello wor")
    assert file.getvalue().splitlines()[-1] == "┃ Hello"
    panels.write("ld ")
    assert file.getvalue().splitlines()[-1] == "┃ Hello world"


@pytest.mark.parametrize("sign", ["x", "é", "\u0301"])
def test_a_word_of_megabytes_costs_no_more_than_its_length(sign: str) -> None:
    started = time.process_time()
    inside("a" + sign * 300_000)
    assert time.process_time() - started < 5


def test_a_call_is_one_line_whatever_is_in_it() -> None:
    line = call_line("search", {"q": "a\nb\x1b[2J", "n": 3, "long": "x" * 500})
    assert line.startswith("• search(q=a b␛[2J, n=3, long=xxx")
    assert len(line) < 130 and line.endswith("…)")


def weather(city: str) -> str:
    """Tells the weather."""
    return f"Rain in {city}"


def an_agent(*scripts: list[object], show_tool_calls: bool = True) -> Agent:
    model = FakeModel(*scripts)  # type: ignore[arg-type]
    return Agent(model, tools=[weather], show_tool_calls=show_tool_calls)


WITH_A_TOOL: tuple[list[object], ...] = (
    [calling(a_call("weather", city="Köln"))],
    ["It ", "rains."],
)


@pytest.mark.parametrize("stream", [True, False])
def test_calls_stand_between_message_and_response(stream: bool) -> None:
    file = io.StringIO()
    an_agent(*WITH_A_TOOL).print_response("And now?", stream=stream, file=file)
    assert titles(file.getvalue()) == ["Message", "Tool", "Response"]
    assert "┃ • weather(city=Köln) " in file.getvalue()
    assert "┃ It rains. " in file.getvalue()


@pytest.mark.parametrize("stream", [True, False])
def test_calls_are_left_out_where_that_is_wanted(stream: bool) -> None:
    file = io.StringIO()
    agent = an_agent(*WITH_A_TOOL, show_tool_calls=False)
    agent.print_response("Hi", stream=stream, show_message=False, file=file)
    assert titles(file.getvalue()) == ["Response"]


@pytest.mark.parametrize("stream", [True, False])
def test_what_goes_wrong_is_printed_not_raised(stream: bool) -> None:
    file = io.StringIO()
    an_agent(["Half", words()]).print_response("Hi", stream=stream, file=file)
    assert titles(file.getvalue()) == ["Message", "Response", "Error"]
    assert "The server is on fire. Try again." in file.getvalue()


@pytest.mark.parametrize("stream", [True, False])
def test_an_error_before_any_words_has_no_empty_response(stream: bool) -> None:
    file = io.StringIO()
    an_agent([words()]).print_response("Hi", stream=stream, file=file)
    assert titles(file.getvalue()) == ["Message", "Error"]


@pytest.mark.parametrize("stream", [True, False])
def test_a_message_that_cannot_be_kept_is_printed_not_raised(stream: bool) -> None:
    agent = Agent(FakeModel(), storage=FailingStorage(MemoryStorage(), "start_run"))
    file = io.StringIO()
    agent.print_response("Hi", stream=stream, file=file)
    assert titles(file.getvalue())[-1] == "Error"
    assert "The disk is full." in file.getvalue()


def test_a_response_and_a_stream_are_printed_alike() -> None:
    one, other = io.StringIO(), io.StringIO()
    pprint_run_response(an_agent(*WITH_A_TOOL).run("Hi"), file=one)
    pprint_run_response(an_agent(*WITH_A_TOOL).run("Hi", stream=True), file=other)
    assert one.getvalue() == other.getvalue()
    assert titles(one.getvalue()) == ["Tool", "Response"]


def test_a_run_that_was_stopped_says_so() -> None:
    file = io.StringIO()
    response = RunResponse("Half", "r", "s", "", RunStatus.CANCELLED)
    pprint_run_response(response, file=file)
    assert titles(file.getvalue()) == ["Response", "Stopped"]


def test_a_stream_that_ends_early_leaves_no_open_box() -> None:
    file = io.StringIO()
    pprint_run_response([RunContent("s", "r", "Half")], file=file)
    assert file.getvalue().splitlines()[-1].startswith("┗")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_any_encoding_of_the_output_will_do(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    an_agent(["Grüße, 漢字 👍 \ud800"]).print_response("Hi")
    sys.stdout.flush()
    assert "Gr" in raw.getvalue().decode(encoding)


def test_an_output_that_breaks_leaves_no_run_behind() -> None:
    class Broken(io.StringIO):
        def write(self, text: str, /) -> int:
            if "word" in text:
                raise BrokenPipeError
            return super().write(text)

    agent = an_agent(["some word ", "and more"])
    with pytest.raises(BrokenPipeError):
        agent.print_response("Hi", session_id="s", stream=True, file=Broken())
    assert not agent._live
