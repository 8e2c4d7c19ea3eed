"""Text from outside can't hurt: it is shown, and the program lives."""

from __future__ import annotations

import pytest
from textual.filter import LineFilter

from agno_tui.session import RunStatus
from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    MakeApp,
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    failure,
    keep,
    ready,
    screen_lines,
    screen_text,
    shows,
    type_and_send,
    until,
)

HOSTILE = {
    "escape codes": "\x1b[2J\x1b]0;owned\x07\x1b]52;c;aGk=\x1b\\",
    "c1": "\x9b31m\x90q\x9c\x85",
    "markup": "[/] [/bold] [@click=app.quit]x[/] [link=http://x] [$accent] [red",
    "bidi": "\u202eevil\u202c \u2066x\u2069 \u200f",
    "nul and zero width": "a\x00b\u200b\ufeff\u2060c",
    "one long line": "x" * 100_000,
    "nested quotes": ">" * 3_000 + " deep",
    "nested brackets": "[" * 3_000,
    "combining": "e" + "\u0301" * 3_000,
    "surrogates": "\ud83d \ude00",
    "line ends": "a\rb\r\nc\u2028d\x0be\x0cf",
}


def raw_text(pilot: Screen) -> str:
    """What is painted, before the last gate."""
    app = pilot.app
    strips = app.screen._compositor.render_strips(app.size)
    return "".join(s.text for strip in strips for s in strip if not s.control)


def assert_no_control_codes(pilot: Screen) -> None:
    text = "".join(screen_lines(pilot))
    assert not [c for c in text if ord(c) < 32 or 0x7F <= ord(c) < 0xA0]
    assert pilot.app.is_running


def assert_harmless(pilot: Screen) -> None:
    assert_no_control_codes(pilot)
    text = screen_text(pilot)
    assert not [c for c in text if c in "\u202e\u202c\u2066\u2069\u200f\u200b"]


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_text_everywhere_is_harmless(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage, kind: str
) -> None:
    text = HOSTILE[kind]
    bad = a_run("a", text, text, status=RunStatus.ERROR, error=text)
    bad.messages[-1].reasoning_content = text
    named = a_run("a", "q", f"# {text}\n\n| {text} |\n|-|\n\n```{text}\n{text}\n```")
    named.model = text
    model.label = model.id = text
    await keep(storage, bad, named, name=text)
    await storage.rename_session("a", text, user_id="")
    await storage.set_open_session("a", user_id="")
    model.scripts = [Script(text, failure(text)), Script(text, text)]
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await ready(pilot)
        assert_harmless(pilot)
        await type_and_send(pilot, "hi")
        await until(pilot, lambda: not app.runner.running)
        await pilot.pause()
        assert_harmless(pilot)
        await pilot.press("r")
        await until(pilot, lambda: len(model.requests) == 2)
        await until(pilot, lambda: not app.runner.running)
        await pilot.press("ctrl+o", "shift+tab", "g")
        await pilot.pause()
        assert_harmless(pilot)
        await pilot.resize_terminal(60, 16)
        await pilot.pause()
        assert_harmless(pilot)
        # What the user's own hand put there is shown as it is, but for control codes.
        app.notify(text, markup=False)
        app.desk.chat.prompt.insert(text)
        await pilot.pause()
        assert_no_control_codes(pilot)


async def test_control_codes_are_signs_in_the_transcript_already(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "\x1b[2J", "\x9bm\x07"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        text = screen_text(pilot)
        assert "␛[2J" in text and "⟨U+009B⟩m␇" in text
        assert "\x1b" not in raw_text(pilot)


async def test_markup_in_a_title_is_words(app: AgnoApp, storage: TestStorage) -> None:
    await keep(storage, a_run("a", "[@click=app.quit]x[/]"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "[@click=app.quit]x[/]"))
        await pilot.click("#title", offset=(2, 0))
        assert app.is_running


@pytest.mark.parametrize("theme", ["dark", "light", "terminal", "nord"])
@pytest.mark.parametrize("no_color", [True, False])
async def test_every_theme_shows_the_same_words(
    make_app: MakeApp,
    storage: TestStorage,
    monkeypatch: pytest.MonkeyPatch,
    theme: str,
    no_color: bool,
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    answer = "# head\n\n`code` **b**\n\n```py\nx = 1\n```\n\n- item\n\n> quote"
    await keep(storage, a_run("a", "q", answer))
    await storage.set_open_session("a", user_id="")
    app = make_app(theme)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        text = screen_text(pilot)
        # Where the ground of code can't be told apart, a bar stands before it.
        has_ground = not no_color and theme != "terminal"
        code = " x = 1" if has_ground else "▏x = 1"
        wanted = ("head", "code b", code, "• item", "▎ quote")
        assert [words for words in wanted if words not in text] == []
        filters: list[LineFilter] = list(app.get_line_filters())
        assert filters
        if no_color:
            assert any(type(f).__name__ in ("Monochrome", "NoColor") for f in filters)


async def test_another_theme_repaints_what_is_on_the_screen(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "q", "words"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)

        def colours() -> set[str]:
            view = app.desk.chat.transcript
            return {
                str(segment.style.bgcolor)
                for y in range(view.size.height)
                for segment in view.render_line(y)
                if segment.style is not None
            }

        dark = colours()
        app.theme = "agno-light"
        await pilot.pause()
        assert not dark & colours()
