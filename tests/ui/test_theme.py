from __future__ import annotations

import pytest

from agno_tui.ui.theme import is_light_terminal, theme_named


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
        ("no such theme", "", "agno-dark"),
        ("no such theme", "0;15", "agno-light"),
    ],
)
def test_the_wanted_theme_is_found(wanted: str, background: str, theme: str) -> None:
    assert theme_named(wanted, {"COLORFGBG": background}) == theme


def test_a_terminal_that_says_nothing_is_dark() -> None:
    assert not is_light_terminal({})
