"""Signals that end the program: a closed window, a kill, an interrupt."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

NAMES = ("SIGTERM", "SIGHUP", "SIGINT")

PATIENCE = 2.0
"""Seconds from a signal to the end of the process, whatever happens."""


class Signals:
    """Tells the program to leave, and sees to it that it does.

    A signal's usual way, through the event loop, is not enough: the loop may be stuck
    in writing to a terminal that is no longer there. What was to be kept is in the
    database by then, but for the last quarter of a second.
    """

    def __init__(self, leave: Callable[[int], None]) -> None:
        """`leave` is called on the event loop with the exit code, 128 + the signal."""
        self._leave = leave
        self._before: dict[int, Any] = {}

    def listen(self) -> None:
        """Listen from now on; does nothing outside the main thread."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()

        def come(number: int, frame: FrameType | None) -> None:
            code = 128 + number
            last_resort = threading.Timer(PATIENCE, os._exit, [code])
            last_resort.daemon = True
            last_resort.start()
            loop.call_soon_threadsafe(self._leave, code)

        for name in NAMES:
            if (number := getattr(signal, name, None)) is not None:
                self._before[number] = signal.signal(number, come)
        self._watch_terminal(lambda: come(signal.SIGHUP, None))

    def _watch_terminal(self, gone: Callable[[], None]) -> None:
        """Notice that the terminal is gone where no signal says so: it was blocked,
        say,
        or went to a thread while the event loop sleeps. Costs nothing until then."""
        # (Elsewhere `poll` knows no terminals.)
        if sys.platform != "linux" or not os.isatty(0):
            return
        poll = select.poll()
        poll.register(0, 0)  # A hang-up is always told.

        def watch() -> None:
            if any(event & select.POLLHUP for _, event in poll.poll()):
                gone()

        threading.Thread(target=watch, name="terminal", daemon=True).start()

    def forget(self) -> None:
        """Put back what was there before."""
        while self._before:
            number, before = self._before.popitem()
            signal.signal(number, before)
