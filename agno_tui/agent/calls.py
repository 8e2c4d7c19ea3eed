"""An agent's calls for an event loop: run, continue, print."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Literal, overload

from agno_tui.agent.keeping import WHOLE
from agno_tui.agent.options import RunOptions
from agno_tui.agent.sessions import AgentSessions
from agno_tui.agent.setup import check_window
from agno_tui.events import RunEvent
from agno_tui.session import Run
from agno_tui.storage.errors import SessionNotFoundError, StorageError

if TYPE_CHECKING:
    from typing import IO

    from agno_tui.agent.run_stream import RunStream
    from agno_tui.response import RunResponse


class AgentCalls(AgentSessions):
    """An agent that can be asked from an event loop."""

    __slots__ = ()

    @overload
    def arun(
        self,
        message: str,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        stream: Literal[False] = False,
        session_state: Mapping[str, object] | None = None,
        temporary: bool = False,
    ) -> Coroutine[Any, Any, RunResponse]: ...

    @overload
    def arun(
        self,
        message: str,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        stream: Literal[True],
        session_state: Mapping[str, object] | None = None,
        temporary: bool = False,
    ) -> RunStream: ...

    def arun(
        self,
        message: str,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        stream: bool = False,
        session_state: Mapping[str, object] | None = None,
        temporary: bool = False,
    ) -> Coroutine[Any, Any, RunResponse] | RunStream:
        """Answer a message in a session: one run.

        Gives a `RunResponse`, whose `status` and `error` say how it went, or with
        `stream` the run's events as they come. `session_state`: values to set in the
        session's state first. `temporary`: a session that is new stays out of looking
        back and of searching. Errors: `SessionNotFoundError` where the session is
        another user's or in the trash, `StorageError` where the message can't be kept;
        at once `ValueError` where `session_state` is not JSON, and `TypeError` where
        the message or an id is not text.
        """
        check_window(self.num_history_runs)
        if session_state is not None:
            from agno_tui.storage.json_text import json_text

            json_text(session_state)
        user = self._user(user_id)
        run = self.new_run(
            message, session_id=self._session(session_id, user), user_id=user
        )
        options = RunOptions(temporary=temporary, session_state=session_state)
        return _given(self._events(run, options), stream)

    @overload
    def acontinue_run(
        self,
        run_id: str,
        *,
        session_id: str | None = None,
        user_id: str | None = None,
        regenerate: bool = False,
        stream: Literal[False] = False,
    ) -> Coroutine[Any, Any, RunResponse]: ...

    @overload
    def acontinue_run(
        self,
        run_id: str,
        *,
        session_id: str | None = None,
        user_id: str | None = None,
        regenerate: bool = False,
        stream: Literal[True],
    ) -> RunStream: ...

    def acontinue_run(
        self,
        run_id: str,
        *,
        session_id: str | None = None,
        user_id: str | None = None,
        regenerate: bool = False,
        stream: bool = False,
    ) -> Coroutine[Any, Any, RunResponse] | RunStream:
        """Ask a run's question again, as a new run.

        For a run that failed or was cut short. With `regenerate` also for one that is
        complete: the model sees what came before it, and once the new answer is whole
        the old run is REGENERATED: kept beside it, with all that followed it, and no
        longer replayed. Where it does not become whole the old one stays. Gives what
        `arun` gives. Errors: `SessionNotFoundError` where this user has no such run (in
        that session, if named), `ValueError` for one that is complete (without
        `regenerate`) or still under way; those of `arun`.
        """
        again = self._again(run_id, session_id, self._user(user_id), regenerate)
        return _given(again, stream)

    async def aprint_response(
        self,
        message: str,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        stream: bool = False,
        markdown: bool = False,
        session_state: Mapping[str, object] | None = None,
        show_message: bool = True,
        file: IO[str] | None = None,
    ) -> None:
        """Answer a message, and print it: Message, Tool Calls, Response.

        To the standard output, or `file`. What goes wrong is printed too, not raised.
        `markdown` is Agno's: Markdown is printed as the model wrote it either way.
        """
        from agno_tui.panels import Panels, print_events, print_response

        panels = Panels(file)
        asked = message if show_message else ""
        events = self.arun(
            message,
            user_id=user_id,
            session_id=session_id,
            session_state=session_state,
            stream=True,
        )
        try:
            if stream:
                async with aclosing(events):
                    await print_events(
                        panels,
                        events,
                        message=asked,
                        show_tool_calls=self.show_tool_calls,
                    )
                return
            print_response(
                panels,
                await events.response(),
                message=asked,
                show_tool_calls=self.show_tool_calls,
            )
        except (SessionNotFoundError, StorageError) as error:
            panels.panel("Error", error.words)

    async def _events(
        self, run: Run, options: RunOptions
    ) -> AsyncGenerator[RunEvent, None]:
        await self._opened()
        async with aclosing(self.stream(run, options)) as events:
            async for event in events:
                yield event

    async def _again(
        self, run_id: str, session_id: str | None, user_id: str, regenerate: bool
    ) -> AsyncGenerator[RunEvent, None]:
        storage = await self._opened()
        run = await storage.get_run(run_id, user_id=user_id)
        if run is None or (session_id and run.session_id != session_id):
            raise SessionNotFoundError(run_id)
        if not run.status.ended:
            raise ValueError("The run is still under way.")
        if run.status in WHOLE and not regenerate:
            raise ValueError(
                "The run is complete. Use regenerate=True to ask it again."
            )
        again = self.another_try(run)
        options = RunOptions(replacing=run if regenerate else None)
        async with aclosing(self.stream(again, options)) as events:
            async for event in events:
                yield event


@overload
def _given(
    events: AsyncGenerator[RunEvent, None], stream: Literal[True]
) -> RunStream: ...


@overload
def _given(
    events: AsyncGenerator[RunEvent, None], stream: bool
) -> Coroutine[Any, Any, RunResponse] | RunStream: ...


def _given(
    events: AsyncGenerator[RunEvent, None], stream: bool
) -> Coroutine[Any, Any, RunResponse] | RunStream:
    """A run's events, or the coroutine that waits for what they come to."""
    from agno_tui.agent.run_stream import RunStream

    return RunStream(events) if stream else RunStream(events).response()
