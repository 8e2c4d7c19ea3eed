"""Relative times move by themselves, and nothing wakes up for what does not change."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from agno_tui.session import now
from agno_tui.ui import session_view
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.dates import MICROSECONDS
from agno_tui.ui.list_clock import ListClock
from tests.ui.conftest import TestStorage, a_run, keep, list_lines, ready

MINUTE = 60 * MICROSECONDS


@dataclass
class FakeTimer:
    seconds: float
    is_stopped: bool = False

    def stop(self) -> None:
        self.is_stopped = True


@dataclass
class FakeList:
    timers: list[FakeTimer] = field(default_factory=list)

    def set_timer(self, seconds: float, _: object) -> FakeTimer:
        self.timers.append(FakeTimer(seconds))
        return self.timers[-1]


@pytest.mark.parametrize(
    ("minutes", "seconds"),
    [(0, 60), (1.5, 60), (30, 60), (90, 1800), (24 * 60 * 3, None), (10**6, None)],
)
def test_it_rings_when_the_label_changes(minutes: float, seconds: int | None) -> None:
    sessions = FakeList()
    present = 10**15
    clock = ListClock(sessions)  # type: ignore[arg-type]
    clock.painted(present - int(minutes * MINUTE), present)
    assert [timer.seconds for timer in sessions.timers] == (
        [seconds] if seconds else []
    )


def test_only_the_nearest_change_is_waited_for() -> None:
    sessions, present = FakeList(), 10**15
    clock = ListClock(sessions)  # type: ignore[arg-type]
    for minutes in (90, 5, 5, 90, 7):
        clock.painted(present - minutes * MINUTE, present)
    assert [timer.is_stopped for timer in sessions.timers] == [True, False]


async def test_the_list_says_the_new_time_and_is_set_again(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(storage, a_run("a", "title a"))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert "now" in list_lines(pilot)[1]
        clock = app.desk.sessions.clock
        assert clock.is_set
        monkeypatch.setattr(session_view, "now", lambda: now() + 5 * MINUTE)
        clock._ring()
        assert not clock.is_set
        await pilot.pause()
        assert "5m" in list_lines(pilot)[1]
        assert clock.is_set
        # Three days are three days for hours: nothing to wake up for.
        assert clock._timer is not None
        clock._timer.stop()
        monkeypatch.setattr(session_view, "now", lambda: now() + 4500 * MINUTE)
        clock._ring()
        await pilot.pause()
        assert "3d" in list_lines(pilot)[1]
        assert not clock.is_set
