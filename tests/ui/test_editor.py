"""ctrl+g: the user's own editor on the draft, and what becomes of the file."""

from __future__ import annotations

import asyncio
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.editor import edited, editor_command
from agno_tui.ui.terminal_title import TerminalTitle
from tests.ui.conftest import TestStorage, prompt_text, ready, shows, until

if sys.platform == "win32":
    pytest.skip("its editors are scripts for a Unix shell", allow_module_level=True)


class Editor:
    """An editor that saves a text, or does something else."""

    def __init__(self, saves: bytes | None = None, code: int = 0) -> None:
        self.saves = saves
        self.code = code
        self.found = b""
        self.file = Path()
        self.modes: list[int] = []

    async def __call__(self, command: Sequence[str]) -> int:
        self.file = Path(command[-1])
        self.found = self.file.read_bytes()
        both = (self.file, self.file.parent)
        self.modes = [stat.S_IMODE(one.stat().st_mode) for one in both]
        if self.saves is not None:
            self.file.write_bytes(self.saves)
        return self.code


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield tmp_path


def is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


def content(file: str) -> str:
    return Path(file).read_text()


def write(file: str, text: str) -> None:
    Path(file).write_text(text)


async def test_what_was_saved_comes_back_and_the_file_is_gone(temporary: Path) -> None:
    editor = Editor("ä\r\n\x1b[31mtwo\x07\tx\n".encode())
    result = await edited("a\nä", ["vi"], editor)
    assert (result.text, result.trouble) == ("ä\ntwo␇\tx", "")
    assert editor.found == "a\nä".encode() and editor.modes == [0o600, 0o700]
    assert is_empty(temporary)


async def test_a_byte_order_mark_is_no_text() -> None:
    assert (await edited("a", ["vi"], Editor(b"\xef\xbb\xbfb\n"))).text == "b"


async def test_the_file_stays_until_what_was_saved_is_safe(temporary: Path) -> None:
    editor = Editor(b"edited")
    there: list[bool] = []

    async def take(text: str) -> bool:
        there.append(editor.file.read_bytes() == text.encode() == b"edited")
        return len(there) > 1

    result = await edited("draft", ["vi"], editor, take)
    assert result.text is None and str(editor.file) in result.trouble
    assert editor.file.read_bytes() == b"edited"
    editor.file.unlink()
    editor.file.parent.rmdir()
    assert (await edited("draft", ["vi"], editor, take)).text == "edited"
    assert there == [True, True] and is_empty(temporary)
    assert (await edited("edited", ["vi"], Editor(), take)).text == "edited"
    assert len(there) == 2


async def test_an_end_of_the_last_line_stays_where_it_was() -> None:
    assert (await edited("a\n", ["vi"], Editor(b"b\n"))).text == "b\n"
    assert (await edited("a", ["vi"], Editor(b"b\n\n"))).text == "b\n"
    assert (await edited("a", ["vi"], Editor())).text == "a"
    assert (await edited("a", ["vi"], Editor(b""))).text == ""


@pytest.mark.parametrize(
    ("saves", "code", "words"),
    [
        (b"better", 3, "ended with an error (3)"),
        (b"\xff\xfe", 0, "no text in UTF-8"),
        (b"x" * 10_000_001, 0, "too long"),
    ],
)
async def test_what_is_not_taken_back_stays_in_the_file(
    temporary: Path, saves: bytes, code: int, words: str
) -> None:
    editor = Editor(saves, code)
    result = await edited("draft", ["vi"], editor)
    assert result.text is None and words in result.trouble
    assert str(editor.file) in result.trouble and editor.file.read_bytes() == saves


async def test_an_editor_that_fails_and_saved_nothing_leaves_nothing(
    temporary: Path,
) -> None:
    result = await edited("draft", ["vi"], Editor(code=1))
    assert result.text is None and "(1)" in result.trouble
    assert is_empty(temporary)


async def test_an_editor_that_does_not_start_leaves_nothing(temporary: Path) -> None:
    async def run(command: Sequence[str]) -> int:
        raise PermissionError(13, "Permission denied")

    result = await edited("draft", ["vi"], run)
    assert "did not start (Permission denied)" in result.trouble
    assert is_empty(temporary)


def script(folder: Path, name: str, text: str = "exit 0") -> str:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def test_the_editor_is_the_users_else_one_that_is_there(tmp_path: Path) -> None:
    environ = {"PATH": str(tmp_path)}
    with pytest.raises(LookupError, match="Set EDITOR"):
        editor_command(environ)
    script(tmp_path, "vi")
    assert editor_command(environ | {"EDITOR": " "}) == ["vi"]
    script(tmp_path, "nano")
    assert editor_command(environ) == ["nano"]
    mine = script(tmp_path, "my own")
    both = environ | {"EDITOR": "vi", "VISUAL": f"'{mine}' -x"}
    assert editor_command(both) == [mine, "-x"]
    assert editor_command(environ | {"EDITOR": "vi -n"}) == ["vi", "-n"]
    script(tmp_path, "code")
    waiting = ["code", "--wait"]
    assert editor_command(environ | {"EDITOR": "code"}) == waiting
    assert editor_command(environ | {"EDITOR": "code --wait"}) == waiting
    for wrong in ("gone", "'half"):
        with pytest.raises(LookupError, match="which VISUAL asks for"):
            editor_command(environ | {"VISUAL": wrong, "EDITOR": "vi"})


