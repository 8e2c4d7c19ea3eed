"""The clock of what moves: keys first, never for long, and still when nothing runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from agno_tui.session import Run
from agno_tui.ui import garbage, ticker
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.ticker import FRAMES, LONGEST_REST, TYPING_REST, Ticker
from tests.ui.conftest import (
    Script,
    ScriptedModel,
    ready,
    shows,
    transcript_lines,
    type_and_send,
    until,
)

SIZE = (80, 24)
FRAME = 1 / FRAMES


class Timer:
    """A timer that is turned by hand."""

    def __init__(self, call: Callable[[], None]) -> None:
        self.call = call
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True


class Bench:
    """All that a ticker sees: a desk, a runner, and a clock; notes when it draws."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.drawn: list[float] = []
        self.running: list[Run] = []
        self.timers: list[Timer] = []
        self.later: list[Timer] = []
        self.slow = 0.0
        """Seconds that a frame takes."""
        self.document = None
        self.desk = self.chat = self.transcript = self.sessions = self.app = self
        self.title_line = self
        self.display = False
        self.screen_stack = [self]
        self.ticker = Ticker(self, self)  # type: ignore[arg-type]

    def set_interval(self, seconds: float, call: Callable[[], None]) -> Timer:
        assert seconds == FRAME
        self.timers.append(Timer(call))
        return self.timers[-1]

    def set_timer(self, seconds: float, call: Callable[[], None]) -> Timer:
        self.later.append(Timer(call))
        return self.later[-1]

    def content_changed(self) -> None:
        self.drawn.append(self.seconds)
        self.seconds += self.slow

    def update_view(self) -> None:
        pass

    def say_answering(self, frame: int | None) -> None:
        pass

    def set_running(self, ids: list[str], mark: int) -> None:
        pass

    # What happens

    def start(self) -> None:
        self.running = [Run("s", "")]
        self.ticker.run_changed()

    def end(self) -> None:
        self.running = []
        self.ticker.run_changed()

    def go_on(self, seconds: float, *, typing: float = 0.0) -> None:
        """Let time pass while text comes in, with a key every `typing` seconds."""
        end, key = self.seconds + seconds, self.seconds
        while self.seconds < end:
            self.seconds += FRAME
            while typing and key <= self.seconds:
                self.ticker.typed()
                key += typing
            self.ticker.text_came(True)
            for timer in self.timers:
                if not timer.stopped:
                    timer.call()

    @property
    def longest_rest(self) -> float:
        """Seconds between two frames, at most."""
        pairs = zip(self.drawn, self.drawn[1:], strict=False)
        return max(after - before for before, after in pairs)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench()
    monkeypatch.setattr(ticker, "monotonic", lambda: bench.seconds)
    return bench


def test_what_comes_is_drawn_with_each_frame(bench: Bench) -> None:
    bench.start()
    bench.go_on(1)
    assert len(bench.drawn) == pytest.approx(FRAMES, abs=2)


def test_nothing_new_is_not_drawn(bench: Bench) -> None:
    bench.start()
    bench.go_on(FRAME)
    drawn = len(bench.drawn)
    bench.ticker.text_came(False)
    for _ in range(9):
        bench.seconds += FRAME
        bench.timers[0].call()
    assert len(bench.drawn) == drawn


def test_a_key_puts_the_next_frame_off(bench: Bench) -> None:
    bench.start()
    bench.go_on(FRAME)
    bench.ticker.typed()
    drawn = len(bench.drawn)
    bench.ticker.text_came(True)
    bench.seconds += TYPING_REST / 2
    bench.timers[0].call()
    assert len(bench.drawn) == drawn
    bench.seconds += TYPING_REST
    bench.timers[0].call()
    assert len(bench.drawn) == drawn + 1


def test_however_fast_one_types_the_text_goes_on(bench: Bench) -> None:
    bench.start()
    bench.go_on(3, typing=0.005)
    assert TYPING_REST < bench.longest_rest < LONGEST_REST + 2 * FRAME


