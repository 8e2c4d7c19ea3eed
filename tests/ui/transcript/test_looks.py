"""How the roles of the transcript look: readable in both own themes, and told apart in
sixteen colours and in none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.style import Style as RichStyle
from textual.color import Color
from textual.selection import Selection
from textual.style import Style

import agno_tui.ui
from agno_tui.ui.lines import Line, role
from agno_tui.ui.markdown.layout import lay_out
from agno_tui.ui.paint import BAR, Paint
from agno_tui.ui.transcript.roles import ROLES
from tests.ui.conftest import (
    MakeApp,
    Screen,
    TestStorage,
    a_run,
    keep,
    ready,
)
from tests.ui.transcript.turns import PARSER
from tests.ui.transcript.views import view_of

TEXT, QUIET = 4.5, 3.5
"""The least contrast: WCAG 2 asks for 4.5 of text; what is quiet may have less."""

QUIET_ROLES = frozenset(
    {"between", "bullet", "quiet", "quote-bar", "target"}
    | {"code-comment", "code-label", "heading-5", "heading-6"}
)

NO_TEXT = frozenset({"code-block", "rule"})
"""Lines and grounds; what they set apart is told by more than them."""

HEADINGS = tuple(f"heading-{level}" for level in range(1, 7))

IN_A_LINE = ("strong", "em", "strike", "code", "link", "found", "found-here")
"""Roles of words in a line, told from each other by more than colour."""


def luminance(color: Color) -> float:
    """How light a colour is (WCAG 2, "relative luminance")."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(style: Style) -> float:
    """The contrast of text to its ground (WCAG 2, "contrast ratio")."""
    assert style.foreground is not None
    assert style.background is not None
    ground = style.background
    light = luminance(ground + style.foreground) + 0.05
    dark = luminance(ground) + 0.05
    return max(light, dark) / min(light, dark)


def paint_of(pilot: Screen) -> Paint:
    return Paint(view_of(pilot), "transcript", ROLES)


def look(paint: Paint, name: str) -> tuple[object, ...]:
    """All of a role's style but its colours."""
    s = paint.style(name)
    flags = (s.bold, s.dim, s.italic, s.underline, s.strike, s.reverse)
    return tuple(map(bool, flags))


def sent(pilot: Screen, paint: Paint, name: str) -> RichStyle:
    """A role's looks as the terminal is told of them."""
    segments = list(paint.text("x", name))
    for line_filter in pilot.app.get_line_filters():
        segments = line_filter.apply(segments, pilot.app.background_colors[1])
    style = segments[0].style
    assert style is not None
    return style


def painted(paint: Paint, source: str) -> list[str]:
    return [paint.strip(line, 40).text for line in lay_out(PARSER.parse(source), 40)]


