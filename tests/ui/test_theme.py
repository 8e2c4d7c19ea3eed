from __future__ import annotations

import pytest
from textual.color import Color
from textual.filter import DimFilter, Monochrome, NoColor
from textual.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from agno_tui.config import ConfigError
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.theme import (
    DARK,
    OWN_THEMES,
    code_colours,
    is_light_terminal,
    line_filters,
    theme_named,
)
from tests.ui.conftest import MakeApp, TestStorage, a_run, keep, ready, until
from tests.ui.transcript.test_looks import TEXT, contrast
from tests.ui.transcript.views import view_of


@pytest.mark.parametrize(
    ("wanted", "background", "theme"),
    [
        ("auto", "", "agno-dark"),
        ("auto", "15;0", "agno-dark"),
        ("auto", "0;15", "agno-light"),
        ("auto", "0;default;7", "agno-light"),
        ("dark", "0;15", "agno-dark"),
        ("light", "15;0", "agno-light"),
        ("terminal", "", "ansi-dark"),
        ("terminal", "0;15", "ansi-light"),
        ("nord", "", "nord"),
    ],
)
def test_the_wanted_theme_is_found(wanted: str, background: str, theme: str) -> None:
    assert theme_named(wanted, {"COLORFGBG": background}) == theme


def test_an_unknown_theme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'\[/\] x'. Known: auto, dark.*nord"):
        theme_named("[/] x", {})


def test_a_terminal_that_says_nothing_is_dark() -> None:
    assert not is_light_terminal({})


def test_our_themes_say_all_colours_of_code() -> None:
    for theme in OWN_THEMES:
        assert set(code_colours(theme)) <= set(theme.variables)


@pytest.mark.parametrize("name", sorted(BUILTIN_THEMES))
def test_no_theme_of_others_lacks_a_colour_of_code(name: str) -> None:
    colours = code_colours(BUILTIN_THEMES[name])
    assert all(colours.values())
    assert colours["code-keyword"] != colours["code-string"]


def test_a_theme_that_says_one_colour_has_that_one_for_code() -> None:
    colours = code_colours(Theme("bare", primary="#123456"))
    assert colours.pop("code-comment") == "auto 60%"
    assert colours.pop("chosen-row") == "#123456 20%"
    assert set(colours.values()) == {"#123456"}


@pytest.mark.parametrize("theme", ["terminal", "dark"])
async def test_what_is_not_read_stands_back(
    make_app: MakeApp, storage: TestStorage, theme: str
) -> None:
    await keep(storage, a_run("a", "q", "line\n\n" * 99))
    await storage.set_open_session("a", user_id="")
    async with make_app(theme=theme).run_test() as pilot:
        await ready(pilot)
        footer = pilot.app.query_one("#footer").render_line(0)
        words = [s.style for s in footer if s.text.strip() and s.style]
        assert words
        assert all(style.dim for style in words) == (theme == "terminal")
        thumb = view_of(pilot).styles.scrollbar_color
        calm = (
            "ansi_bright_black" if theme == "terminal" else DARK.variables["scrollbar"]
        )
        assert thumb == Color.parse(calm)


THEMES = sorted(
    {theme.name for theme in OWN_THEMES}
    | {name for name, theme in BUILTIN_THEMES.items() if not theme.ansi}
)
"""Those whose colours are known: those of the terminal are its own."""


async def test_what_is_chosen_and_what_is_written_for_can_be_read(
    app: AgnoApp,
) -> None:
    low = {}
    async with app.run_test() as pilot:
        await ready(pilot)
        prompt, sessions = app.desk.chat.prompt, app.desk.sessions
        sessions.focus()
        await until(pilot, lambda: sessions.has_focus)
        for name in THEMES:
            app.theme = name
            await pilot.pause()
            page, list_ground = (one.background_colors[1] for one in (prompt, sessions))
            chosen = sessions.get_component_styles("session-list--cursor").background
            row = list_ground + chosen
            title = contrast(Style(page, page + prompt.styles.border_title_color))
            words = contrast(Style(row, row + sessions.colors[3]))
            # Of some themes of others the page itself has little more.
            if title < TEXT or words < (TEXT if name.startswith("agno-") else 3.3):
                low[name] = round(title, 2), round(words, 2)
    assert not low


@pytest.mark.parametrize("theme", OWN_THEMES, ids=lambda theme: theme.name)
def test_a_block_of_code_stands_on_a_quiet_ground(theme: Theme) -> None:
    page, ground = theme.background, theme.surface
    assert page is not None and ground is not None
    found = contrast(Style(Color.parse(page), Color.parse(ground)))
    assert 1.08 <= found <= 1.3


def test_greys_are_made_of_colours_that_are_known_only() -> None:
    dim, grey = DimFilter(), Monochrome()
    assert line_filters([dim, grey], OWN_THEMES[0]) == [dim, grey]
    kept, changed = line_filters([dim, grey], BUILTIN_THEMES["ansi-light"])
    assert kept is dim
    assert isinstance(changed, NoColor)
