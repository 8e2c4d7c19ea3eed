"""Editing an earlier question: in the prompt, kept on disk, sent as another version."""

from __future__ import annotations

import asyncio

from agno_tui.session import Role
from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    MakeApp,
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    screen_text,
    shows,
    the_app,
    type_and_send,
    until,
)
from tests.ui.test_versions import (
    answering,
    answers,
    ask,
    document_on,
    labels,
    mark,
    questions,
)

EDITS = "Editing an earlier message"


async def write(pilot: Screen, text: str) -> None:
    await pilot.press(*("space" if c == " " else c for c in text))


async def draft_kept(pilot: Screen, text: str) -> None:
    """Wait until a draft is on disk."""
    app = the_app(pilot)
    session_id = document_on(pilot).session.session_id
    for _ in range(400):
        session = await app.storage.get_session(session_id, user_id="")
        setting = await app.storage.get_setting(f"editing:{session_id}", user_id="")
        if session is not None and session.draft == text and setting:
            return
        await pilot.pause(0.01)
    raise AssertionError(f"never kept: {text}")


async def test_e_puts_the_question_into_the_prompt_and_enter_makes_a_version(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two", "three")
        await write(pilot, "a draft")
        await mark(pilot, 1, Role.ASSISTANT)
        # What is typed at once goes into the prompt.
        await pilot.press("e", "d", "!")
        assert prompt_text(pilot) == "twod!"
        assert EDITS in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: questions(pilot) == ["one", "twod!"], "sent")
        await until(pilot, lambda: answers(pilot)[-1] == "Echo twod!")
        assert labels(pilot)[-1] == "▌ You  ‹ 2/2 ›"
        assert prompt_text(pilot) == "a draft"
        assert EDITS not in screen_text(pilot)
        assert [m.content for m in model.requests[-1]][-3:] == [
            "one",
            "Echo one",
            "twod!",
        ]
        session_id = document_on(pilot).session.session_id
        await until(pilot, lambda: document_on(pilot).session.draft == "a draft")
        assert not await app.storage.get_setting(f"editing:{session_id}", user_id="")


async def test_the_first_question_can_be_edited(app: AgnoApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two")
        await mark(pilot, 0)
        await pilot.press("e", "!", "enter")
        await until(pilot, lambda: questions(pilot) == ["one!"], "sent")
        await until(pilot, lambda: not answering(pilot))
        await mark(pilot, 0)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: questions(pilot) == ["one", "two"], "before")


async def test_esc_leaves_gives_the_draft_back_and_an_undo_what_was_written(
    app: AgnoApp,
) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        await write(pilot, "a draft")
        await mark(pilot, 0)
        await pilot.press("e", "!")
        await pilot.press("escape")
        assert prompt_text(pilot) == "a draft"
        assert EDITS not in screen_text(pilot)
        await pilot.press("ctrl+z")
        assert prompt_text(pilot) == "one!"
        assert document_on(pilot).edit is None


async def test_esc_esc_in_an_empty_prompt_edits_the_last_question(
    app: AgnoApp,
) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two")
        await pilot.press("escape")
        assert prompt_text(pilot) == ""
        await pilot.press("escape")
        assert prompt_text(pilot) == "two"
        assert EDITS in screen_text(pilot)
        await pilot.press("escape")
        assert prompt_text(pilot) == ""
        await write(pilot, "x")
        await pilot.press("escape", "escape")
        assert prompt_text(pilot) == "x" and document_on(pilot).edit is None


