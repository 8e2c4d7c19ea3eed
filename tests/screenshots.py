"""Makes the pictures in `screenshots/`: `python -m tests.screenshots`.

The real widgets, a real storage and a real run of the agent; only the model's words are
given, so that the pictures are the same every time.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from unittest.mock import patch

from textual.pilot import Pilot

from agno_tui.agent import Agent
from agno_tui.runner import Runner
from agno_tui.session import Message, Metrics, Role, Run, RunStatus, now
from agno_tui.storage.memory import MemoryStorage
from agno_tui.ui.app import AgnoApp
from tests.fakes import FakeModel

FOLDER = Path(__file__).parent.parent / "screenshots"

ANSWER = """\
A binary search halves the range until it is empty. The trick is to keep one promise \
the whole way: *everything left of* `low` *is too small*.

```python
def first_at_least(items: list[int], wanted: int) -> int:
    low, high = 0, len(items)
    while low < high:
        middle = (low + high) // 2
        if items[middle] < wanted:  # too small: it and all before it
            low = middle + 1
        else:
            high = middle
    return low
```

| items     | steps | one after the other |
|-----------|------:|--------------------:|
| 1,000     |    10 |                 500 |
| 1,000,000 |    20 |             500,000 |

In the standard library this is [bisect_left](https://docs.python.org/3/library/bisect.html).
"""

STORY = (
    "Tide-7 had been built to count waves, and for nine years it did nothing else. "
    "On the first morning of the tenth it lost count, because a child had waved back."
)

LIGHTHOUSE = "A lighthouse needs three things: a **light**, a **lens**, and somebody"

EARLIER = (
    ("Trip to Kyoto in November", 40),
    ("Sourdough that does not rise", 26 * 60),
    ("Letter to the tax office", 29 * 60),
    ("Why is the sky dark at night?", 4 * 24 * 60),
    ("Regular expressions, gently", 12 * 24 * 60),
)
"""Names of earlier conversations, and how many minutes ago they were."""


class Sample:
    """A user's conversations in a storage, and an app over them."""

    def __init__(self, theme: str) -> None:
        self.gate = asyncio.Event()
        self.storage = MemoryStorage()
        self.model = FakeModel([STORY, self.gate], [LIGHTHOUSE, self.gate])
        self.model.id, self.model.label = "gpt-4o-mini", "gpt-4o-mini"
        agent = Agent(self.model, storage=self.storage, add_history_to_messages=True)
        self.app = AgnoApp(
            runner=Runner(agent), storage=self.storage, model=self.model, theme=theme
        )

    async def fill(self, *, open_last: bool) -> None:
        """Put the earlier conversations in, the newest last."""
        for name, minutes in reversed(EARLIER):
            await self._keep(name, "…", minutes, Metrics())
        took = Metrics(input_tokens=48, output_tokens=271, duration=2.6)
        took.time_to_first_token = 0.4
        question = "How does a binary search work? Show me in Python."
        kept = await self._keep(question, ANSWER, 2, took)
        if open_last:
            await self.storage.set_open_session(kept.session_id, user_id="")

    async def _keep(
        self, question: str, answer: str, minutes: int, metrics: Metrics
    ) -> Run:
        at = now() - minutes * 60_000_000
        run = Run(session_id=question, messages=[Message(Role.USER, question)])
        with patch("agno_tui.storage.memory_runs.now", return_value=at):
            await self.storage.start_run(run, name=question)
        run.messages.append(Message(Role.ASSISTANT, answer))
        run.status, run.model, run.metrics = RunStatus.COMPLETED, "gpt-4o-mini", metrics
        await self.storage.update_run(run)
        await self.storage.mark_read(question, user_id="")
        return run


async def settled(pilot: Pilot[int]) -> None:
    """Until nothing is about to be drawn."""
    for _ in range(5):
        await pilot.pause()


async def two_answers(pilot: Pilot[int], sample: Sample) -> None:
    """Two sessions answering at the same time, the second one on the screen."""
    for text in (
        "Tell me a short story about a robot",
        "What makes a lighthouse work?",
    ):
        await pilot.press("ctrl+n", *text, "enter")
        while len(sample.model.requests) < len(sample.app.runner.running):
            await pilot.pause()
        await pilot.pause(0.3)


async def picture(
    name: str,
    size: tuple[int, int],
    *,
    theme: str = "dark",
    open_last: bool = True,
    act: Callable[[Pilot[int], Sample], Awaitable[None]] | None = None,
) -> None:
    """One picture of one screen."""
    sample = Sample(theme)
    await sample.fill(open_last=open_last)
    async with sample.app.run_test(size=size) as pilot:
        await settled(pilot)
        if act is not None:
            await act(pilot, sample)
            await settled(pilot)
        svg = sample.app.export_screenshot(title="agno-tui")
        sample.gate.set()
    # No font is fetched from anywhere, and no picture differs by chance.
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
    print(f"screenshots/{name}.svg")


async def main() -> int:
    """All of them."""
    FOLDER.mkdir(exist_ok=True)
    await picture("welcome", (120, 36), open_last=False)
    await picture("conversation", (120, 40))
    await picture("two-answers", (120, 30), act=two_answers)
    await picture("narrow", (60, 30))
    await picture("light", (120, 40), theme="light")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
