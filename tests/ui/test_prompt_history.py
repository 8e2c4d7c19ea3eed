"""Up and down in the prompt: what was asked before, and the draft that comes back."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from agno_tui.storage.memory import MemoryStorage
from agno_tui.ui import prompt_history
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.prompt_history import PromptHistory
from tests.ui.conftest import (
    MakeApp,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    shows,
    type_and_send,
    until,
)


async def kept(storage: TestStorage) -> None:
    """Two sessions: "here" is opened, "there" is another."""
    await keep(storage, a_run("there", "there one"), a_run("here", "here one"))
    await keep(storage, a_run("there", "there two"), a_run("here", "both"))
    await keep(storage, a_run("there", "both"), a_run("here", "here\nlast"))
    await storage.set_open_session("here", user_id="")


WALK = ["here\nlast", "both", "here one", "there two", "there one"]


async def test_up_walks_through_this_session_then_all_and_down_comes_back(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press(*"draft")
        seen = []
        for _ in WALK:
            await pilot.press("up")
            seen.append(prompt_text(pilot))
        assert seen == WALK
        await pilot.press("up", "up")
        assert prompt_text(pilot) == WALK[-1]
        for text in [*reversed(WALK[:-1]), "draft", "draft"]:
            await pilot.press("down")
            assert prompt_text(pilot) == text
        await pilot.press(*" goes on")
        assert prompt_text(pilot) == "draft goes on"


async def test_a_burst_of_up_and_enter_sends_what_was_asked_last(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        prompt = app.desk.chat.prompt
        for key in ("d", "up", "up", "!", "enter", "x"):
            prompt.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: prompt_text(pilot) == "dx", "the draft came back")
        await until(pilot, shows(pilot, "Echo both!"))


async def test_a_change_stays_where_it_was_made_and_the_question_as_it_was(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("up", "up", *"er", "up")
        assert prompt_text(pilot) == "here one"
        await pilot.press("down")
        assert prompt_text(pilot) == "bother"
        await pilot.press("down", "down")
        assert prompt_text(pilot) == ""
        runs = await storage.get_runs("here", user_id="")
        assert [run.question for run in runs] == ["here one", "both", "here\nlast"]


async def test_within_a_text_up_and_down_move_the_cursor(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("a", "ctrl+j", "b", "up")
        assert prompt_text(pilot) == "a\nb"
        await pilot.press("x", "up")
        assert prompt_text(pilot) == "here\nlast"
        # It was changed: now the cursor walks in it.
        await pilot.press("!", "up")
        assert prompt_text(pilot) == "here\nlast!"
        await pilot.press("up", "down", "down")
        assert prompt_text(pilot) == "ax\nb"


async def test_where_nothing_was_asked_up_goes_to_the_beginning(app: AgnoApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press(*"bc", "up", "a")
        assert prompt_text(pilot) == "abc"


async def test_what_was_sent_just_now_comes_first(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        gate = storage.gates["start_run"] = asyncio.Event()
        await type_and_send(pilot, "fresh")
        await pilot.press("up")
        assert prompt_text(pilot) == "fresh"
        await pilot.press("up")
        assert prompt_text(pilot) == WALK[0]
        gate.set()


async def test_the_draft_that_is_kept_is_the_users_own(
    make_app: MakeApp, storage: TestStorage
) -> None:
    await kept(storage)
    app = make_app()
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press(*"my draft", "up", "up")
        await app.desk.keep_everything()
        session = await storage.get_session("here", user_id="")
        assert session is not None and session.draft == "my draft"
        await pilot.press("!")
        await app.desk.keep_everything()
        session = await storage.get_session("here", user_id="")
        assert session is not None and session.draft == "both!"
        # To another session and back: the older draft is the first one up.
        await pilot.press("alt+down")
        await until(pilot, lambda: prompt_text(pilot) == "")
        await pilot.press("alt+up")
        await until(pilot, lambda: prompt_text(pilot) == "both!")
        await pilot.press("up")
        assert prompt_text(pilot) == "my draft"


async def test_a_slow_storage_blocks_no_key(app: AgnoApp, storage: TestStorage) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        gate = storage.gates["get_questions"] = asyncio.Event()
        await pilot.press("up", *"typed")
        assert prompt_text(pilot) == "typed"
        gate.set()
        await pilot.pause()
        assert prompt_text(pilot) == "typed"
        await pilot.press("up")
        assert prompt_text(pilot) == WALK[0]


async def test_a_wish_is_done_late_where_nothing_was_typed_since(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        gate = storage.gates["get_questions"] = asyncio.Event()
        await pilot.press("up")
        gate.set()
        await until(pilot, lambda: prompt_text(pilot) == WALK[0])


async def test_a_late_wish_is_of_the_session_it_was_made_in(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        gate = storage.gates["get_questions"] = asyncio.Event()
        await pilot.press("up")
        # Both prompts are empty: by its text nobody can tell one from the other.
        await app.desk.open_session("there")
        gate.set()
        del storage.gates["get_questions"]
        for _ in range(5):
            await pilot.pause()
        assert prompt_text(pilot) == ""


async def test_undo_is_a_way_back_to_the_draft_as_well(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press(*"draft", "up", "ctrl+z")
        assert prompt_text(pilot) == "draft"
        # Redo is among the questions again, and the draft comes back once more.
        await pilot.press("ctrl+shift+z", "down")
        assert prompt_text(pilot) == "draft"
        await pilot.press("up", "ctrl+z", "!", "enter")
        assert prompt_text(pilot) == ""


async def read_all(walk: PromptHistory) -> None:
    while not walk._is_whole:
        await walk._read()


async def test_a_question_that_was_found_is_one_more_place_of_the_walk() -> None:
    storage = MemoryStorage()
    await storage.open()
    walk = PromptHistory(storage, "")
    for text in ("old", "new"):
        walk.note(text, "s")
    walk.begin("s")
    await read_all(walk)
    assert walk.older("draft") == "new" and walk.older("new!") == "old"
    assert walk.newer("old!") == "new!"
    walk.take("new!", "found")
    assert walk.draft("found") == "draft" and walk.draft("found!") == "found!"
    assert walk.older("found") == "old!"
    assert [walk.newer(text) for text in ("old!", "found", "new!")] == [
        "found",
        "new!",
        "draft",
    ]
    # Another walk: what was changed in this one is the newest, what was found is gone.
    walk.begin("s")
    await read_all(walk)
    texts = []
    while walk._place < len(walk._texts):
        texts.append(walk.older("draft"))
    assert texts == ["new!", "old!", "new", "old"]


async def test_a_failing_storage_says_so_and_keeps_the_draft(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        storage.refuse.add("get_questions")
        await pilot.press(*"draft", "up")
        await until(pilot, shows(pilot, "Your earlier messages"))
        assert prompt_text(pilot) == "draft"
        storage.refuse.clear()


async def test_before_the_storage_is_open_up_is_up(
    app: AgnoApp, storage: TestStorage
) -> None:
    storage.opened = asyncio.Event()
    async with app.run_test() as pilot:
        await pilot.press("b", "up", "a")
        assert prompt_text(pilot) == "ab"
        storage.opened.set()
        await ready(pilot)


async def test_pages_are_read_when_they_are_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prompt_history, "PAGE", 3)
    monkeypatch.setattr(prompt_history, "AHEAD", 1)
    storage = MemoryStorage()
    await storage.open()
    for number in range(20):
        await storage.start_run(a_run("s", f"q{number}"))
    walk = PromptHistory(storage, "")
    walk.begin("s")
    await walk.reach_older()
    assert len(walk._texts) == 3
    text, seen = "draft", []
    while True:
        await walk.reach_older()
        if (older := walk.older(text)) is None:
            break
        text = older
        seen.append(text)
    assert seen == [f"q{number}" for number in reversed(range(20))]
    while (newer := walk.newer(text)) is not None:
        text = newer
    assert text == "draft"
