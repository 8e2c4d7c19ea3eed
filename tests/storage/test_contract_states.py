"""What every storage promises of a session's state, summary and metrics."""

from __future__ import annotations

import asyncio
from enum import StrEnum

import pytest

from agno_tui.session import (
    Metrics,
    RunStatus,
    SessionMetrics,
    SessionSummary,
)
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError
from tests.storage.runs import a_run, a_turn


class Colour(StrEnum):
    RED = "red"


async def test_a_state_is_merged(storage: Storage) -> None:
    async def update(
        changed: dict[str, object], removed: tuple[str, ...] = ()
    ) -> dict[str, object]:
        state = await storage.update_session_state(
            "s", user_id="ann", changed=changed, removed=removed
        )
        assert await storage.get_session_state("s", user_id="ann") == state
        return state

    assert await storage.get_session_state("s", user_id="ann") == {}
    assert await update({"a": 1, "b": {"c": [None, True, 0.5]}}) == {
        "a": 1,
        "b": {"c": [None, True, 0.5]},
    }
    assert await update({"a": "ä"}) == {"a": "ä", "b": {"c": [None, True, 0.5]}}
    assert await update({}, ("b", "nothing")) == {"a": "ä"}
    assert await update({"b": {}}, ("a", "b")) == {"b": {}}, "set wins"
    assert await update({}, ("b",)) == {}
    odd = {"": 10**40, "a\x00": "\x00", "b": Colour.RED, "c": (1, (2,)), "e": -0.5e300}
    assert await update(odd) == odd | {"c": [1, [2]]}


async def test_a_state_makes_the_session_but_no_activity(
    storage: Storage, clock: list[int]
) -> None:
    await storage.update_session_state("s", user_id="ann", changed={"a": 1})
    assert await storage.get_sessions(user_id="ann") == []
    assert await storage.get_session("s", user_id="ann") is not None
    await storage.start_run(a_run("s"), name="Why?")
    before = await storage.get_sessions(user_id="ann")
    clock[0] += 10
    await storage.update_session_state("s", user_id="ann", changed={"a": 2})
    assert await storage.get_sessions(user_id="ann") == before
    assert before[0].name == "Why?"


def _endless() -> dict[str, object]:
    loop: dict[str, object] = {}
    loop["itself"] = loop
    return loop


def _deep() -> list[object]:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    return deep


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1},
        b"bytes",
        float("nan"),
        [float("inf")],
        {"a": {1: 2}},
        [{None: 1}],
        ({("a",): 1},),
        _endless(),
        _deep(),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_is_not_json_is_refused(storage: Storage, value: object) -> None:
    await storage.update_session_state("s", user_id="ann", changed={"a": 1})
    for session_id in ("s", "new"):
        with pytest.raises(ValueError, match=r"JSON|Circular"):
            await storage.update_session_state(
                session_id, user_id="ann", changed={"b": 2, "a": value}, removed=["a"]
            )
    assert await storage.get_session_state("s", user_id="ann") == {"a": 1}
    assert await storage.get_session("new", user_id="ann") is None


async def test_names_of_values_are_text(storage: Storage) -> None:
    with pytest.raises(ValueError, match="JSON"):
        await storage.update_session_state(
            "s",
            user_id="ann",
            changed={1: 2},  # type: ignore[dict-item]
        )


async def test_hostile_state_is_repaired(storage: Storage) -> None:
    changed: dict[str, object] = {"\ud800": ["\ud83d\ude00", {"\udc00": "\ud800"}]}
    repaired = {"\ufffd": ["😀", {"\ufffd": "\ufffd"}]}
    for _ in range(2):
        state = await storage.update_session_state("s", user_id="ann", changed=changed)
        assert state == repaired
        assert await storage.get_session_state("s", user_id="ann") == repaired
    state = await storage.update_session_state(
        "s", user_id="ann", changed={}, removed=["\ud800"]
    )
    assert state == {}


async def test_a_state_is_not_shared_with_the_caller(storage: Storage) -> None:
    inner: list[object] = [1]
    changed: dict[str, object] = {"a": inner}
    waiting = asyncio.ensure_future(
        storage.update_session_state("s", user_id="ann", changed=changed)
    )
    await asyncio.sleep(0)
    inner.append(2)
    state = await waiting
    state["a"] = "changed"
    assert await storage.get_session_state("s", user_id="ann") == {"a": [1]}


