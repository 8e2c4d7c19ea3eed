"""The agent, as a program uses it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Literal,
    ParamSpec,
    TypeVar,
    overload,
)

from agno_tui.agent.calls import AgentCalls
from agno_tui.agent.setup import AgentSetup
from agno_tui.events import RunEvent

if TYPE_CHECKING:
    from agno_tui.loop_thread import LoopThread
    from agno_tui.response import RunResponse

A = TypeVar("A", bound=AgentSetup)
P = ParamSpec("P")
T = TypeVar("T")


def _waiting(
    method: Callable[Concatenate[A, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[A, P], T]:
    """The same call for programs without an event loop: waits for what it gives."""
    name = method.__name__.removeprefix("a")

    def call(self: A, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return own_loop(self, name).run(method(self, *args, **kwargs))

    functools.update_wrapper(call, method)
    call.__name__ = name
    call.__qualname__ = f"Agent.{name}"
    return call


class Agent(AgentCalls):
    """Answers messages in sessions with a model, and keeps every run.

    `model`: who answers. `storage`: where sessions are kept; without one they stay in
    the `memory`, which is the process. `user_id`, `session_id`: whose and which session
    where a call does not say; without any, a session is made at the first run and gone
    on with. `session_state`: what a session's state starts with; its values stand in
    the `instructions` as `{name}`. `instructions`: the system message. `tools`:
    functions the model may call (see `agno_tui.tools.base`).

    `add_history_to_messages`: whether the last `num_history_runs` completed runs of the
    session go along (None: all, 0: none). `search_previous_sessions_history`: whether
    the model may look back into the user's last `num_history_sessions` sessions, and
    search all of them. `enable_agentic_memory`: whether it is told what is known about
    the user, and may remember and forget. `show_tool_calls`: whether `print_response`
    names them. `markdown`: whether it is asked to write Markdown. `tool_call_rounds`:
    how often in one run it may call tools.

    The calls beginning with `a` are for an event loop; those without wait, on an event
    loop of the agent's own, and refuse to where one is running. One agent serves many
    users, sessions, tasks and threads at the same time.
    """

    __slots__ = ()

    @overload
    def run(
        self,
        message: str,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        stream: Literal[False] = False,
        session_state: Mapping[str, object] | None = None,
        temporary: bool = False,
    ) -> RunResponse: ...

    @overload
    def run(
        self,
        message: str,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        stream: Literal[True],
        session_state: Mapping[str, object] | None = None,
        temporary: bool = False,
    ) -> Iterator[RunEvent]: ...

    def run(
        self,
        message: str,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        stream: bool = False,
        session_state: Mapping[str, object] | None = None,
        temporary: bool = False,
    ) -> RunResponse | Iterator[RunEvent]:
        """Answer a message in a session, and wait for the answer; see `arun`.

        Leaving the iteration of events early stops the run; what arrived is kept.
        Errors: those of `arun`; `RuntimeError` where an event loop runs in this thread.
        """
        thread = own_loop(self, "run")
        options: dict[str, Any] = {
            "user_id": user_id,
            "session_id": session_id,
            "session_state": session_state,
            "temporary": temporary,
        }
        if stream:
            events = self.arun(message, stream=True, **options)
            return thread.iterate(lambda: events.events)
        answer: Coroutine[Any, Any, RunResponse] = self.arun(message, **options)
        return thread.run(answer)

    @overload
    def continue_run(
        self,
        run_id: str,
        *,
        session_id: str | None = None,
        user_id: str | None = None,
        regenerate: bool = False,
        stream: Literal[False] = False,
    ) -> RunResponse: ...

    @overload
    def continue_run(
        self,
        run_id: str,
        *,
        session_id: str | None = None,
        user_id: str | None = None,
        regenerate: bool = False,
        stream: Literal[True],
    ) -> Iterator[RunEvent]: ...

    def continue_run(
        self,
        run_id: str,
        *,
        session_id: str | None = None,
        user_id: str | None = None,
        regenerate: bool = False,
        stream: bool = False,
    ) -> RunResponse | Iterator[RunEvent]:
        """Ask a run's question again, and wait for the answer; see `acontinue_run`.

        Errors: those of `acontinue_run`; `RuntimeError` where an event loop runs in
        this thread.
        """
        thread = own_loop(self, "continue_run")
        options: dict[str, Any] = {
            "session_id": session_id,
            "user_id": user_id,
            "regenerate": regenerate,
        }
        if stream:
            events = self.acontinue_run(run_id, stream=True, **options)
            return thread.iterate(lambda: events.events)
        answer: Coroutine[Any, Any, RunResponse] = self.acontinue_run(run_id, **options)
        return thread.run(answer)

    print_response = _waiting(AgentCalls.aprint_response)
    get_session = _waiting(AgentCalls.aget_session)
    get_sessions = _waiting(AgentCalls.aget_sessions)
    get_runs = _waiting(AgentCalls.aget_runs)
    get_session_messages = _waiting(AgentCalls.aget_session_messages)
    get_chat_history = _waiting(AgentCalls.aget_chat_history)
    set_session_name = _waiting(AgentCalls.aset_session_name)
    delete_session = _waiting(AgentCalls.adelete_session)
    fork_session = _waiting(AgentCalls.afork_session)
    get_session_metrics = _waiting(AgentCalls.aget_session_metrics)
    get_session_state = _waiting(AgentCalls.aget_session_state)
    update_session_state = _waiting(AgentCalls.aupdate_session_state)
    get_session_summary = _waiting(AgentCalls.aget_session_summary)
    create_session_summary = _waiting(AgentCalls.acreate_session_summary)
    get_user_memories = _waiting(AgentCalls.aget_user_memories)


def own_loop(agent: AgentSetup, name: str) -> LoopThread:
    """The loop of an agent's own, on which the calls that wait run.

    Errors: `RuntimeError`, naming the call to use, where this thread runs a loop.
    """
    from agno_tui.loop_thread import LoopThread, refuse_running_loop

    refuse_running_loop(f"Agent.{name}", f"`await agent.a{name}(…)`")
    with agent._lock:
        if agent._loop_thread is None or not agent._loop_thread.is_alive:
            agent._loop_thread = LoopThread(at_exit=agent.model.close)
        return agent._loop_thread
