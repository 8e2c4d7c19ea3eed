"""Every session as it was left: the line at the top, and the details."""

from __future__ import annotations

import json

import pytest

from agno_tui.session import Message, Role
from agno_tui.ui import open_sessions
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.kept_places import KeptPlace
from agno_tui.ui.transcript.reading import InSection
from tests.ui.conftest import (
    MakeApp,
    Screen,
    TestStorage,
    a_run,
    keep,
    ready,
    the_app,
    transcript_lines,
    until,
)

LONG = "\n\n".join(f"paragraph {n} " + "with words " * 20 for n in range(40))


async def two_sessions(storage: TestStorage, runs: int = 60) -> None:
    await keep(storage, *(a_run("a", f"ask {n}", LONG) for n in range(runs)))
    await keep(storage, a_run("b", "beta"))
    await storage.set_open_session("a", user_id="")


async def read_back(pilot: Screen, pages: int = 9) -> list[str]:
    """Go up into older turns, and a few lines further; what is on the screen then."""
    app, view = the_app(pilot), the_app(pilot).desk.chat.transcript
    document = app.desk.document
    assert document is not None
    await until(pilot, lambda: not document.has_older)
    view.go_to(document.turns[5], 17)
    await until(pilot, lambda: not view.unread)
    await pilot.pause()
    lines = transcript_lines(pilot)
    assert any("paragraph" in line for line in lines)
    return lines


async def restarted(pilot: Screen) -> None:
    await ready(pilot)
    await pilot.pause()


async def test_the_line_that_was_read_comes_back_after_a_restart(
    app: AgnoApp, make_app: MakeApp, storage: TestStorage
) -> None:
    await two_sessions(storage)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        lines = await read_back(pilot)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    async with make_app().run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        # In the first picture of it already.
        await pilot.pause()
        assert transcript_lines(pilot) == lines
        document = the_app(pilot).desk.document
        assert document is not None
        await until(pilot, lambda: not document.has_older)
        await pilot.pause()
        assert transcript_lines(pilot) == lines
        assert not document.reading.following


async def test_the_line_comes_back_at_another_width_too(
    app: AgnoApp, make_app: MakeApp, storage: TestStorage
) -> None:
    await two_sessions(storage, 10)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        lines = await read_back(pilot)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    top = next(line for line in lines if "paragraph" in line).split("with")[0]
    async with make_app().run_test(size=(84, 40)) as pilot:
        await ready(pilot)
        await pilot.pause()
        assert any(top in line for line in transcript_lines(pilot)[:4])


async def test_a_place_is_kept_on_leaving_and_without_a_way_out(
    app: AgnoApp,
    make_app: MakeApp,
    storage: TestStorage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agno_tui.ui.kept_places.PLACE_SECONDS", 0.01)
    await two_sessions(storage)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        lines = await read_back(pilot)

        async def written() -> str | None:
            return await storage.get_setting("view:a", user_id="")

        for _ in range(200):
            if await written():
                break
            await pilot.pause(0.005)
        # Whatever happens to this window now.
        async with make_app().run_test(size=(120, 40)) as other:
            await ready(other)
            await other.pause()
            assert transcript_lines(other) == lines


async def test_switching_away_and_back_finds_a_session_that_was_let_go(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_sessions, "MOST_DOCUMENTS", 1)
    await two_sessions(storage)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        lines = await read_back(pilot)
        first = app.desk.document
        await pilot.press("ctrl+o")
        lines = transcript_lines(pilot)
        await pilot.press("alt+up")
        await until(pilot, lambda: app.desk.document is not first)
        assert app.desk.document is not None and not app.desk.document.details
        await pilot.press("alt+down")
        await until(
            pilot,
            lambda: (
                app.desk.document is not None
                and app.desk.document.session.session_id == "a"
            ),
        )
        assert app.desk.document is not first
        await pilot.pause()
        assert transcript_lines(pilot) == lines
        assert app.desk.document is not None and app.desk.document.details


async def test_details_come_back_and_who_reads_the_end_is_at_the_end(
    app: AgnoApp, make_app: MakeApp, storage: TestStorage
) -> None:
    await two_sessions(storage, 3)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+o")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    answer = Message(Role.ASSISTANT, "the newest words")
    newest = a_run("a", "later", "")
    newest.messages.append(answer)
    await keep(storage, newest)
    async with make_app().run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        document = the_app(pilot).desk.document
        assert document is not None and document.details
        await until(pilot, lambda: "  the newest words" in transcript_lines(pilot))
        await pilot.press("ctrl+o", "ctrl+q")
        await until(pilot, lambda: not pilot.app.is_running)
    assert await storage.get_setting("view:a", user_id="") == ""


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[" * 100_000,
        "[]",
        '{"run": 5}',
        '{"run": "gone", "offset": 3, "width": 80}',
        '{"run": "x", "offset": "3", "width": 80, "section": 9}',
    ],
)
async def test_a_place_that_makes_no_sense_or_is_gone_is_the_end(
    app: AgnoApp, storage: TestStorage, text: str
) -> None:
    await two_sessions(storage, 3)
    await storage.set_setting("view:a", text, user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.pause()
        document = app.desk.document
        assert document is not None and document.reading.following
        assert any("paragraph 39" in line for line in transcript_lines(pilot))


async def test_nothing_is_written_for_who_only_looks(
    app: AgnoApp, storage: TestStorage
) -> None:
    await two_sessions(storage, 3)
    storage.refuse.add("set_setting")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        for key in ("alt+up", "alt+down", "alt+up"):
            await pilot.press(key)
            await pilot.pause()
    assert await storage.get_setting("view:a", user_id="") is None


def test_a_place_is_read_as_it_was_written() -> None:
    place = KeptPlace("run", -1, 80, 12, InSection("answer", 3), True)
    assert KeptPlace.read(place.text) == place
    assert KeptPlace.read(json.dumps({"details": True})) == KeptPlace(details=True)
    assert KeptPlace.read(None) == KeptPlace.read("") == KeptPlace()
