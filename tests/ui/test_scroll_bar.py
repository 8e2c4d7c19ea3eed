"""The scrollbar: what Textual's own shows, painted without Rich's console."""

from __future__ import annotations

import random
from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region, Size
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from agno_tui.ui.scroll_bar import LineScrollBar, LineScrollView


class Tall(LineScrollView):
    """Nothing but a long way to scroll."""

    painted = 0

    def on_mount(self) -> None:
        self.virtual_size = Size(40, 1_000)

    def render_line(self, y: int) -> Strip:
        self.painted += 1
        return Strip.blank(self.size.width)


class TallApp(App[None]):
    CSS = "Tall { scrollbar-size-vertical: 2; }"

    def compose(self) -> ComposeResult:
        yield Tall()


def _textuals(bar: ScrollBar) -> Sequence[Segment]:
    """What Textual's own would show in the same place, a segment a row."""
    shown = bar.render()
    assert isinstance(shown, ScrollBarRender)
    style = Style.parse(shown.style) if isinstance(shown.style, str) else shown.style
    assert style.color and style.bgcolor
    return shown.render_bar(
        size=bar.size.height,
        virtual_size=shown.virtual_size,
        window_size=shown.window_size,
        position=shown.position,
        thickness=shown.thickness,
        vertical=True,
        back_color=style.bgcolor,
        bar_color=style.color,
    ).segments


def _seen(segment: Segment) -> tuple[str, object, object, object]:
    style = segment.style or Style.null()
    over, under = style.color, style.bgcolor
    if style.reverse:
        over, under = under, over
    is_blank = segment.text.isspace()
    # Of a thumb Textual leaves out the ground, which is nowhere seen then.
    return segment.text, is_blank or over or "ground", under, style.meta


async def test_it_shows_what_textuals_own_shows() -> None:
    chance = random.Random(7)
    async with TallApp().run_test(size=(40, 33)) as pilot:
        view = pilot.app.query_one(Tall)
        bar = view.vertical_scrollbar
        assert isinstance(bar, LineScrollBar)
        for _ in range(200):
            bar.window_virtual_size = chance.choice([20, 34, 60, 500, 90_000])
            bar.window_size = 33
            room = max(0, bar.window_virtual_size - 33)
            bar.position = chance.choice([0, room, chance.uniform(0, room)])
            whole = Region(0, 0, *bar.size)
            ours = [segment for (segment,) in bar.render_lines(whole)]
            assert list(map(_seen, ours)) == list(map(_seen, _textuals(bar)))


async def test_it_is_painted_anew_only_where_it_looks_otherwise() -> None:
    async with TallApp().run_test(size=(40, 20)) as pilot:
        view = pilot.app.query_one(Tall)
        view.virtual_size = Size(40, 1_000_000)
        await pilot.pause()
        bar = view.vertical_scrollbar
        before = bar.render_lines(Region(0, 0, *bar.size))
        bar.position = 3
        assert not bar._repaint_required
        bar.position = 500_000
        assert bar._repaint_required
        assert bar.render_lines(Region(0, 0, *bar.size)) != before


async def test_the_mouse_pulls_it_and_presses_beside_it() -> None:
    async with TallApp().run_test(size=(40, 20)) as pilot:
        view = pilot.app.query_one(Tall)
        await pilot.pause()
        bar = view.vertical_scrollbar
        await pilot.mouse_down(bar, offset=(0, 15))
        await pilot.mouse_up(bar, offset=(0, 15))
        await pilot.pause()
        assert view.scroll_target_y > 0
        view.scroll_to(y=0, animate=False, force=True)
        await pilot.pause()
        await pilot.mouse_down(bar, offset=(0, 0))
        await pilot.hover(bar, offset=(0, 10))
        await pilot.mouse_up(bar, offset=(0, 10))
        await pilot.pause()
        # Ten rows of twenty.
        assert 450 < view.scroll_target_y < 550
