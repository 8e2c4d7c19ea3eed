"""Paint: from lines that name roles to strips that have colours.

The roles' looks stand in the stylesheet as component classes `<widget>--<role>`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

if TYPE_CHECKING:
    from textual.widget import Widget

    from agno_tui.ui.lines import Line


def component_classes(widget: str, roles: tuple[str, ...]) -> set[str]:
    """The component classes of a widget for these roles."""
    return {f"{widget}--{role}" for role in roles}


BAR = "▏"
"""Stands before filled lines whose ground can't be told from what is around them."""

BAR_ROLE = "rule"
"""The role of that bar."""


class Paint:
    """The looks of every role of one widget, under the theme of the moment."""

    def __init__(self, widget: Widget, name: str, roles: tuple[str, ...]) -> None:
        self.base = widget.get_visual_style()
        self._has_grounds = not widget.app.no_color
        self._styles = {
            role: _style_of(widget, f"{name}--{role}", self.base) for role in roles
        }

    def style(self, role: str | Style) -> Style:
        """The looks of a role; a role nobody styled looks like its surroundings."""
        if isinstance(role, Style):
            return role
        return self._styles.get(role, _PLAIN)

    def over(self, role: str) -> RichStyle:
        """The looks of a role on top of whatever stands there."""
        return self.style(role).rich_style

    def text(self, text: str, role: str = "", *, over: str = "") -> Strip:
        """A few words of one role as a strip; `over` is a role they stand on."""
        style = self.base + self.style(over) + self.style(role)
        return Strip([Segment(text, style.rich_style)])

    def strip(self, line: Line, width: int) -> Strip:
        """A line as a strip of `width` cells."""
        fill = self.base + self.style(line.fill) if line.fill else self.base
        content = self._filled(line) if line.fill else line.content
        segments = [
            Segment(text, style.rich_style)
            for text, style in content.render(self.base, end="", parse_style=self.style)
        ]
        strip = Strip(segments, content.cell_length)
        return strip.adjust_cell_length(width, fill.rich_style)

    def _filled(self, line: Line) -> Content:
        before, filled = line.content[: line.indent], line.content[line.indent :]
        if not self._shows(line.fill) and filled.plain.startswith(" "):
            filled = Content.styled(BAR, BAR_ROLE) + filled[1:]
        return before + filled.stylize_before(line.fill)

    def _shows(self, fill: str) -> bool:
        """Whether a role's ground can be told from what is around it."""
        ground = self.style(fill).background
        return self._has_grounds and ground not in (None, self.base.background)


_PLAIN = Style()


def _style_of(widget: Widget, component: str, base: Style) -> Style:
    """What a component class says, and nothing that it does not say."""
    rules = widget.get_component_styles(component)
    # What a visual style leaves out (Textual 8.2.8): reverse, and the background where
    # it is partial.
    style = widget.get_visual_style(component, partial=True)
    style += Style(reverse=rules.text_style.reverse)
    if not rules.has_rule("background") or base.background is None:
        return style
    return style + Style(background=base.background + rules.background)
