"""What an import costs: nothing that is not needed yet."""

from __future__ import annotations

import subprocess
import sys

import pytest

import agno_tui


def loaded_by(statement: str, *modules: str) -> str:
    """Those of `modules` that a fresh interpreter has loaded after a statement."""
    code = (
        f"{statement}\nimport sys\nprint(*(m for m in {modules} if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout.strip()


SLOW = ("openai", "pydantic", "httpx2", "markdown_it")


def test_the_check_itself_sees_what_is_loaded() -> None:
    assert loaded_by("import sqlite3", "sqlite3", "openai") == "sqlite3"


def test_importing_the_package_loads_nothing() -> None:
    others = ("textual", "pygments", "aiosqlite", "sqlite3", "asyncio")
    assert loaded_by("import agno_tui", *SLOW, *others) == ""


def test_importing_the_app_loads_nothing_that_the_first_frame_can_do_without() -> None:
    statement = "import agno_tui.cli, agno_tui.ui.app"
    assert loaded_by(statement, *SLOW, "pygments.lexers") == ""


SIX = "Agent, Memory, OpenAIChat, RunResponse, SqliteStorage, pprint_run_response"


def test_an_agent_with_model_and_storage_is_made_without_what_a_run_needs() -> None:
    statement = (
        f"from agno_tui import {SIX}\nAgent(model=OpenAIChat(id='gpt-4o-mini'), "
        "memory=Memory(), storage=SqliteStorage(table_name='t', db_file='t.db'))"
    )
    assert loaded_by(statement, *SLOW, "textual", "rich", "pygments") == ""


def test_the_storage_alone_loads_no_screen_and_no_model() -> None:
    assert loaded_by("from agno_tui import SqliteStorage", *SLOW, "textual") == ""


def test_an_agent_over_memory_loads_no_database_and_no_screen() -> None:
    statement = "from agno_tui import Agent, MemoryStorage, Runner, Run, Session"
    assert loaded_by(statement, *SLOW, "textual", "aiosqlite", "sqlite3") == ""


@pytest.mark.parametrize("name", agno_tui.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(agno_tui, name) is not None


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        agno_tui.Nothing  # noqa: B018
