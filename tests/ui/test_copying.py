"""Copying in the running app: all of it goes one way, and a toast says which."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.geometry import Offset

from agno_tui.session import SessionSummary
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.clipboard import Clipboard, Copied, Way
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    screen_text,
    shows,
    until,
)
from tests.ui.marked_words import said_session
from tests.ui.transcript.test_mouse import place_of, select
from tests.ui.transcript.views import all_there, is_read

SIZE = (80, 30)


class FakeClipboard(Clipboard):
    """Notes what is copied; goes wrong where it is told to."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.texts: list[str] = []
        self.trouble = trouble
        self.made = 0

    def make(self, write: Callable[[str], None]) -> Clipboard:
        self.made += 1
        return self

    async def copy(self, text: str) -> Copied:
        if self.trouble is not None:
            raise self.trouble
        self.texts.append(text)
        return Copied("Copied with wl-copy.", Way.TOOL)


@pytest.fixture
def fake(app: AgnoApp) -> FakeClipboard:
    fake = FakeClipboard()
    app.make_clipboard = fake.make
    return fake


async def copied(pilot: Screen, fake: FakeClipboard, text: str, what: str = "") -> None:
    """Wait until exactly this was copied, once, and the toast says so."""
    await until(pilot, lambda: fake.texts, "copied")
    await until(pilot, shows(pilot, "Copied with wl-copy."))
    await pilot.pause()
    assert fake.texts == [text]
    assert what in screen_text(pilot)
    fake.texts.clear()
    pilot.app.clear_notifications()
    await until(pilot, lambda: "Copied with wl-copy." not in screen_text(pilot))


async def test_messages_and_code_are_copied_as_they_were_written(
    app: AgnoApp, storage: TestStorage, fake: FakeClipboard
) -> None:
    answer = "**so**\n\n```py\nx = 1\n```\n\nend"
    await said_session(storage, ("why *so*?", answer))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "y")
        await copied(pilot, fake, answer, "The answer")
        await pilot.press("k", "y")
        await copied(pilot, fake, "why *so*?", "The question")
        await pilot.press("u", "y")
        await copied(pilot, fake, "x = 1", "The code")
        await pilot.press("tab", "ctrl+y")
        await copied(pilot, fake, answer, "The answer")
        assert fake.made == 1


