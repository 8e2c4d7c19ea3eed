"""The screen as text, compared with what was looked at and found good."""

from __future__ import annotations

import pytest

from agno_tui.session import RunStatus
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
    async with app.run_test(size=(120, 60)) as pilot:
        await ready(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await pilot.pause()
        check_snapshot(pilot, "help-120x60")