def test_a_hard_frame_leaves_as_much_time_to_the_keys(bench: Bench) -> None:
    bench.start()
    bench.slow = 0.2
    bench.go_on(4)
    pairs = list(zip(bench.drawn, bench.drawn[1:], strict=False))
    assert all(after - before >= 0.4 for before, after in pairs)
    assert bench.longest_rest < 0.4 + 2 * FRAME


def test_typing_makes_no_frame_come_sooner(bench: Bench) -> None:
    bench.start()
    bench.slow = 0.2
    bench.go_on(4, typing=0.03)
    pairs = list(zip(bench.drawn, bench.drawn[1:], strict=False))
    assert all(after - before >= 0.4 - 1e-9 for before, after in pairs)


def test_the_clock_stands_still_when_the_last_answer_ends(bench: Bench) -> None:
    bench.start()
    bench.ticker.run_changed()
    assert len(bench.timers) == 1
    bench.end()
    assert bench.timers[0].stopped
    bench.start()
    assert len(bench.timers) == 2 and not bench.timers[1].stopped


def test_it_is_tidied_in_a_quiet_moment_and_in_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidied: list[float] = []
    monkeypatch.setattr(garbage, "tidy", lambda: tidied.append(bench.seconds))
    bench.start()
    bench.end()
    bench.start()
    bench.later[0].call()
    assert not tidied
    bench.end()
    bench.later[1].call()
    assert len(tidied) == 1


def untidy(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """An answer has just ended; gives the times when it is tidied."""
    tidied: list[float] = []
    monkeypatch.setattr(garbage, "tidy", lambda: tidied.append(bench.seconds))
    bench.start()
    bench.end()
    return tidied


def test_who_types_then_is_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidied = untidy(bench, monkeypatch)
    for number in range(3):
        bench.ticker.typed()
        bench.later[number].call()
        assert not tidied and len(bench.later) == number + 2
    bench.seconds += 1
    bench.later[3].call()
    assert len(tidied) == 1 and len(bench.later) == 4
    bench.ticker.typed()
    assert len(bench.later) == 4, "nothing is left to be tidied"


def test_a_dialog_is_not_waited_for_the_next_key_asks_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidied = untidy(bench, monkeypatch)
    bench.screen_stack.append(bench)
    bench.later[0].call()
    assert not tidied and len(bench.later) == 1, "no timer while nothing happens"
    bench.screen_stack.pop()
    for _ in range(5):
        bench.ticker.typed()
    bench.seconds += 1
    assert len(bench.later) == 2
    bench.later[1].call()
    assert len(tidied) == 1 and len(bench.later) == 2


# In the running app


def live_timers(app: AgnoApp) -> list[str]:
    """The timers that would wake the program up."""
    nodes = [app, *app.screen_stack[0].walk_children(with_self=True)]
    return [
        f"{type(node).__name__}: {timer.name}"
        for node in nodes
        for timer in node._timers
        if timer._task is not None and not timer._task.done() and timer._active.is_set()
    ]


async def test_nothing_wakes_the_program_up_once_an_answer_has_ended(
    app: AgnoApp, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticker, "QUIET_SECONDS", 0.01)
    gate = asyncio.Event()
    model.scripts = [Script("one", gate, " two")]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: not live_timers(app))
        await type_and_send(pilot, "go")
        await until(pilot, shows(pilot, "one"))
        assert any("Desk" in one for one in live_timers(app))
        gate.set()
        await until(pilot, lambda: "  one two" in transcript_lines(pilot))
        await until(pilot, lambda: not live_timers(app), "still timers")


async def test_a_model_faster_than_the_screen_lets_others_have_their_turn(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script("w ", gate, *(f"w{n} " for n in range(10_000)))]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, shows(pilot, "  w"))
        (run,) = app.runner.running
        seen = set()
        gate.set()
        while app.runner.running:
            seen.add(len(run.answer))
            await asyncio.sleep(0)
        # Others ran in between, many times, and saw it grow.
        assert len(seen) > 20
        await until(pilot, shows(pilot, "w9999"))
