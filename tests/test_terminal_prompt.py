"""The prompt as a person has it: pastes and an editor in a real terminal."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

from tests.terminal import Terminal

CTRL_G, CTRL_Q = "\x07", "\x11"
START, END = "\x1b[200~", "\x1b[201~"
NOBODY = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "not-a-key"}
"""Nothing is sent here."""
LOG = "raw \x1b[31mred\x1b[0m end\r"


def test_a_paste_with_colours_in_it_is_not_sent(tmp_path: Path) -> None:
    with Terminal(tmp_path, env=NOBODY) as terminal:
        terminal.wait_for("Message…")
        terminal.type(START + LOG + "\x1b[201" + "\x1b\r\x1b[13u last" + END + "!")
        terminal.wait_for("raw red end", "last!")
        terminal.type(CTRL_Q)
        assert terminal.wait_for_exit() == 0
    (database,) = (tmp_path / "data").rglob("*.db")
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)
        (draft,) = connection.execute("SELECT draft FROM sessions").fetchone()
    assert draft == "raw red end\n␛[201␛\n␛[13u last!"


def test_bytes_that_are_no_text_end_nothing(tmp_path: Path) -> None:
    with Terminal(tmp_path, env=NOBODY) as terminal:
        terminal.wait_for("Message…")
        terminal._child.send(START.encode() + b"a\xff\xc3(\r" + END.encode() + b"b")
        terminal.wait_for("a\ufffd\ufffd(", "b")
        terminal.type(CTRL_Q)
        assert terminal.wait_for_exit() == 0


def test_the_editor_has_the_terminal_and_gives_it_back(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(
        "#!/bin/sh\n"
        'printf "in the editor: "; cat "$1"; echo; read line\n'
        'printf "%s" "$line" > "$1"\n'
    )
    editor.chmod(0o755)
    env = {"EDITOR": str(editor)}
    with Terminal(tmp_path, env=NOBODY | env) as terminal:
        terminal.wait_for("Message…")
        terminal.type("draft" + CTRL_G)
        terminal.wait_for("in the editor: draft")
        # A key that would end a program is for the editor.
        terminal.type("written there\n")
        terminal.wait_for("│ written there")
        terminal.type(" and here")
        terminal.wait_for("written there and here")
        terminal.type(CTRL_Q)
        assert terminal.wait_for_exit() == 0
