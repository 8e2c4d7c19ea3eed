"""The installers that may be at hand, and running one of them to fetch a parcel.

None of them is told an index: they follow what the user has configured.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
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
        *(*_module("pip"), "download", "--no-deps", "--require-hashes"),
        *("--only-binary", ":all:", "--no-cache-dir", "--no-input", "--retries", "2"),
        *("--disable-pip-version-check", "-r", str(requirements), "-d", str(folder)),
    ]


def uv_install(requirements: Path, folder: Path) -> Sequence[str]:
    """The command with uv, on the path or as a module: leaves the wheel's content."""
    uv = _uv_on_the_path()
    return [
        *([uv] if uv else _module("uv")),
        *("pip", "install", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
        *("--python", sys.executable, "--target", str(folder), "-r", str(requirements)),
    ]


def installers_at_hand() -> Sequence[Installer]:
    """The installers this machine has, the preferred one first; may be empty."""
    found: list[Installer] = []
    if sys.executable and importlib.util.find_spec("pip"):
        found.append(pip_download)
    if sys.executable and (_uv_on_the_path() or importlib.util.find_spec("uv")):
        found.append(uv_install)
    return found


def _module(name: str) -> Sequence[str]:
    """The command that runs a module of this interpreter's, and none that happens to
    lie in the folder the user stands in."""
    return [sys.executable, "-P", "-m", name]


def _uv_on_the_path() -> str | None:
    """Where uv is; one that is only found from the current folder is none."""
    found = shutil.which("uv")
    return found if found and os.path.isabs(found) else None


def _passed_on(environment: Mapping[str, str]) -> dict[str, str]:
    """What an installer may know of our environment: no keys but those made for it."""
    secret, its_own = ("_API_KEY", "_TOKEN"), ("PIP_", "UV_")
    return {
        name: value
        for name, value in environment.items()
        if not name.upper().endswith(secret) or name.upper().startswith(its_own)
    }


async def run(command: Sequence[str], place: Path) -> AsyncGenerator[int | None, None]:
    """Run a command in our folder, with its temporary files there too; yields its exit
    code, None as long as it runs, at every look. Ends it when closed."""
    temporary = place / "temporary"
    temporary.mkdir(exist_ok=True)
    ours = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "UV_CACHE_DIR"), str(temporary))
    with (place / SAID).open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=temporary,
            env={
                **_passed_on(os.environ),
                **{"PIP_REQUIRE_VIRTUALENV": "0", "PYTHONSAFEPATH": "1"},
                **ours,
            },
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
