"""Files of the user's alone, and what happens when they can't be written."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agno_tui.models.files import open_private, write_private

posix = pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")


@pytest.fixture(autouse=True)
def generous() -> Iterator[None]:
    """The umask that lets everybody read."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@posix
def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "one" / "two"
    write_private(folder / "words", "secret")
    with open_private(folder / "bytes") as file:
        file.write(b"secret")
    assert mode(folder / "words") == mode(folder / "bytes") == 0o600
    assert mode(folder) == mode(folder.parent) == 0o700


@posix
def test_a_file_that_others_could_read_is_ours_from_then_on(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("old")
    write_private(tmp_path / "words", "new\n")
    assert (tmp_path / "words").read_bytes() == b"new\n"
    assert mode(tmp_path / "words") == 0o600


def test_the_old_text_outlives_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    write_private(tmp_path / "words", "old")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_private(tmp_path / "words", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["words"]
    assert (tmp_path / "words").read_text() == "old"
