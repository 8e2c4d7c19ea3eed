"""A line whose Enter takes a while: what is typed meanwhile goes where it was meant."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.widget import Widget
from textual.widgets import Input


class NameInput(Input):
    """Hands on the keys after an Enter to whoever has the keyboard then."""

    def __init__(self, *, id: str, placeholder: str, max_length: int) -> None:
        super().__init__(id=id, placeholder=placeholder, max_length=max_length)
        self.submit: Callable[[], bool] = lambda: False
        """Takes what is written; returns whether the keys after it are for later."""
        self._waits = False
        self._goes_to: Widget | None = None
        self._later: list[events.Key | events.Paste] = []

    async def _on_key(self, event: events.Key) -> None:
        if self._waits:
            event.stop()
            event.prevent_default()
            self._hand_on(events.Key(event.key, event.character))
        elif event.key == "enter":
            # Not by its binding: the keys after it would come first.
            event.stop()
            event.prevent_default()
            self._waits = self.submit()

    def _on_paste(self, event: events.Paste) -> None:
        if self._waits:
            event.stop()
            event.prevent_default()
            self._hand_on(events.Paste(event.text))

    def _hand_on(self, event: events.Key | events.Paste) -> None:
        if self._goes_to is None:
            self._later.append(event)
        else:
            self._goes_to.post_message(event)

    def hand_on(self, widget: Widget) -> None:
        """Give what was typed since to a widget, and all that comes from now on; to
        this line itself where nothing came of the Enter."""
        self._waits, self._goes_to = widget is not self, widget
        for event in self._later:
            widget.post_message(event)
        self._later = []
        if widget is self:
            self._goes_to = None
