"""Several users of one database: from one to another, each seeing their own only."""

from __future__ import annotations

import asyncio

import pytest
from textual.events import Key, Paste
from textual.widgets import OptionList

from agno_tui.agent import Agent
from agno_tui.runner import Runner
from agno_tui.session import Role, RunStatus, UserMemory
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.desk import Desk
from agno_tui.ui.memory_dialog import MemoryDialog
from agno_tui.ui.memory_switch import OFF, ON
from agno_tui.ui.slash_panel import SlashPanel
from agno_tui.ui.user_dialog import UserDialog
from agno_tui.ui.users import NOT_KEPT
from agno_tui.user_names import NAMELESS, cleaned, meant, named, shown
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    list_lines,
    prompt_text,
    ready,
    screen_text,
    shows,
    the_app,
    type_and_send,
    until,
)

SIZE = (110, 36)


def app_over(
    model: ScriptedModel, storage: TestStorage, user: str = "ann", memory: bool = False
) -> AgnoApp:
    agent = Agent(model, storage=storage, add_history_to_messages=True)
    return AgnoApp(
        runner=Runner(agent),
        storage=storage,
        model=model,
        user_id=user,
        memory=memory,
    )


async def two(storage: TestStorage) -> None:
    """Something of ann's and something of bob's."""
    for user in ("ann", "bob"):
        for n in range(2):
            run = a_run(f"{user}{n}", f"{user} asks {n}", f"{user} hears {n}")
            run.user_id = user
            await keep(storage, run)
        await storage.set_open_session(f"{user}1", user_id=user)
        memory = UserMemory(f"{user} likes tea", user_id=user)
        await storage.add_memory(memory)


def header(pilot: Screen) -> str:
    user = the_app(pilot).desk.chat.query_one("#user")
    return str(user.render()) if user.display else ""


async def turns() -> None:
    """Let all go as far as it can while the prompt waits (a pause would wait too)."""
    for _ in range(50):
        await asyncio.sleep(0)


def is_asking(pilot: Screen) -> bool:
    return isinstance(the_app(pilot).screen, UserDialog)


async def asked(pilot: Screen) -> None:
    await ready(pilot)
    await the_app(pilot).run_action("change_user")
    await until(pilot, lambda: is_asking(pilot))
    await pilot.pause()


async def changed(pilot: Screen, name: str) -> None:
    """Change the user as the user does."""
    await asked(pilot)
    await pilot.press(*name, "enter")
    await until(pilot, lambda: not is_asking(pilot))
    app = the_app(pilot)
    await until(pilot, lambda: app.user_id == name and app.desk.document is not None)
    await until(pilot, lambda: len(app.query("Desk")) == 1)
    await pilot.pause()


async def test_changing_shows_the_others_sessions_and_nothing_of_the_first(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "ann hears 1"))
        assert header(pilot) == "ann"
        await changed(pilot, "bob")
        await until(pilot, shows(pilot, "bob hears 1"))
        assert header(pilot) == "bob"
        assert "bob asks 0" in "\n".join(list_lines(pilot))
        assert "ann" not in screen_text(pilot)
        assert app.focused is app.desk.chat.prompt
        await type_and_send(pilot, "bob's own")
        await until(pilot, shows(pilot, "Echo bob's own"))
        assert all("ann" not in m.content for m in model.requests[-1])
        (_, second) = await storage.get_runs("bob1", user_id="bob")
        assert second.question == "bob's own"


