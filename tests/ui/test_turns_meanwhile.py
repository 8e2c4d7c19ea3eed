"""Versions of turns while something else happens: reading, another window, a search."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from agno_tui.session import Role
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.transcript.reading import Marked
from agno_tui.ui.trash import Kind, Trash
from tests.ui.conftest import (
    MakeApp,
    Screen,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    shows,
    until,
)
from tests.ui.marked_words import burst, count
from tests.ui.test_edit_question import draft_kept, write
from tests.ui.test_versions import (
    answering,
    answers,
    ask,
    document_on,
    kept_ways,
    labels,
    mark,
    questions,
    regenerate,
)


async def two_versions(storage: TestStorage) -> tuple[str, str]:
    """A session of one turn with two answers; the second one is shown."""
    old, new = a_run("s", "one", "old"), a_run("s", "one", "new", parent_run_id="")
    new.retry_of = old.run_id
    await keep(storage, old, new)
    await storage.set_open_session("s", user_id="")
    return old.run_id, new.run_id


def _asks(pilot: Screen, asked: list[str]) -> bool:
    return questions(pilot) == asked


def _has(pilot: Screen, turns: int) -> bool:
    return len(questions(pilot)) == turns


# Texts that are being read


async def test_a_text_that_was_on_its_way_when_its_version_left_is_read_later(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept_ways(storage, 120)
    await storage.set_open_session("s", user_id="")
    async with app.run_test(size=(80, 40), notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, lambda: len(document_on(pilot).turns) == 120, "all")
        await pilot.press("shift+tab", "g")
        await until(pilot, shows(pilot, "‹ 2/2 ›"))
        desk, document = app.desk, document_on(pilot)
        turn = document.turns[50]
        gate = storage.gates["get_runs_by_id"] = asyncio.Event()
        desk.chat.transcript.go_to(turn)
        await until(pilot, lambda: turn.run_id in desk.pages._asked, "asked for")
        other = document.versions.beside(document.turns[2].run_id, -1)
        sessions = desk.pages.open_sessions
        assert other is not None and sessions is not None
        await sessions.choose(document, other)
        gate.set()
        await until(pilot, lambda: not desk.pages._asked)
        await sessions.choose(document, turn.run_id)
        back = document.turn_of(turn.run_id)
        assert back is not None and back is not turn and back.run is None
        desk.chat.transcript.go_to(back)
        await until(pilot, lambda: back.run is not None, "read")


# Another window


async def test_the_version_that_another_window_has_chosen_already_is_shown(
    app: AgnoApp, storage: TestStorage
) -> None:
    old, _ = await two_versions(storage)
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await storage.choose_run(old, user_id="")
        await mark(pilot, 0)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: answers(pilot) == ["old"], "the chosen one")
        assert labels(pilot) == ["▌ You  ‹ 1/2 ›"]


async def test_a_version_that_another_window_has_deleted_is_one_no_longer(
    app: AgnoApp, storage: TestStorage
) -> None:
    old, _ = await two_versions(storage)
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await storage.delete_run(old, user_id="")
        await mark(pilot, 0)
        await pilot.press("left_square_bracket")
        await until(pilot, shows(pilot, "This message is no longer there."))
        await until(pilot, lambda: labels(pilot) == ["▌ You"])
        assert answers(pilot) == ["new"]


async def test_a_turn_that_another_window_has_deleted_goes_when_it_is_used(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two", "three")
        for key in ("d", "r"):
            run_id = document_on(pilot).turns[0].run_id
            await storage.delete_run(run_id, user_id="")
            await mark(pilot, 0)
            left = questions(pilot)[1:]
            await pilot.press(key)
            await until(pilot, partial(_asks, pilot, left), key)
            await until(pilot, shows(pilot, "This message is no longer there."))
        assert not answering(pilot)


async def test_what_was_erased_elsewhere_does_not_stand_before_other_deletions(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two")
        for left in (1, 0):
            await mark(pilot, left)
            await pilot.press("d")
            await until(pilot, partial(_has, pilot, left))
        last = app.desk.versions._deleted[document_on(pilot).session.session_id][-1]
        erased = storage._runs.pop(last.run_id)
        app.desk.versions.undelete()
        await until(pilot, shows(pilot, "This message is no longer there."))
        app.desk.versions.undelete()
        await until(pilot, lambda: questions(pilot) == ["two"], "the one before")
        storage._runs[last.run_id] = erased


async def test_what_comes_back_on_another_way_is_said_to_be_there(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two", "three")
        await mark(pilot, 2)
        await pilot.press("d")
        await until(pilot, lambda: questions(pilot) == ["one", "two"])
        await regenerate(pilot, 0)
        app.desk.versions.undelete()
        await until(pilot, shows(pilot, "in another version"))
        assert questions(pilot) == ["one"]


# Opening


async def test_a_run_that_begins_while_its_session_is_opened_is_shown(
    app: AgnoApp, storage: TestStorage
) -> None:
    first = a_run("s", "one", "first")
    await keep(storage, first, a_run("s", "two", "second"))
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        gate = storage.gates["get_versions"] = asyncio.Event()
        opening = asyncio.create_task(app.desk.open_session("s"))
        sessions = app.desk.pages.open_sessions
        assert sessions is not None
        await until(pilot, lambda: "s" in sessions._loading, "being read")
        await pilot.pause()
        await app.runner.send(
            "other", session_id="s", user_id="", parent_run_id=first.run_id
        )
        await until(pilot, lambda: app.runner.live("s") is None, "answered")
        gate.set()
        await opening
        await until(pilot, lambda: questions(pilot) == ["one", "other"], "its way")
        assert answers(pilot) == ["first", "Echo other"]


async def test_what_is_sent_behind_a_bracket_follows_the_version_it_shows(
    app: AgnoApp, storage: TestStorage, model: ScriptedModel
) -> None:
    await two_versions(storage)
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await mark(pilot, 0)
        gate = storage.gates["choose_run"] = asyncio.Event()
        await pilot.press("left_square_bracket", "x", "enter")
        await pilot.pause()
        gate.set()
        await until(pilot, lambda: questions(pilot) == ["one", "x"], "sent")
        await until(pilot, lambda: not answering(pilot))
        assert [m.content for m in model.requests[-1]][-3:] == ["one", "old", "x"]


# What is found


async def test_what_was_found_in_turns_that_left_is_found_no_longer(
    app: AgnoApp,
) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "kyoto", "kyoto 2", "kyoto 3")
        await pilot.press("ctrl+f", *"kyoto")
        await until(pilot, lambda: count(pilot).endswith("/6"), "all")
        session_id = document_on(pilot).session.session_id
        first = document_on(pilot).turns[0].run_id
        await app.runner.send(
            "kyoto!", session_id=session_id, user_id="", parent_run_id=first
        )
        await until(pilot, lambda: questions(pilot) == ["kyoto", "kyoto!"])
        await until(pilot, lambda: not answering(pilot))
        await until(pilot, lambda: count(pilot).endswith("4"), "those that are there")


# Edits


async def test_esc_keeps_the_draft_before_it_lets_go_of_the_edit(
    app: AgnoApp, make_app: MakeApp, storage: TestStorage
) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        await write(pilot, "a draft")
        await mark(pilot, 0)
        await pilot.press("e", "!")
        await draft_kept(pilot, "one!")
        session_id = document_on(pilot).session.session_id
        gate = storage.gates["set_draft"] = asyncio.Event()
        await pilot.press("escape")
        for _ in range(5):
            await pilot.pause()
        # Crashed here: either the draft is kept, or the edit still knows it.
        session = await storage.get_session(session_id, user_id="")
        kept = await storage.get_setting(f"editing:{session_id}", user_id="")
        assert session is not None
        assert session.draft == "a draft" or "a draft" in (kept or "")
        gate.set()
        await until(pilot, lambda: document_on(pilot).session.draft == "a draft")
    async with make_app().run_test() as pilot:
        await ready(pilot)
        assert prompt_text(pilot) == "a draft"
        assert document_on(pilot).edit is None


async def test_esc_in_a_walk_keeps_the_words_that_were_written_before_it(
    app: AgnoApp,
) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two")
        await mark(pilot, 0)
        await pilot.press("e", *"!!", "up")
        assert prompt_text(pilot) in ("one", "two")
        await pilot.press("escape", "up")
        assert prompt_text(pilot) == "one!!"


async def test_a_run_is_one_version_however_often_it_is_heard_of() -> None:
    from agno_tui.ui.transcript.versions import Versions

    versions = Versions()
    versions.put([["a", "b"]])
    versions.add("b", "a")
    assert versions.of("a") == ["a", "b"]


# Keys of a burst


@pytest.mark.parametrize("opener", ["ctrl+t", "f1", "f5"])
async def test_keys_behind_one_that_opens_a_dialog_mean_nothing_to_a_message(
    app: AgnoApp, opener: str
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two")
        for keys in (["d"], ["home"], ["end"]):
            await mark(pilot, 1)
            burst(pilot, opener, *keys)
            await until(pilot, lambda: len(app.screen_stack) > 1, "open")
            await pilot.pause()
            while len(app.screen_stack) > 1:
                await pilot.press("escape")
        assert questions(pilot) == ["one", "two"]
        await mark(pilot, 1)
        burst(pilot, opener, "escape")
        await until(pilot, lambda: len(app.screen_stack) == 1, "closed")
        await pilot.pause()
        assert len(app.screen_stack) == 1 and app.is_running


async def test_a_message_is_marked_while_another_version_is_still_being_read(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept_ways(storage, 20)
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await app.desk.open_session("s")
        await ask(pilot, "end")
        document = document_on(pilot)
        first = document.turns[2].run_id
        await app.desk.open_session("s", at=first)
        other = document.versions.beside(first, -1)
        sessions = app.desk.pages.open_sessions
        assert other is not None and sessions is not None
        await sessions.choose(document, other)
        await ask_more(storage, document.turns[-1].run_id)
        await sessions.read_way(document)
        # The view was not told yet.
        last = Marked(len(document.turns) - 1, Role.USER)
        app.desk.chat.transcript.mark(last)
        await until(pilot, shows(pilot, "more 19"))
        assert document.marked == last


async def ask_more(storage: TestStorage, parent: str) -> None:
    """More turns below one than there were before."""
    for n in range(20):
        run = a_run("s", f"more {n}", parent_run_id=parent)
        await keep(storage, run)
        parent = run.run_id


async def test_the_search_of_prompts_closes_when_the_keyboard_goes_elsewhere(
    app: AgnoApp,
) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        await pilot.press("ctrl+r", "o")
        await until(pilot, lambda: app.screen.query("#prompt-search"))
        assert app.screen.query_one("#prompt-search").display
        await pilot.press("ctrl+n", "x")
        await until(pilot, lambda: not app.screen.query_one("#prompt-search").display)
        assert prompt_text(pilot) == "x"


async def test_undo_takes_back_what_was_done_last_though_it_was_done_before() -> None:
    storage = TestStorage()
    await keep(storage, a_run("s"))
    trash = Trash(storage, "")
    for on in (True, False, True):
        await trash.archive(["s"], on)
    undone = [await trash.undo_last() for _ in range(3)]
    kinds = [batch.kind for batch in undone if batch is not None]
    assert kinds == [Kind.ARCHIVED, Kind.UNARCHIVED, Kind.ARCHIVED]


async def test_a_key_before_the_one_that_opens_a_dialog_means_nothing_in_it(
    app: AgnoApp,
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        for opener, key in (("context", "end"), ("tree", "down")):
            await app.run_action(opener)
            assert len(app.screen_stack) == 2
            # It was pressed in the prompt, and comes to the program only now.
            await app._check_bindings(key)
            await pilot.pause()
            await pilot.press("escape")
            await until(pilot, lambda: len(app.screen_stack) == 1, "closed")
        assert app.is_running
