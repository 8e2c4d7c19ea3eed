"""Answers that end where nobody looks: toasts, notifications of the terminal, marks."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from agno_tui.session import RunStatus
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.notifying import sequence, way_of
from agno_tui.ui.session_rows import UNTITLED
from tests.ui.conftest import (
    MakeApp,
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    failure,
    keep,
    list_lines,
    ready,
    screen_text,
    shows,
    the_app,
    type_and_send,
    until,
)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agno_tui.ui.notifying.TOGETHER_SECONDS", 0.02)


class Written:
    """What was sent to the terminal, by an app in such a terminal."""

    def __init__(self, app: AgnoApp, **environ: str) -> None:
        self.texts: list[str] = []
        notices = app.desk.notices
        notices._environ, notices._write = environ, self.texts.append


async def go_away(pilot: Screen) -> None:
    pilot.app.post_message(events.AppBlur())
    await until(pilot, lambda: not pilot.app.app_focus)


async def test_an_answer_in_the_background_is_said_once(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script(gate, "done")]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        written = Written(app, TERM="foot")
        await type_and_send(pilot, "[b]first[/] one")
        await pilot.press("ctrl+n")
        gate.set()
        await until(pilot, shows(pilot, "“[b]first[/] one” is answered."))
        assert "alt+n goes there." in screen_text(pilot)
        assert len(app._notifications) == 1
        # The terminal is looked at.
        assert written.texts == []


async def test_an_answer_is_said_where_its_name_cant_be_read(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script(gate, "done")]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "one")
        await until(pilot, lambda: model.requests)
        await pilot.press("ctrl+n")
        await app.desk.finish_sending(1)
        storage.refuse.add("get_session")
        gate.set()
        await until(pilot, shows(pilot, f"“{UNTITLED}” is answered."))
        storage.refuse.clear()


async def test_an_answer_on_the_screen_is_no_news(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        written = Written(app, TERM="foot")
        await type_and_send(pilot, "one")
        await until(pilot, shows(pilot, "Echo one"))
        await until(pilot, lambda: not app.runner.running)
        await pilot.pause(0.06)
        assert len(app._notifications) == 0 and written.texts == []


async def test_a_terminal_in_the_background_says_it_for_any_session(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script(gate, "done"), Script("later")]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        written = Written(app, TERM="foot")
        await type_and_send(pilot, "one; two")
        # What is behind it comes first: only the end of it all is news.
        await type_and_send(pilot, "next")
        await go_away(pilot)
        gate.set()
        await until(pilot, lambda: written.texts)
        assert written.texts == [
            "\x1b]777;notify;agno-tui;“one, two” is answered\x1b\\"
        ]
        assert shows(pilot, "later")()
        assert len(app._notifications) == 0


async def test_many_that_end_together_are_one_piece_of_news(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script(gate, "a"), Script(gate, "b"), Script(gate, failure())]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        written = Written(app, TERM="xterm")
        for text in ("one", "two", "three"):
            await type_and_send(pilot, text)
            await until(pilot, shows(pilot, text))
            await pilot.press("ctrl+n")
        await go_away(pilot)
        gate.set()
        await until(pilot, shows(pilot, "2 conversations are answered, 1 failed."))
        assert len(app._notifications) == 1 and written.texts == ["\a"]


async def test_stopping_an_answer_is_no_news(
    app: AgnoApp, model: ScriptedModel
) -> None:
    model.scripts = [Script("half", asyncio.Event())]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        written = Written(app, TERM="foot")
        await type_and_send(pilot, "one")
        await until(pilot, shows(pilot, "half"))
        await go_away(pilot)
        the_app(pilot).desk.stop_answer()
        await until(pilot, shows(pilot, "■ stopped"))
        await pilot.pause(0.06)
        assert written.texts == []


async def test_unread_marks_survive_a_restart_and_clear_when_read(
    app: AgnoApp, make_app: MakeApp, model: ScriptedModel, storage: TestStorage
) -> None:
    await keep(storage, a_run("old", "old one"))
    await storage.mark_read("old", user_id="")
    gate = asyncio.Event()
    model.scripts = [Script("half", gate, " whole")]
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+n")
        await type_and_send(pilot, "background")
        await until(pilot, shows(pilot, "half"))
        session_id = the_app(pilot).desk._wished
        await pilot.press("alt+down")
        await until(pilot, lambda: the_app(pilot).desk._wished == "old")
        gate.set()
        await until(pilot, lambda: not app.runner.running)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)

    def marked(pilot: Screen) -> bool:
        return any("•" in line and "background" in line for line in list_lines(pilot))

    async with make_app().run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: marked(pilot))
        await pilot.press("alt+up")
        await until(pilot, shows(pilot, "half whole"))
        await until(pilot, lambda: not marked(pilot))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not pilot.app.is_running)
    async with make_app().run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert not marked(pilot)
    session = await storage.get_session(session_id, user_id="")
    assert session is not None and not session.unread


async def test_many_runs_come_to_their_end_whatever_is_on_the_screen(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    gate = asyncio.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        for n in range(12):
            model.by_question[f"q{n}"] = Script("half ", gate, f"answer {n}")
            await type_and_send(pilot, f"q{n}")
            await pilot.press("ctrl+n")
        await until(pilot, lambda: len(app.runner.running) == 12)
        gate.set()
        for _ in range(6):
            await pilot.press("alt+down")
        await until(pilot, lambda: not app.runner.running)
    sessions = await storage.get_sessions(user_id="")
    assert len(sessions) == 12
    for session in sessions:
        (run,) = await storage.get_runs(session.session_id, user_id="")
        assert run.status is RunStatus.COMPLETED
        assert run.answer == f"half answer {run.question[1:]}"


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        ({"TERM_PROGRAM": "iTerm.app"}, "osc9"),
        ({"TERM_PROGRAM": "WezTerm"}, "osc9"),
        ({"TERM_PROGRAM": "ghostty"}, "osc9"),
        ({"TERM": "xterm-kitty"}, "osc9"),
        ({"LC_TERMINAL": "iTerm2"}, "osc9"),
        ({"TERM": "tmux-256color", "TMUX": "x", "KITTY_WINDOW_ID": "1"}, "osc9"),
        ({"TERM": "foot-extra"}, "osc777"),
        ({"TERM": "foot", "ZELLIJ": "0"}, "bell"),
        ({"TERM": "screen", "STY": "1", "KITTY_WINDOW_ID": "1"}, "bell"),
        ({"WT_SESSION": "x"}, "bell"),
        ({"TERM": "xterm-256color"}, "bell"),
        ({}, "bell"),
    ],
)
def test_the_terminal_says_how_it_is_told(environ: dict[str, str], way: str) -> None:
    assert way_of("auto", environ) == way
    for setting in ("osc9", "osc777", "bell", "off"):
        assert way_of(setting, environ) == setting


def test_what_is_sent_is_one_sequence_whatever_the_words() -> None:
    words = "a;b\x1b]0;evil\x07\x9c\x1b\\ \n\u202e"
    for setting in ("osc9", "osc777"):
        sent = sequence(setting, words, {})
        assert sent.startswith("\x1b]") and sent.endswith("\x1b\\")
        inside = sent[2:-2]
        assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in inside)
        assert inside.count(";") == {"osc9": 1, "osc777": 3}[setting]
    assert sequence("osc9", "4;1;50", {}) == "\x1b]9;agno-tui: 4,1,50\x1b\\"
    assert sequence("bell", words, {"TMUX": "x"}) == "\a"
    assert sequence("off", words, {}) == ""


def test_tmux_hands_it_on() -> None:
    wrapped = "\x1bPtmux;\x1b\x1b]9;agno-tui: x\x1b\x1b\\\x1b\\"
    assert sequence("osc9", "x", {"TMUX": "x"}) == wrapped
    environ = {"TMUX": "x", "KITTY_WINDOW_ID": "1"}
    # It may not be allowed to: the bell comes through in any case.
    assert sequence("auto", "x", environ) == wrapped + "\a"
