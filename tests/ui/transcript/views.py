"""The transcript of a running app: what it shows, and ways to move it."""

from __future__ import annotations

from textual import events

from agno_tui.ui.transcript.document import Document
from agno_tui.ui.transcript.transcript import Transcript
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    the_app,
    transcript_lines,
    until,
)


def the_document(pilot: Screen) -> Document:
    document = the_app(pilot).desk.document
    assert document is not None
    return document


def view_of(pilot: Screen) -> Transcript:
    return the_app(pilot).desk.chat.transcript


def follows(pilot: Screen) -> bool:
    document = view_of(pilot).document
    return document is not None and document.reading.following


def pill(pilot: Screen) -> bool:
    return bool(the_app(pilot).query_one("#pill").display)


async def long_session(
    storage: TestStorage, count: int, lines: int = 3, *, session_id: str = "a"
) -> None:
    """Turns of uneven lengths, which a guess of their heights gets wrong."""
    for n in range(count):
        answer = "\n\n".join(
            f"line {n}.{i} " + "words " * (n * 7 % 40) for i in range(lines)
        )
        table = "\n\n|a|b|\n|-|-|\n" + f"|{n}|x|\n" * (n % 5) if n % 2 else ""
        await keep(storage, a_run(session_id, f"question {n}", answer + table))
    await storage.set_open_session(session_id, user_id="")


def turns(pilot: Screen) -> int:
    """How many turns there is room for."""
    document = view_of(pilot).document
    return len(document.turns) if document else 0


async def all_there(pilot: Screen, count: int) -> None:
    """Wait until there is room for so many turns, and what is on the screen is read."""
    await until(pilot, lambda: turns(pilot) == count, f"{count} turns")
    await until(pilot, lambda: not view_of(pilot).unread, "read")
    await pilot.pause()


async def scroll_up(pilot: Screen, times: int = 1) -> None:
    for _ in range(times):
        view_of(pilot).scroll_up(animate=False)
        await pilot.pause()


async def turn_wheel(pilot: Screen, *, up: bool = False) -> None:
    """One notch of the wheel over the transcript."""
    event = events.MouseScrollUp if up else events.MouseScrollDown
    await pilot._post_mouse_events([event], Transcript, offset=(9, 9))
    await pilot.pause()


def questions(pilot: Screen) -> list[int]:
    """The numbers of the questions on the screen."""
    return [
        int(line.split()[-1])
        for line in transcript_lines(pilot)
        if line[2:].startswith("▌ question ")
    ]


def is_read(pilot: Screen, index: int) -> bool:
    return the_document(pilot).turns[index].run is not None
