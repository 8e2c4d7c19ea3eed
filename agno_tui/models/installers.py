"""The installers that may be at hand, and running one of them to fetch a parcel.

None of them is told an index: they follow what the user has configured.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

LOOK_EVERY: Final = 0.2
"""Seconds between two looks at a command that runs."""

SAID: Final = "said.txt"
"""The file in its folder that holds what the command wrote."""

Installer = Callable[[Path, Path], Sequence[str]]
"""Gives the command that puts what a requirements file names into a folder."""


def pip_download(requirements: Path, folder: Path) -> Sequence[str]:
    """The command with this interpreter's pip: leaves the wheel in the folder."""
    return [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"),
        *("--only-binary", ":all:", "--no-cache-dir", "--no-input", "--retries", "2"),
        *("--disable-pip-version-check", "-r", str(requirements), "-d", str(folder)),
    ]


def uv_install(requirements: Path, folder: Path) -> Sequence[str]:
    """The command with uv, on the path or as a module: leaves the wheel's content."""
    uv = shutil.which("uv")
    return [
        *([uv] if uv else [sys.executable, "-m", "uv"]),
        *("pip", "install", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
        *("--python", sys.executable, "--target", str(folder), "-r", str(requirements)),
    ]


def installers_at_hand() -> Sequence[Installer]:
    """The installers this machine has, the preferred one first; may be empty."""
    found: list[Installer] = []
    if sys.executable and importlib.util.find_spec("pip"):
        found.append(pip_download)
    if sys.executable and (shutil.which("uv") or importlib.util.find_spec("uv")):
        found.append(uv_install)
    return found


async def run(command: Sequence[str], place: Path) -> AsyncGenerator[int | None, None]:
    """Run a command with its temporary files in our folder; yields its exit code,
    None as long as it runs, at every look. Ends it when closed."""
    temporary = place / "temporary"
    temporary.mkdir(exist_ok=True)
    ours = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "UV_CACHE_DIR"), str(temporary))
    with (place / SAID).open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, "PIP_REQUIRE_VIRTUALENV": "0", **ours},
        )
    try:
        while process.returncode is None:
            yield None
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), LOOK_EVERY)
        yield process.returncode
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def bytes_in(folder: Path) -> int:
    """Bytes of all files below the folder; files may vanish while they are counted."""
    size = 0
    for base, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                size += os.lstat(os.path.join(base, name)).st_size
    return size
