"""What is painted anew: all that looks otherwise, and no more than that."""

from __future__ import annotations

import random
from typing import Any

import pytest
from textual.geometry import Region

from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import Screen, TestStorage, ready, transcript_lines
from tests.ui.transcript.views import all_there, long_session, view_of


class Shown:
    """What a terminal shows of the view: a row changes only where it was painted."""

    def __init__(self, pilot: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
        self._pilot = pilot
        self.rows = transcript_lines(pilot)
        self.painted: list[int] = []
        view = view_of(pilot)
        refresh = view.refresh

        def note(*regions: Region, **kwargs: Any) -> object:
            whole = Region(0, 0, *view.size)
            for region in regions or (whole,):
                self.painted.extend(region.line_range)
            return refresh(*regions, **kwargs)

        monkeypatch.setattr(view, "refresh", note)

    async def paint(self) -> int:
        """Paint; returns how many rows."""
        await self._pilot.pause()
        now, count = transcript_lines(self._pilot), len(self.painted)
        for y in self.painted:
            if y < len(now):
                self.rows[y] = now[y]
        self.painted.clear()
        assert self.rows == now
        return count


async def test_every_row_that_looks_otherwise_is_painted(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await long_session(storage, 40)
    chance = random.Random(3)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await all_there(pilot, 40)
        view, shown = view_of(pilot), Shown(pilot, monkeypatch)
        await pilot.press("shift+tab")
        for _ in range(60):
            match chance.randrange(4):
                case 0:
                    step = chance.choice([-1, 1, -3, 3])
                    view.scroll_relative(y=step, animate=False)
                case 1:
                    view.scroll_page_up(animate=False)
                case 2:
                    await pilot.press(chance.choice("jk"))
                case _:
                    await pilot.press("ctrl+o")
            await shown.paint()


async def test_looking_ahead_paints_nothing_again(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await long_session(storage, 80)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await all_there(pilot, 80)
        view, shown = view_of(pilot), Shown(pilot, monkeypatch)
        corrected = 0
        for _ in range(8):
            height = view.virtual_size.height
            view.scroll_page_up(animate=False)
            assert await shown.paint() <= view.size.height
            corrected += view.virtual_size.height != height
        assert corrected
