"""How many earlier runs go along in one session, where a number was chosen for it."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.agent import Agent
from agno_tui.agent.options import AS_CHOSEN
from agno_tui.agent.windows import HistoryWindow, window_from, window_name
from agno_tui.runner import Runner
from agno_tui.session import Role
from agno_tui.storage.memory import MemoryStorage
from tests.agent.asking import keep
from tests.fakes import FakeModel, until


async def five(storage: MemoryStorage, user: str = "") -> None:
    for n in range(5):
        await keep(storage, f"q{n}", f"a{n}", user=user)


def an_agent(
    storage: MemoryStorage, model: FakeModel | None = None, runs: int | None = 3
) -> Agent:
    return Agent(
        model or FakeModel(),
        storage=storage,
        add_history_to_messages=True,
        num_history_runs=runs,
    )


async def questions(agent: Agent, user: str = "") -> list[str]:
    runs = await agent.next_history("s", user_id=user, options=AS_CHOSEN)
    return [run.question for run in runs]


@pytest.mark.parametrize(
    ("chosen", "asked"),
    [
        (0, []),
        (1, ["q4"]),
        (4, ["q1", "q2", "q3", "q4"]),
        (99, ["q0", "q1", "q2", "q3", "q4"]),
        (None, ["q0", "q1", "q2", "q3", "q4"]),
    ],
)
async def test_the_number_of_a_session_counts_also_after_a_restart(
    chosen: int | None, asked: list[str]
) -> None:
    await five(storage := MemoryStorage())
    agent = an_agent(storage)
    await agent.set_window("s", HistoryWindow(chosen, is_own=True), user_id="")
    assert await questions(agent) == asked
    later = an_agent(storage)
    assert await later.window("s", user_id="") == HistoryWindow(chosen, is_own=True)
    assert await questions(later) == asked


async def test_what_the_runner_sends_is_what_was_chosen() -> None:
    await five(storage := MemoryStorage())
    agent = an_agent(storage, model := FakeModel())
    runner = Runner(agent)
    for chosen, count in ((HistoryWindow(1, True), 2), (HistoryWindow(0, True), 0)):
        await agent.set_window("s", chosen, user_id="")
        await runner.send("now?", session_id="s", user_id="")
        await until(lambda: not runner.running)
        said = [m.content for m in model.requests[-1] if m.role != Role.SYSTEM]
        assert len(said) == count + 1
    await runner.close()


async def test_a_program_that_names_a_number_gets_that_number() -> None:
    """Who uses the agent by itself says what goes along."""
    await five(storage := MemoryStorage())
    agent = an_agent(storage, model := FakeModel(), runs=2)
    await agent.set_window("s", HistoryWindow(None, is_own=True), user_id="")
    await agent.arun("now?", session_id="s")
    assert [m.content for m in model.requests[-1]] == ["q3", "a3", "q4", "a4", "now?"]


async def test_a_session_goes_back_to_what_counts_everywhere() -> None:
    await five(storage := MemoryStorage())
    agent = an_agent(storage)
    await agent.set_window("s", HistoryWindow(1, is_own=True), user_id="")
    await agent.set_window("s", HistoryWindow(3), user_id="")
    assert await agent.window("s", user_id="") == HistoryWindow(3)
    agent.num_history_runs = 2
    assert await questions(agent) == ["q3", "q4"]


async def test_one_users_number_is_not_anothers_nor_another_sessions() -> None:
    await five(storage := MemoryStorage(), user="ann")
    agent = an_agent(storage)
    await agent.set_window("s", HistoryWindow(1, is_own=True), user_id="bob")
    await agent.set_window("t", HistoryWindow(1, is_own=True), user_id="ann")
    assert await questions(agent, "ann") == ["q2", "q3", "q4"]
    assert await questions(agent, "bob") == []


@pytest.mark.parametrize("kept", ["", "many", "-1", "1.5", "١", "9" * 5_000])
async def test_what_is_no_number_is_as_if_none_was_chosen(kept: str) -> None:
    storage = MemoryStorage()
    await storage.set_setting(window_name("s"), kept, user_id="")
    assert await an_agent(storage).window("s", user_id="") == HistoryWindow(3)
    with pytest.raises(ValueError, match="number of runs"):
        window_from(kept)


async def test_a_number_below_none_is_refused() -> None:
    with pytest.raises(ValueError, match="num_history_runs"):
        await an_agent(MemoryStorage()).set_window(
            "s", HistoryWindow(-1, is_own=True), user_id=""
        )


def test_a_number_as_people_type_it() -> None:
    assert window_from(" 12 ") == 12
    assert window_from("All") is None


async def test_it_is_read_when_the_run_begins_not_when_it_was_typed() -> None:
    """What waits behind an answer goes out in the window of its own moment."""
    await five(storage := MemoryStorage())
    gate = asyncio.Event()
    model = FakeModel([gate, "first"], ["second"])
    agent = an_agent(storage, model)
    runner = Runner(agent)
    await runner.send("one", session_id="s", user_id="")
    await runner.send("two", session_id="s", user_id="")
    await agent.set_window("s", HistoryWindow(0, is_own=True), user_id="")
    gate.set()
    await until(lambda: not runner.running)
    assert [len(request) for request in model.requests] == [7, 1]
    await runner.close()
