"""Messages that wait: seen, edited, moved, taken out, paused and gone on with."""

from __future__ import annotations

import asyncio

from agno_tui.session import RunStatus
from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    MakeApp,
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    failure,
    keep,
    prompt_text,
    ready,
    screen_lines,
    screen_text,
    shows,
    type_and_send,
    until,
)


def queue_lines(pilot: Screen) -> list[str]:
    """The panel, without what stands around it."""
    found = [one for one in pilot.app.screen.query("#queue") if one.display]
    lines: list[str] = []
    for panel in found:
        top, bottom = panel.region.y, panel.region.bottom
        left, right = panel.region.x, panel.region.right
        lines += [line[left:right].strip() for line in screen_lines(pilot)[top:bottom]]
    return lines


async def three_wait(pilot: Screen, model: ScriptedModel) -> asyncio.Event:
    """An answer under way, and three messages behind it."""
    gate = asyncio.Event()
    model.scripts = [Script("half", gate)]
    await ready(pilot)
    await type_and_send(pilot, "zero")
    await until(pilot, shows(pilot, "half"))
    for text in ("one", "two", "three"):
        await type_and_send(pilot, text)
    await until(pilot, lambda: len(queue_lines(pilot)) == 4)
    return gate


def asked(model: ScriptedModel) -> list[str]:
    return [request[-1].content for request in model.requests]


