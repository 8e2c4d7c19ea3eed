"""Who is asked first about a key in the prompt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import events
from textual.widget import Widget

TakeFirst = Callable[[events.Key], Awaitable[bool]]
"""Takes a key that was pressed in the prompt; False where the prompt is to do it."""


async def leave_it(event: events.Key) -> bool:
    """Take no key."""
    return False


def taker_from(widget: Widget) -> Widget | None:
    """What a key before this one gave the keyboard to; None: it is still here. A dialog
    that was just opened has no focus yet."""
    focused, screen = widget.app.focused, widget.app.screen
    if focused is None:
        return None if screen is widget.screen else screen
    return None if focused is widget else focused
