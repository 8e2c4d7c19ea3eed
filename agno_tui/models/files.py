"""Files that only their owner can read, whatever the umask."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from agno_tui.config import make_private_folder


def open_private(path: Path) -> IO[bytes]:
    """A new or emptied file to write to. Errors: `OSError`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def write_private(path: Path, text: str) -> None:
    """Put this text, which is valid Unicode, in the place of what the file held.

    Whoever reads it finds the old or the new text, never half of one. The folder is
    made where it is missing. Errors: `OSError`; the old text is kept then.
    """
    make_private_folder(path.parent)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
