"""Which process answers a run, and whether it still lives.

A run that is RUNNING belongs to the process that wrote it. When that process is gone
nobody will ever end the run; when it lives, nobody else may. A number alone does not
identify a process (the system gives it out again), so its start is kept beside it.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SIGN_OF_LIFE: Final = 60_000_000
"""Microseconds a run may stay silent where its process cannot be looked at."""

_PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True)
class Owner:
    """The identity of a process: where it runs, its number, and when it started.

    `start` is empty where the system does not tell it.
    """

    host: str
    pid: int
    start: str

    @classmethod
    def current(cls) -> Owner:
        """The process that asks."""
        pid = os.getpid()
        return cls(host=_host(), pid=pid, start=_start(pid) or "")

    @classmethod
    def parse(cls, text: str | None) -> Owner | None:
        """The owner a row names, or None where it names none that we can read."""
        parts = (text or "").split("@", 2)
        if len(parts) != 3 or not (parts[0].isascii() and parts[0].isdigit()):
            return None
        return cls(host=parts[2], pid=int(parts[0]), start=parts[1])

    def __str__(self) -> str:
        return f"{self.pid}@{self.start}@{self.host}"


def is_alive(owner: Owner) -> bool | None:
    """Whether that process still runs; None where it cannot be known from here."""
    if owner.host != _host():
        return None
    if owner.start:
        return _start(owner.pid) == owner.start
    if os.name != "posix":
        return None  # On Windows os.kill(pid, 0) would end the process.
    return None if _answers(owner.pid) else False


def is_abandoned(text: str | None, alive_at: int, *, this: Owner, at: int) -> bool:
    """Whether nobody will end a run that is RUNNING.

    `text` is the owner its row names, `alive_at` its last sign of life and `at` the
    present, both in microseconds. What belongs to `this` process is never abandoned:
    another window of it may be answering.
    """
    owner = Owner.parse(text)
    if owner == this:
        return False
    alive = is_alive(owner) if owner is not None else None
    if alive is None:
        return at - alive_at > SIGN_OF_LIFE
    return not alive


def _host() -> str:
    """This host; on Linux with the namespace in which process numbers count."""
    try:
        return f"{socket.gethostname()} {os.readlink(_PROC / 'self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def _start(pid: int) -> str | None:
    """When a process started, as text to compare; None where it does not run.

    Ticks since boot, with the boot's own id: numbers repeat after a restart.
    Source: proc_pid_stat(5), fields 3 and 22.
    """
    try:
        stat = (_PROC / str(pid) / "stat").read_bytes()
        boot = (_PROC / "sys/kernel/random/boot_id").read_bytes().strip()
    except OSError:
        return None
    # The second field is the program's name in parentheses and may hold anything.
    fields = stat.rpartition(b")")[2].split()
    if fields[0] in (b"Z", b"X", b"x"):
        return None
    return b"-".join((fields[19], boot)).decode("ascii")


def _answers(pid: int) -> bool:
    """Whether a process of that number exists. POSIX only."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
