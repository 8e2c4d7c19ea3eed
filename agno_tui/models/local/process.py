"""A process of ours that any event loop can wait for, and that never outlives us."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import IO, Final, TypeVar

T = TypeVar("T")

LINE_LIMIT: Final = 65_536
"""Bytes of its one line that are read."""


class ChildProcess:
    """A program that is told and tells one line, and ends when its input does.

    asyncio's own processes belong to the loop that started them and are lost with it.
    This one is watched by a thread, which ends with it and keeps nobody waiting. Its
    input ends when this object goes away, and when our process does. Making one raises
    OSError where the program can't be started.
    """

    def __init__(
        self, command: Sequence[str], log: IO[bytes], environment: Mapping[str, str]
    ) -> None:
        windows = sys.platform == "win32"
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=dict(environment),
            # Ctrl+C in the terminal is for the app; it will end the child itself.
            start_new_session=not windows,
            creationflags=0x08000000 if windows else 0,  # no window
        )
        self._line: Future[bytes] = promise()
        self._ended: Future[int] = promise()
        threading.Thread(
            target=_watch,
            args=(self._process, self._line, self._ended),
            name=f"watches {self._process.pid}",
            daemon=True,
        ).start()
        self._end_input = weakref.finalize(self, _close, self._process)

    @property
    def exit_code(self) -> int | None:
        """How it ended; None as long as it runs."""
        return self._process.poll()

    def tell(self, line: bytes) -> None:
        """Write to its input. That it is gone already is no error."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    async def line(self) -> bytes:
        """The line it writes; empty where it ends without one."""
        return await asyncio.wrap_future(self._line)

    async def wait(self) -> int:
        """Wait until it has ended; its exit code."""
        return await asyncio.wrap_future(self._ended)

    async def end(self, patience: float) -> None:
        """End it: by itself within so many seconds, else by force."""
        self._end_input()
        try:
            async with asyncio.timeout(patience):
                await self.wait()
        except TimeoutError:
            pass
        finally:
            self._process.kill()
        await self.wait()


def promise() -> Future[T]:
    """A future that no one who stops waiting can cancel for the others."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()
    return future


def _watch(
    process: subprocess.Popen[bytes], line: Future[bytes], ended: Future[int]
) -> None:
    assert process.stdout is not None
    with process.stdout:
        line.set_result(process.stdout.readline(LINE_LIMIT))
        ended.set_result(process.wait())


def _close(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with suppress(OSError):
        process.stdin.close()
