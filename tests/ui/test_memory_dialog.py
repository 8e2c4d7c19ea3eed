"""What it remembers about the user: seen, added, changed, forgotten, switched off."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import Input, Static

from agno_tui.session import UserMemory
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.memory_dialog import CANNOT_NOTE, MemoryDialog
from tests.ui.conftest import (
    MakeApp,
    Screen,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    screen_text,
    shows,
    the_app,
    until,
)

SIZE = (80, 24)


async def remember(storage: TestStorage, *memories: str, user_id: str = "") -> None:
    for n, memory in enumerate(memories):
        await storage.add_memory(
            UserMemory(memory, user_id=user_id, created_at=1_000_000 * (n + 1))
        )


async def known(storage: TestStorage) -> list[str]:
    return [m.memory for m in await storage.get_memories(user_id="")]


async def opened(pilot: Screen) -> None:
    await ready(pilot)
    await pilot.press("f3")
    await until(pilot, lambda: isinstance(the_app(pilot).screen, MemoryDialog))
    await pilot.pause()


def is_open(pilot: Screen) -> bool:
    return isinstance(the_app(pilot).screen, MemoryDialog)


async def test_it_lists_this_users_memories_newest_last(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("s", "Trip to Kyoto"))
    await remember(storage, "Lives in Oslo")
    await remember(storage, "A secret", user_id="other")
    await storage.add_memory(UserMemory("[b]Likes\x1b[2J tea", session_id="s"))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await until(pilot, shows(pilot, "· Trip to Kyoto"))
        text = screen_text(pilot)
        assert "A secret" not in text
        assert text.index("Lives in Oslo") < text.index("[b]Likes␛[2J tea")
        assert "Memory is off" in text


async def test_a_adds_and_what_was_typed_before_stays_in_the_prompt(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(*"draft")
        await opened(pilot)
        assert "Nothing yet." in screen_text(pilot)
        await pilot.press("a", *"ads, tea", "enter")
        await until(pilot, shows(pilot, "a add"))
        assert "ads, tea" in screen_text(pilot)
        assert await known(storage) == ["ads, tea"]
        assert "Nothing yet." not in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not is_open(pilot))
        assert prompt_text(pilot) == "draft"


async def test_enter_and_e_edit_the_marked_one(
    app: AgnoApp, storage: TestStorage
) -> None:
    await remember(storage, "Lives in Oslo", "Likes tea")
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("enter", *" a lot", "enter")
        await until(pilot, shows(pilot, "Likes tea a lot"))
        await pilot.press("k", "e", "!", "escape")
        assert is_open(pilot)
        await pilot.press("e", "?", "enter")
        await until(pilot, shows(pilot, "Lives in Oslo?"))
        assert await known(storage) == ["Lives in Oslo?", "Likes tea a lot"]


async def test_d_forgets_and_u_brings_back(app: AgnoApp, storage: TestStorage) -> None:
    await remember(storage, "one", "two", "three")
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        gate = storage.gates["delete_memory"] = asyncio.Event()
        await pilot.press("d", "d")
        gate.set()
        await until(pilot, shows(pilot, "Forgotten. u brings it back."))
        await until(pilot, lambda: "two" not in screen_text(pilot))
        assert await known(storage) == ["one"]
        await pilot.press("u", "u", "u")
        await until(pilot, shows(pilot, "three"))
        assert sorted(await known(storage)) == ["one", "three", "two"]


async def test_what_was_begun_is_done_before_it_closes(
    app: AgnoApp, storage: TestStorage
) -> None:
    await remember(storage, "one")
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        gate = storage.gates["delete_memory"] = asyncio.Event()
        await pilot.press("d", "escape")
        assert is_open(pilot)
        gate.set()
        await until(pilot, lambda: not is_open(pilot))
        assert await known(storage) == []


async def test_space_switches_memory_at_once_and_for_good(
    make_app: MakeApp, storage: TestStorage
) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert not app.runner.agent.enable_agentic_memory
        await pilot.press("space")
        await until(pilot, shows(pilot, "Memory is on"))
        assert app.runner.agent.enable_agentic_memory
        assert await storage.get_setting("memory", user_id="") == "on"
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert app.runner.agent.enable_agentic_memory
        await pilot.press("m")
        await until(pilot, shows(pilot, "Memory is off"))
        assert not app.runner.agent.enable_agentic_memory


async def test_the_default_holds_until_the_user_chooses(
    app: AgnoApp, storage: TestStorage
) -> None:
    app.memory_switch.is_on = True
    await app.memory_switch.read()
    assert app.runner.agent.enable_agentic_memory
    await storage.set_setting("memory", "off", user_id="")
    await app.memory_switch.read()
    assert not app.runner.agent.enable_agentic_memory


async def test_a_setting_that_cannot_be_read_means_off(
    app: AgnoApp, storage: TestStorage
) -> None:
    app.memory_switch.is_on = True
    storage.refuse.add("get_setting")
    await app.memory_switch.read()
    assert not app.runner.agent.enable_agentic_memory


async def test_trouble_is_said_in_words_and_nothing_is_lost(
    app: AgnoApp, storage: TestStorage
) -> None:
    await remember(storage, "one")
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        storage.refuse |= {"delete_memory", "set_setting", "add_memory"}
        await pilot.press("d")
        await until(pilot, shows(pilot, "The disk is full."))
        await until(pilot, shows(pilot, "one"))
        await pilot.press("space")
        await pilot.pause()
        assert "Memory is off" in screen_text(pilot)
        await pilot.press("a", *"tea", "enter")
        await until(pilot, shows(pilot, "The disk is full."))
        assert "tea" in screen_text(pilot)
        storage.refuse.clear()
        await pilot.press("enter")
        await until(pilot, shows(pilot, "a add"))
        assert await known(storage) == ["one", "tea"]
        # The cursor is on what came.
        await pilot.press("e", "!", "enter")
        await until(pilot, shows(pilot, "tea!"))


async def test_what_is_too_long_or_gone_is_said(
    app: AgnoApp, storage: TestStorage
) -> None:
    await remember(storage, "one", "two")
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("e")
        pilot.app.screen.query_one(Input).value = "x" * 1001
        await pilot.press("enter")
        await until(pilot, shows(pilot, "A memory has at most 1,000 characters."))
        await pilot.press("escape")
        two = (await storage.get_memories(user_id=""))[1]
        await storage.delete_memory(two.memory_id, user_id="")
        await pilot.press("d")
        await until(pilot, shows(pilot, "That memory is no longer there."))
        assert "two" not in screen_text(pilot)


async def test_a_long_list_scrolls_and_the_keys_stay_in_sight(
    app: AgnoApp, storage: TestStorage
) -> None:
    await remember(storage, *(f"fact {n}" for n in range(200)))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await until(pilot, shows(pilot, "fact 199"))
        assert "esc close" in screen_text(pilot)
        await pilot.press("home")
        await until(pilot, shows(pilot, "fact 0"))
        await pilot.press("e")
        await until(pilot, shows(pilot, "enter keeps it"))
        assert "fact 0" in screen_text(pilot)


async def test_before_the_storage_is_open_there_is_nothing_to_show(
    app: AgnoApp, storage: TestStorage
) -> None:
    storage.opened = asyncio.Event()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("f3", "f4", *"words")
        await until(pilot, shows(pilot, "The conversations are not open."))
        assert prompt_text(pilot) == "words"
        storage.opened.set()
        await opened(pilot)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40)])
@pytest.mark.parametrize("count", [0, 1, 30])
async def test_the_keys_stay_in_sight_while_writing_on_any_screen(
    app: AgnoApp, storage: TestStorage, size: tuple[int, int], count: int
) -> None:
    await remember(storage, *(f"fact {n}" for n in range(count)))
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await until(pilot, shows(pilot, "esc close"))
        await pilot.press("a", *"tea")
        await until(pilot, shows(pilot, "enter keeps it · esc leaves it"))
        assert "tea" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, shows(pilot, "Memory is off"))
        await until(pilot, shows(pilot, "esc close"))


async def test_a_model_without_tools_is_said_to_note_nothing_by_itself(
    app: AgnoApp, model: ScriptedModel
) -> None:
    app.memory_switch.is_on = True
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        assert CANNOT_NOTE not in said(pilot)
        await pilot.press("escape")
        setattr(model, "takes_tools", False)  # noqa: B010
        await opened(pilot)
        assert CANNOT_NOTE in said(pilot)
        assert "tell the model" not in screen_text(pilot)


def said(pilot: Screen) -> str:
    state = the_app(pilot).screen.query_one("#memory-state", Static)
    return str(state.render())


async def test_a_long_memory_shows_all_of_itself_only_where_it_is_marked(
    app: AgnoApp, storage: TestStorage
) -> None:
    long = " ".join(f"word{n}" for n in range(80))
    await remember(storage, long, "short")
    async with app.run_test(size=(80, 40)) as pilot:
        await opened(pilot)
        await until(pilot, shows(pilot, "word0 "))
        rows = screen_text(pilot).split("word0 ")[1].split("short")[0]
        assert "…" in rows and rows.count("\n") == 4
        await pilot.press("k")
        await until(pilot, shows(pilot, "word79"))
        await pilot.press("j")
        await until(pilot, lambda: "word79" not in screen_text(pilot))
