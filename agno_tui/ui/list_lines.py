"""Lines of the sidebar in which the user writes: which titles to show, another name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from textual import events
from textual.geometry import Offset, Region
from textual.widgets import Input

from agno_tui.text import one_line
from agno_tui.ui.command import Where
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.typed_first import taker_from

HINT = "Filter titles…"


class Filter(Protocol):
    """Whoever shows the titles that the user writes."""

    def look_for(self, words: str) -> None:
        """Show only these titles."""

    def move(self, step: int) -> None:
        """Move the cursor of the list."""

    async def open(self) -> None:
        """Open the session under the cursor, of those last looked for."""

    def stay(self) -> None:
        """Take the keyboard to the list."""

    def search(self, words: str) -> None:
        """Search all that was said for these words."""

    def left(self) -> None:
        """The keyboard went elsewhere."""

    def leave_filter(self) -> bool:
        """Show all titles again, and take the keyboard to the list."""


class _Line(Input):
    """A line whose keys are done in the order they were typed."""

    def __init__(self, *, id: str, placeholder: str = "") -> None:
        super().__init__(
            id=id, compact=True, placeholder=placeholder, select_on_focus=False
        )
        # A blinking cursor writes to the terminal for ever.
        self.cursor_blink = False
        self.display = False

    async def _on_key(self, event: events.Key) -> None:
        if (taker := taker_from(self)) is not None:
            # A key before this one took the keyboard elsewhere.
            event.stop()
            event.prevent_default()
            taker.post_message(events.Key(event.key, event.character))
        elif await self.does(self.usual(event.key)):
            event.stop()
            event.prevent_default()

    def usual(self, key: str) -> str:
        """The key by which the same is done by default."""
        return key

    async def does(self, key: str) -> bool:
        """Do what a key means here; returns whether it means anything."""
        raise NotImplementedError


class FilterLine(_Line):
    """The titles to show; the list follows at every key."""

    def __init__(self, titles: Filter) -> None:
        super().__init__(id="filter", placeholder=HINT)
        self._titles = titles
        self._steps = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}

    def usual(self, key: str) -> str:
        """The key by which the same is done by default."""
        return keymap_of(self.app).usual(key, Where.FILTER)

    async def does(self, key: str) -> bool:
        """Move in the list while writing, open, or leave."""
        match key:
            case "enter":
                # What was typed may not have been told yet.
                self._titles.look_for(self.value)
                await self._titles.open()
            case "escape":
                self._titles.leave_filter()
            case "tab" | "shift+tab":
                self._titles.look_for(self.value)
                self._titles.stay()
            case "ctrl+s":
                self._titles.search(self.value)
            case _ if step := self._steps.get(key):
                self._titles.move(step)
            case _:
                return False
        return True

    def on_input_changed(self, event: Input.Changed) -> None:
        """Textual: another word; it may be older than what a key has told since."""
        event.stop()
        if self.display:
            self._titles.look_for(self.value)

    def on_blur(self) -> None:
        """Textual: the keyboard went elsewhere."""
        self._titles.left()


class NameLine(_Line):
    """Another name for a session, written over its row."""

    def __init__(self) -> None:
        super().__init__(id="name")
        self._done: Callable[[str | None], Awaitable[None]] | None = None

    def open(
        self, name: str, at: Offset, done: Callable[[str | None], Awaitable[None]]
    ) -> None:
        """Write over the row at a place of the sidebar; `done` is given the new name,
        or None where it is to stay."""
        self._done = done
        self.value = one_line(name)
        self.cursor_position = len(self.value)
        self.styles.offset = (at.x, at.y)
        self.display = True
        # At once: the next key is for it already.
        self.screen.set_focus(self)
        # How wide it is, is known then.
        self.call_after_refresh(self._show_caret)

    def _show_caret(self) -> None:
        region = Region(self._cursor_offset, 0, 1, 1)
        self.scroll_to_region(region, force=True, animate=False, x_axis=True)

    async def does(self, key: str) -> bool:
        """Keep the name, or leave it."""
        match key:
            case "enter" | "tab" | "shift+tab" | "up" | "down":
                await self.close(self.value)
            case "escape":
                await self.close(None)
            case _:
                return False
        return True

    async def close(self, name: str | None) -> None:
        """Leave the screen; once, whatever else happens."""
        done, self._done = self._done, None
        if done is not None:
            self.display = False
            await done(name)

    async def on_blur(self) -> None:
        """Textual: the mouse took the keyboard elsewhere: what was written is kept."""
        if self.app.app_focus:
            await self.close(self.value)
