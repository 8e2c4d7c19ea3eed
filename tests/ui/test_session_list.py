"""The list of sessions follows the open one, unless the keyboard is in it."""

from __future__ import annotations

import pytest

from agno_tui.session import Session
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.session_list import SessionList
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    list_lines,
    ready,
    the_app,
    type_and_send,
    until,
)

OLDEST, NEWEST = "question 0 ", "question 199 "


@pytest.fixture
async def many(storage: TestStorage) -> TestStorage:
    for n in range(200):
        await keep(storage, a_run(f"s{n}", f"question {n} ", f"answer {n}"))
        await storage.mark_read(f"s{n}", user_id="")
    await storage.set_open_session("s199", user_id="")
    return storage


def open_rows(pilot: Screen) -> list[str]:
    return [line for line in list_lines(pilot) if line.startswith("▌")]


async def go_to_oldest(pilot: Screen) -> None:
    app = the_app(pilot)
    await pilot.press("ctrl+s", "end")
    sessions = app.desk.sessions
    await until(pilot, lambda: sessions.scroll_offset.y == sessions.max_scroll_y)
    await pilot.press("enter")
    await until(pilot, lambda: app.desk.document.session.session_id == "s0")  # type: ignore[union-attr]
    await pilot.pause()


async def changed(storage: TestStorage, session_id: str) -> Session:
    await keep(storage, a_run(session_id, "again"))
    session = await storage.get_session(session_id, user_id="")
    assert session is not None
    return session


@pytest.mark.parametrize("size", [(120, 40), (100, 24)])
async def test_what_is_sent_in_an_old_session_takes_the_list_along(
    app: AgnoApp, many: TestStorage, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await go_to_oldest(pilot)
        assert OLDEST.strip() in open_rows(pilot)[0]
        await type_and_send(pilot, "more")
        await until(pilot, lambda: app.desk.sessions.sessions[0].session_id == "s0")
        await until(pilot, lambda: open_rows(pilot), "the open row is in view")
        assert OLDEST.strip() in open_rows(pilot)[0]
        assert app.desk.sessions.scroll_offset.y == 0


async def test_what_others_answer_does_not_push_the_open_row_away(
    app: AgnoApp, many: TestStorage
) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        await ready(pilot)
        for n in range(30):
            app.desk.sessions.update_session(await changed(many, f"s{n}"))
        await pilot.pause()
        assert NEWEST.strip() in open_rows(pilot)[0]


async def test_a_list_that_was_scrolled_by_hand_is_left_alone_by_others(
    app: AgnoApp, many: TestStorage
) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        await ready(pilot)
        sessions = app.desk.sessions
        sessions.scroll_to(y=100, animate=False)
        sessions.update_session(await changed(many, "s5"))
        await pilot.pause()
        assert sessions.scroll_offset.y == 100


async def test_a_list_with_the_keyboard_stays_where_the_user_is(
    app: AgnoApp, many: TestStorage
) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", *["pagedown"] * 8)
        sessions = app.desk.sessions
        before = sessions.scroll_offset.y
        assert before > 40
        sessions.update_session(await changed(many, "s199"))
        await pilot.pause()
        assert isinstance(app.focused, SessionList)
        assert sessions.scroll_offset.y == before


async def test_a_list_that_comes_back_shows_the_open_row(
    app: AgnoApp, many: TestStorage
) -> None:
    await many.set_open_session("s20", user_id="")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "more")
        await until(pilot, lambda: app.desk.sessions.sessions[0].session_id == "s20")
        await pilot.press("ctrl+b")
        await until(pilot, lambda: app.desk.sessions.size.height)
        await pilot.pause()
        assert "question 20" in open_rows(pilot)[0]
