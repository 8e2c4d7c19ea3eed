"""Toasts: the same words stand once, and longer each time they are said."""

from __future__ import annotations

from time import time

from textual.widgets._toast import Toast

from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import Screen, ready, screen_text, shows, until

WORDS = "Nothing needs you right now."


def toasts(pilot: Screen) -> list[str]:
    return [toast._notification.message for toast in pilot.app.screen.query(Toast)]


async def test_the_same_words_again_renew_the_toast_that_stands(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("alt+n", "alt+n")
        await until(pilot, shows(pilot, WORDS))
        (standing,) = app._notifications
        (toast,) = app.screen.query(Toast)
        (before,) = toast._timers
        standing.raised_at -= 4
        await pilot.press("alt+n")
        await until(pilot, lambda: standing.raised_at > time() - 3)
        assert list(app._notifications) == [standing] and toasts(pilot) == [WORDS]
        assert [toast] == list(app.screen.query(Toast))
        assert before._task is None or before._task.cancelling()
        assert screen_text(pilot).count(WORDS) == 1


async def test_a_renewed_toast_ends_all_the_same(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        app.notify(WORDS, timeout=60, markup=False)
        await until(pilot, lambda: toasts(pilot) == [WORDS])
        app.notify(WORDS, timeout=0.05, markup=False)
        await until(pilot, lambda: not toasts(pilot) and not len(app._notifications))


async def test_other_words_and_other_titles_stand_beside_it(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        app.notify("Copied.", markup=False)
        app.notify("Copied.", title="The answer", markup=False)
        app.notify("Copied.", severity="warning", markup=False)
        app.notify("Copied.", markup=False)
        await until(pilot, lambda: toasts(pilot) == ["Copied."] * 3)
