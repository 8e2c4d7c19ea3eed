"""What the agent says it will send along is what it sends."""

from __future__ import annotations

import pytest

from agno_tui.agent import Agent
from agno_tui.agent.preparing import QUESTION_SHARE, QUESTION_TO_COME
from agno_tui.history import estimate_tokens
from agno_tui.session import Role, RunStatus
from agno_tui.storage.memory import MemoryStorage
from tests.agent.asking import a_call, calling, keep, run_of
from tests.fakes import FakeModel


async def sent(agent: Agent, model: FakeModel, text: str = "now?") -> list[str]:
    """What really goes out before a question, without the system's words."""
    model.requests.clear()
    await run_of(agent, text)
    said = [m.content for m in model.requests[0] if m.role != Role.SYSTEM]
    assert said[-1] == text
    return said[:-1]


async def told(agent: Agent) -> list[str]:
    """What the agent says would go out."""
    runs = await agent.next_history("s", user_id="")
    return [message.content for run in runs for message in run.messages]


async def same(agent: Agent, model: FakeModel) -> list[str]:
    words = await told(agent)
    assert words == await sent(agent, model)
    return words


def of_tokens(count: int) -> str:
    """A text that is taken to be so many tokens."""
    text = "x" * 3 * (count - 1)
    assert estimate_tokens(text) == count
    return text


@pytest.mark.parametrize(("runs", "kept"), [(3, 3), (1, 1), (None, 5), (0, 0)])
async def test_as_many_runs_as_the_agent_was_told(runs: int | None, kept: int) -> None:
    model, storage = FakeModel(), MemoryStorage()
    agent = Agent(
        model, storage=storage, add_history_to_messages=True, num_history_runs=runs
    )
    for n in range(5):
        await keep(storage, f"q{n}", f"a{n}")
    words = [word for n in range(5 - kept, 5) for word in (f"q{n}", f"a{n}")]
    assert await same(agent, model) == words


async def test_nothing_where_no_history_goes_along() -> None:
    model, storage = FakeModel(), MemoryStorage()
    agent = Agent(model, storage=storage, add_history_to_messages=False)
    await keep(storage, "q", "a")
    assert await same(agent, model) == []


@pytest.mark.parametrize("window", range(360, 480, 8))
async def test_no_more_than_fits_into_the_context_with_a_question(window: int) -> None:
    """However nearly full it is: the question is not known yet, but there will be
    one."""
    model, storage = FakeModel(context_window=window), MemoryStorage()
    agent = Agent(
        model,
        storage=storage,
        add_history_to_messages=True,
        num_history_runs=None,
        instructions="Be brief. " * 10,
    )
    for n in range(9):
        await keep(storage, f"q{n}", f"a{n} " + "word " * 20)
    words = await told(agent)
    assert 0 < len(words) < 18
    assert words[-2:] == ["q8", "a8 " + "word " * 20]
    assert words == await sent(agent, model, of_tokens(window // QUESTION_SHARE))


async def test_room_for_a_question_is_not_most_of_a_large_context() -> None:
    run, large = "word " * 1_500, 100_000
    model, storage = FakeModel(context_window=large), MemoryStorage()
    agent = Agent(
        model, storage=storage, add_history_to_messages=True, num_history_runs=None
    )
    for n in range(40):
        await keep(storage, f"q{n}", run)
    words = await told(agent)
    assert words == await sent(agent, model, of_tokens(QUESTION_TO_COME))
    free = large * 0.75 - 2_500 * len(words) // 2
    assert len(words) < 80 and free < 2_600


async def test_only_what_was_answered_and_of_tries_the_last() -> None:
    model, storage = FakeModel(), MemoryStorage()
    agent = Agent(model, storage=storage, add_history_to_messages=True)
    await keep(storage, "stopped", "half", status=RunStatus.CANCELLED)
    await keep(storage, "silent", "")
    first = await keep(storage, "asked", "first try")
    await keep(storage, "asked", "second try", retry_of=first.run_id)
    await keep(storage, "other", "of another session", session="t")
    assert await same(agent, model) == ["asked", "second try"]


async def test_tools_and_their_results_count_as_they_go_out() -> None:
    wanted = [calling(a_call("look", place="Kyoto"))]
    model, storage = FakeModel(wanted, ["It is there."]), MemoryStorage()

    def look(place: str) -> str:
        """Look at a place."""
        return f"seen: {place}"

    agent = Agent(model, storage=storage, add_history_to_messages=True, tools=[look])
    await run_of(agent, "Where?")
    model.scripts = [["Yes."]]
    assert await same(agent, model) == ["Where?", "", "seen: Kyoto", "It is there."]


async def test_asking_for_it_changes_nothing() -> None:
    model, storage = FakeModel(), MemoryStorage()
    agent = Agent(
        model, storage=storage, add_history_to_messages=True, session_state={"n": 1}
    )
    await keep(storage, "q", "a")
    before = await storage.get_runs("s", user_id="")
    await agent.next_history("s", user_id="")
    await agent.next_history("nowhere", user_id="")
    assert await storage.get_runs("s", user_id="") == before
    assert await storage.get_session("nowhere", user_id="") is None
    assert not model.requests


async def test_another_users_session_is_not_told_of() -> None:
    storage = MemoryStorage()
    agent = Agent(FakeModel(), storage=storage, add_history_to_messages=True)
    await keep(storage, "q", "a", user="someone")
    assert await agent.next_history("s", user_id="other") == []
