"""A temporary folder that does not outlive its owner for long.

What a process leaves behind when it is killed is removed by the next one that opens a
workplace beside it. A lock, which the system lets go when its owner ends, tells the
dead from the living; process ids would not, for they are used again.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from agno_tui.config import make_private_folder

PREFIX: Final = ".fetch-"
_LOCK: Final = "lock"
_NEWBORN: Final = 60.0
"""Seconds in which a folder without a lock may still be about to get one."""


class Workplace:
    """A folder of ours in the final one, so that moving out of it is one step.

    Used under `with`: both are made on entering, ours removed on leaving; only their
    owner can enter them. Errors: OSError.
    """

    def __init__(self, beside: Path) -> None:
        self._beside = beside
        self._lock: IO[bytes] | None = None
        self.path = beside
        """The folder, once entered."""

    def __enter__(self) -> Workplace:
        make_private_folder(self._beside)
        for left in self._beside.glob(PREFIX + "*"):
            if _is_dead(left):
                shutil.rmtree(left, ignore_errors=True)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._beside))
        self._lock = (self.path / _LOCK).open("wb")
        _take(self._lock)
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            self._lock.close()
        shutil.rmtree(self.path, ignore_errors=True)


def _is_dead(folder: Path) -> bool:
    """Whether nobody works in the folder any more."""
    try:
        with (folder / _LOCK).open("r+b") as lock:
            _take(lock)
    except FileNotFoundError:
        with suppress(OSError):
            return time.time() - folder.stat().st_mtime > _NEWBORN
        return False
    except OSError:
        return False
    return True


if sys.platform == "win32":
    import msvcrt

    def _take(lock: IO[bytes]) -> None:
        """Lock the file until it is closed. Errors: OSError where another has it."""
        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(lock: IO[bytes]) -> None:
        """Lock the file until it is closed. Errors: OSError where another has it."""
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