async def test_the_state_of_what_is_in_the_trash(storage: Storage) -> None:
    await a_turn(storage, "s")
    await storage.update_session_state("s", user_id="ann", changed={"a": 1})
    await storage.delete_session("s", user_id="ann")
    assert await storage.get_session_state("s", user_id="ann") == {}
    # An answer under way goes on, and what it learns is not lost.
    await storage.update_session_state("s", user_id="ann", changed={"b": 2})
    await storage.restore_session("s", user_id="ann")
    assert await storage.get_session_state("s", user_id="ann") == {"a": 1, "b": 2}


async def test_many_who_change_different_values_all_have_their_way(
    storage: Storage,
) -> None:
    await asyncio.gather(
        *(
            storage.update_session_state("s", user_id="ann", changed={f"{n}": n})
            for n in range(100)
        )
    )
    state = await storage.get_session_state("s", user_id="ann")
    assert state == {f"{n}": n for n in range(100)}


async def test_a_summary_is_kept_and_replaced(storage: Storage) -> None:
    await a_turn(storage, "s")
    before = await storage.get_sessions(user_id="ann")
    assert await storage.get_session_summary("s", user_id="ann") is None
    first = SessionSummary("About \ud800.", ["a", "b\x00"], 5)
    await storage.set_session_summary("s", first, user_id="ann")
    first.topics.append("later")
    kept = await storage.get_session_summary("s", user_id="ann")
    assert kept == SessionSummary("About \ufffd.", ["a", "b\x00"], 5)
    kept.topics.clear()
    kept = await storage.get_session_summary("s", user_id="ann")
    assert kept is not None and len(kept.topics) == 2
    second = SessionSummary("Else.")
    await storage.set_session_summary("s", second, user_id="ann")
    assert await storage.get_session_summary("s", user_id="ann") == second
    assert await storage.get_sessions(user_id="ann") == before, "no activity"
    await storage.delete_session("s", user_id="ann")
    assert await storage.get_session_summary("s", user_id="ann") is None
    with pytest.raises(SessionNotFoundError):
        await storage.set_session_summary("s", second, user_id="ann")


async def test_metrics_are_summed_up(storage: Storage) -> None:
    async def keep(metrics: Metrics, status: RunStatus = RunStatus.COMPLETED) -> None:
        await storage.start_run(a_run("s", metrics=metrics, status=status))

    async def metrics() -> SessionMetrics:
        return await storage.get_session_metrics("s", user_id="ann")

    await storage.start_run(a_run("another", metrics=Metrics(9, 9, 9, 9, 9, 9, True)))
    assert await metrics() == SessionMetrics()
    await keep(Metrics(), RunStatus.RUNNING)
    await keep(Metrics(), RunStatus.PENDING)
    assert await metrics() == SessionMetrics()
    await keep(Metrics(100, 40, 10, None, 0.5, 2.5))
    assert await metrics() == SessionMetrics(
        runs=1,
        input_tokens=100,
        output_tokens=40,
        cached_tokens=10,
        time_to_first_token=0.5,
        duration=2.5,
        tokens_per_second=20.0,
    )
    await keep(Metrics(7, 60, None, 0, None, 3.0), RunStatus.CANCELLED)
    await keep(Metrics(None, None, None, None, 1.5, 4.0), RunStatus.ERROR)
    await keep(Metrics(None, 1000, None, None, 1.0, None), RunStatus.REGENERATED)
    await keep(Metrics(None, 1000, None, None, 1.0, 1.0, True), RunStatus.INTERRUPTED)
    assert await metrics() == SessionMetrics(
        runs=5,
        input_tokens=107,
        output_tokens=2100,
        cached_tokens=10,
        reasoning_tokens=0,
        time_to_first_token=1.0,
        duration=10.5,
        tokens_per_second=20.0,
        estimated=True,
    )
    await storage.delete_session("s", user_id="ann")
    assert await metrics() == SessionMetrics()


async def test_metrics_of_any_size_are_summed_up(storage: Storage) -> None:
    for _ in range(3):
        await storage.start_run(a_run("s", metrics=Metrics(2**63 - 1, 10**30)))
    metrics = await storage.get_session_metrics("s", user_id="ann")
    assert metrics.input_tokens is not None and metrics.output_tokens is not None
    assert metrics.input_tokens >= 2**63 - 1 and metrics.output_tokens >= 2**63 - 1