async def test_the_slash_command_edits_the_last_question(app: AgnoApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        await type_and_send(pilot, "/edit")
        await until(pilot, lambda: prompt_text(pilot) == "one", "in the prompt")


async def test_an_edit_survives_a_switch_and_a_restart(
    make_app: MakeApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("other", "elsewhere"))
    async with make_app().run_test() as pilot:
        await ready(pilot)
        await pilot.press("ctrl+n")
        await ask(pilot, "one")
        await write(pilot, "draft")
        await mark(pilot, 0)
        await pilot.press("e", "!")
        session_id = document_on(pilot).session.session_id
        await the_app(pilot).desk.open_session("other")
        assert EDITS not in screen_text(pilot)
        await the_app(pilot).desk.open_session(session_id)
        await pilot.pause()
        assert prompt_text(pilot) == "one!"
        assert EDITS in screen_text(pilot)
        await draft_kept(pilot, "one!")
    async with make_app().run_test() as pilot:
        await ready(pilot)
        await until(pilot, lambda: prompt_text(pilot) == "one!", "the edit")
        await until(pilot, shows(pilot, EDITS))
        await pilot.press("enter")
        await until(pilot, lambda: questions(pilot) == ["one!"], "sent")
        assert prompt_text(pilot) == "draft"


async def test_a_crash_before_the_first_word_was_kept_keeps_the_edit(
    make_app: MakeApp, storage: TestStorage
) -> None:
    run = a_run("s", "one")
    await keep(storage, run)
    await storage.set_draft("s", "draft", user_id="")
    await storage.set_setting(
        "editing:s", f'{{"run": "{run.run_id}", "draft": "draft"}}', user_id=""
    )
    await storage.set_open_session("s", user_id="")
    async with make_app().run_test() as pilot:
        await ready(pilot)
        await until(pilot, lambda: prompt_text(pilot) == "one", "the question")
        await pilot.press("escape")
        assert prompt_text(pilot) == "draft"


async def test_an_edit_of_a_message_that_is_gone_is_a_draft(
    make_app: MakeApp, storage: TestStorage
) -> None:
    run = a_run("s", "one")
    await keep(storage, run, a_run("s", "two"))
    await storage.set_draft("s", "one!", user_id="")
    await storage.set_setting(
        "editing:s", f'{{"run": "{run.run_id}", "draft": "before"}}', user_id=""
    )
    await storage.delete_run(run.run_id, user_id="")
    await storage.set_open_session("s", user_id="")
    async with make_app().run_test() as pilot:
        await ready(pilot)
        await until(pilot, lambda: prompt_text(pilot) == "one!\nbefore", "both")
        assert EDITS not in screen_text(pilot)


async def test_a_message_deleted_while_it_was_edited_is_sent_as_a_new_one(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two")
        await mark(pilot, 0)
        run_id = document_on(pilot).turns[0].run_id
        await pilot.press("e", "!")
        await storage.delete_run(run_id, user_id="")
        await pilot.press("enter")
        await until(pilot, shows(pilot, "was deleted"))
        await until(pilot, lambda: answers(pilot)[-1] == "Echo one!", "sent")
        assert "two" in questions(pilot)


async def test_a_failed_send_is_edited_again(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        await write(pilot, "draft")
        await mark(pilot, 0)
        await pilot.press("e", "!")
        storage.refuse.add("start_run")
        await pilot.press("enter")
        await until(pilot, shows(pilot, "Not sent. The disk is full."))
        assert prompt_text(pilot) == "one!"
        assert EDITS in screen_text(pilot)
        storage.refuse.clear()
        await pilot.press("enter")
        await until(pilot, lambda: questions(pilot) == ["one!"], "sent")
        assert prompt_text(pilot) == "draft"


async def test_while_an_answer_is_under_way_an_edit_is_not_sent_and_stays(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        model.scripts = [Script("begun", gate)]
        await type_and_send(pilot, "two")
        await until(pilot, shows(pilot, "begun"))
        await mark(pilot, 0)
        await pilot.press("e", "!", "enter")
        await until(pilot, shows(pilot, "An answer is under way here."))
        assert prompt_text(pilot) == "one!"
        await pilot.press("escape")
        await until(pilot, lambda: not answering(pilot), "stopped")
        assert prompt_text(pilot) == "one!"
        await pilot.press("enter")
        await until(pilot, lambda: questions(pilot) == ["one!"], "sent")
        gate.set()
        await until(pilot, lambda: not answering(pilot))


async def test_one_edit_does_not_take_the_place_of_another(app: AgnoApp) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two")
        await mark(pilot, 0)
        await pilot.press("e", "!")
        await mark(pilot, 1)
        await pilot.press("e")
        await until(pilot, shows(pilot, "You are editing another message."))
        assert prompt_text(pilot) == "one!"