@pytest.fixture(params=["terminal", "no colour", "terminal, no colour"])
def few_colours(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The theme of a program that has sixteen colours, greys, or none."""
    if "no colour" in request.param:
        monkeypatch.setenv("NO_COLOR", "1")
    return "terminal" if "terminal" in request.param else "dark"


def test_every_role_is_styled_and_every_style_is_of_a_role() -> None:
    sheet = Path(agno_tui.ui.__file__).with_name("app.tcss").read_text("utf-8")
    assert set(re.findall(r"    & > \.transcript--([\w-]+)", sheet)) == set(ROLES)


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_every_role_can_be_read(make_app: MakeApp, theme: str) -> None:
    async with make_app(theme=theme).run_test() as pilot:
        await ready(pilot)
        paint = paint_of(pilot)
        code = paint.base + paint.style("code-block")
        low = {}
        for name in sorted(set(ROLES) - NO_TEXT):
            ground = code if name.startswith("code-") else paint.base
            least = QUIET if name in QUIET_ROLES else TEXT
            found = contrast(ground + paint.style(name))
            if found < least:
                low[name] = round(found, 2)
        assert not low


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_code_has_its_own_colours(make_app: MakeApp, theme: str) -> None:
    async with make_app(theme=theme).run_test() as pilot:
        await ready(pilot)
        paint = paint_of(pilot)
        kinds = ("keyword", "string", "number", "comment", "definition", "name")
        assert len({paint.style(f"code-{kind}").foreground for kind in kinds}) == 6
        assert (
            paint.style("code-deleted").foreground
            != paint.style("code-inserted").foreground
        )


async def test_headings_tell_their_level(make_app: MakeApp) -> None:
    async with make_app().run_test() as pilot:
        await ready(pilot)
        paint = paint_of(pilot)
        assert len({paint.style(name) for name in HEADINGS}) == 6


async def test_few_colours_leave_the_structure(
    make_app: MakeApp, few_colours: str
) -> None:
    async with make_app(theme=few_colours).run_test() as pilot:
        await ready(pilot)
        paint = paint_of(pilot)
        looks = {look(paint, name) for name in IN_A_LINE}
        assert len(looks | {look(paint, "")}) == len(IN_A_LINE) + 1
        assert len({sent(pilot, paint, name) for name in HEADINGS}) == 6
        plain = sent(pilot, paint, "")
        for name in ("quiet", "target", "code-comment", "table-header", "you-label"):
            assert sent(pilot, paint, name) != plain
        assert look(paint, "found-here")[-1]


async def test_a_bar_stands_for_the_ground_of_code(
    make_app: MakeApp, few_colours: str
) -> None:
    async with make_app(theme=few_colours).run_test() as pilot:
        await ready(pilot)
        paint = paint_of(pilot)
        assert [row.rstrip() for row in painted(paint, "> ```sh\n> ls\n> ```")] == [
            f"▎ {BAR}sh",
            f"▎ {BAR}ls",
        ]
        tight = Line(role("x", "code-block"), "code-block")
        assert paint.strip(tight, 5).text == "x    "


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_a_ground_that_is_seen_needs_no_bar(
    make_app: MakeApp, theme: str
) -> None:
    async with make_app(theme=theme).run_test() as pilot:
        await ready(pilot)
        assert painted(paint_of(pilot), "```\nls\n```") == [" ls".ljust(40)]


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_a_selection_is_seen_over_everything(
    make_app: MakeApp, theme: str
) -> None:
    async with make_app(theme=theme).run_test() as pilot:
        await ready(pilot)
        paint, screen = paint_of(pilot), pilot.app.screen
        selected = screen.get_component_rich_style("screen--selection")
        grounds = {(paint.base + paint.style(name)).background for name in ROLES}
        taken = {ground.rich_color for ground in grounds if ground is not None}
        assert selected.bgcolor not in taken
        assert contrast(Style.from_rich_style(selected)) >= TEXT


async def test_a_selection_is_reversed_where_colours_are_few(
    make_app: MakeApp, storage: TestStorage, few_colours: str
) -> None:
    await keep(storage, a_run("a", "question", "some *words*"))
    await storage.set_open_session("a", user_id="")
    async with make_app(theme=few_colours).run_test() as pilot:
        await ready(pilot)
        view = view_of(pilot)
        pilot.app.screen.selections = {view: Selection(None, None)}
        await pilot.pause()
        rows = [view.render_line(y) for y in range(view.size.height)]
        styles = [s.style for row in rows for s in row if "words" in s.text]
        assert [style.reverse for style in styles if style is not None] == [True]


async def test_without_colours_the_terminals_own_stay(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with make_app(theme="terminal").run_test() as pilot:
        await ready(pilot)
        paint = paint_of(pilot)
        for name in ROLES:
            style = sent(pilot, paint, name)
            assert style.color is None or style.color.is_default
            assert style.bgcolor is None or style.bgcolor.is_default


@pytest.mark.parametrize("theme", ["nord", "ansi-light", "solarized-light"])
async def test_themes_of_others_have_all_that_is_needed(
    make_app: MakeApp, theme: str
) -> None:
    async with make_app(theme=theme).run_test() as pilot:
        await ready(pilot)
        paint = paint_of(pilot)
        plain = paint.style("strong").foreground
        assert paint.style("code-keyword").foreground not in (None, plain)
