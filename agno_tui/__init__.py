"""A terminal chat that keeps its conversations: sessions, runs and messages.

The names below are loaded when first asked for, so that `import agno_tui` costs nothing
and a program that needs only the storage never loads the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agno_tui.agent import Agent as Agent
    from agno_tui.memory import Memory as Memory
    from agno_tui.models.openai import OpenAIChat as OpenAIChat
    from agno_tui.panels import pprint_run_response as pprint_run_response
    from agno_tui.response import RunResponse as RunResponse
    from agno_tui.runner import Runner as Runner
    from agno_tui.session import Message as Message
    from agno_tui.session import Metrics as Metrics
    from agno_tui.session import Run as Run
    from agno_tui.session import RunStatus as RunStatus
    from agno_tui.session import Session as Session
    from agno_tui.session import UserMemory as UserMemory
    from agno_tui.storage.errors import SessionNotFoundError as SessionNotFoundError
    from agno_tui.storage.errors import StorageError as StorageError
    from agno_tui.storage.memory import MemoryStorage as MemoryStorage
    from agno_tui.storage.sqlite import SqliteStorage as SqliteStorage
    from agno_tui.tools.base import ToolContext as ToolContext
    from agno_tui.tools.base import tool as tool

__version__ = "0.1.0"

_HOMES = {
    "Agent": "agno_tui.agent",
    "Memory": "agno_tui.memory",
    "MemoryStorage": "agno_tui.storage.memory",
    "Message": "agno_tui.session",
    "Metrics": "agno_tui.session",
    "OpenAIChat": "agno_tui.models.openai",
    "Run": "agno_tui.session",
    "RunResponse": "agno_tui.response",
    "RunStatus": "agno_tui.session",
    "Runner": "agno_tui.runner",
    "Session": "agno_tui.session",
    "SessionNotFoundError": "agno_tui.storage.errors",
    "SqliteStorage": "agno_tui.storage.sqlite",
    "StorageError": "agno_tui.storage.errors",
    "ToolContext": "agno_tui.tools.base",
    "UserMemory": "agno_tui.session",
    "pprint_run_response": "agno_tui.panels",
    "tool": "agno_tui.tools.base",
}

__all__ = [*sorted(_HOMES), "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
