"""Sending, answering, failing, queueing: what the user types and sees."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.session import RunStatus
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.prompt import Prompt
from tests.ui.conftest import (
    MakeApp,
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

SIZES = [(120, 40), (80, 24), (60, 16)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_burst_of_keys_and_enter_sends_exactly_what_was_typed(
    app: AgnoApp, model: ScriptedModel, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*"hello there", "enter")
        await until(pilot, shows(pilot, "Echo hello there"))
        assert model.requests[0][-1].content == "hello there"
        assert prompt_text(pilot) == ""
        await until(pilot, shows(pilot, "test-model · 5 tokens"))


@pytest.mark.parametrize("newline", ["ctrl+j", "shift+enter", "alt+enter"])
async def test_a_newline_key_makes_a_line(app: AgnoApp, newline: str) -> None:
    async with app.run_test(notifications=True) as pilot:
        await pilot.press("a", newline, "b")
        assert prompt_text(pilot) == "a\nb"


async def test_a_backslash_before_enter_makes_a_line(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await pilot.press("a", "\\", "enter", "b")
        assert prompt_text(pilot) == "a\nb"
        assert not model.requests


async def test_only_spaces_are_not_sent(app: AgnoApp, model: ScriptedModel) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("space", "ctrl+j", "space", "enter")
        await pilot.pause()
        assert not app.runner.running and not model.requests
        assert prompt_text(pilot) == " \n "


async def test_a_message_the_storage_refuses_comes_back_with_what_was_typed_since(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        storage.refuse.add("start_run")
        gate = storage.gates["start_run"] = asyncio.Event()
        await type_and_send(pilot, "first words")
        assert prompt_text(pilot) == ""
        await pilot.press(*"more")
        gate.set()
        await until(pilot, lambda: prompt_text(pilot) == "first words\nmore")
        await until(pilot, shows(pilot, "The disk is full."))
        assert app.desk.document is not None and not app.desk.document.turns


async def test_a_refused_message_of_another_session_becomes_its_draft(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "alpha"), a_run("b", "beta"))
    await storage.set_open_session("b", user_id="")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        storage.refuse.add("start_run")
        gate = storage.gates["start_run"] = asyncio.Event()
        await type_and_send(pilot, "lost?")
        await pilot.press("alt+down")
        await until(pilot, lambda: open_id(app) == "a")
        gate.set()
        await until(pilot, lambda: draft_of(storage, "b") == "lost?")
        await pilot.press("alt+up")
        await until(pilot, lambda: prompt_text(pilot) == "lost?")


def open_id(app: AgnoApp) -> str:
    assert app.desk.document is not None
    return app.desk.document.session.session_id


def draft_of(storage: TestStorage, session_id: str) -> str:
    return storage._sessions[session_id].session.draft


async def test_the_answer_streams_and_the_session_is_named_and_on_top_at_once(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    await keep(storage, a_run("old", "An old one"))
    gate = asyncio.Event()
    model.scripts = [Script("It is ", gate, "**299,792** km/s.")]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+n")
        await type_and_send(pilot, "How fast is light?")
        await until(pilot, lambda: "  It is" in transcript_lines(pilot))
        title = app.query_one("#title").render()
        assert str(title) == "How fast is light?"
        assert "How fast is light?" in list_lines(pilot)[1]
        assert "An old one" in list_lines(pilot)[2]
        assert "tokens" not in screen_text(pilot)
        gate.set()
        await until(pilot, lambda: "  It is 299,792 km/s." in transcript_lines(pilot))
        await until(pilot, shows(pilot, "test-model · 5 tokens"))


async def test_escape_stops_the_answer_and_keeps_it(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    model.scripts = [Script("half an answer", asyncio.Event())]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, shows(pilot, "half an answer"))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "■ stopped · 3 words kept"))
        (run,) = await storage.get_runs(open_id(app), user_id="")
        assert run.status is RunStatus.CANCELLED
        assert run.answer == "half an answer"


async def test_escape_goes_back_to_the_prompt_and_never_quits(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "alpha"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        for key in ("ctrl+s", "escape", "escape", "escape"):
            await pilot.press(key)
        assert isinstance(app.focused, Prompt)
        assert app.is_running


async def test_ctrl_c_stops_then_puts_away_then_asks_then_quits(
    app: AgnoApp, model: ScriptedModel
) -> None:
    model.scripts = [Script("half", asyncio.Event())]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, shows(pilot, "half"))
        await pilot.press(*"draft", "ctrl+c")
        await until(pilot, shows(pilot, "■ stopped"))
        assert prompt_text(pilot) == "draft"
        await pilot.press("ctrl+c")
        assert prompt_text(pilot) == ""
        await pilot.press("ctrl+z")
        assert prompt_text(pilot) == "draft"
        await pilot.press("ctrl+c", "ctrl+c")
        await until(pilot, shows(pilot, "Press ctrl+c again to quit."))
        assert app.is_running
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.return_code == 0 and not app.is_running)


async def test_a_failure_is_said_in_words_and_r_tries_again(
    app: AgnoApp, model: ScriptedModel
) -> None:
    model.scripts = [Script(failure("The key is not valid.")), Script("All is well")]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "my question")
        await until(pilot, shows(pilot, "✗ The key is not valid. · r to retry"))
        await pilot.press("r")
        await until(pilot, shows(pilot, "All is well"))
        text = "\n".join(transcript_lines(pilot))
        assert text.count("my question") == 1
        assert "r to retry" not in text
        assert isinstance(app.focused, Prompt)


async def test_after_a_failure_a_word_that_begins_with_r_is_a_word(
    app: AgnoApp, model: ScriptedModel
) -> None:
    model.scripts = [Script(failure())]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "x")
        await until(pilot, shows(pilot, "r to retry"))
        await pilot.press(*"really?")
        assert prompt_text(pilot) == "really?"
        assert len(model.requests) == 1


async def test_a_failure_does_not_take_the_keyboard_from_who_is_writing(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script(gate, failure())]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "x")
        await pilot.press(*"wo")
        gate.set()
        await until(pilot, shows(pilot, "/retry sends it"))
        await pilot.press(*"rd")
        assert prompt_text(pilot) == "word"


async def test_r_after_a_failure_tries_the_failed_one_not_the_one_that_waits(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script(gate, failure()), Script("second try")]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "one")
        await type_and_send(pilot, "two")
        await until(pilot, shows(pilot, "waits for its turn"))
        gate.set()
        await until(pilot, shows(pilot, "r to retry"))
        await pilot.press("r")
        await until(pilot, shows(pilot, "second try"))
        assert model.requests[1][-1].content == "one"


async def test_a_second_message_waits_for_its_turn(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script("first answer", gate), Script("second answer")]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "one")
        await until(pilot, shows(pilot, "first answer"))
        await type_and_send(pilot, "two")
        await until(pilot, shows(pilot, "◌ 1 message waits for its turn"))
        assert len(model.requests) == 1
        gate.set()
        await until(pilot, shows(pilot, "second answer"))
        assert "waits for its turn" not in screen_text(pilot)


async def test_a_message_sent_before_the_model_is_ready_is_answered_then(
    app: AgnoApp, model: ScriptedModel
) -> None:
    model.ready = asyncio.Event()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "early")
        await until(pilot, shows(pilot, "thinking"))
        model.ready.set()
        await until(pilot, shows(pilot, "Echo early"))


async def test_a_message_sent_before_the_storage_is_open_is_answered_then(
    app: AgnoApp, storage: TestStorage
) -> None:
    storage.opened = asyncio.Event()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await type_and_send(pilot, "very early")
        await pilot.press(*"and more")
        await pilot.pause()
        storage.opened.set()
        await until(pilot, shows(pilot, "Echo very early"))
        assert prompt_text(pilot) == "and more"


async def test_a_storage_that_does_not_open_gives_everything_back(
    app: AgnoApp, storage: TestStorage
) -> None:
    storage.refuse.add("open")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, shows(pilot, "The disk is full."))
        await type_and_send(pilot, "words")
        await until(pilot, lambda: prompt_text(pilot) == "words")
        await pilot.press("ctrl+n", "alt+down", "ctrl+o", "ctrl+y", "f1", "escape")
        assert app.is_running


async def test_trouble_with_the_model_is_said_on_the_card(
    app: AgnoApp, model: ScriptedModel
) -> None:
    model.trouble = failure("No model was found.\nSet OPENAI_API_KEY.")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, shows(pilot, "No model was found."))
        assert "Set OPENAI_API_KEY." in screen_text(pilot)


async def test_quitting_in_the_middle_of_an_answer_keeps_it_as_interrupted(
    make_app: MakeApp, model: ScriptedModel, storage: TestStorage
) -> None:
    model.scripts = [Script("half an answer", asyncio.Event())]
    app = make_app()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, shows(pilot, "half an answer"))
        session_id = open_id(app)
        await pilot.press(*"next", "ctrl+q")
        await until(pilot, lambda: not app.is_running)
    (run,) = await storage.get_runs(session_id, user_id="")
    assert run.status is RunStatus.INTERRUPTED
    assert run.answer == "half an answer"
    assert len(app.cut_short) == 1
    async with make_app().run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, shows(pilot, "✗ interrupted"))
        assert prompt_text(pilot) == "next"


async def test_a_task_that_fails_is_said_and_lived_with(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "alpha"), a_run("b", "beta"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        storage.refuse.add("get_runs")
        await pilot.press("alt+down")
        await until(pilot, shows(pilot, "Not opened. The disk is full."))

        async def fail() -> None:
            raise ValueError("oops")

        app.run_worker(fail(), exit_on_error=False)
        await until(pilot, shows(pilot, "Something unexpected went wrong."))
        storage.refuse.clear()
        await type_and_send(pilot, "still here?")
        await until(pilot, shows(pilot, "Echo still here?"))


async def test_ctrl_y_copies_the_last_answer_while_writing(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "q", "**the** answer"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+y")
        assert app.clipboard == "**the** answer"


async def test_a_new_session_right_after_a_message_is_another_one(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    storage.gates["start_run"] = gate = asyncio.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"one", "enter", "ctrl+n", *"two", "enter", "ctrl+n")
        gate.set()
        await until(pilot, lambda: len(model.requests) == 2)
        sessions = await storage.get_sessions(user_id="")
        assert sorted(session.name for session in sessions) == ["one", "two"]


async def test_the_session_a_message_was_sent_in_is_the_one_to_come_back_to(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "hello")
        await pilot.press("ctrl+n")
        await type_and_send(pilot, "later")
        session_id = open_id(app)
        await until(pilot, shows(pilot, "Echo later"))
        kept = await storage.get_open_session(user_id="")
        assert kept == session_id
