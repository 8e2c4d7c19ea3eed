"""Lines from a terminal or a pipe, waited for on the main thread."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Iterator

import pytest

from agno_tui.plain.line_editor import LineEditor, find_readline
from agno_tui.plain.terminal_keyboard import TerminalKeyboard
from agno_tui.plain.typed import Ended, Interrupted, Line, Typed
from tests.fakes import until

if sys.platform == "win32":
    pytest.skip("select knows no pipes there", allow_module_level=True)

from agno_tui.plain.input_lines import InputLines


class Pipe:
    """What is written into it is what was typed."""

    def __init__(self) -> None:
        self.end, self._begin = os.pipe()
        self._is_open = True

    def type(self, data: bytes) -> None:
        os.write(self._begin, data)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            os.close(self._begin)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()
    os.close(pipe.end)


def every(pipe: Pipe, *, blocks: bool) -> list[str]:
    lines = InputLines(pipe.end, blocks=blocks)
    found: list[str] = []
    try:
        while (line := lines.read()) is not None:
            found.append(line)
    except EOFError:
        return found
    finally:
        lines.close()
    return found


def test_lines_of_a_pipe_are_messages_of_their_own(pipe: Pipe) -> None:
    pipe.type("one\r\ntwo\n\nthrée\nbroken \xff\nlast".encode("latin-1"))
    pipe.close()
    lines = every(pipe, blocks=False)
    assert lines == ["one", "two", "", "thr�e", "broken �", "last"]


def test_a_pasted_block_is_one_text_but_commands_stand_alone(pipe: Pipe) -> None:
    pipe.type(b"one\ntwo\n// three\n/quit\nfour\n/usr/bin\n")
    pipe.close()
    lines = every(pipe, blocks=True)
    assert lines == ["one\ntwo\n// three", "/quit", "four\n/usr/bin"]


def test_a_wait_is_ended_from_another_thread(pipe: Pipe) -> None:
    lines = InputLines(pipe.end, blocks=True)
    threading.Timer(0.05, lines.wake).start()
    assert lines.read() is None
    pipe.type(b"x\n")
    assert lines.read() == "x"
    lines.close()


class Editor(LineEditor):
    """An editor that a test types in."""

    def __init__(self) -> None:
        self.line = ""
        self.entered = threading.Event()
        self.done = threading.Event()
        self.error: BaseException | None = None

    def input(self, prompt: str) -> str:
        self.entered.set()
        assert self.done.wait(5)
        self.done.clear()
        if self.error is not None:
            raise self.error
        return self.line

    @property
    def typed(self) -> str:
        return self.line


class Desk:
    """A keyboard whose main thread is one of the test's."""

    def __init__(self, pipe: Pipe) -> None:
        self.said = ""
        self.editor = Editor()
        self.lines = InputLines(pipe.end, blocks=True)
        self.keyboard = TerminalKeyboard(
            self._write, lines=self.lines, editor=self.editor, is_interactive=True
        )
        self._thread = threading.Thread(target=self.keyboard.serve, daemon=True)
        self._thread.start()

    def _write(self, text: str) -> None:
        self.said += text

    async def read_with(self, line: str, error: BaseException | None = None) -> Typed:
        reading = asyncio.create_task(self.keyboard.read())
        await until(self.editor.entered.is_set)
        self.editor.line, self.editor.error = line, error
        self.editor.done.set()
        async with asyncio.timeout(5):
            return await reading

    def close(self) -> None:
        self.keyboard.stop()
        self._thread.join(5)
        self.lines.close()


@pytest.fixture
def desk(pipe: Pipe) -> Iterator[Desk]:
    desk = Desk(pipe)
    yield desk
    desk.close()


async def test_at_rest_a_line_is_edited(desk: Desk) -> None:
    assert await desk.read_with("hello") == Line("hello")
    assert await desk.read_with("half", KeyboardInterrupt()) == Interrupted("half")
    assert await desk.read_with("", EOFError()) == Ended()


async def test_while_busy_lines_come_from_the_terminal(desk: Desk, pipe: Pipe) -> None:
    desk.keyboard.set_busy(True)
    reading = asyncio.create_task(desk.keyboard.read())
    pipe.type(b"typed meanwhile\n")
    async with asyncio.timeout(5):
        assert await reading == Line("typed meanwhile")
    assert not desk.editor.entered.is_set() and desk.said == ""
    assert not desk.keyboard.prefill("x")


