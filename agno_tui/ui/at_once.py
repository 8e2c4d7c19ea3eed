"""Taking the keyboard at once: the key after that is for the new place already."""

from __future__ import annotations

from typing import TypeVar

from textual.widget import Widget

WidgetT = TypeVar("WidgetT", bound=Widget)


def focus_at_once(
    self: WidgetT, scroll_visible: bool = True, from_app_focus: bool = False
) -> WidgetT:
    """Textual's `Widget.focus`, which waits its turn there (8.2.8): keys of a burst
    would still reach whatever had the keyboard before."""
    if self.is_attached:
        self.screen.set_focus(self, scroll_visible, from_app_focus)
    return self
