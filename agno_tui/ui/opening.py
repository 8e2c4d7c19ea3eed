"""Opening an address in the user's browser, without a word of it on this screen."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

from agno_tui.ui.inherited import inherited

MOMENT = 1.0
"""Seconds in which a program that can't open an address says so."""


def browser(
    environ: Mapping[str, str],
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
) -> str:
    """The program that opens addresses where the user can see it; empty where there is
    none: a browser inside this terminal would write over the screen."""
    if platform == "darwin":
        return which("open") or ""
    if platform == "win32":
        return which("explorer.exe") or ""
    has_screen = environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    names = ["xdg-open", "gio"] if has_screen else []
    if environ.get("WSL_DISTRO_NAME"):
        names = ["wslview", "explorer.exe"]
    if environ.get("TERMUX_VERSION"):
        names = ["termux-open-url"]
    return next((found for name in names if (found := which(name))), "")


async def open_address(address: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Open an address; returns whether a program took it, as far as it says so. The
    program gets the environment without its secrets."""
    program = browser(environ)
    if not program:
        return False
    more = ["open"] if program.endswith("/gio") else []
    try:
        command = [program, *more, address]
        process = await asyncio.to_thread(_started, command, inherited(environ))
    except OSError:
        return False
    # Explorer says that it failed whatever it did.
    return not await _failed(process) or program.endswith("explorer.exe")


def _started(command: list[str], environ: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


async def _failed(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ends within a moment, and says that it failed."""
    # A browser that is started by this may live for days: somebody has to be there when
    # it ends, and must not keep this program alive.
    ended, loop = asyncio.Event(), asyncio.get_running_loop()

    def wait() -> None:
        process.wait()
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, name="browser", daemon=True).start()
    with suppress(TimeoutError):
        await asyncio.wait_for(ended.wait(), MOMENT)
    return process.returncode not in (None, 0)
