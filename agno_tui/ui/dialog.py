"""What all dialogs share: their place, their looks, the line that says what the keys do
or what went wrong, and how they do things that take time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import ClassVar, Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.worker import Worker, WorkerState

from agno_tui.text import one_line
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.marks import MUTED

ResultT = TypeVar("ResultT")

SHARE = 92
"""Percent of the screen's height that a dialog takes at most, as the stylesheet has
it."""

LEAST_ROWS = 2
"""Rows of its body that a dialog shows, however small the screen is."""

FEW_ROWS = 20
"""Below this many rows of the screen a dialog does without its outer margins."""

PASSING_SECONDS = 3.0
"""How long what came of a key stands in place of the keys, at most."""

UNEXPECTED = "Something unexpected went wrong. The log has the details."

_log = logging.getLogger(__name__)


class Hint(Static):
    """The last line of a dialog: what the keys do, or for a moment what came of one.
    What it says of the keys is read as `Keymap.words` reads it."""

    def __init__(self, words: str = "") -> None:
        super().__init__("", classes="dialog-hint", markup=False)
        self.resting = words
        """What stands here while there is nothing else to say."""
        self.is_passing = False
        """Whether something else stands here now."""

    def on_mount(self) -> None:
        """Textual: the keys in force are known."""
        if not self.is_passing:
            self.rest()

    def rest(self, words: str | None = None) -> None:
        """Say this from now on; None: again what stood here before."""
        self.resting = self.resting if words is None else words
        self.is_passing = False
        self._draw(keymap_of(self.app).words(self.resting), failed=False)

    def tell(self, words: str, *, failed: bool = False) -> None:
        """Say this until `rest`; `failed`: something went wrong."""
        self.is_passing = True
        self._draw(words, failed=failed)

    def _draw(self, words: str, *, failed: bool) -> None:
        text = one_line(words)
        self.update(Content(text) if failed else Content.styled(text, MUTED))
        self.set_class(failed, "failed")


class ClosedOnce(ModalScreen[ResultT], Generic[ResultT]):
    """A screen over others that closes itself and no other.

    Textual's (8.2.8) takes away whatever is on top, and fails where nothing is: with
    the second click of two, or with a key that came while it was closing.
    """

    def dismiss(self, result: ResultT | None = None) -> AwaitComplete:
        """Textual: close."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Dialog(ClosedOnce[ResultT], Generic[ResultT]):
    """A box in the middle of the screen. Its content stands in a `.dialog`, of which
    the `.dialog-body` gives way where there is little room."""

    WHEN_UNEXPECTED: ClassVar[str] = UNEXPECTED
    """What is said of a failure that has no words of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._in_order = asyncio.Lock()
        self._is_leaving = False
        self._passing: Timer | None = None

    def say(self, words: str | None = None) -> None:
        """Say in the last line what the keys do now; None: what it said before."""
        self._stop_passing()
        for hint in self.query(Hint):
            hint.rest(words)
        self.fit()

    def tell(self, words: str, *, failed: bool = False) -> None:
        """Say what came of a key; the next key brings back what the keys do, as do
        `PASSING_SECONDS`. What `failed` stands until the next key."""
        self._stop_passing()
        for hint in self.query(Hint):
            hint.tell(words, failed=failed)
        if not failed:
            self._passing = self.set_timer(PASSING_SECONDS, self.say)
        self.fit()

    def _stop_passing(self) -> None:
        if self._passing is not None:
            self._passing.stop()
            self._passing = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Textual: whether an action can be done. A key that was pressed before the
        dialog was asked for may come when nothing stands in it yet."""
        return self.is_mounted and super().check_action(action, parameters)

    def on_key(self) -> None:
        """Textual: the next key, before it does anything."""
        self._say_keys_again()

    def on_input_changed(self) -> None:
        """Textual: a key that a field took for itself."""
        self._say_keys_again()

    def _say_keys_again(self) -> None:
        if any(hint.is_passing for hint in self.query(Hint)):
            self.say()

    def action_close_again(self) -> None:
        """The key that opened the dialog closes it, but never drops what is written."""
        for line in self.query(Input):
            if line.display and line.value.strip():
                return
        self.action_escape()

    def action_escape(self) -> None:
        """Close."""
        self.leave()

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
        self.tell(words, failed=True)

    def on_resize(self) -> None:
        """Textual: another size."""
        self.set_class(self.size.height < FEW_ROWS, "tight")
        self.fit()

    def fit(self) -> None:
        """Make the body as small as it must be for all else to be seen."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        for body in self.query(".dialog-body").results(Widget):
            box = body.parent
            shown = [child for child in box.children if child.display] if box else []
            if isinstance(box, Widget) and shown:  # None: it is being closed.
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
