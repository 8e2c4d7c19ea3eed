"""The plain mode as a program: the main thread reads, another one runs the loop."""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from agno_tui.plain.input_lines import InputLines
from agno_tui.plain.line_editor import LineEditor, find_readline
from agno_tui.plain.terminal_keyboard import TerminalKeyboard, listen
from agno_tui.plain.typed import Keyboard

Talk = Callable[[Keyboard, Callable[[str], None]], Awaitable[int]]
"""Talks with who sits at a keyboard, and writes what is said; gives the exit code."""


def run_plain(talk: Talk, environ: Mapping[str, str]) -> int:
    """Talk at the standard input and output; returns the exit code. For the main
    thread."""
    _open_closed()
    for stream in (sys.stdin, sys.stdout):
        # What can't be decoded or shown must not end the program.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    if sys.stdin.encoding and codecs.lookup(sys.stdin.encoding).name == "ascii":
        # Nobody types ASCII alone: it is a locale that says nothing.
        getattr(sys.stdin, "reconfigure", lambda **_: None)(encoding="utf-8")
    keyboard, lines = _keyboard(environ)
    listen(keyboard)
    code = 1

    def run() -> None:
        nonlocal code
        try:
            code = asyncio.run(_talked(talk, keyboard))
        finally:
            keyboard.stop()

    thread = threading.Thread(target=run, name="plain", daemon=True)
    with _NothingDropped(sys.stdin.fileno() if keyboard.is_interactive else None):
        thread.start()
        keyboard.serve()
        thread.join()
    if lines is not None:
        lines.close()
    _flush()
    return code


def _open_closed() -> None:
    """Have something to read from and to write to where we were begun without."""
    # Not as the standard streams' own numbers: those may be other files by now.
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


async def _talked(talk: Talk, keyboard: Keyboard) -> int:
    return await talk(keyboard, _write)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _flush() -> None:
    """Let go of the standard output where nobody reads it any more: Python would say
    at its end that it could not be written."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _keyboard(
    environ: Mapping[str, str],
) -> tuple[TerminalKeyboard, InputLines | None]:
    is_interactive = sys.stdin.isatty()
    editor = None
    if is_interactive and sys.stdout.isatty():
        readline = find_readline(environ.get("TERM", ""))
        editor = LineEditor(readline) if readline is not None else None
    lines = None
    if os.name != "nt":
        encoding = sys.stdin.encoding or "utf-8"
        source = sys.stdin.fileno()
        lines = InputLines(source, encoding=encoding, blocks=is_interactive)
    keyboard = TerminalKeyboard(
        _write, lines=lines, editor=editor, is_interactive=is_interactive
    )
    return keyboard, lines


class _NothingDropped:
    """While it lasts, ctrl+c does not take what was typed ahead from the terminal."""

    def __init__(self, terminal: int | None) -> None:
        self._terminal = terminal
        self._before: list[Any] | None = None

    def __enter__(self) -> None:
        if self._terminal is None or os.name == "nt":
            return
        import termios

        try:
            mode = termios.tcgetattr(self._terminal)
            self._before = list(mode)
            mode[3] |= termios.NOFLSH
            termios.tcsetattr(self._terminal, termios.TCSANOW, mode)
        except termios.error:
            self._before = None

    def __exit__(self, *_: object) -> None:
        if self._terminal is None or self._before is None or os.name == "nt":
            return
        import termios

        with suppress(termios.error):
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._before)
