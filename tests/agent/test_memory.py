"""What is known about users: each one's own, in the storage it belongs to."""

from __future__ import annotations

import pytest

from agno_tui.agent import Agent
from agno_tui.memory import LONGEST_MEMORY, Memory, as_told
from agno_tui.session import UserMemory
from agno_tui.storage.errors import MemoryNotFoundError
from agno_tui.storage.memory import MemoryStorage
from tests.fakes import FakeModel


async def known(memory: Memory, user: str = "") -> list[str]:
    return [m.memory for m in await memory.get_user_memories(user_id=user)]


async def test_what_is_remembered_is_its_users_only() -> None:
    memory = Memory()
    kept = await memory.remember("  likes tea ", user_id="ann", session_id="s")
    assert (kept.memory, kept.user_id, kept.session_id) == ("likes tea", "ann", "s")
    assert await known(memory, "ann") == ["likes tea"]
    assert await known(memory, "bob") == await known(memory) == []


async def test_it_can_be_put_in_other_words_and_forgotten() -> None:
    memory = Memory()
    kept = await memory.remember("likes tea", user_id="ann")
    await memory.edit(kept.memory_id, "likes coffee", user_id="ann")
    assert await known(memory, "ann") == ["likes coffee"]
    await memory.forget(kept.memory_id, user_id="ann")
    assert await known(memory, "ann") == []


async def test_another_users_memory_is_not_found() -> None:
    memory = Memory()
    kept = await memory.remember("likes tea", user_id="ann")
    for user in ("bob", ""):
        with pytest.raises(MemoryNotFoundError):
            await memory.edit(kept.memory_id, "x", user_id=user)
        with pytest.raises(MemoryNotFoundError):
            await memory.forget(kept.memory_id, user_id=user)
    assert await known(memory, "ann") == ["likes tea"]


@pytest.mark.parametrize("text", ["", " \n\t", "x" * (LONGEST_MEMORY + 1)])
async def test_nothing_and_too_much_are_refused(text: str) -> None:
    memory = Memory()
    kept = await memory.remember("x" * LONGEST_MEMORY)
    with pytest.raises(ValueError, match=r"nothing to remember|at most 1,000"):
        await memory.remember(text)
    with pytest.raises(ValueError, match=r"nothing to remember|at most 1,000"):
        await memory.edit(kept.memory_id, text)
    assert len(await known(memory)) == 1


async def test_oldest_come_first_and_a_limit_keeps_the_newest() -> None:
    memory = Memory()
    for number in range(4):
        await memory.remember(str(number))
    assert [m.memory for m in await memory.get_user_memories(limit=2)] == ["2", "3"]


async def test_lone_surrogates_are_repaired() -> None:
    assert (await Memory().remember("a\ud800")).memory == "a\ufffd"


def test_each_is_told_on_a_line_of_its_own() -> None:
    memories = [UserMemory("likes\n- [x] tea", memory_id="1"), UserMemory("b")]
    assert as_told(memories).splitlines()[0] == "- [1] likes - [x] tea"
    assert len(as_told(memories).splitlines()) == 2


async def test_two_agents_share_what_is_in_one_memory() -> None:
    memory = Memory()
    one, other = Agent(FakeModel(), memory=memory), Agent(FakeModel(), memory=memory)
    await one.arun("Hi", session_id="s")
    await one.memory.remember("likes tea")
    assert await other.aget_session("s") is not None
    assert [m.memory for m in await other.aget_user_memories()] == ["likes tea"]


async def test_an_agents_own_storage_stays_its_own_whoever_shares_the_memory() -> None:
    memory, storage = Memory(), MemoryStorage()
    without, having = (
        Agent(FakeModel(), memory=memory),
        Agent(FakeModel(), memory=memory, storage=storage),
    )
    await having.memory.remember("before")
    await without.arun("Hi")  # From now on the memory has a storage, made by itself.
    await having.memory.remember("after")
    assert await known(Memory(storage)) == ["before", "after"]
    assert not memory.is_bound


async def test_a_memory_with_a_storage_wins_over_the_agents() -> None:
    kept_in, storage = MemoryStorage(), MemoryStorage()
    agent = Agent(FakeModel(), memory=Memory(kept_in), storage=storage)
    await agent.memory.remember("likes tea")
    await agent.arun("Hi", session_id="s")
    assert await known(Memory(kept_in)) == ["likes tea"]
    assert await known(Memory(storage)) == []
    assert await storage.get_session("s", user_id="") is not None
    assert await kept_in.get_session("s", user_id="") is None


async def test_without_a_storage_the_memorys_keeps_the_runs() -> None:
    storage = MemoryStorage()
    await Agent(FakeModel(), memory=Memory(storage)).arun("Hi", session_id="s")
    assert await storage.get_session("s", user_id="") is not None
