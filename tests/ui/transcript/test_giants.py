"""Giant answers: nothing stalls, and nothing that is read moves."""

from __future__ import annotations

import pytest

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.transcript.placement import Placement
from agno_tui.ui.transcript.reading import Anchor
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    ready,
    transcript_lines,
    until,
)
from tests.ui.transcript.views import follows, view_of

GIANT = "".join(f"Paragraph {n} of *very* many.\n\n" for n in range(12_000))


async def opened(pilot: Screen, storage: TestStorage) -> None:
    """A session with a giant answer, of which the first lines are laid out."""
    await keep(storage, a_run("a", "go", GIANT))
    await storage.set_open_session("a", user_id="")
    await ready(pilot)


async def laid_out(pilot: Screen) -> None:
    """Wait until all of it is laid out, which takes a while."""
    await until(pilot, lambda: is_whole(pilot), "whole")


def is_whole(pilot: Screen) -> bool:
    view = view_of(pilot)
    return view.document is not None and view.document.turns[0].is_whole


async def test_whoever_scrolls_up_while_it_is_laid_out_stays_there(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, storage)
        view = view_of(pilot)
        assert not is_whole(pilot)
        view.scroll_page_up(animate=False)
        assert not is_whole(pilot), "a part will do"
        view.scroll_to(y=view.max_scroll_y, animate=False)
        assert not follows(pilot), "that was not the end"
        view.scroll_to(y=view.max_scroll_y // 2, animate=False)
        here = transcript_lines(pilot)
        await laid_out(pilot)
        assert transcript_lines(pilot) == here
        await pilot.press("end")
        last = "  Paragraph 11999 of very many."
        await until(pilot, lambda: last in transcript_lines(pilot))


async def test_another_width_lays_out_no_more_than_is_read_at_once(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, storage)
        await laid_out(pilot)
        view = view_of(pilot)
        view.scroll_to(y=401, animate=False)
        here = transcript_lines(pilot)
        must_hold, was_whole = view._must_hold, list[bool]()

        def note(placement: Placement, anchor: Anchor) -> bool:
            if must_hold(placement, anchor):
                return True
            was_whole.append(is_whole(pilot))
            return False

        monkeypatch.setattr(view, "_must_hold", note)
        await pilot.resize_terminal(70, 24)
        await until(pilot, lambda: was_whole, "the line is there")
        assert not was_whole[0]
        await until(pilot, lambda: transcript_lines(pilot) == here)
        await laid_out(pilot)
        assert transcript_lines(pilot) == here


async def test_a_line_deep_inside_is_waited_for_at_another_width(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, storage)
        await laid_out(pilot)
        view = view_of(pilot)
        view.scroll_to(y=16_001, animate=False)
        await pilot.pause()
        here, meanwhile = transcript_lines(pilot), list[list[str]]()
        must_hold = view._must_hold

        def note(placement: Placement, anchor: Anchor) -> bool:
            if not must_hold(placement, anchor):
                return False
            meanwhile.append(transcript_lines(pilot))
            return True

        monkeypatch.setattr(view, "_must_hold", note)
        await pilot.resize_terminal(70, 24)
        await laid_out(pilot)
        assert len(meanwhile) > 3
        assert all(lines == here for lines in meanwhile)
        assert transcript_lines(pilot) == here and not follows(pilot)


async def test_the_end_is_held_on_to_while_it_is_laid_out(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, storage)
        assert not is_whole(pilot) and follows(pilot)
        for height in (30, 20, 40):
            await pilot.resize_terminal(80, height)
            assert follows(pilot)
        await laid_out(pilot)
        await pilot.pause()
        assert follows(pilot)
        assert "  Paragraph 11999 of very many." in transcript_lines(pilot)
