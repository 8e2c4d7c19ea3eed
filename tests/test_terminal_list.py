"""The list of conversations in a real terminal: keys in one burst."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.storage.sqlite import SqliteStorage
from tests.terminal import Terminal

CTRL_N, CTRL_Q, CTRL_S, ENTER, DOWN = "\x0e", "\x11", "\x13", "\r", "\x1b[B"
ESC_BY_ITSELF = "\x1b[27u"
"""As Kitty's protocol sends it: else it begins what follows."""
NOBODY = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "not-a-key"}
"""Nothing is sent here."""


async def fill(file: Path) -> None:
    """Sessions f, e, d, c, b, a from top to bottom."""
    storage = SqliteStorage(file)
    await storage.open()
    try:
        for name in "abcdef":
            run = Run(
                session_id=name,
                status=RunStatus.COMPLETED,
                messages=[
                    Message(Role.USER, f"title {name}"),
                    Message(Role.ASSISTANT, "answer"),
                ],
            )
            await storage.start_run(run, name=f"title {name}")
            await storage.update_run(run)
        await storage.set_open_session("f", user_id="")
    finally:
        await storage.close()


async def listed(file: Path) -> str:
    """Which sessions are in the list still, by name."""
    storage = SqliteStorage(file)
    await storage.open()
    try:
        sessions = await storage.get_sessions(user_id="", limit=100)
    finally:
        await storage.close()
    return "".join(sorted(one.session_id for one in sessions))


@pytest.mark.parametrize(
    ("keys", "rest"),
    [("ddd", "abf"), ("dddu", "abcf"), ("aaa", "abf"), ("aaau", "abcf")],
)
def test_a_burst_of_keys_takes_one_row_after_the_other(
    tmp_path: Path, keys: str, rest: str
) -> None:
    file = tmp_path / "x.db"
    asyncio.run(fill(file))
    gone = set("abcdef") - set(rest)
    with Terminal(tmp_path, "--db", str(file), env=NOBODY) as terminal:
        terminal.wait_for("title a", "title f", "Message…")
        terminal.type(CTRL_S + DOWN + keys)
        terminal.wait_until(
            lambda text: (
                all(f"title {one}" in text for one in rest)
                and not any(f"title {one}" in text for one in gone)
            )
        )
        terminal.type(CTRL_Q)
        assert terminal.wait_for_exit() == 0
    assert asyncio.run(listed(file)) == rest


def test_what_follows_enter_and_esc_in_the_list_is_written(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    asyncio.run(fill(file))
    with Terminal(tmp_path, "--db", str(file), env=NOBODY) as terminal:
        terminal.wait_for("title a", "title f", "Message…")
        terminal.type(CTRL_S + DOWN + ENTER + "dad" + CTRL_S + ESC_BY_ITSELF + "dy")
        terminal.wait_for("│ daddy ")
        terminal.type(CTRL_S + "/title c" + ENTER + "add")
        terminal.wait_for("│ add ")
        terminal.type(CTRL_S + CTRL_N + "ad")
        terminal.wait_for("│ ad ", "title f")
        terminal.type(CTRL_Q)
        assert terminal.wait_for_exit() == 0
    assert set("abcdef") <= set(asyncio.run(listed(file)))
