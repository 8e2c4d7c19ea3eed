"""Versions of a turn with real key bytes: edited, answered again, chosen."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

from tests.terminal import Terminal

CTRL_Q, ESC, ENTER, SHIFT_TAB = "\x11", "\x1b", "\r", "\x1b[Z"
EDITS = "Editing an earlier message"


@pytest.fixture
def env() -> Iterator[dict[str, str]]:
    """A server that streams a fixed answer; its base URL."""
    command = [sys.executable, "-m", "tests.fake_server", "--rate", "300"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        yield {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "not-a-key"}
        process.terminate()


def test_a_question_is_edited_and_its_versions_are_chosen_also_after_a_kill(
    tmp_path: Path, env: dict[str, str]
) -> None:
    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for("Message…")
        terminal.type("first question" + ENTER)
        terminal.wait_for("tok/s")
        terminal.type(SHIFT_TAB)
        terminal.wait_for("walk")
        terminal.type("e")
        terminal.wait_for(EDITS)
        terminal.type(" in other words")
        terminal.wait_for("first question in other words")
        terminal.type(ENTER)
        terminal.wait_until(lambda s: EDITS not in s and "tok/s" in s)
        terminal.type(SHIFT_TAB)
        terminal.wait_for("walk")
        terminal.type("g")
        terminal.wait_for("‹ 2/2 ›", "first question in other words")
        terminal.type("[")
        terminal.wait_until(lambda s: "‹ 1/2 ›" in s and "other words" not in s)
        terminal.type("e")
        terminal.wait_for(EDITS)
        terminal.type(" half")
        terminal.wait_for("first question half")
        # What is typed is kept soon after the last key.
        terminal.wait_until(lambda s: draft_in(tmp_path) == "first question half")
        terminal.kill()

    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for(EDITS, "first question half", "‹ 1/2 ›")
        terminal.type(ESC)
        terminal.wait_until(lambda s: EDITS not in s and "half" not in s)
        terminal.type(SHIFT_TAB)
        terminal.wait_for("walk")
        terminal.type("g]")
        terminal.wait_for("‹ 2/2 ›", "first question in other words")
        terminal.type(CTRL_Q)
        assert terminal.wait_for_exit() == 0


def draft_in(folder: Path) -> str:
    """What is on disk of the only session's draft."""
    (database,) = (folder / "data").rglob("*.db")
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT draft FROM sessions").fetchone()
    return str(found[0]) if found else ""
