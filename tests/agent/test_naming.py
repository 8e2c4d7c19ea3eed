"""Sessions are named once, after the first whole answer, and nobody is kept waiting."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.agent import Agent
from agno_tui.events import SessionNamed
from agno_tui.naming import Naming
from agno_tui.session import Run, RunStatus
from agno_tui.storage.memory import MemoryStorage
from tests.agent.asking import keep, run_of
from tests.fakes import FakeModel, Script, until, words


class Named:
    """A session that was answered, and what was said about its name."""

    def __init__(self, *script: str | Exception | asyncio.Event) -> None:
        self.model = FakeModel(["On the Rhine."], list(script) or ["Travel to Köln"])
        self.agent = Agent(self.model, storage=MemoryStorage())
        self.emitted: list[SessionNamed] = []
        self.naming = Naming(self.agent, self.emitted.append, by_itself=True)

    async def name(self) -> str:
        session = await self.agent.aget_session("s")
        assert session is not None
        return session.name

    async def answered(self, question: str = "Where is Köln?") -> Run:
        run = await run_of(self.agent, question)
        self.naming.run_ended(run)
        await self.settled()
        return run

    async def settled(self) -> None:
        await until(lambda: not self.naming._tasks)


async def test_a_session_is_named_after_its_first_answer_and_only_then() -> None:
    named = Named()
    await named.answered()
    assert named.emitted == [SessionNamed("s", "Travel to Köln")]
    assert await named.name() == "Travel to Köln"
    await named.answered()
    assert len(named.emitted) == 1


@pytest.mark.parametrize(
    "script", [["<think>"], [words()], [RuntimeError("no")], ["I'm sorry"]]
)
async def test_without_a_name_the_first_words_stay(script: Script) -> None:
    named = Named()
    named.model.scripts[1] = script
    await named.answered()
    assert (named.emitted, await named.name()) == ([], "Where is Köln?")


async def test_a_name_given_by_hand_stays() -> None:
    named = Named()
    await keep(named.agent.storage, "x", status=RunStatus.ERROR)
    await named.agent.aset_session_name("s", "Mine")
    await named.answered()
    assert await named.name() == "Mine"
    assert len(named.model.requests) == 1


async def test_a_name_given_by_hand_meanwhile_stays() -> None:
    gate = asyncio.Event()
    named = Named(gate, "Travel to Köln")
    run = await run_of(named.agent)
    named.naming.run_ended(run)
    await until(lambda: named.model.open_streams == 1)
    await named.agent.aset_session_name("s", "Mine")
    gate.set()
    await named.settled()
    assert await named.name() == "Mine"
    assert [event.name for event in named.emitted] == ["Mine"]


@pytest.mark.parametrize("status", [s for s in RunStatus if s != "COMPLETED"])
async def test_only_whole_answers_are_named(status: RunStatus) -> None:
    named = Named()
    named.naming.run_ended(Run("s", status=status))
    assert not named.naming._tasks


async def test_neither_the_model_inside_nor_an_unwilling_user_is_asked() -> None:
    named = Named()
    run = Run("s", status=RunStatus.COMPLETED, provider="local")
    named.naming.run_ended(run)
    unwilling = Naming(named.agent, named.emitted.append, by_itself=False)
    unwilling.run_ended(Run("s", status=RunStatus.COMPLETED))
    assert not named.naming._tasks and not unwilling._tasks


async def test_asked_for_by_hand_errors_are_raised() -> None:
    named = Named("I'm sorry")
    await keep(named.agent.storage, "Hi")
    named.model.scripts = [["I'm sorry"], ["Travel to Köln"]]
    with pytest.raises(ValueError, match="did not come up with a name"):
        await named.naming.name_session("s", user_id="")
    assert await named.naming.name_session("s", user_id="") == "Travel to Köln"
    assert named.emitted == [SessionNamed("s", "Travel to Köln")]


async def test_closing_stops_what_is_under_way() -> None:
    named = Named(asyncio.Event())
    named.naming.run_ended(await run_of(named.agent, "Where?"))
    await until(lambda: named.model.open_streams == 1)
    await named.naming.close()
    assert (named.model.open_streams, named.emitted) == (0, [])
    assert await named.name() == "Where?"
    await named.naming.close()
