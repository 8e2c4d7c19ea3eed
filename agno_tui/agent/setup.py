"""What an agent is made of: a model, a storage, a memory, and how they are used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agno_tui.session import new_id

if TYPE_CHECKING:
    from agno_tui.cancellation import Cancellation
    from agno_tui.loop_thread import LoopThread
    from agno_tui.memory import Memory
    from agno_tui.models.base import Model
    from agno_tui.session import Run
    from agno_tui.storage.base import Storage
    from agno_tui.tools.base import Tool

TOOL_CALL_ROUNDS = 10
"""How many times in one run the model may call tools before it has to answer."""


def check_window(num_history_runs: int | None) -> None:
    """Errors: `ValueError` for a number of runs that is none."""
    if num_history_runs is not None and num_history_runs < 0:
        raise ValueError(
            f"num_history_runs is {num_history_runs}: it must be None (all), 0 "
            "(none) or more."
        )


def _check_id(name: str, value: object) -> None:
    # A number would be another key in one storage and the same in the next.
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be text, and is {value!r:.40}.")


class AgentSetup:
    """The parts and the choices of an agent; see `Agent` for what they mean.

    Making one costs microseconds: parts that were not given are made when first used.
    """

    __slots__ = (
        "__weakref__",
        "_has_tidied",
        "_live",
        "_lock",
        "_loop_thread",
        "_memory",
        "_session_id",
        "_session_ids",
        "_storage",
        "_tools",
        "_unkept",
        "add_history_to_messages",
        "enable_agentic_memory",
        "instructions",
        "markdown",
        "memory_of_users",
        "model",
        "num_history_runs",
        "num_history_sessions",
        "search_previous_sessions_history",
        "session_state",
        "show_tool_calls",
        "tool_call_rounds",
        "tools",
        "user_id",
    )

    def __init__(
        self,
        model: Model,
        *,
        memory: Memory | None = None,
        storage: Storage | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        session_state: Mapping[str, object] | None = None,
        instructions: str | Sequence[str] | None = "",
        tools: Iterable[Tool | Callable[..., Any]] | None = None,
        add_history_to_messages: bool = False,
        num_history_runs: int | None = 3,
        search_previous_sessions_history: bool = False,
        num_history_sessions: int = 2,
        enable_agentic_memory: bool = False,
        show_tool_calls: bool = True,
        markdown: bool = False,
        tool_call_rounds: int = TOOL_CALL_ROUNDS,
    ) -> None:
        if isinstance(model, str) or isinstance(storage, str):
            raise TypeError(
                "model is a model, as OpenAIChat(id=…), and storage a storage, as "
                "SqliteStorage(db_file=…); a text is neither."
            )
        check_window(num_history_runs)
        if num_history_sessions < 0:
            raise ValueError(
                f"num_history_sessions is {num_history_sessions}: it must be 0 or more."
            )
        self.model = model
        self.user_id = user_id or ""
        self._session_id = session_id or ""
        self.session_state = session_state
        self.instructions = instructions
        self.tools = list(tools or ())
        self.add_history_to_messages = add_history_to_messages
        self.num_history_runs = num_history_runs
        self.search_previous_sessions_history = search_previous_sessions_history
        self.num_history_sessions = num_history_sessions
        self.enable_agentic_memory = enable_agentic_memory
        self.memory_of_users: dict[str, bool] = {}
        """By `user_id`: whether memory is on for the users who chose that."""
        self.show_tool_calls = show_tool_calls
        self.markdown = markdown
        self.tool_call_rounds = tool_call_rounds
        self._memory = memory
        self._storage = storage
        self._session_ids: dict[str, str] = {}
        self._live: dict[str, Cancellation] = {}
        self._lock = threading.Lock()
        """Held while a part is made: threads that come at once must share it."""
        self._tools: tuple[list[Tool | Callable[..., Any]], list[Tool]] | None = None
        self._loop_thread: LoopThread | None = None
        self._has_tidied = False
        self._unkept: dict[str, Run] = {}
        """Runs whose end could not be written, as they ended."""

    @property
    def storage(self) -> Storage:
        """Where sessions and runs are kept: what was given, else the memory's."""
        if self._storage is None:
            self._storage = self._given_memory().storage  # The same for all who come.
        return self._storage

    async def _opened(self) -> Storage:
        """The storage, ready to be used.

        At the first call the runs whose process is gone become INTERRUPTED: nobody else
        would ever end them. Errors: `StorageError`.
        """
        storage = self.storage
        await storage.open()
        if not self._has_tidied:
            self._has_tidied = True
            await storage.interrupt_abandoned()
        return storage

    @property
    def memory(self) -> Memory:
        """What is known about the users: the given one where it has a storage of its
        own, else kept where the sessions are."""
        memory = self._given_memory()
        if memory.is_bound or self._storage is None:
            return memory
        from agno_tui.memory import Memory

        return Memory(self._storage)

    def _given_memory(self) -> Memory:
        with self._lock:
            if self._memory is None:
                from agno_tui.memory import Memory

                self._memory = Memory()
            return self._memory

    @property
    def session_id(self) -> str:
        """The session of calls that name none: the one given, else the one made for
        the agent's own user; empty while there is neither. None or empty begins anew.
        """
        return self._session_id or self._session_ids.get(self._user(None), "")

    @session_id.setter
    def session_id(self, session_id: str | None) -> None:
        self._session_id = session_id or ""
        if not session_id:
            self._session_ids.pop(self._user(None), None)

    def _user(self, user_id: str | None) -> str:
        """Whose call it is: as said (empty: nobody's), else the agent's own user."""
        _check_id("user_id", user_id)
        return (self.user_id or "") if user_id is None else user_id

    def _remembers(self, user_id: str) -> bool:
        """Whether memory is on in the runs of a user."""
        return self.memory_of_users.get(user_id, self.enable_agentic_memory)

    def _session(self, session_id: str | None, user_id: str) -> str:
        """Which session is meant: as said, else the agent's own, else one made once
        for this user and gone on with, as long as the agent lives."""
        _check_id("session_id", session_id)
        if session_id or self._session_id:
            return session_id or self._session_id
        return self._session_ids.setdefault(user_id, new_id())
