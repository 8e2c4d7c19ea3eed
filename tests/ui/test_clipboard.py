"""Copying: which way a text goes, and what the words say of it."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from agno_tui.ui.clipboard import Clipboard, Copied, Way, pasteable, run_tool

SENT = "Sent to the terminal's clipboard; it can't be verified."


class Desk:
    """A machine with some programs, and what it was given."""

    def __init__(self, tmp_path: Path, *programs: str, **environ: str) -> None:
        self.programs = programs
        self.environ = {"TERM": "xterm-256color", "HOME": str(tmp_path), **environ}
        self.failing: set[str] = set()
        self.ran: list[tuple[tuple[str, ...], bytes]] = []
        self.environs: list[Mapping[str, str]] = []
        self.written: list[str] = []
        self.folder = tmp_path / "kept"

    def which(self, name: str) -> str | None:
        return f"/bin/{name}" if name in self.programs else None

    async def run(
        self,
        command: Sequence[str],
        text: bytes,
        environ: Mapping[str, str],
        patience: float,
    ) -> bool:
        self.ran.append((tuple(command), text))
        self.environs.append(environ)
        return command[0] not in self.failing

    async def copy(
        self, text: str, write: Callable[[str], None] | None = None
    ) -> Copied:
        clipboard = Clipboard(
            self.environ,
            self.folder,
            write or self.written.append,
            which=self.which,
            run=self.run,
        )
        return await clipboard.copy(text)

    @property
    def tools(self) -> list[str]:
        return [command[0] for command, _ in self.ran]


def osc52(text: str) -> str:
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"


@pytest.mark.parametrize(
    ("environ", "tool"),
    [
        ({"DISPLAY": ":0"}, "xclip"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wl-copy"),
        ({"TERMUX_VERSION": "0.118"}, "termux-clipboard-set"),
        ({"WSL_DISTRO_NAME": "Debian", "DISPLAY": ":0"}, "powershell.exe"),
    ],
)
async def test_the_tool_of_the_system_takes_it(
    tmp_path: Path, environ: dict[str, str], tool: str
) -> None:
    tools = ("wl-copy", "xclip", "xsel", "powershell.exe", "clip.exe")
    desk = Desk(tmp_path, *tools, "termux-clipboard-set", **environ)
    copied = await desk.copy("Grüße")
    words = f"Copied with {tool.removesuffix('.exe')}."
    assert copied == Copied(words, Way.TOOL)
    assert desk.tools == [tool]
    assert desk.written == [osc52("Grüße")]


async def test_a_mac_copies_in_utf_8_whatever_its_locale(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "pbcopy", LC_ALL="C")
    assert (await desk.copy("Grüße")).words == "Copied with pbcopy."
    assert desk.ran == [(("pbcopy",), "Grüße".encode())]
    assert desk.environs[0]["LC_ALL"] == "en_US.UTF-8"


async def test_a_tool_that_fails_gives_way_to_the_next(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "wl-copy", "xclip", "xsel", WAYLAND_DISPLAY="w", DISPLAY=":0")
    desk.failing = {"wl-copy", "xclip"}
    assert (await desk.copy("x")).words == "Copied with xsel."
    assert desk.tools == ["wl-copy", "xclip", "xsel"]


async def test_windows_gets_every_character_and_no_byte_order_mark(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, "powershell.exe", "clip.exe", WSL_DISTRO_NAME="Debian")
    desk.failing = {"powershell.exe"}
    await desk.copy("± 🌸")
    (_, first), (_, second) = desk.ran
    assert base64.b64decode(first).decode() == "± 🌸"
    assert second.decode("utf-16-le") == "± 🌸"


async def test_keys_to_models_stay_out_of_the_tools_environment(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "xclip", DISPLAY=":0", OPENAI_API_KEY="canary", LANG="C")
    await desk.copy("x")
    assert "canary" not in desk.environs[0].values()
    assert desk.environs[0]["LANG"] == "C"


async def test_without_a_tool_the_terminal_gets_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "xclip", "wl-copy")
    assert await desk.copy("a\nb\t€") == Copied(SENT, Way.TERMINAL)
    assert desk.written == [osc52("a\nb\t€")]
    assert not desk.ran


async def test_over_ssh_no_tool_of_the_far_machine_takes_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "xclip", "wl-copy", "pbcopy", SSH_TTY="/dev/pts/1")
    desk.environ |= {"DISPLAY": ":0", "WAYLAND_DISPLAY": "w"}
    assert (await desk.copy("x")).words == SENT
    assert not desk.ran
    desk.environ["DISPLAY"] = "localhost:10.0"
    assert (await desk.copy("x")).words == "Copied with xclip."


async def test_tmux_hands_it_to_its_terminal(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "tmux", TMUX="/tmp/tmux-1/default,1,0")
    words = "Sent to the terminal's clipboard through tmux; it can't be verified."
    assert await desk.copy("x") == Copied(words, Way.TERMINAL)
    assert desk.ran == [(("tmux", "load-buffer", "-w", "-"), b"x")]
    assert not desk.written
    desk.failing = {"tmux"}
    assert (await desk.copy("x")).words == SENT
    assert desk.written == [osc52("x")]


async def test_screen_gets_it_in_pieces(tmp_path: Path) -> None:
    desk = Desk(tmp_path, STY="1.pts", TERM="screen")
    await desk.copy("y" * 1_000)
    (sent,) = desk.written
    pieces = sent.split("\x1b\\")
    assert pieces.pop() == ""
    assert all(p.startswith("\x1bP") and len(p) <= 256 for p in pieces)
    assert "".join(piece[2:] for piece in pieces) == osc52("y" * 1_000)


@pytest.mark.parametrize("term", ["linux", "dumb", ""])
async def test_without_any_clipboard_there_is_a_file(tmp_path: Path, term: str) -> None:
    desk = Desk(tmp_path, TERM=term)
    copied = await desk.copy("a\r\nü")
    assert copied.words == "No clipboard here. Written to ~/kept/copied.txt"
    file = desk.folder / "copied.txt"
    assert file.read_text() == "a\nü"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(desk.folder.stat().st_mode) == 0o700
    assert not desk.written


async def test_what_a_terminal_would_drop_goes_into_the_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert (await desk.copy("z" * 74_994)).way is Way.TERMINAL
    assert len(desk.written[0]) == 100_000
    copied = await desk.copy("z" * 74_995)
    assert copied.words.startswith("Too long for the clipboard. Written to ~/kept")
    assert len(desk.written) == 1


async def test_the_file_never_goes_through_a_link(tmp_path: Path) -> None:
    desk = Desk(tmp_path, TERM="dumb")
    desk.folder.mkdir()
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (desk.folder / "copied.txt").symlink_to(precious)
    await desk.copy("x")
    assert precious.read_text() == "mine"
    assert not (desk.folder / "copied.txt").is_symlink()


async def test_no_room_for_the_file_is_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path, TERM="dumb")
    desk.folder.write_text("in the way")
    copied = await desk.copy("x")
    assert copied.way is Way.NOWHERE
    assert copied.words.startswith("Not copied: no clipboard here. ")


async def test_nothing_is_not_copied(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "xclip", DISPLAY=":0")
    assert await desk.copy("") == Copied("Nothing to copy.", Way.NOWHERE)
    assert not desk.ran and not desk.written


def test_what_is_pasted_presses_no_keys() -> None:
    hostile = "a\x1b[201~rm -rf\r\x03\x7f\x9b\ud83d\udca9\ud800\tb\r\nc\u200d"
    assert pasteable(hostile) == "a␛[201~rm -rf␍␃␡⟨U+009B⟩💩\ufffd\tb\nc\u200d"


XCLIP = """#!{python}
import os, sys, time
text = sys.stdin.buffer.read()
if os.fork():
    sys.exit(0)
