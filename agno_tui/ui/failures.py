"""What happens when a task of the screen fails: it is said, logged, and lived with."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from textual.worker import Worker, WorkerState

if TYPE_CHECKING:
    from textual.widget import Widget

    from agno_tui.ui.app import AgnoApp

_log = logging.getLogger(__name__)


def say_failure(where: Widget | AgnoApp, event: Worker.StateChanged) -> None:
    """Where a worker failed, say so in the error's own words if it has some.

    A worker's events do not bubble, so whoever starts workers listens to them. Start
    them with `exit_on_error=False`: Textual's default ends the whole program.
    """
    if event.state is not WorkerState.ERROR:
        return
    error = event.worker.error
    _log.error("a task failed", exc_info=error)
    where.notify(words_for(error), severity="error", markup=False)


def words_for(error: BaseException | None) -> str:
    """What the user is told of a failure: its own words, if it has some."""
    words = getattr(error, "words", "Something unexpected went wrong.")
    return f"{words} The log has the details."
