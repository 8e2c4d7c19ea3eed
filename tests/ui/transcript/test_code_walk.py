"""From one block of code to the next, through a whole session, and copying them."""

from __future__ import annotations

from functools import partial

from agno_tui.session import Role
from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    Copied,
    Screen,
    TestStorage,
    a_run,
    keep,
    ready,
    screen_text,
    shows,
    transcript_lines,
    until,
)
from tests.ui.transcript.views import all_there, is_read, the_document, view_of

SIZE = (80, 24)


def code(pilot: Screen) -> str:
    marked = the_document(pilot).marked
    return marked.code.code.strip() if marked and marked.code else ""


def nth(pilot: Screen) -> int | None:
    marked = the_document(pilot).marked
    return marked.nth if marked else None


def is_at(pilot: Screen, wanted: str) -> bool:
    return code(pilot) == wanted


def marked_lines(pilot: Screen) -> list[str]:
    return [line[2:].strip() for line in transcript_lines(pilot) if line[:1] == "┃"]


async def coded_session(storage: TestStorage) -> None:
    """120 turns; code in the answers of three, and in what was asked in another."""
    fence = "before\n\n```\n{}\n```\n\nafter"
    blocks = {10: "far up", 70: "middle", 71: "below"}
    for n in range(120):
        question = fence.format("not this") if n == 90 else f"question {n}"
        answer = fence.format(blocks[n]) if n in blocks else "words " * (n * 7 % 60)
        await keep(storage, a_run("a", question, answer or "yes"))
    await storage.set_open_session("a", user_id="")


async def test_u_walks_the_code_of_all_answers_read_or_not(
    app: AgnoApp, storage: TestStorage
) -> None:
    await coded_session(storage)
    copied = Copied()
    run = app.run_test(size=SIZE, notifications=True, message_hook=copied.note)
    async with run as pilot:
        await ready(pilot)
        await all_there(pilot, 120)
        assert not is_read(pilot, 10) and not is_read(pilot, 70)
        await pilot.press("shift+tab")
        assert not is_read(pilot, 40)
        way = [*zip("UUU", ("below", "middle", "far up"), strict=True)]
        way += [("u", "middle"), ("u", "below")]
        for key, wanted in way:
            await pilot.press(key)
            await until(pilot, partial(is_at, pilot, wanted), wanted)
            await all_there(pilot, 120)
            assert wanted in marked_lines(pilot)
            await pilot.press("y")
            assert copied.texts.pop().strip() == wanted
        # What lies between was looked through, and not kept.
        assert not is_read(pilot, 40)
        await pilot.press("u")
        await until(pilot, shows(pilot, "There is no code further down."))
        assert code(pilot) == "below"


async def test_up_of_the_first_code_is_none_and_j_goes_on_by_message(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "q0", "```\none\n```"), a_run("a", "q1", "a1"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "U")
        await until(pilot, lambda: code(pilot) == "one")
        await pilot.press("U")
        await until(pilot, shows(pilot, "There is no code further up."))
        await pilot.press("j")
        marked = the_document(pilot).marked
        assert marked is not None
        assert (marked.index, marked.role, marked.code) == (1, Role.USER, None)


async def test_code_that_could_not_be_looked_for_is_said(
    app: AgnoApp, storage: TestStorage
) -> None:
    await coded_session(storage)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await all_there(pilot, 120)
        storage.refuse.add("get_runs_by_id")
        await pilot.press("shift+tab", "U")
        await until(pilot, shows(pilot, "The disk is full."))
        storage.refuse.clear()
        await pilot.press("U")
        await until(pilot, lambda: code(pilot) == "below")
        assert "no code" not in screen_text(pilot)


async def test_what_is_marked_is_copied_as_its_source(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "**why**\nso", "- *so*\n- it"), a_run("a", "q", ""))
    await storage.set_open_session("a", user_id="")
    copied = Copied()
    run = app.run_test(size=SIZE, notifications=True, message_hook=copied.note)
    async with run as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "g", "y", "j", "c")
        assert copied.texts == ["**why**\nso", "- *so*\n- it"]
        await pilot.press("G", "y")
        await until(pilot, shows(pilot, "There is nothing to copy here."))


async def test_of_blocks_that_say_the_same_one_is_marked_at_every_width(
    app: AgnoApp, storage: TestStorage
) -> None:
    fence = "```\nsame\n```\n\n"
    await keep(storage, a_run("a", "q", f"{fence * 3}```\nother\n```"))
    await storage.set_open_session("a", user_id="")
    copied = Copied()
    async with app.run_test(size=SIZE, message_hook=copied.note) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "u", "u")
        await until(pilot, lambda: nth(pilot) == 1)
        for size in (SIZE, (40, 30), (100, 26), SIZE):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.pause()
            lines = transcript_lines(pilot)
            same = [line[:1] for line in lines if line[1:].strip() == "same"]
            assert same == [" ", "┃", " "]
            assert marked_lines(pilot).count("same") == 1
        # Laid out anew, as after a way to far away and back.
        the_document(pilot).turns[0].forget_lines()
        view_of(pilot).content_changed()
        await pilot.press("u")
        await until(pilot, lambda: nth(pilot) == 2)
        assert marked_lines(pilot).count("same") == 1
        await pilot.press("u", "y")
        await until(pilot, lambda: copied.texts == ["other"])


async def test_what_only_looks_like_code_is_passed_by_and_not_kept(
    app: AgnoApp, storage: TestStorage
) -> None:
    for n in range(120):
        text = "```\nup\n```" if n == 5 else f"a{n}  with    spaces\tin it"
        await keep(storage, a_run("a", f"question {n}", text))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await all_there(pilot, 120)
        await pilot.press("shift+tab", "U")
        await until(pilot, partial(is_at, pilot, "up"))
        await all_there(pilot, 120)
        assert not is_read(pilot, 50)
        assert is_read(pilot, 5) and is_read(pilot, 119)
