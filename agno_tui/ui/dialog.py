"""What all dialogs share: their place, their looks, the line that says what the keys do
or what went wrong, and how they do things that take time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import ClassVar, Generic, TypeVar

from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.worker import Worker, WorkerState

from agno_tui.text import one_line
from agno_tui.ui.marks import MUTED

ResultT = TypeVar("ResultT")

SHARE = 92
"""Percent of the screen's height that a dialog takes at most, as the stylesheet has
it."""

LEAST_ROWS = 2
"""Rows of its body that a dialog shows, however small the screen is."""

UNEXPECTED = "Something unexpected went wrong. The log has the details."

_log = logging.getLogger(__name__)


class Hint(Static):
    """The last line of a dialog."""

    def __init__(self, words: str = "") -> None:
        super().__init__(Content.styled(words, MUTED), classes="dialog-hint")

    def say(self, words: str, *, failed: bool = False) -> None:
        """Say this; `failed`: something went wrong."""
        text = one_line(words)
        self.update(Content(text) if failed else Content.styled(text, MUTED))
        self.set_class(failed, "failed")


class Dialog(ModalScreen[ResultT], Generic[ResultT]):
    """A box in the middle of the screen. Its content stands in a `.dialog`, of which
    the `.dialog-body` gives way where there is little room."""

    WHEN_UNEXPECTED: ClassVar[str] = UNEXPECTED
    """What is said of a failure that has no words of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._in_order = asyncio.Lock()
        self._is_leaving = False

    def say(self, words: str, *, failed: bool = False) -> None:
        """Say something in the last line."""
        for hint in self.query(Hint):
            hint.say(words, failed=failed)

    def do(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do something that takes time, after all that was begun before it."""
        self.run_worker(self._do(work), exit_on_error=False)

    async def _do(self, work: Callable[[], Awaitable[object]]) -> None:
        async with self._in_order:
            await work()

    async def succeeds(self, work: Awaitable[object]) -> bool:
        """Wait for something; where it fails say so in the last line, in its words."""
        try:
            await work
        except Exception as error:
            own = str(error) if isinstance(error, ValueError) else ""
            self._say_failure(error, own)
            return False
        return True

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Textual: something failed that nobody waited for: say it and live on."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self._say_failure(event.worker.error)

    def _say_failure(self, error: BaseException, own: str = "") -> None:
        _log.warning("a dialog failed", exc_info=error)
        words = getattr(error, "words", own) or self.WHEN_UNEXPECTED
        self.say(words, failed=True)

    def on_resize(self) -> None:
        """Textual: another size."""
        self.fit()

    def fit(self) -> None:
        """Make the body as small as it must be for all else to be seen."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        for body in self.query(".dialog-body").results(Widget):
            box = body.parent
            if isinstance(box, Widget):
                shown = [child for child in box.children if child.display]
                end = max(child.virtual_region.bottom for child in shown)
                rest = end - body.virtual_region.height + box.gutter.height
                most = self.size.height * SHARE // 100
                body.styles.max_height = max(LEAST_ROWS, most - rest)
            if isinstance(body, OptionList):
                self.call_after_refresh(body.scroll_to_highlight)

    def leave(self, result: ResultT | None = None) -> None:
        """Close when all that was begun is done; asked again, close at once."""

        async def close() -> None:
            self.dismiss(result)

        if self._is_leaving:
            self.dismiss(result)
            return
        self._is_leaving = True
        self.do(close)


def dialog_title(words: str) -> Static:
    """The first line of a dialog."""
    return Static(Content.styled(words, "bold $accent"), classes="dialog-title")