async def test_what_waits_is_listed_and_sent_one_by_one(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        gate = await three_wait(pilot, model)
        assert queue_lines(pilot) == [
            "◌ 3 messages wait for their turn · alt+q to change",
            "1  one",
            "2  two",
            "3  three",
        ]
        gate.set()
        await until(pilot, shows(pilot, "Echo three"))
        await until(pilot, lambda: queue_lines(pilot) == [])
        assert asked(model) == ["zero", "one", "two", "three"]


async def test_what_waits_is_moved_edited_and_taken_out(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        gate = await three_wait(pilot, model)
        # In one burst: each key finds what the one before it left.
        await pilot.press("alt+q", "j", "j", "K", "K")
        await until(pilot, lambda: queue_lines(pilot)[1:2] == ["1  three"])
        await pilot.press("j", "d")
        await until(pilot, lambda: queue_lines(pilot)[1:] == ["1  three", "2  two"])
        await until(pilot, shows(pilot, "Taken out. u puts it back."))
        await pilot.press("enter", *" or not")
        await until(pilot, lambda: queue_lines(pilot)[1:] == ["1  three"])
        assert prompt_text(pilot) == "two or not"
        gate.set()
        await until(pilot, shows(pilot, "Echo three"))
        assert asked(model) == ["zero", "three"]
        kept = await storage.get_runs(app.desk._wished, user_id="")
        assert [run.question for run in kept] == ["zero", "three"]


async def test_what_is_taken_out_comes_back_to_its_place(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        gate = await three_wait(pilot, model)
        # In one burst: each key finds what the one before it left.
        await pilot.press(*"draft", "alt+q", "d", "j", "d", "k", "u", "u", "K")
        at = ["1  one", "2  two", "3  three"]
        await until(pilot, lambda: queue_lines(pilot)[1:] == at)
        # The cursor is on what came back, the keyboard stays in the queue.
        await pilot.press("d")
        await until(pilot, lambda: queue_lines(pilot)[1:] == ["1  two", "2  three"])
        await pilot.press("d", "d", "u", "u", "u")
        await until(pilot, lambda: queue_lines(pilot)[1:] == at)
        assert prompt_text(pilot) == "draft"
        gate.set()
        await until(pilot, shows(pilot, "Echo three"))
        assert asked(model) == ["zero", "one", "two", "three"]
        kept = await storage.get_runs(app.desk._wished, user_id="")
        assert [run.question for run in kept] == ["zero", "one", "two", "three"]


async def test_what_was_paused_comes_back_paused(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await three_wait(pilot, model)
        await pilot.press("escape")
        await until(pilot, shows(pilot, "‖ Paused: 3 messages not sent yet"))
        await pilot.press("alt+q", "d", "u")
        await until(pilot, shows(pilot, "‖ Paused: 3 messages not sent yet"))
        await until(pilot, lambda: "one" in queue_lines(pilot)[1])
        assert asked(model) == ["zero"] and not app.runner.running


async def test_an_edited_message_keeps_its_place(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        gate = await three_wait(pilot, model)
        await pilot.press("alt+q", "j", "enter", *" or not", "enter")
        at = ["1  one", "2  two or not", "3  three"]
        await until(pilot, lambda: queue_lines(pilot)[1:] == at)
        # What is sent after it is the last, as ever.
        await type_and_send(pilot, "four")
        await until(pilot, lambda: queue_lines(pilot)[1:] == [*at, "4  four"])
        gate.set()
        await until(pilot, shows(pilot, "Echo four"))
        assert asked(model) == ["zero", "one", "two or not", "three", "four"]


async def test_letters_typed_over_the_queue_go_to_the_prompt(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await three_wait(pilot, model)
        await pilot.press("alt+q", "w", *"ord")
        assert prompt_text(pilot) == "word"
        await pilot.press("alt+q", "escape", "x")
        assert prompt_text(pilot) == "wordx"
        # Leaving the queue stops nothing.
        assert app.runner.running


async def test_alt_q_says_where_nothing_waits(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("alt+q", "x")
        await until(pilot, shows(pilot, "Nothing waits."))
        assert prompt_text(pilot) == "x"


async def test_a_failed_answer_pauses_the_queue_and_a_retry_goes_on_with_it(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script(gate, failure())]
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "zero")
        await type_and_send(pilot, "one")
        await until(pilot, shows(pilot, "1 message waits"))
        gate.set()
        paused = "‖ Paused: 1 message · r to retry the answer, then send it"
        await until(pilot, shows(pilot, paused))
        assert asked(model) == ["zero"]
        await pilot.press("r")
        await until(pilot, shows(pilot, "Echo one"))
        assert asked(model) == ["zero", "zero", "one"]
        await until(pilot, lambda: queue_lines(pilot) == [])
        # What came later stands below, whenever it was written.
        text = screen_text(pilot)
        assert text.index("Echo zero") < text.index("Echo one")


async def test_a_stopped_answer_pauses_the_queue_and_r_sends_it(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await three_wait(pilot, model)
        await pilot.press("escape")
        await until(pilot, shows(pilot, "‖ Paused: 3 messages not sent yet · r to"))
        await pilot.press("r")
        await until(pilot, shows(pilot, "Echo three"))
        assert asked(model) == ["zero", "one", "two", "three"]


async def test_after_a_restart_the_queue_is_paused_and_all_of_it_goes_on(
    app: AgnoApp, make_app: MakeApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await three_wait(pilot, model)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    async with make_app().run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: len(queue_lines(pilot)) == 4)
        assert queue_lines(pilot)[0].startswith("‖ Paused: 3 messages")
        await pilot.pause(0.05)
        assert asked(model) == ["zero"]
        await pilot.press("alt+q", "r")
        await until(pilot, shows(pilot, "Echo three"))
        assert asked(model) == ["zero", "one", "two", "three"]


async def test_what_waits_far_above_is_listed_too(
    app: AgnoApp, storage: TestStorage
) -> None:
    waiting = a_run("s", "long ago", "", status=RunStatus.PENDING)
    await keep(storage, a_run("s"), waiting, *(a_run("s") for _ in range(60)))
    await storage.set_open_session("s", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: queue_lines(pilot)[1:] == ["‖  long ago"])
        document = app.desk.document
        assert document is not None and len(document.turns) == 61


async def test_a_message_that_cannot_be_taken_out_waits_on(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        gate = await three_wait(pilot, model)
        storage.refuse.add("withdraw_run")
        await pilot.press("alt+q", "d")
        await until(pilot, shows(pilot, "It still waits. The disk is full."))
        assert len(queue_lines(pilot)) == 4
        storage.refuse.clear()
        gate.set()
        await until(pilot, shows(pilot, "Echo three"))
        assert asked(model) == ["zero", "one", "two", "three"]


async def test_hostile_text_in_the_queue_is_shown_on_its_line(
    app: AgnoApp, storage: TestStorage
) -> None:
    text = "[b]x[/] \x1b[31m\n\u202esecond line " + "wide 字 " * 200
    await keep(storage, a_run("s", text, "", status=RunStatus.PENDING))
    await keep(storage, a_run("s", "two", "", status=RunStatus.PENDING))
    await storage.set_open_session("s", user_id="")
    async with app.run_test(size=(60, 16)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: len(queue_lines(pilot)) == 3)
        line = queue_lines(pilot)[1]
        assert line.startswith("‖  [b]x[/]") and line.endswith("…")
        assert "\x1b" not in screen_text(pilot)


async def test_a_message_is_not_taken_out_to_be_edited_unless_it_is_kept_there(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        gate = await three_wait(pilot, model)
        storage.refuse.add("set_draft")
        await pilot.press("alt+q", "e")
        await until(pilot, shows(pilot, "It still waits. What you write can't be kept"))
        assert len(queue_lines(pilot)) == 4 and prompt_text(pilot) == "one"
        gate.set()
        await until(pilot, shows(pilot, "Echo three"))
        assert asked(model) == ["zero", "one", "two", "three"]


async def test_an_order_that_is_not_kept_is_not_shown(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        gate = await three_wait(pilot, model)
        storage.refuse.add("order_waiting")
        storage.gates["order_waiting"] = opened = asyncio.Event()
        await pilot.press("alt+q", "J", "J")
        assert queue_lines(pilot)[1:] == ["1  two", "2  three", "3  one"]
        opened.set()
        await until(pilot, shows(pilot, "The order is not kept."))
        assert queue_lines(pilot)[1:] == ["1  one", "2  two", "3  three"]
        gate.set()
        await until(pilot, shows(pilot, "Echo three"))
        assert asked(model) == ["zero", "one", "two", "three"]


async def test_an_order_that_is_kept_late_does_not_undo_the_next(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        gate = await three_wait(pilot, model)
        first, second = asyncio.Event(), asyncio.Event()
        storage.gates["order_waiting"] = first
        await pilot.press("alt+q", "J")
        await pilot.pause()
        storage.gates["order_waiting"] = second
        await pilot.press("J")
        first.set()
        await pilot.pause(0.05)
        assert queue_lines(pilot)[1:] == ["1  two", "2  three", "3  one"]
        storage.refuse.add("order_waiting")
        second.set()
        # The first of the two is what is kept.
        kept = ["1  two", "2  one", "3  three"]
        await until(pilot, lambda: queue_lines(pilot)[1:] == kept)
        gate.set()
        await until(pilot, shows(pilot, "Echo three"))
        assert asked(model) == ["zero", "two", "one", "three"]


async def test_a_paused_queue_says_its_key_on_a_narrow_screen(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(80, 30)) as pilot:
        await three_wait(pilot, model)
        await pilot.press("escape", "ctrl+b")
        await until(pilot, shows(pilot, "‖ Paused · r sends 3 messages"))
