"""The installed program in a real pseudo-terminal, with a screen that can be read."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import pexpect
import pyte

PROGRAM = Path(sys.executable).with_name("agno-tui")
"""The script that installing the package made."""

ALTERNATE_SCREEN_LEFT = b"\x1b[?1049l"


class Terminal:
    """Runs `agno-tui` in a pty and keeps what is on its screen.

    Every wait is for something to appear, with a limit; nothing sleeps for luck.
    """

    def __init__(
        self,
        home: Path,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        columns: int = 120,
        lines: int = 40,
    ) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.output = b""
        self._child = pexpect.spawn(
            str(PROGRAM),
            list(arguments),
            env={**environment(home), **(env or {})},
            dimensions=(lines, columns),
            timeout=5,
        )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._child.closed and self._child.isalive():
            self._child.kill(signal.SIGKILL)
        self._child.close(force=True)

    @property
    def text(self) -> str:
        """What is on the screen, line by line."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def type(self, text: str) -> None:
        """Send keys as bytes."""
        self._child.send(text)

    def wait_for(self, *wanted: str, seconds: float = 20) -> str:
        """Wait until all of these are on the screen; returns the screen."""
        self._wait(lambda: all(w in self.text for w in wanted), seconds, repr(wanted))
        return self.text

    def wait_until(self, holds: Callable[[str], bool], seconds: float = 20) -> str:
        """Wait until this is true of the screen; returns the screen."""
        self._wait(lambda: holds(self.text), seconds, "what was waited for")
        return self.text

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        self._child.kill(number)

    def hang_up(self) -> None:
        """Take the terminal away, as closing its window does."""
        self._child.ptyproc.fileobj.close()
        self._child.ptyproc.closed = self._child.closed = True

    def wait_until_dead(self, seconds: float) -> None:
        """Wait until the process has ended, with nobody reading what it writes."""
        limit = time.monotonic() + seconds
        while self._child.isalive():
            assert time.monotonic() < limit, "still running without a terminal"
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it at once, as a power cut would."""
        self.signal(signal.SIGKILL)
        self.wait_for_exit()

    def wait_for_exit(self, seconds: float = 10) -> int:
        """Wait until it has ended; returns the exit code, as a shell would say it."""
        limit = time.monotonic() + seconds
        while self._read():
            assert time.monotonic() < limit, f"still running:\n{self.text}"
        self._child.close()
        if self._child.exitstatus is not None:
            return int(self._child.exitstatus)
        return 128 + int(self._child.signalstatus or 0)

    def _wait(self, holds: Callable[[], bool], seconds: float, what: str) -> None:
        limit = time.monotonic() + seconds
        times = 0
        # A frame may come in pieces: what is true of half a frame must stay true.
        while times < 3:
            ended = not self._read()
            times = times + 1 if holds() else 0
            late = time.monotonic() > limit and not times
            assert not (late or (ended and not times)), (
                f"{what} did not come:\n{self.text}"
            )

    def _read(self) -> bool:
        """Take in what was written; returns whether the program still has the pty."""
        try:
            data = self._child.read_nonblocking(size=65536, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.output += data
        self._stream.feed(data)
        return True


def environment(home: Path) -> dict[str, str]:
    """The environment of a new user whose folders are all below `home`."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "TMPDIR")}
    kept |= {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "UV_"))}
    return kept | {
        "HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LC_ALL": "C.UTF-8",
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
    }