async def test_the_key_takes_the_draft_there_and_back_and_undo_works(
    app: AgnoApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "suspend", nullcontext)
    editor = script(tmp_path, "ed", 'printf " and more" >> "$1"')
    monkeypatch.setenv("VISUAL", editor)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press(*"draft", "ctrl+g")
        await until(pilot, lambda: prompt_text(pilot) == "draft and more")
        await pilot.press("!")
        assert prompt_text(pilot) == "draft and more!"
        await pilot.press("ctrl+z", "ctrl+z")
        assert prompt_text(pilot) == "draft"


async def test_what_happens_meanwhile_is_lost_to_nobody(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()

    async def run(command: Sequence[str]) -> int:
        await gate.wait()
        write(command[-1], "edited")
        return 0

    monkeypatch.setattr(app, "run_outside", run)
    monkeypatch.setenv("VISUAL", sys.executable)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press(*"draft", "ctrl+g", *" typed")
        gate.set()
        await until(pilot, lambda: prompt_text(pilot) == "edited typed")
        gate.clear()
        document = app.desk.document
        await pilot.press("ctrl+g", "ctrl+n", *"other")
        gate.set()
        assert document is not None
        await until(pilot, lambda: document.session.draft == "edited")
        assert prompt_text(pilot) == "other"


async def test_what_cant_be_kept_for_another_session_stays_in_the_file(
    app: AgnoApp,
    storage: TestStorage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate, files = asyncio.Event(), list[str]()

    async def run(command: Sequence[str]) -> int:
        await gate.wait()
        files.append(command[-1])
        write(command[-1], "edited")
        return 0

    monkeypatch.setattr(app, "run_outside", run)
    monkeypatch.setenv("VISUAL", sys.executable)
    async with app.run_test(notifications=True, size=(160, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"draft", "ctrl+g", "ctrl+n", *"other")
        storage.refuse.add("set_draft")
        gate.set()
        await until(pilot, shows(pilot, "It could not be kept."))
        file = files[0]
        assert content(file) == "edited"
        assert shows(pilot, Path(file).parent.name)()
        storage.refuse.clear()


class Terminal:
    """What would write to a terminal, for an app that has none."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def write(self, text: str) -> None:
        self.texts.append(text)

    def flush(self) -> None:
        pass


async def test_while_the_editor_has_the_terminal_nobody_writes_to_it(
    app: AgnoApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "suspend", nullcontext)
    gate, runs = asyncio.Event(), asyncio.Event()

    async def run(command: Sequence[str]) -> int:
        runs.set()
        await gate.wait()
        return 0

    monkeypatch.setattr("agno_tui.ui.editor.run_here", run)
    monkeypatch.setenv("VISUAL", sys.executable)
    async with app.run_test() as pilot:
        await ready(pilot)
        attention, notices = app.desk.attention, app.desk.notices
        title = TerminalTitle(attention._write, {"TERM": "xterm"})
        monkeypatch.setattr(attention, "_title", title)
        await pilot.press("ctrl+g")
        await until(pilot, runs.is_set)
        terminal = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(app, "_driver", terminal)
            patch.setattr(type(app), "is_headless", False)
            again = asyncio.Event()
            patch.setattr(terminal, "flush", again.set)
            attention.say()
            notices._write("\a")
            assert app.is_lent and terminal.texts == []
            gate.set()
            await asyncio.wait_for(again.wait(), 10)
            said = "".join(terminal.texts)
            notices._write("\a")
            assert said.count("\x1b]2;") == 1 and terminal.texts[-1] == "\a"


async def test_no_editor_and_no_terminal_are_said_calmly(
    app: AgnoApp, monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    async with app.run_test(notifications=True, size=(160, 40)) as pilot:
        await ready(pilot)
        monkeypatch.setenv("VISUAL", "no-such-editor")
        await pilot.press(*"draft", "ctrl+g")
        await until(pilot, shows(pilot, "no-such-editor"))
        monkeypatch.setenv("VISUAL", sys.executable)
        await pilot.press("ctrl+g")
        # (Where its words are wrapped depends on where Python is.)
        await until(pilot, shows(pilot, "did not start"))
        assert prompt_text(pilot) == "draft"
        assert is_empty(temporary)


async def test_an_editor_that_was_opened_before_the_storage_is_heard(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()

    async def run(command: Sequence[str]) -> int:
        await gate.wait()
        write(command[-1], "edited")
        return 0

    monkeypatch.setattr(app, "run_outside", run)
    monkeypatch.setenv("VISUAL", sys.executable)
    storage.opened = asyncio.Event()
    async with app.run_test() as pilot:
        await pilot.press(*"draft", "ctrl+g")
        storage.opened.set()
        await ready(pilot)
        gate.set()
        await until(pilot, lambda: prompt_text(pilot) == "edited")


async def test_over_the_search_it_is_the_draft_that_is_edited(
    app: AgnoApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "suspend", nullcontext)
    editor = script(tmp_path, "ed", 'printf " and more" >> "$1"')
    monkeypatch.setenv("VISUAL", editor)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press(*"draft", "ctrl+r", "w", "ctrl+g")
        await until(pilot, lambda: prompt_text(pilot) == "draft and more")
        assert not app.query_one("#prompt-search").display
        await pilot.press("!")
        assert prompt_text(pilot) == "draft and more!"
