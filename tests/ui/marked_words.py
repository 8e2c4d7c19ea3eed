"""What finding shows on the screen, and keys that come faster than anyone looks."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from tests.ui.conftest import Screen, TestStorage, a_run, keep, the_app, until
from tests.ui.transcript.views import view_of


def marked_words(pilot: Screen, role: str = "found") -> list[str]:
    """The words on the screen that look found; `found-here`: the one one is at."""
    view = view_of(pilot)
    view.render_line(0)
    assert view.rows.paint is not None
    looks = view.rows.paint.over(role)
    words = []
    for y in range(view.size.height):
        for segment in view.render_line(y):
            style = segment.style
            if style and (style.color, style.bgcolor) == (looks.color, looks.bgcolor):
                words.append(segment.text)
    return words


def here(pilot: Screen) -> list[str]:
    return marked_words(pilot, "found-here")


def line_here(pilot: Screen) -> str:
    """The line of the screen with the place one is at."""
    view = view_of(pilot)
    view.render_line(0)
    assert view.rows.paint is not None
    looks = view.rows.paint.over("found-here")
    for y in range(view.size.height):
        strip = view.render_line(y)
        for segment in strip:
            style = segment.style
            if style and (style.color, style.bgcolor) == (looks.color, looks.bgcolor):
                return strip.text.strip(" ┃")
    return ""


async def at_line(pilot: Screen, line: str) -> None:
    """Wait until the place one is at stands in this line of the screen."""
    await until(pilot, lambda: line_here(pilot) == line, line)


def count(pilot: Screen) -> str:
    """What the bar says was found; empty where there is no bar."""
    bars = the_app(pilot).screen_stack[0].query("#find-count")
    shown = [str(bar.render()) for bar in bars if bar.region]
    return shown[0] if shown else ""


def bar_is_open(pilot: Screen) -> bool:
    bars = the_app(pilot).screen_stack[0].query("#find")
    return any(bar.display for bar in bars)


def sought(pilot: Screen) -> str:
    from textual.widgets import Input

    return the_app(pilot).screen_stack[0].query_one("#find-input", Input).value


def burst(pilot: Screen, *keys: str) -> None:
    """Keys that are all there before the first of them is done."""
    driver = pilot.app._driver
    assert driver is not None
    for key in keys:
        event = events.Key(key, key if len(key) == 1 else None)
        event.set_sender(pilot.app)
        driver.send_message(event)


async def said_session(
    storage: TestStorage, *said: tuple[str, str], session_id: str = "a"
) -> None:
    """Questions with their answers, in the session that opens."""
    for question, answer in said:
        await keep(storage, a_run(session_id, question, answer))
    await storage.set_open_session(session_id, user_id="")


async def sparse_session(
    storage: TestStorage, runs: int, at: Sequence[int], word: str
) -> None:
    """Short turns, of which few have the word in their answers."""
    for n in range(runs):
        answer = f"here is {word} {n}" if n in at else f"answer {n}"
        await keep(storage, a_run("a", f"question {n}", answer))
    await storage.set_open_session("a", user_id="")
