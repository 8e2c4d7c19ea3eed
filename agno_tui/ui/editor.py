"""The user's own editor on what is written in the prompt."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agno_tui.text import one_line
from agno_tui.ui.pastes import LONGEST, as_typed

Run = Callable[[Sequence[str]], Awaitable[int]]
"""Runs a command in the terminal until it ends; returns its exit code. Errors:
`OSError`."""

Take = Callable[[str], Awaitable[bool]]
"""Takes what was saved; returns whether it is safe there."""

FALLBACKS: Final = ("notepad",) if os.name == "nt" else ("nano", "vi", "vim", "emacs")
"""Where the user has chosen none."""

_WAIT: Final = {
    **dict.fromkeys(("code", "codium", "cursor", "subl", "zed", "atom"), "--wait"),
    **dict.fromkeys(("mate",), "-w"),
    **dict.fromkeys(("gvim", "mvim"), "-f"),
    **dict.fromkeys(("kate",), "-b"),
}
"""What has an editor with a window of its own stay until the file is closed."""


@dataclass(slots=True, frozen=True)
class Edited:
    """What became of a text in the editor."""

    text: str | None = None
    """What was saved; None: there is nothing to take back."""
    trouble: str = ""
    """What went wrong, what was kept and where, in words for the user."""


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """The editor that is asked for by `VISUAL` or `EDITOR`, else one that is there.

    Errors: `LookupError`, in words for the user, where there is none.
    """
    for name in ("VISUAL", "EDITOR"):
        if not environ.get(name, "").strip():
            continue
        try:
            command = shlex.split(environ[name], posix=os.name != "nt")
        except ValueError:
            command = []
        if not command or shutil.which(command[0], path=environ.get("PATH")) is None:
            chosen = one_line(environ[name])
            raise LookupError(f"There is no editor {chosen}, which {name} asks for.")
        return _waiting(command)
    for name in FALLBACKS:
        if shutil.which(name, path=environ.get("PATH")) is not None:
            return [name]
    raise LookupError("No editor was found. Set EDITOR to the one you like.")


def _waiting(command: list[str]) -> list[str]:
    wait = _WAIT.get(Path(command[0]).stem)
    return (
        command if wait is None or wait in command else [command[0], wait, *command[1:]]
    )


async def edited(
    text: str, command: Sequence[str], run: Run, take: Take | None = None
) -> Edited:
    """Have a text edited, in a file that nobody else can read and that is gone
    afterwards; it stays where it holds something that was not taken back.

    `take` is given what was saved, if it is another text.
    """
    try:
        file = await asyncio.to_thread(_written, text)
    except OSError as error:
        return Edited(trouble=f"No file could be made for it ({_why(error)}).")
    try:
        code = await run([*command, str(file)])
    except OSError as error:
        _remove(file)
        return Edited(trouble=f"{one_line(command[0])} did not start ({_why(error)}).")
    saved, trouble = await asyncio.to_thread(_read, file, text)
    if not trouble and code and saved not in (None, text):
        trouble = f"The editor ended with an error ({code})."
    elif not trouble and code:
        _remove(file)
        return Edited(trouble=f"The editor ended with an error ({code}).")
    if not trouble and take is not None and saved not in (None, text):
        trouble = "" if await take(saved) else "It could not be kept."
    if trouble:
        return Edited(trouble=f"{trouble} What you wrote there is in {file}")
    _remove(file)
    return Edited(saved)


async def run_here(command: Sequence[str]) -> int:
    """Run a command in this terminal; a `Run`. Keys that would end a program, such as
    ctrl+c, are for the command alone."""
    with _left_alone():
        process = await asyncio.create_subprocess_exec(*command)
        return await process.wait()


@contextmanager
def _left_alone() -> Iterator[None]:
    numbers = [signal.SIGINT]
    if hasattr(signal, "SIGQUIT"):
        numbers.append(signal.SIGQUIT)
    # Not SIG_IGN: the command would inherit that.
    before = [(number, signal.signal(number, lambda *_: None)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _written(text: str) -> Path:
    # The directory is made for this user alone, 0700.
    file = Path(tempfile.mkdtemp(prefix="agno-tui-")) / "message.md"
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(text.encode("utf-8", "replace"))
    return file


def _read(file: Path, text: str) -> tuple[str | None, str]:
    """What is in the file, without the newline that editors put at the end; and what
    is wrong with it."""
    try:
        if file.stat().st_size > LONGEST * 4:
            return None, "That is more than 10 MB, too long for a message."
        saved = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return text, ""
    except UnicodeDecodeError:
        return None, "That is no text in UTF-8."
    except OSError as error:
        return None, f"It could not be read ({_why(error)})."
    if len(saved) > LONGEST:
        return None, "That is more than 10 MB, too long for a message."
    if saved == text:
        return text, ""
    saved = as_typed(saved)
    return (saved if text.endswith("\n") else saved.removesuffix("\n")), ""


def _remove(file: Path) -> None:
    shutil.rmtree(file.parent, ignore_errors=True)


def _why(error: OSError) -> str:
    return one_line(error.strerror or type(error).__name__)
