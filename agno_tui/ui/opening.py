"""Opening an address in the user's browser, without a word of it on this screen."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping


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
    """Open an address; returns whether a program for it could be started."""
    program = browser(environ)
    if not program:
        return False
    more = ["open"] if program.endswith("/gio") else []
    try:
        await asyncio.to_thread(_start, [program, *more, address])
    except OSError:
        return False
    return True


def _start(command: list[str]) -> None:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        # A browser that is started by this may live for days.
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.returncode = 0