async def test_what_is_typed_stays_with_who_typed_it(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(*"secret")
        await changed(pilot, "bob")
        assert prompt_text(pilot) == ""
        await pilot.press("ctrl+z")
        assert prompt_text(pilot) == ""
        await pilot.press(*"mine")
        await changed(pilot, "ann")
        assert prompt_text(pilot) == "secret"
        kept = await storage.get_session("bob1", user_id="bob")
        assert kept is not None and kept.draft == "mine"
        await changed(pilot, "bob")
        assert prompt_text(pilot) == "mine"


async def test_an_answer_goes_on_to_its_end_and_shows_nothing_of_itself(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    gate = asyncio.Event()
    model.scripts = [Script("first half, ", gate, "second half")]
    app = app_over(model, storage)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "ann wants to know")
        await until(pilot, shows(pilot, "first half"))
        await type_and_send(pilot, "ann waits")
        await changed(pilot, "bob")
        assert app.runner.live("ann1") is not None
        gate.set()
        await until(pilot, lambda: not app.runner.running)
        await pilot.pause()
        assert "half" not in screen_text(pilot) and "ann" not in screen_text(pilot)
        runs = await storage.get_runs("ann1", user_id="ann")
        assert [run.status for run in runs[-2:]] == [RunStatus.COMPLETED] * 2
        assert runs[-2].answer == "first half, second half"
        await changed(pilot, "ann")
        await until(pilot, shows(pilot, "second half"))


async def test_coming_back_while_it_still_answers_shows_it_go_on(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    gate = asyncio.Event()
    model.scripts = [Script("first half, ", gate, "second half")]
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go on")
        await until(pilot, shows(pilot, "first half"))
        await changed(pilot, "bob")
        await changed(pilot, "ann")
        await until(pilot, shows(pilot, "first half"))
        gate.set()
        await until(pilot, shows(pilot, "second half"))


async def test_memory_is_the_users_own(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    await storage.set_setting("memory", ON, user_id="ann")
    await storage.set_setting("memory", OFF, user_id="bob")
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await changed(pilot, "bob")
        assert not app.memory_switch.is_on
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, MemoryDialog))
        await until(pilot, shows(pilot, "bob likes tea"))
        assert "ann" not in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, MemoryDialog))
        await type_and_send(pilot, "hi")
        await until(pilot, shows(pilot, "Echo hi"))
        assert "likes tea" not in "".join(m.content for m in model.requests[-1])


async def test_what_waits_goes_out_with_the_memory_of_who_sent_it(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    await storage.set_setting("memory", ON, user_id="ann")
    await storage.set_setting("memory", OFF, user_id="bob")
    gate = asyncio.Event()
    model.scripts = [Script(gate, "one"), Script("two")]
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "first")
        await until(pilot, lambda: model.requests)
        await type_and_send(pilot, "waits")
        await changed(pilot, "bob")
        gate.set()
        await until(pilot, lambda: not app.runner.running and len(model.requests) == 2)
        system = [m.content for m in model.requests[1] if m.role == Role.SYSTEM]
        assert "ann likes tea" in system[0] and "bob" not in system[0]


async def test_what_was_found_is_no_longer_marked_or_asked(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+f", *"hears")
        await until(pilot, lambda: app.desk.searching.is_open)
        await pilot.press("escape", *"x")
        await changed(pilot, "bob")
        assert not app.desk.searching.is_open
        assert app.desk.chat.transcript.rows.found is None
        assert not app.desk.journey.goes_back
        for key in ("ctrl+z", *["up"] * 9):
            await pilot.press(key)
            assert "ann" not in screen_text(pilot)


async def test_what_one_deleted_another_does_not_bring_back(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "d")
        await until(pilot, lambda: len(app.desk.sessions.sessions) == 1)
        await changed(pilot, "bob")
        await pilot.press("ctrl+s", "u")
        await pilot.pause()
        assert len(app.desk.sessions.sessions) == 2
        assert len(await storage.get_sessions(user_id="ann")) == 1


async def test_a_new_user_begins_with_nothing(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot)
        await pilot.press(*"Émile")
        await until(pilot, shows(pilot, "Émile  new"))
        await pilot.press("enter")
        await until(pilot, lambda: app.user_id == "Émile")
        await until(pilot, lambda: app.desk.document is not None)
        assert app.desk.sessions.sessions == []
        await until(pilot, lambda: header(pilot) == "Émile")
        await type_and_send(pilot, "hi")
        await until(pilot, shows(pilot, "Echo hi"))
        assert await storage.get_users() == ["ann", "bob", "Émile"]


async def test_the_list_has_everybody_and_the_one_without_a_name(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    evil = a_run("evil", "x")
    evil.user_id = "[red]x\x1b[31m"
    await keep(storage, evil)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot)
        await until(pilot, shows(pilot, "bob"))
        text = screen_text(pilot)
        assert "ann  open now" in text and NAMELESS in text and "[red]x␛[31m" in text
        assert "▌ ann  open now" in text and "▌ bob" not in text
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.user_id == "")
        await until(pilot, lambda: header(pilot) == "")
        await asked(pilot)
        await until(pilot, shows(pilot, "[red]x␛[31m"))
        await pilot.press(*"x␛", "enter")
        await until(pilot, lambda: app.user_id == "[red]x\x1b[31m")
        await until(pilot, lambda: header(pilot) == "[red]x␛[31m")


