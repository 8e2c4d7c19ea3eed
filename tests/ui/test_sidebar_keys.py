"""The keys of the list: pin, archive, filter, rename, fork, delete, export, mark."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from agno_tui.agent import Agent
from agno_tui.agent.windows import HistoryWindow
from agno_tui.runner import Runner
from agno_tui.session import RunStatus
from agno_tui.ui import list_pages
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.chosen_keys import read_keymap
from agno_tui.ui.list_lines import FilterLine, NameLine
from agno_tui.ui.prompt import Prompt
from agno_tui.ui.session_list import SessionList
from tests.ui.conftest import (
    MakeApp,
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    list_lines,
    prompt_text,
    ready,
    screen_lines,
    screen_text,
    shows,
    the_app,
    type_and_send,
    until,
)

SIZE = (120, 40)


@pytest.fixture
async def five(storage: TestStorage) -> TestStorage:
    """Sessions e, d, c, b, a from top to bottom, e on the screen."""
    for name in "abcde":
        await keep(storage, a_run(name, f"title {name}", f"answer {name}"))
        await storage.mark_read(name, user_id="")
    await storage.set_open_session("e", user_id="")
    return storage


def titles(pilot: Screen) -> str:
    """Which sessions are listed, in order."""
    lines = [x.split() for x in list_lines(pilot) if "title" in x]
    return "".join(words[words.index("title") + 1] for words in lines)


def lists(pilot: Screen, wanted: str) -> bool:
    return titles(pilot) == wanted


def said(app: AgnoApp) -> str:
    """What the toasts say, however they are wrapped."""
    return "\n".join(one.message for one in app._notifications)


def open_id(pilot: Screen) -> str:
    document = the_app(pilot).desk.document
    assert document is not None
    return document.session.session_id


async def listed(pilot: Screen, wanted: str) -> None:
    await until(pilot, lambda: lists(pilot, wanted), wanted)


async def test_a_pin_stands_on_top_also_after_a_restart(
    make_app: MakeApp, five: TestStorage
) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "down", "down", "p")
        await listed(pilot, "cedba")
        assert list_lines(pilot)[0].strip() == "Pinned"
        assert app.desk.sessions.at_cursor == app.desk.sessions.shown.get("c")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    async with make_app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert titles(pilot) == "cedba"
        await pilot.press("ctrl+s", "home", "p")
        await listed(pilot, "edcba")


async def test_what_is_archived_leaves_the_list_and_comes_back(
    app: AgnoApp, five: TestStorage
) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "down", "a")
        await listed(pilot, "ecba")
        await until(pilot, shows(pilot, "Archived. u brings it back"))
        await keep(five, a_run("d", "again"))
        await app.desk.refresh_session("d")
        assert titles(pilot) == "ecba", "an answer does not bring it back"
        await pilot.press("A")
        await listed(pilot, "d")
        assert "Archive" in screen_text(pilot)
        await app.desk.refresh_session("e")
        assert titles(pilot) == "d", "what is not archived stays out"
        await pilot.press("a")
        await listed(pilot, "")
        await pilot.press("A")
        await listed(pilot, "decba")


async def test_a_filter_follows_the_letters_and_enter_opens(
    app: AgnoApp, five: TestStorage
) -> None:
    await keep(five, a_run("k", "Trip to Kyōto"), a_run("m", "Müller & Söhne"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "slash", *"kyo")
        await until(pilot, lambda: len(app.desk.sessions.sessions) == 1)
        assert isinstance(app.focused, FilterLine)
        await pilot.press("escape")
        await listed(pilot, "edcba")
        assert isinstance(app.focused, SessionList)
        # A burst, before anything is shown, and words for the prompt after it.
        await pilot.press("slash", *"soh", "enter", *"hello")
        await until(pilot, lambda: open_id(pilot) == "m")
        assert isinstance(app.focused, Prompt)
        assert prompt_text(pilot) == "hello"
        await listed(pilot, "edcba")
        await pilot.press("ctrl+s", "slash", *"title", "down", "down", "enter")
        await until(pilot, lambda: open_id(pilot) == "c")
        await pilot.press("ctrl+s", "slash", *'"*(%', "enter")
        await until(pilot, shows(pilot, "No title has these words"))
        assert open_id(pilot) == "c"


async def test_letters_act_on_what_was_filtered(
    app: AgnoApp, five: TestStorage
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "slash", *"title b", "tab")
        await listed(pilot, "b")
        await pilot.press("p")
        await until(pilot, lambda: five._sessions["b"].session.pinned)
        await pilot.press("escape")
        await listed(pilot, "bedca")


async def test_a_name_is_written_in_the_row(app: AgnoApp, five: TestStorage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "down", "r")
        line = app.desk.query_one(NameLine)
        assert app.focused is line and line.value == "title d"
        row = next(y for y, x in enumerate(list_lines(pilot)) if "title d" in x)
        assert line.region.y == app.desk.sessions.region.y + row
        await pilot.press("ctrl+u", *"Name [/] of mine", "enter")
        await until(pilot, shows(pilot, "Name [/] of mine"))
        session = await five.get_session("d", user_id="")
        assert session is not None
        assert (session.name, session.named_by_user) == ("Name [/] of mine", True)
        assert isinstance(app.focused, SessionList)
        await pilot.press("r", *" not kept", "escape")
        await pilot.pause()
        assert "not kept" not in screen_text(pilot)
        await pilot.press("r", "ctrl+u", "enter")
        assert five._sessions["d"].session.name == "Name [/] of mine"


async def test_a_name_that_is_not_kept_is_said(app: AgnoApp, five: TestStorage) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        five.refuse.add("rename_session")
        await pilot.press("ctrl+s", "r", *"!", "enter")
        await until(pilot, lambda: "“title e!” is not kept as its name." in said(app))


async def test_a_fork_is_opened_and_marked(app: AgnoApp, five: TestStorage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "down", "f")
        await until(pilot, lambda: open_id(pilot) not in "abcde")
        assert "⑂ title d" in list_lines(pilot)[1]
        session = await five.get_session(open_id(pilot), user_id="")
        assert session is not None and session.forked_from == "d"


async def test_a_fork_sends_as_many_runs_as_its_original(
    app: AgnoApp, five: TestStorage
) -> None:
    agent = app.runner.agent
    await agent.set_window("d", HistoryWindow(1, is_own=True), user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "down", "f")
        await until(pilot, lambda: open_id(pilot) not in "abcde")
        fork = open_id(pilot)
        assert await agent.window(fork, user_id="") == HistoryWindow(1, is_own=True)
        await agent.set_window(fork, HistoryWindow(None, is_own=True), user_id="")
        assert (await agent.window("d", user_id="")).runs == 1
        await app.desk.open_session("e")
        await pilot.press("ctrl+s", "f")
        await until(pilot, lambda: open_id(pilot) not in ("e", fork))
        assert not (await agent.window(open_id(pilot), user_id="")).is_own


async def test_several_are_deleted_and_brought_back_whole(
    app: AgnoApp, five: TestStorage
) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "end", "d")
        await listed(pilot, "edcb")
        await pilot.press("home", "space", "space", "down")
        assert [line[0] for line in list_lines(pilot)[1:4]] == ["✓", "✓", " "]
        await pilot.press("d")
        await listed(pilot, "cb")
        words = "Deleted 2 conversations. Press u"
        await until(pilot, shows(pilot, words))
        assert open_id(pilot) not in "abcde"
        await pilot.press("u")
        await listed(pilot, "edcb")
        await until(pilot, lambda: open_id(pilot) == "e")
        await until(pilot, shows(pilot, "Brought back 2 conversations."))
        await until(pilot, lambda: not shows(pilot, words)(), "it is no longer true")
        await pilot.press("u")
        await listed(pilot, "edcba")
        await pilot.press("u")
        await until(pilot, shows(pilot, "There is nothing to bring back."))


async def test_an_archive_is_undone_as_a_deletion_is(
    app: AgnoApp, five: TestStorage
) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "down", "space", "space", "a")
        await listed(pilot, "eba")
        words = "Archived 2 conversations. u brings them back, A shows the archive."
        await until(pilot, lambda: words in said(app))
        await pilot.press("home", "d")
        await listed(pilot, "ba")
        await pilot.press("u")
        await listed(pilot, "eba")
        await pilot.press("u")
        await listed(pilot, "edcba")
        await until(pilot, lambda: "Brought back 2 conversations." in said(app))
        # And so is bringing back.
        await pilot.press("end", "a", "A")
        await listed(pilot, "a")
        await pilot.press("a")
        await until(pilot, lambda: "Back in the list. u archives it" in said(app))
        await pilot.press("u")
        await listed(pilot, "a")
        await pilot.press("A")
        await listed(pilot, "edcb")
        assert open_id(pilot) == "e"


async def test_what_cannot_be_taken_away_comes_back_into_the_list(
    app: AgnoApp, five: TestStorage
) -> None:
    five.refuse = {"delete_session", "archive_session"}
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "down", "d", "a")
        await until(pilot, lambda: said(app).count("The disk is full.") == 1)
        await listed(pilot, "edcba")
        await pilot.press("u")
        await until(pilot, shows(pilot, "There is nothing to bring back."))


async def test_each_key_of_a_burst_means_the_row_that_was_chosen_then(
    app: AgnoApp, five: TestStorage
) -> None:
    five.gates["delete_session"] = gate = asyncio.Event()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "down", "d", "d", "j", "d")
        assert lists(pilot, "eb"), "at once, however slow the storage is"
        gate.set()
        await until(pilot, lambda: "Deleted." in said(app))
        await listed(pilot, "eb")
    kept = await five.get_sessions(user_id="")
    assert [one.session_id for one in kept] == ["e", "b"]


async def test_the_filter_says_its_own_keys(app: AgnoApp, five: TestStorage) -> None:
    async with app.run_test(size=(60, 16)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "slash")
        words = "enter open   ↓ next   tab list   esc all titles"
        await until(pilot, lambda: screen_lines(pilot)[-1].strip() == words)
        await pilot.press("escape")
        await until(pilot, lambda: "delete" in screen_lines(pilot)[-1])
        # Whole words, the least needed ones left out.
        said = screen_lines(pilot)[-1].strip().split("   ")
        assert said == ["enter open", "/ filter", "d delete", "u undo", "esc back"]


async def test_the_filter_has_other_keys_where_the_user_chose_them(
    model: ScriptedModel, five: TestStorage
) -> None:
    app = AgnoApp(
        runner=Runner(Agent(model, storage=five)),
        storage=five,
        model=model,
        keymap=read_keymap({"filter.leave": "f10", "filter.down": "ctrl+e"}),
    )
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "slash", *"title")
        await until(pilot, lambda: app.desk.sessions.at_cursor is not None)
        await pilot.press("ctrl+e", "ctrl+e", "enter", *"x")
        await until(pilot, lambda: open_id(pilot) == "c")
        assert prompt_text(pilot) == "x"
        await pilot.press("ctrl+s", "slash", "f10")
        assert app.focused is app.desk.sessions


async def test_esc_clears_the_marks_then_leaves(
    app: AgnoApp, five: TestStorage
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "space", "space", "escape")
        assert isinstance(app.focused, SessionList)
        assert not any("✓" in line for line in list_lines(pilot))
        await pilot.press("d")
        await listed(pilot, "edba")
        await pilot.press("escape")
        assert isinstance(app.focused, Prompt)


async def test_of_several_the_answering_one_stays(
    app: AgnoApp, model: ScriptedModel, five: TestStorage
) -> None:
    model.scripts = [Script("x", asyncio.Event())]
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, lambda: app.runner.running)
        await pilot.press("ctrl+s", "space", "space", "d")
        await listed(pilot, "ecba")
        await until(pilot, lambda: "1 still answers" in said(app))
        assert await five.get_session("e", user_id="") is not None


async def test_a_fast_hand_undoes_what_it_just_deleted(
    app: AgnoApp, five: TestStorage
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "d", "d", "u", "u")
        await listed(pilot, "edcba")
        assert len(await five.get_sessions(user_id="")) == 5


async def test_sessions_are_written_to_files_of_their_own(
    app: AgnoApp, five: TestStorage, tmp_path: Path
) -> None:
    await five.rename_session("d", "../../etc/Ünïcode \x1b[2J/ *", user_id="")
    folder = tmp_path / "exports"
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        app.desk.deeds.exports = folder
        await pilot.press("ctrl+s", "space", "space", "x")
        await until(pilot, shows(pilot, "2 files in"))
        await pilot.press("home", "x")
        await until(pilot, shows(pilot, "title-e-2.md"))
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["etc-unicode-2j.md", "title-e-2.md", "title-e.md"]
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "answer e" in (folder / "title-e.md").read_text()


async def test_a_file_that_cannot_be_written_is_said(
    app: AgnoApp, five: TestStorage, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        app.desk.deeds.exports = tmp_path / "file"
        await pilot.press("ctrl+s", "x")
        await until(pilot, shows(pilot, "Not written"))


async def test_what_needs_the_user_is_counted_and_gone_to(
    app: AgnoApp, five: TestStorage
) -> None:
    await keep(five, a_run("b", "again", status=RunStatus.ERROR))
    await keep(five, a_run("d", "again"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "Conversations · 2 need you"))
        await pilot.press("alt+n")
        await until(pilot, lambda: open_id(pilot) == "d")
        await until(pilot, shows(pilot, "Conversations · 1 needs you"))
        await pilot.press("alt+n")
        await until(pilot, lambda: open_id(pilot) == "b")
        await until(pilot, lambda: "need" not in screen_text(pilot))
        await pilot.press("alt+n")
        await until(pilot, shows(pilot, "Nothing needs you right now."))


async def test_esc_in_the_list_goes_back_and_stops_nothing(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script("Half ", gate, "and whole")]
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, lambda: "Half" in screen_text(pilot))
        await pilot.press("ctrl+s", "escape", *"next")
        assert prompt_text(pilot) == "next"
        gate.set()
        await until(pilot, lambda: "Half and whole" in screen_text(pilot))


async def test_what_is_typed_while_its_session_is_deleted_goes_on_in_a_new_one(
    app: AgnoApp, five: TestStorage
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await app.desk.open_session("a")
        app.desk.chat.prompt.focus()
        five.gates["delete_session"] = gate = asyncio.Event()
        await pilot.press(*"draft", "ctrl+s", "d", "escape", *"hello")
        gate.set()
        await listed(pilot, "edcb")
        assert prompt_text(pilot) == "hello" and open_id(pilot) not in "abcde"
        assert five._sessions["a"].session.draft == "draft"


async def test_what_is_sent_while_its_session_is_deleted_comes_back(
    app: AgnoApp, five: TestStorage
) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await app.desk.open_session("a")
        gates = [asyncio.Event(), asyncio.Event()]
        five.gates["delete_session"], five.gates["start_run"] = gates
        await pilot.press("ctrl+s", "d", "escape", *"hello", "enter")
        gates[0].set()
        await listed(pilot, "edcb")
        gates[1].set()
        await until(pilot, shows(pilot, "text is back in the prompt."))
        assert prompt_text(pilot) == "hello"


async def test_all_that_is_pinned_is_in_the_list(
    app: AgnoApp, five: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_pages, "PAGE", 2)
    for session_id in "abcde":
        await five.pin_session(session_id, True, user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert titles(pilot) == "edcba"
