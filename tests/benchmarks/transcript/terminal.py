"""A process in a pseudo-terminal, 120 by 40, all that it writes read at once.

What it writes is read by a thread here, in another process than the measured one, and
stamped as it comes.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

COLUMNS, LINES = 120, 40

_ROOT = Path(__file__).parents[3]
_TICKS = os.sysconf("SC_CLK_TCK")


class Screen:
    """A pseudo-terminal with a process in it."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        env: dict[str, str] | None = None,
        keep: Sequence[int] = (),
        lines: int = LINES,
    ) -> None:
        self._master, slave = pty.openpty()
        size = struct.pack("HHHH", lines, COLUMNS, 0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        own = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=_ROOT,
            env=os.environ | own | (env or {}),
            pass_fds=keep,
            start_new_session=True,
        )
        os.close(slave)
        self.written = 0
        """Bytes that came, in all."""
        self._tail = b""
        self._came: dict[bytes, float] = {}
        self._wanted: bytes = b""
        self._change = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)
        os.close(self._master)

    @property
    def tail(self) -> str:
        """The last of what came."""
        return self._tail.decode("utf-8", "replace")

    def type(self, keys: bytes) -> float:
        """Type; returns when, on the performance counter."""
        at = time.perf_counter()
        os.write(self._master, keys)
        return at

    def expect(self, text: str) -> None:
        """Look for a text in what comes from now on."""
        with self._change:
            self._wanted = text.encode()
            self._came.clear()
            self._tail = b""

    def came(self, seconds: float) -> float | None:
        """When the expected text came; None where it did not within `seconds`."""
        with self._change:
            self._change.wait_for(lambda: self._wanted in self._came, seconds)
            return self._came.get(self._wanted)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            at = time.perf_counter()
            with self._change:
                self.written += len(data)
                kept, self._tail = self._tail, (self._tail + data)[-4096:]
                wanted = self._wanted
                if wanted and wanted not in self._came and wanted in kept + data:
                    self._came[wanted] = at
                    self._change.notify_all()
            if not data:
                return


class Child(Screen):
    """A subject of `child.py`, asked over a socket."""

    def __init__(self, name: str, *arguments: str, lines: int = LINES) -> None:
        here, there = socket.socketpair()
        self._socket = here
        module = "tests.benchmarks.transcript.child"
        # Frames are measured one by one: no need to wait for the next sixtieth.
        super().__init__(
            ["-m", module, name, str(there.fileno()), *arguments],
            env={"TEXTUAL_FPS": "1000"},
            keep=[there.fileno()],
            lines=lines,
        )
        there.close()
        self._answers = here.makefile("r")
        self._next()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._answers.close()
        self._socket.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        super().__exit__(kind, error, trace)

    def ask(self, command: str, *arguments: object) -> Any:
        """What a command gives. Errors: `RuntimeError` where the process ended."""
        self._socket.sendall(json.dumps([command, *arguments]).encode() + b"\n")
        return self._next()

    def _next(self) -> Any:
        line = self._answers.readline()
        if not line:
            raise RuntimeError(f"the measured process ended:\n{self.tail}")
        return json.loads(line)


def cpu_of(process_id: int) -> float:
    """Seconds of CPU a process has used."""
    text = Path(f"/proc/{process_id}/stat").read_text()
    user, system = text.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICKS


def memory_of(process_id: int) -> int:
    """Bytes of memory a process holds (its resident set)."""
    pages = Path(f"/proc/{process_id}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def wakings_of(process_id: int) -> int:
    """How often the main thread of a process has gone to sleep by itself."""
    status = Path(f"/proc/{process_id}/task/{process_id}/status").read_text()
    (line,) = (x for x in status.splitlines() if x.startswith("voluntary"))
    return int(line.split()[1])


def settled(screen: Screen, quiet: float, seconds: float) -> bool:
    """Wait until nothing was written for `quiet` seconds; whether that came."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        before = screen.written
        select.select([], [], [], quiet)
        if screen.written == before:
            return True
    return False
