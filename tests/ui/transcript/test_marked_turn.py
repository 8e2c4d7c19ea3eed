"""The mark of a message: it stays while the keyboard is to come back, and else goes."""

from __future__ import annotations

import pytest

from agno_tui.session import Message, Role
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.prompt import Prompt
from agno_tui.ui.session_dialog import SessionDialog
from agno_tui.ui.transcript.document import Document
from agno_tui.ui.transcript.reading import Marked
from agno_tui.ui.transcript.transcript import Transcript
from tests.ui.conftest import (
    Copied,
    Screen,
    TestStorage,
    a_run,
    keep,
    ready,
    the_app,
    transcript_lines,
    until,
)
from tests.ui.transcript.views import all_there, long_session, view_of

SIZE = (120, 40)
SECOND, LAST = Marked(1, Role.ASSISTANT), Marked(3, Role.ASSISTANT)


async def marked(pilot: Screen, storage: TestStorage) -> Document:
    """A session of four turns, of which the second one's answer is marked."""
    await keep(storage, *(a_run("a", f"q{n}", f"a{n}") for n in range(4)))
    await storage.set_open_session("a", user_id="")
    await ready(pilot)
    await pilot.press("shift+tab", *["up"] * 4)
    document = the_app(pilot).desk.document
    assert document is not None and document.marked == SECOND
    return document


async def test_a_dialog_takes_no_mark(app: AgnoApp, storage: TestStorage) -> None:
    copied = Copied()
    async with app.run_test(size=SIZE, message_hook=copied.note) as pilot:
        document = await marked(pilot, storage)
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, SessionDialog))
        await pilot.pause()
        assert document.marked == SECOND
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, SessionDialog))
        assert isinstance(app.focused, Transcript)
        await pilot.press("y")
        assert copied.texts == ["a1"]


async def test_a_mark_goes_where_the_keyboard_went_elsewhere_behind_a_dialog(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        document = await marked(pilot, storage)
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, SessionDialog))
        app.desk.chat.prompt.focus()
        await until(pilot, lambda: document.marked is None, "unmarked")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.focused, Prompt))
        await pilot.press("shift+tab")
        assert document.marked == LAST


async def test_a_terminal_that_is_left_for_an_instant_keeps_the_mark(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        document = await marked(pilot, storage)
        app.app_focus = False
        app.app_focus = True
        await pilot.pause()
        assert isinstance(app.focused, Transcript)
        assert document.marked == SECOND


async def test_only_what_changes_about_the_marked_turn_is_told(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        document = await marked(pilot, storage)
        await pilot.pause()
        told: list[bool] = []
        monkeypatch.setattr(
            AgnoApp, "on_transcript_marked_changed", lambda app: told.append(True)
        )
        transcript = app.desk.chat.transcript
        run = document.turns[1].run
        assert run is not None
        for _ in range(5):
            # As with every frame of an answer.
            run.messages[-1].content += " more"
            transcript.content_changed()
        await pilot.pause()
        assert not told
        run.messages.append(Message(Role.TOOL, "{}", tool_name="search"))
        transcript.content_changed()
        await pilot.pause()
        assert told == [True]
        # Where it is asked for it is told again.
        transcript.say_marked()
        await pilot.press("up")
        await pilot.pause()
        assert told == [True] * 3


async def test_page_keys_take_the_mark_along(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 40)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await all_there(pilot, 40)
        view = view_of(pilot)
        await pilot.press("shift+tab", "g")
        for step, key in (1, "pagedown"), (-1, "pageup"):
            seen = [view.marked_turn]
            for _ in range(4):
                await pilot.press(key)
                await pilot.pause()
                assert any(line.startswith("┃") for line in transcript_lines(pilot))
                seen.append(view.marked_turn)
            indices = [turn.index for turn in seen if turn is not None]
            assert indices == sorted(indices)[::step] and len(set(indices)) > 2