async def test_keys_after_enter_are_written_for_the_new_user(
    model: ScriptedModel, storage: TestStorage
) -> None:
    """However fast they come, and however slow the storage is."""
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot)
        gate = storage.gates["set_draft"] = asyncio.Event()
        gates = storage.gates["get_sessions"] = asyncio.Event()
        for key in ("b", "o", "b", "enter", *"hello", "enter", *"more"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        gate.set()
        gates.set()
        await until(pilot, lambda: app.user_id == "bob")
        await until(pilot, shows(pilot, "Echo hello"))
        await until(pilot, lambda: prompt_text(pilot) == "more")
        assert (await storage.get_runs("bob1", user_id="bob"))[-1].question == "hello"
        assert len(await storage.get_runs("ann1", user_id="ann")) == 1
        assert await storage.get_users() == ["ann", "bob"]


async def test_a_command_changes_the_user_and_what_comes_after_it_is_the_new_ones(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    await storage.set_draft("bob1", "mine ", user_id="bob")
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        for key in (*"/user bob", "enter", *"hello"):
            name = {"/": "slash", " ": "space"}.get(key, key)
            app.post_message(Key(name, key if len(key) == 1 else None))
        app.post_message(Paste(" pasted"))
        await until(pilot, lambda: app.user_id == "bob")
        await until(pilot, shows(pilot, "bob hears 1"))
        await until(pilot, lambda: prompt_text(pilot) == "mine hello pasted")
        assert len(app.query(Desk)) == 1 and app.desk.ready.is_set()
        assert app.focused is app.desk.chat.prompt
        await pilot.press("enter")
        await until(pilot, shows(pilot, "Echo mine hello pasted"))
        kept = await storage.get_session("ann1", user_id="ann")
        assert kept is not None and kept.draft == ""
        await pilot.press(*"/user ann", "enter")
        await until(pilot, shows(pilot, "ann hears 1"))


@pytest.mark.parametrize("slow", ["set_draft", "set_open_session", "get_sessions"])
async def test_a_command_that_changes_the_user_may_take_its_time(
    model: ScriptedModel, storage: TestStorage, slow: str
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        app.desk.chat.prompt.put("/user bob")
        gate = storage.gates[slow] = asyncio.Event()
        for key in ("enter", *"hello"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        app.post_message(Paste(" one"))
        await turns()
        app.post_message(Paste(" two"))
        app.post_message(Key("enter", "\r"))
        await turns()
        gate.set()
        await until(pilot, shows(pilot, "Echo hello one two"))
        runs = await storage.get_runs("bob1", user_id="bob")
        assert runs[-1].question == "hello one two"
        assert len(await storage.get_runs("ann1", user_id="ann")) == 1


async def test_a_command_whose_user_can_not_be_opened_comes_back(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        app.desk.chat.prompt.put("/user " + "b" * 65)
        await pilot.press("enter")
        await until(pilot, shows(pilot, "64"))
        assert prompt_text(pilot) == "/user " + "b" * 65 and app.user_id == "ann"


async def test_of_two_changes_at_once_one_desk_comes(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        said = await asyncio.gather(app.use_user("bob"), app.use_user("bob"))
        assert list(said) == ["", ""]
        await until(pilot, shows(pilot, "bob hears 1"))
        assert len(app.query(Desk)) == 1


async def test_keys_after_an_enter_that_failed_stay_in_the_line(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*"precious")
        storage.refuse.add("set_draft")
        await asked(pilot)
        await pilot.press(*"bob", "enter", "x")
        await until(pilot, shows(pilot, "Nothing has changed"))
        await until(pilot, shows(pilot, "bobx"))
        assert app.user_id == "ann"
        storage.refuse.clear()
        await pilot.press("backspace", "enter")
        await until(pilot, lambda: app.user_id == "bob")


async def test_leaving_it_changes_nothing(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        desk = app.desk
        for keys in (["escape"], ["enter"], [*"ann", "enter"]):
            await asked(pilot)
            await pilot.press(*keys)
            await until(pilot, lambda: not is_asking(pilot))
            await pilot.pause()
            assert app.desk is desk and app.user_id == "ann"


async def test_alone_and_without_a_name_nobody_is_named(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await keep(storage, a_run("s", "one"))
    app = app_over(model, storage, user="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.pause()
        assert header(pilot) == ""


async def test_a_draft_that_can_not_be_kept_is_not_left(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*"precious")
        storage.refuse.add("set_draft")
        assert await app.use_user("bob") == NOT_KEPT
        assert app.user_id == "ann" and prompt_text(pilot) == "precious"
        storage.refuse.clear()
        assert await app.use_user("bob") == ""
        assert app.user_id == "bob"


async def test_a_storage_that_fails_is_said_and_a_way_back_stays(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        storage.refuse.add("get_sessions")
        await app.use_user("bob")
        await until(pilot, shows(pilot, "The disk is full."))
        assert "ann" not in screen_text(pilot)
        storage.refuse.clear()
        assert await app.use_user("ann") == ""
        await until(pilot, shows(pilot, "ann hears 1"))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("", "Say whose"), ("x" * 65, "64"), ("a\x1bb", "seen"), ("a\u202eb", "seen")],
)
def test_names_that_are_none(name: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        cleaned(name)


def test_names_as_they_are_shown() -> None:
    assert cleaned("  Ann Lee ") == "Ann Lee"
    assert shown("") == NAMELESS
    assert shown("x" * 99).endswith("…")
    assert shown("a\nb\x1b") == "a b␛"


@pytest.mark.parametrize("typed", ["no name", "No  NAME", " no name "])
async def test_no_name_means_the_user_without_one(
    model: ScriptedModel, storage: TestStorage, typed: str
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert await app.use_user(typed) == ""
        await until(pilot, lambda: app.user_id == "" and header(pilot) == "")
        await changed(pilot, "bob")
        await asked(pilot)
        await until(pilot, shows(pilot, NAMELESS))
        await pilot.press(*typed, "enter")
        await until(pilot, lambda: app.user_id == "")
        assert await storage.get_users() == ["ann", "bob"]


def test_who_was_called_no_name_before_is_still_there_and_told_apart() -> None:
    assert shown("no name") == "“no name”" and shown("") == NAMELESS
    known = ["", "no name", "a\x1bb"]
    assert meant("no name", known) == "" and meant("NO name", known) == ""
    assert meant("“no name”", known) == "no name" and meant("a␛b", known) == "a\x1bb"
    assert named("No Name") == "" and named("Noname") == "Noname" and named("") == ""


async def test_the_keys_go_round_the_names(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot)
        await until(pilot, shows(pilot, "bob"))
        names = app.screen.query_one(OptionList)
        at = []
        for key in ("up", "up", "up", "up", "down", "down"):
            await pilot.press(key)
            at.append(names.highlighted)
        assert at == [2, 1, 0, None, 0, 1]


async def test_names_are_offered_after_the_command_and_a_new_one_stays_new(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await two(storage)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(*"/user ")
        await until(pilot, lambda: len(app.query(SlashPanel)) == 1)
        await until(pilot, shows(pilot, NAMELESS))
        await pilot.press(*"bo", "tab")
        assert prompt_text(pilot) == "/user bob"
        await pilot.press("backspace", "enter")
        await until(pilot, lambda: app.user_id == "bo")
        await until(pilot, lambda: app.desk.document is not None)
        await pilot.press(*"/user ")
        await until(pilot, shows(pilot, "bob"))
        await pilot.press(*"bo", "down", "enter")
        await until(pilot, lambda: app.user_id == "bob")