async def test_an_empty_block_of_code_is_not_the_whole_conversation(
    app: AgnoApp, storage: TestStorage, fake: FakeClipboard
) -> None:
    await said_session(storage, ("why?", "see\n\n```\n```\n\nend"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "u", "y")
        await until(pilot, shows(pilot, "There is nothing to copy here."))
        assert not fake.texts


@pytest.mark.parametrize("by", ["key", "palette"])
async def test_the_whole_session_is_copied_also_what_is_not_read(
    app: AgnoApp, storage: TestStorage, fake: FakeClipboard, by: str
) -> None:
    for n in range(130):
        await keep(storage, a_run("a", f"question {n}", f"answer {n} " + "x " * 60))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await all_there(pilot, 130)
        assert not is_read(pilot, 10)
        if by == "key":
            await pilot.press("shift+tab", "Y")
        else:
            await pilot.press("ctrl+p", *"as markdown")
            await until(pilot, shows(pilot, "Copy this conversation as Markdown"))
            await pilot.press("enter")
        await until(pilot, lambda: fake.texts)
        (text,) = fake.texts
        places = [text.index(f"answer {n} ") for n in range(130)]
        assert places == sorted(places)
        assert not is_read(pilot, 10)


async def test_what_the_mouse_selects_is_copied_by_ctrl_c_as_its_source(
    app: AgnoApp, storage: TestStorage, fake: FakeClipboard
) -> None:
    await said_session(
        storage, ("why *so*?", "**so** it is"), ("more?", "- a `b`\n- c")
    )
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        first, last = place_of(pilot, "▌ why"), place_of(pilot, "• c")
        await select(pilot, first, last + Offset(60, 0))
        await pilot.press("ctrl+c")
        source = "why *so*?\n\n**so** it is\n\nmore?\n\n- a `b`\n- c"
        await copied(pilot, fake, source)
        start = place_of(pilot, "so it is")
        await select(pilot, start + Offset(3, 0), start + Offset(4, 0))
        await pilot.press("ctrl+c")
        await copied(pilot, fake, "it")


async def test_ctrl_c_in_the_prompt_copies_what_is_selected_there(
    app: AgnoApp, storage: TestStorage, fake: FakeClipboard
) -> None:
    await said_session(storage, ("why?", "so"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*"one two", *["shift+left"] * 3, "ctrl+c")
        await copied(pilot, fake, "two")
        assert prompt_text(pilot) == "one two"
        # What is pasted inside the program comes from there too.
        await pilot.press("end", "ctrl+v")
        assert prompt_text(pilot) == "one twotwo"


async def test_the_summary_is_copied_the_same_way(
    app: AgnoApp, storage: TestStorage, fake: FakeClipboard
) -> None:
    await said_session(storage, ("why?", "so"))
    await storage.set_session_summary(
        "a", SessionSummary(summary="It is so.", topics=[]), user_id=""
    )
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("f4")
        await until(pilot, shows(pilot, "It is so."))
        await pilot.press("y")
        await until(pilot, lambda: fake.texts == ["It is so."])


async def test_a_clipboard_that_fails_is_said_and_lived_with(
    app: AgnoApp, storage: TestStorage, fake: FakeClipboard
) -> None:
    fake.trouble = RuntimeError("broken")
    await said_session(storage, ("why?", "so"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+y")
        await until(pilot, shows(pilot, "Something unexpected went wrong."))
        fake.trouble = None
        app.clear_notifications()
        await pilot.press("ctrl+y")
        await copied(pilot, fake, "so")


async def test_a_clipboard_that_cannot_be_made_is_said_and_lived_with(
    app: AgnoApp, storage: TestStorage
) -> None:
    def make(write: Callable[[str], None]) -> Clipboard:
        raise OSError("no clipboard")

    app.make_clipboard = make
    await said_session(storage, ("why?", "so"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+y")
        await until(pilot, shows(pilot, "Something unexpected went wrong."))
        assert app.clipboard == "so"


async def test_a_session_that_cannot_be_read_whole_is_not_copied_in_part(
    app: AgnoApp, storage: TestStorage, fake: FakeClipboard
) -> None:
    for n in range(130):
        await keep(storage, a_run("a", f"question {n}", "x " * 60))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await all_there(pilot, 130)
        storage.refuse.add("get_runs_by_id")
        await pilot.press("shift+tab", "Y")
        await until(pilot, shows(pilot, "The disk is full."))
        assert not fake.texts


async def test_without_a_clipboard_of_our_own_the_terminal_gets_it(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, ("why?", "so"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+y")
        await until(pilot, shows(pilot, "Sent to the terminal's clipboard"))
        assert app.clipboard == "so"


async def test_what_is_copied_while_an_editor_has_the_terminal_waits_for_it(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await said_session(storage, ("why?", "so"))
    written: list[str] = []
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        app.is_lent = True
        app.copy("first")
        await pilot.press("ctrl+y")
        await until(pilot, shows(pilot, "Sent to the terminal's clipboard"))
        assert not any("52;c" in text for text in written)
        app.terminal_is_back()
        assert not app.is_lent
        copied = [text for text in written if "52;c" in text]
        assert copied == ["\x1b]52;c;c28=\a"], "the last one, once"
        app.terminal_is_back()
        assert [text for text in written if "52;c" in text] == copied


async def test_ctrl_c_copies_what_the_mouse_selected_also_from_the_prompt(
    app: AgnoApp, storage: TestStorage, fake: FakeClipboard
) -> None:
    await said_session(storage, ("why?", "so it is"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        start = place_of(pilot, "so it is")
        await select(pilot, start, start + Offset(1, 0))
        await pilot.press("tab", "ctrl+c")
        await copied(pilot, fake, "so")
