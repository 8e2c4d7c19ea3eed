"""Signals that reach a line that is being edited.

`readline` looks for signals only where one wakes it up: one that comes with the keys
before it, in one go, would be noticed at the next signal.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 0.05
"""Seconds in which a signal is noticed where all goes well."""


def nudge(is_noticed: Callable[[], bool]) -> None:
    """From now on send the main thread again what it has not noticed after a moment.
    Costs nothing until a signal comes. For the main thread."""
    if not hasattr(signal, "pthread_kill"):
        return
    coming, came = os.pipe()
    os.set_blocking(came, False)
    signal.set_wakeup_fd(came, warn_on_full_buffer=False)
    main = threading.main_thread().ident or 0

    def watch() -> None:
        while numbers := os.read(coming, 16):
            time.sleep(PATIENCE)
            if not is_noticed():
                signal.pthread_kill(main, numbers[-1])

    threading.Thread(target=watch, name="signals", daemon=True).start()
