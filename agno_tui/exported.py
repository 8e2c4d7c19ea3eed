"""Files that are written for the user: private, and none in another's place."""

from __future__ import annotations

import os
import re
from itertools import count
from pathlib import Path
from typing import Final

from agno_tui.config import find_places, make_private_folder
from agno_tui.folding import fold
from agno_tui.session import Session

LONGEST_NAME: Final = 60
"""Characters of a file's name."""

_NOT_IN_NAMES: Final = re.compile(r"[^\w]+")


def exports_folder() -> Path:
    """Where they go, unless somebody says otherwise."""
    return find_places().data_dir / "exports"


def file_name(session: Session) -> str:
    """A session's name as a file's, without what comes after the last dot."""
    words = _NOT_IN_NAMES.sub("-", fold(session.name[:200])).strip("-_")
    return words[:LONGEST_NAME].strip("-_") or "conversation"


def new_file(folder: Path, name: str, text: str) -> Path:
    """Write a text to a new Markdown file of that name, with a number where there is
    one already; returns it. Slow. Errors: `OSError`."""
    make_private_folder(folder)
    file = _empty_file(folder, name)
    try:
        file.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return file


def _empty_file(folder: Path, name: str) -> Path:
    """An empty file that only the user can read, under the next free name."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
    for number in count(1):
        file = folder / (f"{name}.md" if number == 1 else f"{name}-{number}.md")
        try:
            descriptor = os.open(file, flags, 0o600)
        except FileExistsError:
            continue
        os.close(descriptor)
        os.chmod(file, 0o600)
        return file
    raise AssertionError("count() does not end")
