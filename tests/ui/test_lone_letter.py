"""A lone letter in the prompt sends again; the first one of a word never does."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.ui import lone_letter
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.transcript.outcome import SOON
from tests.ui.conftest import (
    MakeApp,
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    failure,
    prompt_text,
    ready,
    screen_text,
    shows,
    type_and_send,
    until,
)
from tests.ui.test_versions import document_on

NEVER = 3600.0


@pytest.fixture(autouse=True)
def slow_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """The offer is said at once, and nothing is sent by itself."""
    monkeypatch.setattr(lone_letter, "SAID_SECONDS", 0.001)
    monkeypatch.setattr(lone_letter, "SENT_SECONDS", NEVER)


async def failed(pilot: Screen, model: ScriptedModel) -> None:
    model.scripts = [Script(failure())]
    await ready(pilot)
    await type_and_send(pilot, "x")
    await until(pilot, shows(pilot, "r to retry"))


async def test_a_word_typed_slowly_keeps_its_first_letter(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await failed(pilot, model)
        await pilot.press("r")
        await until(pilot, shows(pilot, SOON))
        await pilot.press(*"eally?")
        assert prompt_text(pilot) == "really?"
        await until(pilot, lambda: SOON not in screen_text(pilot))
        assert len(model.requests) == 1


async def test_a_letter_that_stands_long_enough_sends_again(
    app: AgnoApp, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lone_letter, "SENT_SECONDS", 0.002)
    async with app.run_test(size=(120, 40)) as pilot:
        await failed(pilot, model)
        await pilot.press("r")
        await until(pilot, shows(pilot, "Echo x"))
        assert prompt_text(pilot) == ""


async def test_enter_on_the_lone_letter_sends_again_at_once(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await failed(pilot, model)
        # In one burst: no change of the prompt was told yet.
        await pilot.press("r", "enter")
        await until(pilot, shows(pilot, "Echo x"))
        assert prompt_text(pilot) == ""
        assert [request[-1].content for request in model.requests] == ["x", "x"]


@pytest.mark.parametrize("keys", [("left",), ("e", "backspace"), ("escape",)])
async def test_after_any_other_key_the_letter_is_text(
    app: AgnoApp, model: ScriptedModel, keys: tuple[str, ...]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await failed(pilot, model)
        await pilot.press("r")
        await until(pilot, shows(pilot, SOON))
        await pilot.press(*keys)
        await until(pilot, shows(pilot, "/retry sends it"))
        await pilot.press("enter")
        await until(pilot, shows(pilot, "Echo r"))
        assert [request[-1].content for request in model.requests] == ["x", "r"]


async def test_with_a_draft_the_command_is_offered_by_its_name(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await failed(pilot, model)
        await pilot.press(*"dr")
        await until(pilot, shows(pilot, "· /retry sends it"))
        await pilot.press("backspace", "backspace")
        await until(pilot, shows(pilot, "· r to retry"))
        await type_and_send(pilot, "/retry")
        await until(pilot, shows(pilot, "Echo x"))


async def test_a_letter_that_comes_back_as_a_draft_sends_nothing(
    make_app: MakeApp,
    model: ScriptedModel,
    storage: TestStorage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lone_letter, "SENT_SECONDS", 0.002)
    async with make_app().run_test(size=(120, 40)) as pilot:
        await failed(pilot, model)
        session_id = document_on(pilot).session.session_id
    await storage.set_draft(session_id, "r", user_id="")
    async with make_app().run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: prompt_text(pilot) == "r")
        await until(pilot, shows(pilot, "/retry sends it"))
        assert len(model.requests) == 1


async def test_a_paused_queue_says_the_same(app: AgnoApp, model: ScriptedModel) -> None:
    gate = asyncio.Event()
    model.scripts = [Script(gate, failure())]
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "zero")
        await type_and_send(pilot, "one")
        gate.set()
        await until(pilot, shows(pilot, "Paused: 1 message · r to retry the answer"))
        await pilot.press("r")
        await until(pilot, shows(pilot, f"Paused: 1 message · {SOON}"))
        await pilot.press("d")
        await until(pilot, shows(pilot, "Paused: 1 message · /retry to retry"))
