"""Toasts: the same words stand once, and longer each time they are said."""

from __future__ import annotations

from time import time

from textual.widgets._toast import Toast

from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    ready,
    screen_text,
    shows,
    until,
)

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
        standing.raised_at -= 3
        await pilot.press("alt+n")
        await until(pilot, lambda: standing.raised_at > time() - 2)
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
        app.notify("Copied.", markup=False)
        await until(pilot, lambda: toasts(pilot) == ["Copied."] * 2)


async def test_two_stand_at_once_and_errors_longest(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        app.notify("wrong", severity="error", markup=False)
        app.notify("one", markup=False)
        app.notify("two", markup=False)
        await until(pilot, lambda: toasts(pilot) == ["wrong", "two"])
        wrong, two = app._notifications
        assert (wrong.timeout, two.timeout) == (6, 4)
        # They cover neither the title nor what is written.
        body = app.screen.query_one("#body").region
        assert all(
            body.y < toast.region.y and toast.region.bottom <= body.bottom
            for toast in app.screen.query(Toast)
        )


async def test_all_but_errors_go_with_what_they_were_said_of(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "First", "yes"))
    await keep(storage, a_run("b", "Second", "yes"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        app.notify("wrong", severity="error", markup=False)
        app.notify("one", severity="warning", markup=False)
        await until(pilot, lambda: toasts(pilot) == ["wrong", "one"])
        await pilot.press("alt+down")
        await until(pilot, lambda: toasts(pilot) == ["wrong"])
        app.notify("two", markup=False)
        await until(pilot, lambda: toasts(pilot) == ["wrong", "two"])
        assert await app.use_user("bob") == ""
        await until(pilot, lambda: toasts(pilot) == ["wrong"])
