"""The clock of everything that moves: runs only while an answer is under way."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from agno_tui.runner import Runner
from agno_tui.ui import garbage
from agno_tui.ui.footer import FooterLine

if TYPE_CHECKING:
    from textual.timer import Timer

    from agno_tui.ui.desk import Desk

FRAMES = 30
"""Times a second that streaming text is drawn, at most."""

QUIET_SECONDS = 0.5
"""After the last answer has ended: nothing moves any more."""

TYPING_REST, LONGEST_REST = 0.04, 0.1
"""Seconds after a key without a frame, and between two frames however much is typed."""

TYPING_SECONDS = 0.4
"""After a key the next one may come."""

TYPING_BREATH = 0.004
"""Seconds that an answer which comes faster than it can be drawn stands back, again and
again, while the user types."""

HEAVY_SECONDS = 0.006
"""A frame that takes longer to lay out is a heavy one."""

FRAMES_A_MARK = 3
"""Frames after which the moving marks take their next shape."""


class Ticker:
    """Draws what came since the last frame, once, however many pieces it was."""

    def __init__(self, desk: Desk, runner: Runner) -> None:
        self._desk = desk
        self._runner = runner
        self._timer: Timer | None = None
        self._tidying: Timer | None = None
        self._is_untidy = False
        """Whether an answer has ended since it was tidied last."""
        self._frame = 0
        self._pending = False
        self._rests_until = 0.0
        self._drawn_at = 0.0
        self._typed_at = 0.0
        self._is_heavy = False
        runner.breath = self._breath

    @property
    def is_typing(self) -> bool:
        """Whether the user has just typed, and is likely to go on."""
        return monotonic() < self._typed_at + TYPING_SECONDS

    @property
    def rest(self) -> float:
        """Seconds to stand back for the key that was typed last."""
        return max(0.0, self._rests_until - monotonic())

    def _breath(self) -> float:
        return TYPING_BREATH if self.is_typing else 0.0

    def text_came(self, shown: bool) -> None:
        """A piece of an answer came; `shown`: in the session on the screen."""
        self._pending = self._pending or shown

    def redraw(self) -> None:
        """Something about the waiting has changed: draw it with the next frame."""
        self._pending = True

    def run_changed(self) -> None:
        """A run started or ended: the clock may have to start or stop."""
        if self._runner.running:
            if self._timer is None:
                self._timer = self._desk.set_interval(1 / FRAMES, self._tick)
        elif self._timer is not None:
            self._timer.stop()
            self._timer = None
            self._is_untidy = True
            self._tidy_soon()
        self._show_marks()

    def _tidy_soon(self) -> None:
        # After the frame in which the answer is whole.
        if self._tidying is None:
            self._tidying = self._desk.set_timer(QUIET_SECONDS, self._tidy)

    def _tidy(self) -> None:
        self._tidying = None
        if self._runner.running:
            return
        if self.is_typing:
            self._tidy_soon()
        # What a dialog is made of has to go when it closes. To wait for that would wake
        # the program up for hours: the next key asks again.
        elif len(self._desk.app.screen_stack) == 1:
            self._is_untidy = False
            garbage.tidy()

    def typed(self) -> None:
        """The user has typed: what was typed is painted first, so that a frame full of
        new text does not stand between a key and its letter."""
        self._typed_at = monotonic()
        latest = self._drawn_at + LONGEST_REST
        rest = min(self._typed_at + TYPING_REST, latest)
        self._rests_until = max(self._rests_until, rest)
        if self._is_untidy and not self._runner.running:
            self._tidy_soon()

    def _tick(self) -> None:
        self._frame += 1
        if monotonic() < self._rests_until:
            return
        # Between two keys there is time for one frame that takes long.
        is_soon = monotonic() < self._drawn_at + LONGEST_REST
        if self._is_heavy and self.is_typing and is_soon:
            return
        if self._frame % FRAMES_A_MARK == 0:
            self._show_marks()
            self._move_waiting()
        if self._pending:
            self._pending = False
            began = self._drawn_at = monotonic()
            self._desk.chat.transcript.content_changed()
            self._desk.chat.update_view()
            took = monotonic() - began
            self._is_heavy = took > HEAVY_SECONDS
            # A frame that is hard to lay out must not take the keys' time from them.
            self._rests_until = began + 2 * took if took > 1 / FRAMES else 0.0

    @property
    def _mark(self) -> int:
        return self._frame // FRAMES_A_MARK

    def _show_marks(self) -> None:
        ids = [run.session_id for run in self._runner.running]
        self._desk.sessions.set_running(ids, self._mark)
        self.session_shown()

    def session_shown(self) -> None:
        """Another session may be on the screen: say whether an answer is under way
        there, which can be stopped."""
        document = self._desk.document
        answers = document is not None and self._desk.is_answering(
            document.session.session_id
        )
        self._desk.chat.title_line.say_answering(self._mark if answers else None)
        # (The desk of another user may be on the screen.)
        if self._desk.display:
            self._desk.screen.query_one(FooterLine).say_stops(answers)

    def _move_waiting(self) -> None:
        document = self._desk.document
        run = document and self._runner.live(document.session.session_id)
        turn = document.turn_of(run.run_id) if document and run else None
        if turn is not None and turn.is_waiting:
            turn.frame = self._mark
            turn.changed()
            self._pending = True
