"""The embedded model: llama.cpp in a child process, spoken to like any other server."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final

from agno_tui.models.base import (
    INSTALL_LOCAL,
    ModelError,
    ModelErrorKind,
    ModelResponse,
    Progress,
    ToolDefinition,
)
from agno_tui.models.local.child import CONTEXT, LocalChild
from agno_tui.models.local.preparation import Preparation
from agno_tui.models.local.weights import Weights
from agno_tui.models.openai import OpenAIChat
from agno_tui.session import Message

ID: Final = "SmolLM2-135M-Instruct"
"""The model that runs when no other file is named."""

TEMPERATURE: Final = 0.2
"""Low, as its makers advise: at 0.8 it invents far more."""

SAMPLING: Final = {"min_p": 0.1, "repeat_penalty": 1.1, "max_tokens": 1024}
"""Unlikely words stay out, and it does not go in circles; where it does all the same,
it ends (with `length`) before the window is full, after 20 s or so."""

_DEATH_NOTICE: Final = 2.0
"""Seconds in which a broken answer may turn out to be a child that died."""

_log = logging.getLogger(__name__)


def is_available() -> bool:
    """Whether the package that runs the model is installed; nothing is imported."""
    return importlib.util.find_spec("xllamacpp") is not None


class EmbeddedModel:
    """A small model that runs inside, offline: SmolLM2 135M, or the user's gguf file.

    Making one costs nothing. `prepare` fetches the weights (93 MB, once), starts the
    child process and loads them. The child ends with `close`, and with this process; it
    serves one event loop after another.

    Tools are for models whose chat template has a place for them; the others see the
    results of earlier calls as plain text. SmolLM2's has none, and giving it one did
    not help: of 10 questions that needed the tool it called it for none, not even when
    told to, though 200 more tokens of prompt cost 2 to 4 s; of 10 results in the
    messages it answered none, but said 8 again as JSON and called the tool for 2.
    """

    provider = "local"

    def __init__(
        self,
        cache_dir: Path,
        log_dir: Path,
        gguf: Path | None = None,
        *,
        weights: Weights | None = None,
        temperature: float = TEMPERATURE,
        command: Sequence[str] | None = None,
    ) -> None:
        """`weights` and `command` stand in for the real ones: other weights to fetch,
        another program than `server.py` to run."""
        self._gguf = None if gguf is None else gguf.expanduser()
        self._weights = weights or Weights(cache_dir)
        self._log_dir = log_dir.expanduser()
        self._temperature = temperature
        self._command = command
        self._child: LocalChild | None = None
        self._chat: OpenAIChat | None = None
        self._preparation: Preparation | None = None
        self._choosing = threading.Lock()
        name = self._weights.source.label if gguf is None else gguf.stem
        self.id = ID if gguf is None else gguf.stem
        self.label = f"{name} · runs inside"
        self._name = name

    @property
    def context_window(self) -> int | None:
        """Tokens for one request and its answer; less where the model knows less."""
        return CONTEXT if self._child is None else self._child.context_window

    @property
    def takes_tools(self) -> bool | None:
        """Whether it can call tools; None while it is not loaded."""
        return None if self._child is None else self._child.takes_tools

    async def prepare(self) -> AsyncGenerator[Progress, None]:
        """Fetch, start and load, where that has not happened yet; see `Model.prepare`.

        Errors: `ModelError`.
        """
        if self._is_running():
            return
        async with aclosing(self._preparing().follow()) as steps:
            async for step in steps:
                yield step

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolDefinition] = (),
        may_call: bool = True,
    ) -> AsyncGenerator[ModelResponse, None]:
        """Answer, piece by piece; see `Model.stream`. Errors: `ModelError`."""
        async with aclosing(self.prepare()) as steps:
            async for _ in steps:
                pass
        child, chat = self._child, self._chat
        if child is None or chat is None:
            raise _stopped()
        try:
            answer = chat.stream(messages, tools=tools, may_call=may_call)
            async with aclosing(answer) as pieces:
                async for piece in pieces:
                    yield piece
        except ModelError as error:
            broken = error.kind in (ModelErrorKind.NO_NETWORK, ModelErrorKind.CUT)
            if broken and await child.has_ended(within=_DEATH_NOTICE):
                _log.warning("the embedded model ended with %s", child.exit_code)
                raise _stopped() from error
            raise

    def request_for(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolDefinition],
        may_call: bool,
    ) -> dict[str, Any]:
        """What is sent to the child; while there is none, what is known of that."""
        chat = self._chat or self._chat_with("http://127.0.0.1", "none")
        return chat.request_for(messages, tools, may_call)

    async def close(self) -> None:
        """End the child, or a fetch that is under way. It may be prepared again."""
        if self._preparation is not None:
            await self._preparation.cancel()
            self._preparation = None
        await self._let_go()

    def _preparing(self) -> Preparation:
        """The preparation under way, or a new one; two threads may ask at once."""
        with self._choosing:
            if self._preparation is None or self._preparation.ended:
                self._preparation = Preparation(self._steps())
            return self._preparation

    def _is_running(self) -> bool:
        return self._child is not None and self._child.exit_code is None

    async def _let_go(self) -> None:
        child, chat, self._child, self._chat = self._child, self._chat, None, None
        try:
            if chat is not None:
                await chat.close()
        finally:
            if child is not None:
                await child.end()

    async def _steps(self) -> AsyncGenerator[Progress, None]:
        await self._let_go()
        if not is_available():
            raise ModelError(
                ModelErrorKind.LOCAL,
                "The embedded model needs one more package. Install it with "
                f"{INSTALL_LOCAL}, or use a server or a key.",
            )
        path = self._gguf
        if path is None:
            path = self._weights.path
            async with aclosing(self._weights.fetch()) as steps:
                async for step in steps:
                    yield step
        else:
            await asyncio.to_thread(_check_gguf, path)
        yield Progress(f"Starting {self._name}")
        # The SDK takes as long to import as the model to load: both at once.
        importing = asyncio.create_task(self._import_sdk())
        try:
            child = await LocalChild.start(path, self._log_dir, self._command)
        finally:
            await importing
        self._child = child
        self._chat = self._chat_with(child.address, child.api_key, child.takes_tools)

    def _chat_with(
        self, address: str, api_key: str, takes_tools: bool | None = None
    ) -> OpenAIChat:
        return OpenAIChat(
            self.id,
            base_url=f"{address}/v1",
            api_key=api_key,
            provider=self.provider,
            label=self.label,
            context_window=self.context_window,
            temperature=self._temperature,
            extra_body=SAMPLING,
            takes_tools=takes_tools,
        )

    async def _import_sdk(self) -> None:
        chat = self._chat_with("http://127.0.0.1", "none")
        try:
            async with aclosing(chat.prepare()) as steps:
                async for _ in steps:
                    pass
        finally:
            await chat.close()


def _stopped() -> ModelError:
    return ModelError(
        ModelErrorKind.LOCAL,
        "The embedded model stopped unexpectedly. "
        "What arrived is kept; press r to try again.",
    )


def _check_gguf(path: Path) -> None:
    """Refuse what can't be a model in words; llama.cpp would do it without."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except FileNotFoundError:
        words = f"There is no file {path}. Check the path after --model local:"
    except OSError as error:
        words = f"{path} can't be read: {error.strerror or error}."
    else:
        if magic == b"GGUF" and os.path.getsize(path) > len(magic):
            return
        words = f"{path} is not a gguf file. The embedded model needs one."
    raise ModelError(ModelErrorKind.LOCAL, words)
