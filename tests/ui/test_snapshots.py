"""The screen as text, compared with what was looked at and found good."""

from __future__ import annotations

from datetime import datetime

import pytest

from agno_tui.session import Run, RunStatus, SessionSummary, UserMemory
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.help import Help
from tests.ui.conftest import (
    TestStorage,
    a_run,
    check_snapshot,
    keep,
    ready,
    shows,
    until,
)
from tests.ui.tool_runs import asked, call, found, result, tool_run

ANSWER = """Here is a small program and what it prints.

```python
def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)
```

| n | fib(n) | Note |
|--:|-------:|:-----|
| 10 | 55 | quick |
| 30 | 832,040 | noticeably *slower*, because every value is computed many times |

1. It is **correct**.
2. It is slow:
   - see [the article](https://example.org/fib)
   - use a cache
"""


async def conversation(storage: TestStorage) -> None:
    await keep(storage, a_run("old", "Trip to Kyoto", "Go in April."))
    await storage.mark_read("old", user_id="")
    await storage.set_draft("old", "and what about", user_id="")
    await keep(storage, a_run("new", "Fibonacci in Python, please", ANSWER))
    await storage.set_open_session("new", user_id="")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 16)])
async def test_welcome(app: AgnoApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "test-model"))
        check_snapshot(pilot, f"welcome-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 16)])
async def test_conversation(
    app: AgnoApp, storage: TestStorage, size: tuple[int, int]
) -> None:
    await conversation(storage)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "test-model"))
        await until(pilot, lambda: not storage._sessions["new"].seen().unread)
        await pilot.pause()
        check_snapshot(pilot, f"conversation-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", [(80, 24), (60, 16)])
async def test_find(app: AgnoApp, storage: TestStorage, size: tuple[int, int]) -> None:
    await conversation(storage)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "test-model"))
        await pilot.press("ctrl+f", *"fib")
        await until(pilot, shows(pilot, "1/6"))
        await pilot.pause()
        words = app.screen.query_one("#find-input").region
        # Whatever is found, nothing moves: Textual forgets what else was to be painted
        # where anything is laid out anew (8.2.8).
        await pilot.press("q")
        await until(pilot, shows(pilot, "no match"))
        assert app.screen.query_one("#find-input").region == words
        await pilot.press("backspace")
        await until(pilot, shows(pilot, "1/6"))
        await pilot.pause()
        check_snapshot(pilot, f"find-{size[0]}x{size[1]}")


async def test_error(app: AgnoApp, storage: TestStorage) -> None:
    words = "OpenAI did not accept the key. Check OPENAI_API_KEY."
    stopped = a_run("a", "And then?", "Then it", status=RunStatus.CANCELLED)
    failed = a_run("a", "Hello?", "", status=RunStatus.ERROR, error=words)
    await keep(storage, stopped, failed)
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "test-model"))
        await pilot.press("shift+tab")
        check_snapshot(pilot, "error-80x24")


async def test_help(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 80)) as pilot:
        await ready(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await pilot.pause()
        check_snapshot(pilot, "help-120x80")


def looked_in() -> Run:
    name = "get_previous_session_messages"
    return tool_run(
        asked(
            call(name, {"query": "Kyoto"}),
            call("get_weather", {"city": "Kyoto", "days": 2}),
            call("get_rates", {"currency": "JPY"}),
            text="I'll look it up.",
        ),
        result(name, found("Trip to Kyoto", "Autumn leaves", runs=2)),
        result("get_weather", {"city": "Kyoto", "sky": ["clear", "rain"]}),
        result("get_rates", "The server did not answer.", error=True),
        asked(call("remember", {"memory": "Travels to Kyoto by train"})),
        result("remember", "Kept as [1]."),
        session_id="now",
        question="What did we plan for Kyoto?",
        answer="You planned **three days**, and the weather will be fine.",
    )


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_tool_calls(
    app: AgnoApp, storage: TestStorage, size: tuple[int, int]
) -> None:
    await keep(storage, looked_in())
    await storage.set_open_session("now", user_id="")
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "three days"))
        await until(pilot, lambda: not storage._sessions["now"].seen().unread)
        await until(pilot, shows(pilot, "test-model "))
        await pilot.pause()
        check_snapshot(pilot, f"tools-closed-{size[0]}x{size[1]}")
        await pilot.press("ctrl+o")
        await until(pilot, shows(pilot, "Kept as [1]."))
        check_snapshot(pilot, f"tools-open-{size[0]}x{size[1]}")


def at_noon(minutes: int) -> int:
    noon = datetime.now().replace(month=1, day=2, hour=12, minute=0, second=0)
    return int(noon.timestamp()) * 1_000_000 + minutes * 60_000_000


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_memories(
    app: AgnoApp, storage: TestStorage, size: tuple[int, int]
) -> None:
    await conversation(storage)
    facts = ("Lives in Oslo and works nights", "Likes tea " * 12, "Speaks Norwegian")
    for n, fact in enumerate(facts):
        learned_in = "old" if n else None
        await storage.add_memory(
            UserMemory(fact, session_id=learned_in, created_at=at_noon(n))
        )
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "test-model "))
        await until(pilot, lambda: not storage._sessions["new"].seen().unread)
        await pilot.press("f3")
        await until(pilot, shows(pilot, "· Trip to Kyoto"))
        await pilot.pause()
        check_snapshot(pilot, f"memories-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_about_a_conversation(
    app: AgnoApp, storage: TestStorage, size: tuple[int, int]
) -> None:
    await conversation(storage)
    summary = SessionSummary("A function for Fibonacci numbers.", ["Python", "speed"])
    summary.updated_at = at_noon(5)
    await storage.set_session_summary("new", summary, user_id="")
    await storage.update_session_state("new", user_id="", changed={"step": 3})
    storage._sessions["new"].session.created_at = at_noon(0)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "test-model "))
        await until(pilot, lambda: not storage._sessions["new"].seen().unread)
        await pilot.press("f4")
        await until(pilot, shows(pilot, "Fibonacci numbers."))
        await pilot.pause()
        check_snapshot(pilot, f"about-{size[0]}x{size[1]}")