async def test_the_line_is_edited_as_soon_as_the_answer_is_whole(desk: Desk) -> None:
    desk.keyboard.set_busy(True)
    reading = asyncio.create_task(desk.keyboard.read())
    await until(lambda: desk.keyboard._is_reading)
    desk.keyboard.set_busy(False)
    await until(desk.editor.entered.is_set)
    desk.editor.line = "after"
    desk.editor.done.set()
    assert await reading == Line("after")


async def test_an_aside_leaves_the_line_as_it_was(desk: Desk) -> None:
    desk.keyboard.aside(lambda: desk._write("early\n"))
    reading = asyncio.create_task(desk.keyboard.read())
    await until(desk.editor.entered.is_set)
    desk.editor.line = "half a"
    desk.keyboard.aside(lambda: desk._write("Agent answered\n"))
    assert desk.said == "early\n\nAgent answered\n> half a"
    desk.editor.done.set()
    await reading


async def test_a_signal_between_two_lines_is_not_lost(desk: Desk) -> None:
    left: list[int] = []
    desk.keyboard.on_signal(left.append)
    desk.keyboard.interrupt(2, None)
    assert await desk.keyboard.read() == Interrupted()
    desk.keyboard._code = 143
    assert await desk.keyboard.read() == Ended("", 143)


def test_without_a_terminal_to_edit_in_there_is_no_readline() -> None:
    assert find_readline("dumb") is None and find_readline("") is None


class Readline:
    """Remembers what it was told."""

    def __init__(self, doc: str) -> None:
        self.__doc__ = doc
        self.bound: list[str] = []
        self.history: list[str] = []
        self.inserted = ""

    def parse_and_bind(self, text: str) -> None:
        self.bound.append(text)

    def add_history(self, line: str) -> None:
        self.history.append(line)

    def clear_history(self) -> None:
        self.history.clear()

    def insert_text(self, text: str) -> None:
        self.inserted += text

    def get_line_buffer(self) -> str:
        return "x"

    def __getattr__(self, name: str) -> object:
        assert name.startswith("set_")
        return lambda *_: None


@pytest.mark.parametrize("doc", ["GNU readline", "libedit readline"])
def test_an_editor_offers_history_completion_and_a_beginning(doc: str) -> None:
    readline = Readline(doc)
    editor = LineEditor(readline)
    assert ("bind ^I rl_complete" in readline.bound) == (doc.startswith("libedit"))
    editor.remember(["one", "two\x1b[2J"])
    assert readline.history == ["one", "two␛[2J"]
    editor.complete(lambda text: [f"{text}a", f"{text}b"])
    offered = [editor._complete("/", n) for n in range(3)]
    assert offered == ["/a", "/b", None]
    editor.prefill("draft\x9b")
    editor._begin_line()
    editor._begin_line()
    assert readline.inserted == "draft⟨U+009B⟩" and editor.typed == "x"


async def test_what_goes_wrong_while_a_line_is_read_is_told_who_asked(
    desk: Desk,
) -> None:
    with pytest.raises(UnicodeEncodeError):
        await desk.read_with("x", UnicodeEncodeError("ascii", "é", 0, 1, "no"))
    desk.editor.entered.clear()
    assert await desk.read_with("hello") == Line("hello")


async def test_an_aside_writes_no_control_code_of_a_pasted_line(desk: Desk) -> None:
    reading = asyncio.create_task(desk.keyboard.read())
    await until(desk.editor.entered.is_set)
    desk.editor.line = "a\x1b[2Jb"
    desk.keyboard.aside(lambda: None)
    assert desk.said == "\n> a␛[2Jb"
    desk.editor.done.set()
    await reading


class AsciiReadline(Readline):
    """Takes what the terminal's encoding has, as the real one does."""

    def add_history(self, line: str) -> None:
        assert "\0" not in line
        super().add_history(line.encode("ascii", "surrogateescape").decode("ascii"))

    def get_line_buffer(self) -> str:
        return "é".encode().decode("ascii", "surrogateescape")


def test_an_editor_takes_what_the_locale_does_not_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("locale.getpreferredencoding", lambda *_, **__: "ascii")
    readline = AsciiReadline("GNU readline")
    editor = LineEditor(readline)
    editor.add("hé\0llo")
    editor.remember(["🎉 done", "a\0b"])
    assert readline.history == ["? done", "a?b"]
    assert editor.typed == "é"
    assert not editor.prefill("é") and editor.prefill("plain")
    editor._begin_line()
    assert readline.inserted == "plain"
