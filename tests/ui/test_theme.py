from __future__ import annotations

import pytest

from agno_tui.config import ConfigError
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
    ],
)
def test_the_wanted_theme_is_found(wanted: str, background: str, theme: str) -> None:
    assert theme_named(wanted, {"COLORFGBG": background}) == theme


def test_an_unknown_theme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'\[/\] x'. Known: auto, dark.*nord"):
        theme_named("[/] x", {})


def test_a_terminal_that_says_nothing_is_dark() -> None:
    assert not is_light_terminal({})
