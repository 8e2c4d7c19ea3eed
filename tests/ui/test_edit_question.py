"""Editing an earlier question: in the prompt, kept on disk, sent as another version."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.session import Role
from agno_tui.ui import editing_question
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.help import help_text
from agno_tui.ui.prompt import Prompt
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
    screen_lines,
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
        await pilot.press("ctrl+c")
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


async def test_an_esc_that_stops_an_answer_is_not_the_first_of_two(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script("half", gate)]
    async with app.run_test() as pilot:
        await ready(pilot)
        await type_and_send(pilot, "one")
        await until(pilot, shows(pilot, "half"))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not answering(pilot))
        assert prompt_text(pilot) == "" and document_on(pilot).edit is None


async def test_an_esc_that_closes_something_is_not_the_first_of_two(
    app: AgnoApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editing_question, "TWICE_SECONDS", 60.0)
    async with app.run_test() as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        for opens in (("ctrl+f", "o"), ("ctrl+s",), ("shift+tab",), ("f1",)):
            await pilot.press(*opens)
            await pilot.pause()
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.focused, Prompt), str(opens))
            assert app.desk.editing._escaped_at == 0.0, opens
        # Where words are looked for and the keyboard is in the prompt.
        await pilot.press("ctrl+f", "o", "enter")
        await pilot.pause()
        app.desk.chat.prompt.focus()
        await pilot.press("escape", "x", "backspace", "escape")
        assert document_on(pilot).edit is None


def test_two_escs_to_be_sure_are_not_one_wish() -> None:
    assert editing_question.TWICE_SECONDS <= 0.4


def test_help_says_esc_esc_and_no_key_is_bound_to_it() -> None:
    lines = help_text("", typed="esc esc edit").plain.splitlines()
    assert [line.split("  ")[0] for line in lines[1:]] == ["esc esc"]
    assert all(not one.keys for one in COMMANDS if one.said)


async def test_while_an_earlier_message_is_edited_esc_leaves_and_says_so(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        assert "esc leave" not in screen_lines(pilot)[-1]
        await mark(pilot, 0)
        await pilot.press("e", "!")
        await until(pilot, lambda: "esc leave" in screen_lines(pilot)[-1])
        assert "esc stop" not in screen_text(pilot)
        assert "The first version and all that follows it stay" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "esc leave" not in screen_lines(pilot)[-1])
        assert "The first version" not in screen_text(pilot)
        # Where an answer is under way too.
        gate = asyncio.Event()
        model.scripts = [Script("half", gate)]
        await type_and_send(pilot, "two")
        await until(pilot, shows(pilot, "half"))
        await mark(pilot, 0)
        await pilot.press("e", "!", "escape")
        assert document_on(pilot).edit is None and answering(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not answering(pilot))
