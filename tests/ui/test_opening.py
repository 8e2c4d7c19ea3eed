"""Which program opens an address, and that it leaves this screen alone."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from agno_tui.ui import opening
from agno_tui.ui.opening import browser, open_address
from tests.fakes import until

ADDRESS = "https://example.org/?a=1&b=$(touch%20x);c"


def found(*names: str) -> Callable[[str], str | None]:
    return lambda name: f"/bin/{name}" if name in names else None


ALL = found("open", "explorer.exe", "xdg-open", "gio", "wslview", "termux-open-url")
SCREEN = {"DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("environ", "platform", "which", "program"),
    [
        ({}, "darwin", ALL, "open"),
        ({}, "win32", ALL, "explorer.exe"),
        (SCREEN, "linux", ALL, "xdg-open"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", found("gio"), "gio"),
        (SCREEN, "freebsd14", ALL, "xdg-open"),
        ({"WSL_DISTRO_NAME": "Debian"}, "linux", ALL, "wslview"),
        ({"WSL_DISTRO_NAME": "x"}, "linux", found("explorer.exe"), "explorer.exe"),
        ({"TERMUX_VERSION": "0.118"}, "linux", ALL, "termux-open-url"),
    ],
)
def test_each_system_has_its_own(
    environ: dict[str, str], platform: str, which: Callable[[str], str], program: str
) -> None:
    assert browser(environ, platform, which) == f"/bin/{program}"


@pytest.mark.parametrize(
    ("environ", "platform", "which"),
    [
        # A browser in the terminal would write over the screen.
        ({}, "linux", ALL),
        ({"SSH_CONNECTION": "1"}, "linux", ALL),
        ({"BROWSER": "w3m"}, "linux", ALL),
        (SCREEN, "linux", found()),
        ({}, "darwin", found("xdg-open")),
        ({}, "win32", found()),
    ],
)
def test_without_a_screen_there_is_none(
    environ: dict[str, str], platform: str, which: Callable[[str], str | None]
) -> None:
    assert browser(environ, platform, which) == ""


def test_nothing_is_read_from_this_machine_but_what_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert browser({}, "linux", ALL) == ""


# Really starting one


@pytest.fixture
def opener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which an `xdg-open` of ours stands."""
    if sys.platform != "linux":
        pytest.skip("starts what a desktop of Linux starts")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def write_opener(folder: Path, script: str) -> None:
    program = folder / "xdg-open"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


async def test_the_address_is_one_argument_and_no_shell_sees_it(opener: Path) -> None:
    done = opener / "done"
    write_opener(opener, f'echo loud; echo "$# $1" > {done}.new; mv {done}.new {done}')
    assert await open_address(ADDRESS, SCREEN)
    await until(done.exists)
    assert done.read_text() == f"1 {ADDRESS}\n"
    assert not (opener / "x").exists()


async def test_keys_to_models_stay_out_of_the_browsers_environment(
    opener: Path,
) -> None:
    done = opener / "done"
    write_opener(opener, f"export -p > {done}.new; mv {done}.new {done}")
    secrets = {
        "OPENAI_API_KEY": "canary",
        "GH_TOKEN": "canary",
        "db_password": "canary",
    }
    environ = {**SCREEN, **secrets, "PATH": os.environ["PATH"], "LANG": "C"}
    assert await open_address(ADDRESS, environ)
    await until(done.exists)
    assert "canary" not in done.read_text()
    assert "LANG" in done.read_text() and "DISPLAY" in done.read_text()


async def test_a_browser_that_lives_on_holds_up_nothing(
    opener: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOMENT", 0.05)
    write_opener(opener, f"while [ ! -e {opener}/end ]; do sleep 0.02; done")
    assert await asyncio.wait_for(open_address(ADDRESS, SCREEN), 5)
    # Nor the way out of the program: whoever waits for it does not keep it alive.
    waiting = [t for t in threading.enumerate() if t.name.startswith("browser")]
    assert waiting and all(thread.daemon for thread in waiting)
    (opener / "end").touch()
    await until(lambda: not any(thread.is_alive() for thread in waiting))


async def test_a_program_that_fails_at_once_has_opened_nothing(opener: Path) -> None:
    write_opener(opener, "exit 3")
    assert not await open_address(ADDRESS, SCREEN)


async def test_a_program_that_cannot_be_started_has_opened_nothing(
    opener: Path,
) -> None:
    program = opener / "xdg-open"
    program.write_text("no program")
    program.chmod(0o755)
    assert not await open_address(ADDRESS, SCREEN)


async def test_without_a_program_nothing_is_started() -> None:
    assert not await open_address(ADDRESS, {})
