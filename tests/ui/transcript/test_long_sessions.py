"""Sessions of thousands of turns: all of them can be reached, none is lost."""

from __future__ import annotations

import asyncio

from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    TestStorage,
    a_run,
    keep,
    ready,
    transcript_lines,
    until,
)
from tests.ui.transcript.views import (
    all_there,
    follows,
    long_session,
    questions,
    turns,
    view_of,
)


async def test_a_long_session_opens_at_its_end_and_goes_back_to_its_beginning(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 300, lines=1)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert any("line 299.0" in line for line in transcript_lines(pilot))
        await all_there(pilot, 300)
        assert any("line 299.0" in line for line in transcript_lines(pilot))
        view = view_of(pilot)
        for _ in range(900):
            before = transcript_lines(pilot)
            if "  ▌ question 0" in before:
                break
            step = min(16, view.scroll_offset.y)
            view.scroll_to(y=view.scroll_offset.y - step, animate=False)
            # Text moves down by so many lines and by nothing else, guesses or pages.
            moved = transcript_lines(pilot)
            assert step and moved[step:] == before[:-step]
            await until(pilot, lambda: not view.unread, "read")
            assert transcript_lines(pilot) == moved
        assert "  ▌ question 0" in transcript_lines(pilot)
        await pilot.press("end")
        await until(pilot, lambda: follows(pilot))
        assert any("line 299.0" in line for line in transcript_lines(pilot))


async def test_outlines_make_room_above_without_a_jump(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 90)
    gate = storage.gates["get_run_outlines"] = asyncio.Event()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        view = view_of(pilot)
        for _ in range(500):
            if view.scroll_offset.y <= 3:
                break
            view.scroll_to(y=view.scroll_offset.y - 3, animate=False)
        await pilot.pause()
        assert turns(pilot) == 40
        before = transcript_lines(pilot)
        gate.set()
        await all_there(pilot, 90)
        top = next(n for n, line in enumerate(before) if line.strip())
        assert transcript_lines(pilot)[top:] == before[top:]


async def test_five_thousand_turns_are_all_there(
    app: AgnoApp, storage: TestStorage
) -> None:
    count = 5_000
    await keep(
        storage, *(a_run("a", f"question {n}", f"answer {n}") for n in range(count))
    )
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert questions(pilot)[-1] == count - 1
        await all_there(pilot, count)
        view, document = view_of(pilot), app.desk.document
        assert document is not None
        assert view.virtual_size.height > count * 5
        assert questions(pilot)[-1] == count - 1 and follows(pilot)
        assert sum(turn.run is not None for turn in document.turns) < 100
        for key, first in (("shift+tab", None), ("g", 0), ("G", None), ("home", 0)):
            await pilot.press(key)
            await all_there(pilot, count)
            if first is not None:
                assert questions(pilot)[0] == first
                assert not follows(pilot)
            else:
                assert questions(pilot)[-1] == count - 1
        # By the scrollbar, to where nobody has been yet.
        view.scroll_to(y=view.max_scroll_y / 2, animate=False)
        await all_there(pilot, count)
        middle = questions(pilot)
        assert 2_300 < middle[0] < 2_700
        assert middle == list(range(middle[0], middle[0] + len(middle)))
        assert not any("…" in line for line in transcript_lines(pilot))
        await pilot.press("tab", "end")
        await until(pilot, lambda: follows(pilot))
        assert questions(pilot)[-1] == count - 1


async def test_page_down_shows_every_question_once_in_order(
    app: AgnoApp, storage: TestStorage
) -> None:
    count = 400
    await long_session(storage, count, lines=1)
    async with app.run_test(size=(100, 100)) as pilot:
        await ready(pilot)
        await all_there(pilot, count)
        await pilot.press("shift+tab", "g", "tab")
        seen: list[int] = []
        page: list[int] = []
        for _ in range(count):
            await all_there(pilot, count)
            before, page = page, questions(pilot)
            assert page == sorted(set(page))
            seen += [number for number in page if number not in before]
            if follows(pilot):
                break
            await pilot.press("pagedown")
        assert seen == list(range(count))


async def test_page_up_shows_every_question_once_in_order(
    app: AgnoApp, storage: TestStorage
) -> None:
    count = 200
    await long_session(storage, count, lines=2)
    async with app.run_test(size=(100, 60)) as pilot:
        await ready(pilot)
        await all_there(pilot, count)
        seen: list[int] = []
        page: list[int] = []
        for _ in range(count):
            before, page = page, questions(pilot)
            seen += [number for number in reversed(page) if number not in before]
            if view_of(pilot).scroll_offset.y == 0:
                break
            await pilot.press("pageup")
            await all_there(pilot, count)
        assert seen == list(reversed(range(count)))
