"""Who is asked first about a key in the prompt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import events

TakeFirst = Callable[[events.Key], Awaitable[bool]]
"""Takes a key that was pressed in the prompt; False where the prompt is to do it."""


async def leave_it(event: events.Key) -> bool:
    """Take no key."""
    return False
