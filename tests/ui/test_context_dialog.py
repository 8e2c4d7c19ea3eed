"""What will be sent next: seen, changed, and what then is sent."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from textual.pilot import Pilot

from agno_tui.agent import Agent
from agno_tui.agent.windows import window_name
from agno_tui.runner import Runner
from agno_tui.session import Role
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.context_dialog import COPIED, ContextDialog
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    prompt_text,
    ready,
    screen_text,
    shows,
    the_app,
    type_and_send,
    until,
)
from tests.ui.marked_words import said_session
from tests.ui.test_window_rule import below_rule, rule

SIZE = (110, 44)


def app_over(
    model: ScriptedModel, storage: TestStorage, *, runs: int | None = 3
) -> AgnoApp:
    def look(place: str) -> str:
        """Look at a place."""
        return place

    agent = Agent(
        model,
        storage=storage,
        instructions="Be brief.",
        tools=[look],
        add_history_to_messages=True,
        num_history_runs=runs,
    )
    return AgnoApp(runner=Runner(agent), storage=storage, model=model)


async def some_turns(storage: TestStorage, count: int, words: str = "") -> None:
    await said_session(storage, *((f"q{n} asks", f"a{n}{words}") for n in range(count)))


def is_open(pilot: Screen) -> bool:
    return isinstance(the_app(pilot).screen, ContextDialog)


async def opened(pilot: Screen) -> None:
    await ready(pilot)
    await pilot.press("ctrl+t")
    await until(pilot, lambda: is_open(pilot))
    await until(pilot, shows(pilot, "tokens"))


def runs_told(pilot: Screen) -> list[str]:
    """The runs that go along, as the dialog has them."""
    _, found, below = screen_text(pilot).partition("The runs that go along")
    return re.findall(r"(q\d+) asks  +\d", below) if found else []


def tokens_told(pilot: Screen) -> dict[str, int]:
    """The numbers at the ends of the rows."""
    rows = re.findall(r"  (\w[\w ·]*?)  +([\d,]+)\s", screen_text(pilot))
    return {label.partition(" · ")[0]: int(n.replace(",", "")) for label, n in rows}


def said(model: ScriptedModel) -> list[str]:
    return [m.content for m in model.requests[-1] if m.role != Role.SYSTEM]


async def test_it_shows_the_parts_the_tools_and_the_runs_oldest_first(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await some_turns(storage, 5)
    model.context_window = 4_000
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(*"hello", "space", *"you")
        await opened(pilot)
        text = screen_text(pilot)
        assert "test-model" in text and "look  Look at a place." in text
        assert "of 4,000 tokens" in text and "█" in text and "░" in text
        assert "hello you" in text
        assert runs_told(pilot) == ["q2", "q3", "q4"]
        told = tokens_told(pilot)
        parts = ("Instructions", "Tools", "History", "Your message")
        total = sum(told[part] for part in parts)
        assert f"about {total} of" in text
        assert told["History"] == sum(told[f"q{n} asks"] for n in (2, 3, 4))
        await pilot.press("escape")
        await until(pilot, lambda: not is_open(pilot))
        assert prompt_text(pilot) == "hello you"
        assert not model.requests


async def test_what_it_shows_is_what_is_sent(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await some_turns(storage, 5)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(*"now?")
        await opened(pilot)
        dialog = app.screen
        assert isinstance(dialog, ContextDialog)
        body = json.loads(await dialog._facts.as_json())
        await pilot.press("escape")
        await until(pilot, lambda: not is_open(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: model.requests)
        told = [(m["role"], m["content"]) for m in body["messages"]]
        assert told == [(str(m.role), m.content) for m in model.requests[0]]


async def test_plus_and_minus_move_the_rule_are_kept_and_sent(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await some_turns(storage, 5)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: below_rule(pilot) == "q2 asks")
        await opened(pilot)
        await pilot.press("minus", "minus")
        await until(pilot, lambda: runs_told(pilot) == ["q4"])
        assert "the last run, chosen for here" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not is_open(pilot))
        await until(pilot, lambda: below_rule(pilot) == "q4 asks")
        assert rule(pilot).startswith("the model sees from here · 1 run")
        await type_and_send(pilot, "q9")
        await until(pilot, lambda: model.requests)
        assert said(model) == ["q4 asks", "a4", "q9"]
        await until(pilot, lambda: below_rule(pilot) == "q9")
    again = app_over(model, storage)
    async with again.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert "the last run, chosen for here" in screen_text(pilot)
        await pilot.press("equals_sign", "plus")
        await until(pilot, lambda: runs_told(pilot) == ["q3", "q4"])
        assert await storage.get_setting(window_name("a"), user_id="") == "3"


async def test_none_all_and_as_everywhere(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await some_turns(storage, 5)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("0")
        await until(pilot, shows(pilot, "none of the earlier runs, chosen"))
        await until(pilot, lambda: not runs_told(pilot))
        await pilot.press("minus")
        await pilot.press("a")
        await until(pilot, lambda: len(runs_told(pilot)) == 5)
        await until(pilot, shows(pilot, "all runs of this conversation, chosen"))
        await pilot.press("minus")
        await until(pilot, lambda: len(runs_told(pilot)) == 4)
        await pilot.press("plus")
        await until(pilot, lambda: len(runs_told(pilot)) == 5)
        await pilot.press("plus")
        await until(pilot, shows(pilot, "the last 6 runs, chosen"))
        await until(pilot, shows(pilot, "there are no more"))
        await pilot.press("plus")
        await until(pilot, shows(pilot, "all runs of this conversation"))
        await pilot.press("d")
        await until(pilot, lambda: len(runs_told(pilot)) == 3)
        assert "chosen for here" not in screen_text(pilot)


async def test_many_keys_at_once_end_where_they_should(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await some_turns(storage, 30)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press(*["plus"] * 12, *["minus"] * 2)
        await until(pilot, shows(pilot, "the last 13 runs, chosen"))
        await until(pilot, lambda: len(runs_told(pilot)) == 13)
        assert await storage.get_setting(window_name("a"), user_id="") == "13"


async def test_it_says_why_fewer_go_along(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await some_turns(storage, 6, " word" * 40)
    model.context_window = 600
    app = app_over(model, storage, runs=6)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        there = runs_told(pilot)
        assert 0 < len(there) < 6 and there[-1] == "q5"
        rest = 6 - len(there)
        assert f"{rest} more do not fit into the model's context" in screen_text(pilot)


async def test_a_message_that_is_too_long_is_said(
    model: ScriptedModel, storage: TestStorage
) -> None:
    model.context_window = 300
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        app.desk.chat.prompt.put("word " * 400)
        await opened(pilot)
        await until(pilot, shows(pilot, "This is more than fits."))


async def test_the_request_itself_is_read_and_copied(
    model: ScriptedModel, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_turns(storage, 40)
    copied: list[str] = []
    app = app_over(model, storage, runs=None)
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press(*"hi")
        await opened(pilot)
        await pilot.press("v")
        await until(pilot, shows(pilot, '"messages": ['))
        assert "The request as it would go out" in screen_text(pilot)
        await pilot.press("end")
        await until(pilot, shows(pilot, '"required": ['))
        await pilot.press("home", "pagedown", "y")
        await until(pilot, shows(pilot, COPIED))
        body = json.loads(copied[0])
        assert body["messages"][-1] == {"role": "user", "content": "hi"}
        assert len(body["messages"]) == 82
        await pilot.press("escape")
        await until(pilot, shows(pilot, "Your message"))
        await pilot.press("ctrl+t")
        await until(pilot, lambda: not is_open(pilot))


async def test_control_codes_and_markup_stay_text(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await said_session(storage, ("[red]q1\x1b[31m\u202e", "[/]a1\x9b"))
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert "[red]q1␛[31m⟨U+202E⟩" in screen_text(pilot)
        await pilot.press("v")
        await until(pilot, shows(pilot, "[/]a1⟨U+009B⟩"))
        assert "\x1b" not in screen_text(pilot)


async def test_nothing_was_said_yet(model: ScriptedModel, storage: TestStorage) -> None:
    app = app_over(model, storage)
    async with app.run_test(size=(60, 16)) as pilot:
        await opened(pilot)
        await pilot.press("end")
        await until(pilot, shows(pilot, "nothing is written yet"))
        assert "there are none yet" in screen_text(pilot)
        assert await storage.get_sessions(user_id="") == []


async def test_an_answer_that_ends_meanwhile_goes_along(
    model: ScriptedModel, storage: TestStorage
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script("a0", gate)]
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "q0 asks")
        await until(pilot, lambda: model.requests)
        await opened(pilot)
        assert "An answer is under way" in screen_text(pilot)
        assert runs_told(pilot) == []
        gate.set()
        await until(pilot, lambda: runs_told(pilot) == ["q0"])
        assert "An answer is under way" not in screen_text(pilot)


async def test_what_can_not_be_kept_is_said_and_nothing_has_changed(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await some_turns(storage, 5)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        storage.refuse.add("set_setting")
        await pilot.press("minus")
        await until(pilot, shows(pilot, "The disk is full."))
        await until(pilot, shows(pilot, "the last 3 runs"))
        assert runs_told(pilot) == ["q2", "q3", "q4"]
        storage.refuse.clear()
        await pilot.press("minus")
        await until(pilot, lambda: runs_told(pilot) == ["q3", "q4"])


async def test_a_slow_storage_keeps_no_key_waiting(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await some_turns(storage, 3)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.pause()
        gate = storage.gates["get_runs"] = asyncio.Event()
        await pilot.press("ctrl+t")
        await until(pilot, shows(pilot, "Putting it together…"))
        gate.set()
        del storage.gates["get_runs"]
        await until(pilot, lambda: runs_told(pilot) == ["q0", "q1", "q2"])


@pytest.mark.parametrize(
    ("typed", "wrong", "count"),
    [("2", "", 2), ("all", "", 5), ("many", "number of runs", 3)],
)
async def test_by_its_slash_command(
    model: ScriptedModel, storage: TestStorage, typed: str, wrong: str, count: int
) -> None:
    await some_turns(storage, 5)
    app = app_over(model, storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        said = await app.use_window(typed)
        assert wrong in said and bool(wrong) == bool(said)
        await opened(pilot)
        assert len(runs_told(pilot)) == count


async def test_at_every_size_the_keys_can_be_read(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await some_turns(storage, 30)
    for size in ((60, 16), (80, 24), (200, 60)):
        app = app_over(model, storage, runs=None)
        async with app.run_test(size=size) as pilot:
            await _check_size(pilot)


async def _check_size(pilot: Pilot[int]) -> None:
    await opened(pilot)
    await until(pilot, shows(pilot, " close"))
    assert "What will be sent next" in screen_text(pilot)
    await pilot.press("end")
    await until(pilot, shows(pilot, "q29"))
    await pilot.resize_terminal(60, 16)
    await until(pilot, shows(pilot, " close"))
