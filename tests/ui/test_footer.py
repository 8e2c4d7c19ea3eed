from __future__ import annotations

import pytest

from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.footer import NEEDED_FIRST, footer_line


@pytest.mark.parametrize("width", range(0, 130))
def test_the_footer_fits(width: int) -> None:
    assert footer_line(width).cell_length <= width


def test_a_wide_footer_shows_all_in_the_order_of_the_commands() -> None:
    text = footer_line(200).plain
    words = [c.footer for c in COMMANDS if c.footer]
    assert sorted(words) == sorted(NEEDED_FIRST)
    assert [text.index(f" {word}") for word in words] == sorted(
        text.index(f" {word}") for word in words
    )


def test_help_stays_longest() -> None:
    kept = [footer_line(width).plain for width in range(12, 40)]
    assert all("help" in text for text in kept)
    assert kept[0].split() == ["f1", "help"]
