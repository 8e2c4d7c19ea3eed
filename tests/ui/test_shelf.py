"""The shelf: what is done on it that takes time."""

from __future__ import annotations

import gc
import warnings

from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import ready, until


async def test_what_is_cancelled_before_it_begins_leaves_no_warning(
    app: AgnoApp,
) -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        done.append(number)

    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            for number in range(5):
                app.desk._do(work(number), only="same")
            await until(pilot, lambda: done == [4])
            await until(pilot, lambda: not list(app.workers))
            gc.collect()
        assert [str(one.message) for one in said] == []
