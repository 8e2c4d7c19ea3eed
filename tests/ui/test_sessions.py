"""Many sessions: switching, marks, drafts, the list, the trash."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from textual.widgets import Input

from agno_tui.session import Role, RunStatus, Session
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.help import Help
from agno_tui.ui.keymap import BY_DEFAULT
from agno_tui.ui.marks import PULSE
from agno_tui.ui.prompt import Prompt
from agno_tui.ui.session_list import SessionList
from agno_tui.ui.sidebar import Sidebar
from agno_tui.ui.transcript.reading import Marked
from agno_tui.ui.transcript.transcript import Transcript
from tests.ui.conftest import (
    Copied,
    MakeApp,
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    failure,
    keep,
    list_lines,
    prompt_text,
    ready,
    screen_text,
    shows,
    transcript_lines,
    type_and_send,
    until,
)


def open_id(app: AgnoApp) -> str:
    assert app.desk.document is not None
    return app.desk.document.session.session_id


def is_open(app: AgnoApp, session_id: str) -> bool:
    return open_id(app) == session_id


def has_sessions(app: AgnoApp, count: int) -> bool:
    return len(app.desk.sessions.sessions) == count


def mark(pilot: Screen, name: str) -> str:
    (line,) = (x for x in list_lines(pilot) if name in x)
    return line[1]


@pytest.fixture
async def three(storage: TestStorage) -> TestStorage:
    """Sessions c, b, a from top to bottom; b is where the user was."""
    for name in ("a", "b", "c"):
        await keep(storage, a_run(name, f"question {name}", f"answer {name}"))
        await storage.mark_read(name, user_id="")
    await storage.set_open_session("b", user_id="")
    return storage


@pytest.mark.parametrize(
    ("up", "down"), [("alt+up", "alt+down"), ("ctrl+pageup", "ctrl+pagedown")]
)
async def test_keys_go_through_the_sessions_and_stop_at_the_ends(
    app: AgnoApp, three: TestStorage, up: str, down: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert open_id(app) == "b"
        for key, wanted in (
            (up, "c"),
            (up, "c"),
            (down, "b"),
            (down, "a"),
            (down, "a"),
        ):
            await pilot.press(key)
            await until(pilot, partial(is_open, app, wanted), wanted)
        assert "  answer a" in transcript_lines(pilot)
        assert await three.get_open_session(user_id="") == "a"


async def test_from_a_new_session_the_next_is_the_top_and_nothing_is_above(
    app: AgnoApp, three: TestStorage
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+n", "alt+up")
        await pilot.pause()
        assert open_id(app) not in "abc"
        await pilot.press("alt+down")
        await until(pilot, lambda: open_id(app) == "c")


def test_neighbours_of_a_session_that_is_not_listed() -> None:
    sessions = SessionList()
    assert sessions.neighbour(1) is None
    sessions.shown.add([Session(session_id="x"), Session(session_id="y")])
    assert sessions.neighbour(1) == "x"
    assert sessions.neighbour(-1) is None


async def test_two_sessions_answer_at_the_same_time(
    app: AgnoApp, model: ScriptedModel, three: TestStorage
) -> None:
    gates = asyncio.Event(), asyncio.Event()
    model.by_question = {
        "first": Script("one ", gates[0], "done"),
        "second": Script("two ", gates[1], "done"),
    }
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "first")
        await until(pilot, lambda: "  one" in transcript_lines(pilot))
        await pilot.press("alt+down")
        await until(pilot, lambda: open_id(app) != "b")
        other = open_id(app)
        await type_and_send(pilot, "second")
        await until(pilot, lambda: "  two" in transcript_lines(pilot))
        assert {run.session_id for run in app.runner.running} == {"b", other}
        assert mark(pilot, "question b") in PULSE
        before = mark(pilot, "question b")
        await until(pilot, lambda: mark(pilot, "question b") != before, "it moves")
        gates[0].set()
        await until(pilot, lambda: mark(pilot, "question b") == "•")
        assert "  two" in transcript_lines(pilot)
        assert "  one done" not in transcript_lines(pilot)
        await app.desk.open_session("b")
        await until(pilot, lambda: "  one done" in transcript_lines(pilot))
        await until(pilot, lambda: mark(pilot, "question b") == " ")
        await until(pilot, lambda: not three._sessions["b"].seen().unread)
        gates[1].set()
        await until(pilot, lambda: mark(pilot, f"question {other}") == "•")


async def test_a_background_answer_never_moves_what_is_being_read(
    app: AgnoApp, model: ScriptedModel, three: TestStorage
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script("x", gate, "\n\nline" * 100)]
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await pilot.press("alt+down")
        await until(pilot, lambda: open_id(app) != "b")
        before = transcript_lines(pilot)
        gate.set()
        await until(pilot, lambda: not app.runner.running)
        await pilot.pause()
        assert transcript_lines(pilot) == before


async def test_a_failed_session_is_marked(
    app: AgnoApp, model: ScriptedModel, three: TestStorage
) -> None:
    model.scripts = [Script(failure())]
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, lambda: mark(pilot, "question b") == "✗")


async def test_switching_fast_shows_whole_sessions(
    app: AgnoApp, three: TestStorage
) -> None:
    gate = asyncio.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        three.gates["get_runs"] = gate
        await pilot.press("alt+up", "alt+down", "alt+up", "alt+down", "alt+down")
        gate.set()
        await until(pilot, lambda: open_id(app) == "a")
        await pilot.press("alt+up", "alt+up")
        await until(pilot, lambda: "  answer c" in transcript_lines(pilot))


async def test_drafts_stay_with_their_sessions_and_survive_a_restart(
    make_app: MakeApp, three: TestStorage
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"draft b", "alt+down")
        await until(pilot, lambda: open_id(app) == "a")
        assert prompt_text(pilot) == ""
        await until(pilot, lambda: mark(pilot, "question b") == "✎")
        await pilot.press(*"draft a")
        await pilot.press("alt+up")
        await until(pilot, lambda: prompt_text(pilot) == "draft b")
        await pilot.press("alt+down")
        await until(pilot, lambda: prompt_text(pilot) == "draft a")
        await pilot.press(*"!", "ctrl+q")
        await until(pilot, lambda: not app.is_running)
    again = make_app()
    async with again.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert open_id(again) == "a"
        assert prompt_text(pilot) == "draft a!"
        assert "  answer a" in transcript_lines(pilot)


async def test_a_draft_of_a_session_never_sent_is_where_the_user_comes_back_to(
    make_app: MakeApp, three: TestStorage
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+n", *"not sent", "ctrl+q")
        await until(pilot, lambda: not app.is_running)
    async with make_app().run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert prompt_text(pilot) == "not sent"
        assert mark(pilot, "not sent") == "✎"


async def test_a_draft_is_kept_while_it_is_written(
    app: AgnoApp, three: TestStorage
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"words")
        await until(pilot, lambda: three._sessions["b"].session.draft == "words")


async def test_a_session_is_deleted_and_brought_back(
    app: AgnoApp, three: TestStorage
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "d")
        await until(pilot, lambda: "question b" not in "".join(list_lines(pilot)))
        await until(pilot, shows(pilot, "Deleted. Press u in the list"))
        assert await three.get_session("b", user_id="") is None
        assert open_id(app) not in "abc"
        await pilot.press("u")
        await until(pilot, lambda: open_id(app) == "b")
        assert "  answer b" in transcript_lines(pilot)
        assert await three.get_session("b", user_id="") is not None


async def test_an_answering_session_is_not_deleted(
    app: AgnoApp, model: ScriptedModel, three: TestStorage
) -> None:
    model.scripts = [Script("x", asyncio.Event())]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, lambda: app.runner.running)
        await pilot.press("ctrl+s", "d")
        await until(pilot, shows(pilot, "It is still answering."))
        assert await three.get_session("b", user_id="") is not None


async def test_the_cursor_stays_on_its_session_when_the_list_moves(
    app: AgnoApp, three: TestStorage
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "down")
        run = a_run("b", "again")
        await keep(three, run)
        session = await three.get_session("b", user_id="")
        assert session is not None
        app.desk.sessions.update_session(session)
        await pilot.press("d")
        await until(pilot, lambda: "question a" not in "".join(list_lines(pilot)))
        assert await three.get_session("c", user_id="") is not None


async def test_the_list_opens_by_keys_and_by_mouse(
    app: AgnoApp, three: TestStorage
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "G", "enter")
        await until(pilot, lambda: open_id(app) == "a")
        assert isinstance(app.focused, Prompt)
        await pilot.click(SessionList, offset=(6, 1))
        await until(pilot, lambda: open_id(app) == "c")


async def test_a_long_list_loads_as_it_is_scrolled(
    app: AgnoApp, storage: TestStorage
) -> None:
    for n in range(450):
        await storage.set_draft(f"s{n}", f"draft {n}", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        sessions = app.desk.sessions
        assert len(sessions.sessions) == 200
        await pilot.press("ctrl+s")
        for count in (400, 450):
            await pilot.press("end")
            await until(pilot, partial(has_sessions, app, count))
        await pilot.press("end")
        assert any("draft 0 " in line for line in list_lines(pilot))


async def test_the_sidebar_folds_and_comes_back(
    app: AgnoApp, three: TestStorage
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        sidebar = app.query_one(Sidebar)
        assert sidebar.display
        await pilot.press("ctrl+b")
        assert not sidebar.display
        await pilot.press("ctrl+b")
        assert sidebar.display


async def test_a_narrow_screen_has_no_sidebar_until_asked(
    app: AgnoApp, three: TestStorage
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        sidebar = app.query_one(Sidebar)
        assert not sidebar.display
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: sidebar.display)
        await pilot.resize_terminal(60, 16)
        await until(pilot, lambda: not sidebar.display)
        await pilot.press("ctrl+s")
        assert sidebar.display and isinstance(app.focused, SessionList)


async def test_help_lists_every_command_and_esc_closes_it(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 60)) as pilot:
        await ready(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, Help))
        text = ""
        for _ in range(15):
            await pilot.pause()
            text += screen_text(pilot)
            await pilot.press("pagedown")
        assert [c.title for c in BY_DEFAULT.commands if c.title not in text] == []
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Help))
        assert isinstance(app.focused, Prompt)


async def test_the_palette_opens_and_does_what_is_chosen(
    app: AgnoApp, three: TestStorage
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"show or hide the list")
        await until(pilot, shows(pilot, "ctrl+b"))
        await pilot.pause(0.3)
        await pilot.press("enter")
        await until(pilot, lambda: not app.query_one(Sidebar).display)


async def test_the_marked_message_stays_marked_behind_help_and_lost_focus(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, *(a_run("a", f"q{n}", f"a{n}") for n in range(4)))
    await storage.set_open_session("a", user_id="")
    copied = Copied()
    async with app.run_test(size=(120, 40), message_hook=copied.note) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", *["up"] * 4)
        document, marked = app.desk.document, Marked(1, Role.ASSISTANT)
        assert document is not None and document.marked == marked
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.focused, Transcript)
        assert document.marked == marked
        app.app_focus = False
        await pilot.pause()
        app.app_focus = True
        await pilot.pause()
        assert document.marked == marked
        await pilot.press("y")
        assert copied.texts == ["a1"]
        await pilot.press("tab")
        assert isinstance(app.focused, Prompt)
        assert document.marked is None


async def test_letters_walk_the_messages(app: AgnoApp, storage: TestStorage) -> None:
    await keep(storage, *(a_run("a", f"q{n}", f"a{n}") for n in range(4)))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        document = app.desk.document
        assert document is not None
        seen = []
        await pilot.press("shift+tab")
        for key in ("k", "k", "j", "g", "G"):
            await pilot.press(key)
            assert document.marked is not None
            seen.append((document.marked.index, document.marked.role))
        question, answer = Role.USER, Role.ASSISTANT
        assert seen == [
            (3, question),
            (2, answer),
            (3, question),
            (0, question),
            (3, answer),
        ]
        assert prompt_text(pilot) == ""


async def test_runs_that_failed_before_can_be_tried_again(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "old", "", status=RunStatus.INTERRUPTED))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "r")
        await until(pilot, shows(pilot, "Echo old"))


async def test_a_draft_is_there_again_however_soon_one_comes_back(
    app: AgnoApp, three: TestStorage
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        gate = three.gates["set_draft"] = asyncio.Event()
        await pilot.press(*"first")
        for key in ("alt+down", "alt+up") * 2:
            await pilot.press(key)
        assert prompt_text(pilot) == "first"
        await pilot.press(*" and more")
        gate.set()
        await pilot.press("alt+down", "alt+up")
        assert prompt_text(pilot) == "first and more"
        session_id = app.desk.document.session.session_id if app.desk.document else ""

        async def kept() -> bool:
            session = await three.get_session(session_id, user_id="")
            return session is not None and session.draft == "first and more"

        for _ in range(400):
            if await kept():
                break
            await pilot.pause(0.005)
        assert await kept()
