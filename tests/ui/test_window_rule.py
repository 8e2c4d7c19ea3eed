"""The rule that says from where on the model sees the conversation."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.agent import Agent
from agno_tui.history import replayable, tokens_of
from agno_tui.runner import Runner
from agno_tui.session import Role
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.transcript.between import Window, window_words
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    ready,
    shows,
    transcript_lines,
    type_and_send,
    until,
)
from tests.ui.marked_words import said_session

SIZE = (80, 50)
RULE = "the model sees from here"


def app_over(
    model: ScriptedModel,
    storage: TestStorage,
    *,
    runs: int | None = 3,
    history: bool = True,
) -> AgnoApp:
    agent = Agent(
        model,
        storage=storage,
        add_history_to_messages=history,
        num_history_runs=runs,
    )
    return AgnoApp(runner=Runner(agent), storage=storage, model=model)


async def some_turns(storage: TestStorage, count: int) -> None:
    await said_session(storage, *((f"q{n}", f"a{n}") for n in range(count)))


def rule(pilot: Screen) -> str:
    """The rule's words; empty where there is none."""
    found = [line for line in transcript_lines(pilot) if RULE in line]
    assert len(found) < 2
    return found[0].strip(" ─") if found else ""


def below_rule(pilot: Screen) -> str:
    """The first question below the rule."""
    lines = transcript_lines(pilot)
    rules = [n for n, line in enumerate(lines) if RULE in line]
    if not rules:
        return ""
    return next(line for line in lines[rules[0] :] if "▌ q" in line).strip(" ▌")


async def said_words(storage: TestStorage, count: int) -> str:
    """What the rule has to say of the last runs, as the agent counts."""
    runs = (await storage.get_runs("a", user_id=""))[-count:]
    tokens = sum(tokens_of(replayable(run)) for run in runs)
    return window_words(Window(len(runs), tokens))


@pytest.mark.parametrize(("runs", "first"), [(3, "q2"), (1, "q4"), (4, "q1")])
async def test_it_stands_above_the_first_run_that_goes_along(
    model: ScriptedModel, storage: TestStorage, runs: int, first: str
) -> None:
    await some_turns(storage, 5)
    app = app_over(model, storage, runs=runs)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: below_rule(pilot) == first)
        assert rule(pilot) == await said_words(storage, runs)


@pytest.mark.parametrize(
    ("count", "runs", "history"),
    [(3, 3, True), (2, 3, True), (5, None, True), (5, 0, True), (5, 3, False)],
)
async def test_where_nothing_is_left_out_or_nothing_goes_along_there_is_none(
    model: ScriptedModel,
    storage: TestStorage,
    count: int,
    runs: int | None,
    history: bool,
) -> None:
    await some_turns(storage, count)
    app = app_over(model, storage, runs=runs, history=history)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await app.desk.pages.read_window(app.desk.document)  # type: ignore[arg-type]
        await pilot.pause()
        assert f"a{count - 1}" in "\n".join(transcript_lines(pilot))
        assert rule(pilot) == ""


async def test_it_moves_when_a_run_ends_and_says_what_was_sent(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await some_turns(storage, 3)
    gate = asyncio.Event()
    model.scripts = [Script("a3", gate)]
    app = app_over(model, storage, runs=2)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: below_rule(pilot) == "q1")
        await type_and_send(pilot, "q3")
        await until(pilot, shows(pilot, "a3"))
        assert below_rule(pilot) == "q1"
        assert said(model)[0] == "q1"
        gate.set()
        await until(pilot, lambda: below_rule(pilot) == "q2")
        assert rule(pilot) == await said_words(storage, 2)
        await type_and_send(pilot, "q4")
        await until(pilot, lambda: below_rule(pilot) == "q3")
        assert said(model) == ["q2", "a2", "q3", "a3", "q4"]


def said(model: ScriptedModel) -> list[str]:
    """What went out last, without the system's words."""
    return [m.content for m in model.requests[-1] if m.role != Role.SYSTEM]


async def test_a_small_context_narrows_it(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await said_session(storage, *((f"q{n}", "word " * 40) for n in range(5)))
    model.context_window = 280
    app = app_over(model, storage, runs=None)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: RULE in rule(pilot))
        first = below_rule(pilot)
        await type_and_send(pilot, "now")
        await until(pilot, lambda: len(model.requests) == 1)
        assert said(model)[0] == first


async def test_far_up_it_stands_where_the_outlines_come(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await some_turns(storage, 120)
    app = app_over(model, storage, runs=100)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        document = app.desk.document
        assert document is not None
        await until(
            pilot, lambda: len(document.turns) == 120 and document.turns[20].window
        )
        app.desk.chat.transcript.go_to(document.turns[20])
        await until(pilot, lambda: below_rule(pilot) == "q20")
        assert "100 runs" in rule(pilot)


async def test_another_session_has_its_own(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await keep(storage, *(a_run("b", f"q{n}0", f"b{n}") for n in range(4)))
    await some_turns(storage, 5)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: below_rule(pilot) == "q2")
        await pilot.press("alt+down")
        await until(pilot, lambda: below_rule(pilot) == "q10")
        await pilot.press("alt+up")
        await until(pilot, lambda: below_rule(pilot) == "q2")


async def test_a_storage_that_fails_is_not_worth_a_word(
    model: ScriptedModel, storage: TestStorage, caplog: pytest.LogCaptureFixture
) -> None:
    await some_turns(storage, 5)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, lambda: below_rule(pilot) == "q2")
        storage.refuse.add("get_runs")
        await app.desk.pages.read_window(app.desk.document)  # type: ignore[arg-type]
        await pilot.pause()
        assert "what the model sees is not known" in caplog.text
        assert not app._notifications
        assert app.is_running
        storage.refuse.clear()
        await app.desk.pages.read_window(app.desk.document)  # type: ignore[arg-type]
        await until(pilot, lambda: below_rule(pilot) == "q2")