with open({place!r} + "/pid", "w") as file:
    file.write(f"{{os.getpid()}} {{os.getsid(0)}}")
with open({place!r} + "/clipboard.tmp", "wb") as file:
    file.write(text)
os.rename({place!r} + "/clipboard.tmp", {place!r} + "/clipboard")
time.sleep(60)
"""
"""Like xclip: reads all, then stays in the background to hold the selection."""


async def test_a_real_tool_is_not_waited_for_while_it_holds_the_selection(
    tmp_path: Path,
) -> None:
    program = tmp_path / "bin" / "xclip"
    program.parent.mkdir()
    program.write_text(XCLIP.format(python=sys.executable, place=str(tmp_path)))
    program.chmod(0o700)
    environ = {
        **os.environ,
        "PATH": str(program.parent),
        "DISPLAY": ":0",
        "TERM": "dumb",
    }
    for name in ("SSH_TTY", "SSH_CONNECTION", "TMUX", "WAYLAND_DISPLAY"):
        environ.pop(name, None)
    clipboard = Clipboard(
        environ,
        tmp_path,
        None,
        which=lambda name: shutil.which(name, path=environ["PATH"]),
        run=lambda command, *rest: run_tool([str(program), *command[1:]], *rest),
    )
    text = "Grüße\n" * 50_000
    try:
        assert (await clipboard.copy(text)).words == "Copied with xclip."
        for _ in range(1_000):
            if (tmp_path / "clipboard").exists():
                break
            await asyncio.sleep(0.01)
        assert (tmp_path / "clipboard").read_text() == text
    finally:
        pid, session = (tmp_path / "pid").read_text().split()
        os.kill(int(pid), 9)
    assert int(session) != os.getsid(0)


async def test_a_tool_that_hangs_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); "
    command = [sys.executable, "-S", "-c", script + "time.sleep(60)"]
    began = asyncio.get_running_loop().time()
    assert not await run_tool(command, b"x" * 10_000_000, os.environ, 1.0)
    assert asyncio.get_running_loop().time() - began < 20
    if pid.exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)


async def test_tools_that_fail_or_are_missing_never_raise(tmp_path: Path) -> None:
    missing = [str(tmp_path / "nothing")]
    fails = [sys.executable, "-S", "-c", "raise SystemExit(1)"]
    for command in (missing, fails):
        assert not await run_tool(command, b"x" * 1_000_000, os.environ, 30.0)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Callable[..., str]]:
    if shutil.which("tmux") is None:
        pytest.skip("needs tmux")

    def run(*command: str) -> str:
        whole = ["tmux", "-S", str(tmp_path / "socket"), "-f", os.devnull, *command]
        return subprocess.run(
            whole, check=True, stdout=subprocess.PIPE, text=True, timeout=30
        ).stdout

    run("new-session", "-d", "sleep 600")
    yield run
    run("kill-server")


async def test_a_real_tmux_takes_it(tmp_path: Path, tmux: Callable[..., str]) -> None:
    environ = {"PATH": os.environ["PATH"], "TMUX": f"{tmp_path / 'socket'},1,0"}
    copied = await Clipboard(environ, tmp_path, None).copy("Grüße\naus tmux")
    assert copied.way is Way.TERMINAL
    assert tmux("show-buffer") == "Grüße\naus tmux"
