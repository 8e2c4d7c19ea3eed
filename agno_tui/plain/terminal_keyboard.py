"""The keyboard, or whatever the standard input is, read on the main thread.

Only there Python hears signals while it waits for a line; the event loop runs in a
thread of its own meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from types import FrameType

from agno_tui.plain.input_lines import InputLines
from agno_tui.plain.line_editor import LineEditor
from agno_tui.plain.nudge import nudge
from agno_tui.plain.typed import PROMPT, Ended, Interrupted, Line, Typed
from agno_tui.text import printable

PATIENCE = 2.0
"""Seconds from a signal to the end of the process, whatever happens."""


class _Left(BaseException):
    """A signal wants the program to end: a line is not waited for any longer."""


class TerminalKeyboard:
    """Reads lines for the event loop, which asks for them one by one.

    With an `editor` a line is edited while nothing is under way; else, and while an
    answer comes, lines are taken as the terminal gives them, so that no prompt stands
    between the lines of the answer.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        *,
        lines: InputLines | None,
        editor: LineEditor | None,
        is_interactive: bool,
    ) -> None:
        """`lines`: None where nothing but `input` can wait for the keyboard."""
        self.is_interactive = is_interactive
        self.noticed = 0
        """How many signals have come."""
        self._write = write
        self._lines = lines
        self._editor = editor
        self._wishes: SimpleQueue[Future[Typed] | None] = SimpleQueue()
        self._is_busy = False
        self._is_reading = False
        self._is_editing = False
        self._has_prompt = False
        self._got = ""
        self._is_interrupted = False
        self._code = 0
        self._leave: Callable[[int], None] = lambda code: None

    # On the event loop

    async def read(self) -> Typed:
        """The next that is typed."""
        wish: Future[Typed] = Future()
        self._wishes.put(wish)
        return await asyncio.wrap_future(wish)

    def set_busy(self, busy: bool) -> None:
        """Whether an answer is under way."""
        if busy is not self._is_busy:
            self._is_busy = busy
            if self._lines is not None:
                self._lines.wake()
            elif self._is_reading and not (busy or self._has_prompt):
                self._has_prompt = True
                self._write(PROMPT)

    def aside(self, say: Callable[[], None]) -> None:
        """Say something while a line may be being typed."""
        if not self._has_prompt:
            say()
            return
        self._write("\n")
        say()
        self._write(f"{PROMPT}{printable(self.line or '')}")

    @property
    def line(self) -> str | None:
        """What stands in the line; None where the terminal itself edits it."""
        if self._editor is None:
            return None
        return self._editor.typed if self._is_editing else ""

    def prefill(self, text: str) -> bool:
        """Begin the next line with this text."""
        if self._editor is None or self._is_busy:
            return False
        return self._editor.prefill(text)

    def remember(self, questions: Sequence[str]) -> None:
        """Offer these when the user goes back."""
        if self._editor is not None:
            self._editor.remember(questions)

    def complete(self, offers: Callable[[str], Sequence[str]]) -> None:
        """Offer these whole lines for the beginning of one."""
        if self._editor is not None:
            self._editor.complete(offers)

    def on_signal(self, leave: Callable[[int], None]) -> None:
        """Call `leave` on this event loop when a signal wants the program to end."""
        loop = asyncio.get_running_loop()

        def tell(code: int) -> None:
            with suppress(RuntimeError):  # The loop is closed.
                loop.call_soon_threadsafe(leave, code)

        self._leave = tell
        if self._code:
            tell(self._code)

    def stop(self) -> None:
        """No more lines will be asked for. From any thread."""
        self._wishes.put(None)

    # On the main thread

    def serve(self) -> None:
        """Read a line whenever one is asked for, until `stop`."""
        while (wish := self._wishes.get()) is not None:
            if not wish.set_running_or_notify_cancel():
                continue
            try:
                wish.set_result(self._read())
            except Exception as error:  # Who asked keeps what is under way, and ends.
                wish.set_exception(error)

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """SIGINT: ctrl+c where somebody sits there, else the end."""
        self.noticed += 1
        if not self.is_interactive:
            self.leave(number, frame)
        elif self._is_reading:
            raise KeyboardInterrupt
        else:
            self._is_interrupted = True

    def leave(self, number: int, frame: FrameType | None) -> None:
        """A signal that ends the program."""
        self.noticed += 1
        self._code = 128 + number
        last_resort = threading.Timer(PATIENCE, os._exit, [self._code])
        last_resort.daemon = True
        last_resort.start()
        self._leave(self._code)
        if self._is_reading:
            raise _Left

    def _read(self) -> Typed:
        self._got = ""
        try:
            self._is_reading = True
            if self._code:
                raise _Left
            if self._is_interrupted:
                raise KeyboardInterrupt
            line = self._line()
            self._is_reading = False
            return Line(line)
        except KeyboardInterrupt:
            self._is_reading = self._is_interrupted = False
            # With an editor, what is typed under an answer stands in its line after it.
            return Interrupted(self._rest(begun=self._editor is None))
        except _Left:
            self._is_reading = False
            return Ended(self._rest(), self._code)
        except EOFError:
            self._is_reading = False
            return Ended(self._rest())
        finally:
            self._has_prompt = self._is_editing = False

    def _line(self) -> str:
        while True:
            if self._lines is not None and (line := self._lines.waiting()) is not None:
                return line
            if self._is_busy or not self.is_interactive:
                self._has_prompt = False
            elif not self._has_prompt:
                self._has_prompt = True
                if self._editor is not None:
                    return self._edited(self._editor)
                self._write(PROMPT)
            if self._lines is None:
                return self._plain_line()
            if (line := self._lines.read()) is not None:
                self._got = line
                return line

    def _edited(self, editor: LineEditor) -> str:
        self._is_editing = True
        self._got = editor.input(PROMPT)
        self._is_editing = False
        return self._got

    def _plain_line(self) -> str:
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        self._got = line.rstrip("\r\n")
        return self._got

    def _rest(self, *, begun: bool = True) -> str:
        """What was being typed when the wait ended; with what the terminal holds back
        where `begun`."""
        if self._is_editing and self._editor is not None and not self._got:
            text = self._editor.typed
            self._write("\n")
            return text
        if self._has_prompt:
            self._write("\n")
        if begun and self.is_interactive and self._lines is not None and not self._got:
            return self._lines.begun()
        return self._got


def listen(keyboard: TerminalKeyboard) -> None:
    """Have signals mean what a terminal's user expects of them, from now on."""
    signal.signal(signal.SIGINT, keyboard.interrupt)
    for name in ("SIGTERM", "SIGHUP"):
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, keyboard.leave)
    seen = 0

    def is_noticed() -> bool:
        nonlocal seen
        before, seen = seen, keyboard.noticed
        return seen > before

    nudge(is_noticed)
