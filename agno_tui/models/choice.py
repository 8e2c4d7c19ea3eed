"""The choice of a model, where the user has not settled everything."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from agno_tui.models.base import (
    INSTALL_LOCAL,
    Model,
    ModelError,
    ModelErrorKind,
    ModelResponse,
    Progress,
    ToolDefinition,
)
from agno_tui.models.discover import PLACES, FoundServer, parse_model_name
from agno_tui.models.once import Cleared, Once
from agno_tui.models.openai import OpenAIChat
from agno_tui.models.wire.address import OPENAI_HOST, OPENAI_URL, read_address
from agno_tui.session import Message

DEFAULT_MODEL: Final = "gpt-4o-mini"

_PLACE_NAMES: Final = {place.provider: place.name for place in PLACES}


@dataclass(slots=True, frozen=True)
class _Choice:
    model: Model
    reason: str


class ChosenModel:
    """The model that is there: what was asked for, or the nearest at hand.

    `wanted` is a model's name or `provider:NAME`; `embedded` makes the embedded model
    for a weights file or its own default, and is None where the extra is missing. The
    choice is made at the first `prepare` or `stream`; one that failed is made anew at
    the next, since the user may have started a server meanwhile. `allow_http` lets the
    base URL be one without encryption.
    """

    def __init__(
        self,
        *,
        wanted: str | None,
        base_url: str | None,
        environ: Mapping[str, str],
        find_servers: Callable[[], Awaitable[list[FoundServer]]],
        embedded: Callable[[str | None], Model] | None,
        allow_http: bool = False,
    ) -> None:
        self._wanted = (wanted or "").strip()
        self._base_url = base_url or environ.get("OPENAI_BASE_URL", "").strip()
        self._url_reason = "the base URL" if base_url else "OPENAI_BASE_URL"
        self._key = environ.get("OPENAI_API_KEY", "").strip()
        self._find_servers = find_servers
        self._embedded = embedded
        self._allow_http = allow_http
        self._choice = Once(self._choose)

    @property
    def chosen(self) -> Model | None:
        """The model that was chosen, or None while none is."""
        choice = self._choice.made
        return choice.model if choice else None

    @property
    def reason(self) -> str:
        """Why it was chosen, in a few words; empty while none is."""
        choice = self._choice.made
        return choice.reason if choice else ""

    @property
    def id(self) -> str:
        """The chosen model's name; empty while none is chosen."""
        return self.chosen.id if self.chosen else ""

    @property
    def provider(self) -> str:
        """The chosen model's provider; empty while none is chosen."""
        return self.chosen.provider if self.chosen else ""

    @property
    def label(self) -> str:
        """What the user reads as the model's name."""
        return self.chosen.label if self.chosen else "looking for a model…"

    @property
    def context_window(self) -> int | None:
        """The chosen model's context window in tokens, where known."""
        return self.chosen.context_window if self.chosen else None

    async def prepare(self) -> AsyncGenerator[Progress, None]:
        """Choose, then prepare what was chosen. Errors: `ModelError`."""
        if self.chosen is None:
            yield Progress("Looking for a model on this machine")
        choice = await self._chosen_once()
        async with aclosing(choice.model.prepare()) as steps:
            async for step in steps:
                yield step

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolDefinition] = (),
        may_call: bool = True,
    ) -> AsyncGenerator[ModelResponse, None]:
        """Answer with the chosen model; see `Model.stream`. Errors: `ModelError`."""
        choice = self._choice.made or await self._chosen_once()
        answer = choice.model.stream(messages, tools=tools, may_call=may_call)
        async with aclosing(answer) as pieces:
            async for piece in pieces:
                yield piece

    async def close(self) -> None:
        """Close the chosen model and forget the choice."""
        choice = await self._choice.clear()
        if choice is not None:
            await choice.model.close()

    async def _chosen_once(self) -> _Choice:
        try:
            return await self._choice.get()
        except Cleared:
            words = "The search for a model was stopped. Press r to retry."
            raise ModelError(ModelErrorKind.NO_MODEL, words) from None

    async def _choose(self) -> _Choice:
        provider, name = parse_model_name(self._wanted)
        if provider == "local":
            return self._choose_embedded(name)
        if provider == "openai":
            return self._choose_openai(name or DEFAULT_MODEL)
        if provider is not None:
            return await self._choose_provider(provider, name)
        if self._base_url:
            return await self._choose_endpoint(name)
        if self._key:
            return self._choose_openai(name or DEFAULT_MODEL)
        return self._nearest(await self._find_servers(), name)

    def _choose_embedded(self, path: str) -> _Choice:
        if self._embedded is None:
            raise ModelError(
                ModelErrorKind.LOCAL,
                f"The embedded model is not installed. Install it: {INSTALL_LOCAL}",
            )
        return _Choice(
            self._embedded(path or None),
            "offline, on this machine · small, and often wrong",
        )

    def _choose_openai(self, name: str) -> _Choice:
        reason = self._url_reason if self._base_url else "OPENAI_API_KEY"
        return _Choice(self._endpoint(name), reason)

    async def _choose_provider(self, provider: str, name: str) -> _Choice:
        for server in await self._find_servers():
            if server.provider == provider:
                return _on(server, name or _first_model(server))
        called = _PLACE_NAMES[provider]
        raise ModelError(
            ModelErrorKind.NO_MODEL,
            f"{called} does not answer on this machine. Start it and try again.",
        )

    async def _choose_endpoint(self, name: str) -> _Choice:
        """A model behind the base URL: the first of its list if none is named."""
        address = read_address(self._base_url)
        if not name and address.hostname == OPENAI_HOST:
            name = DEFAULT_MODEL
        if not name:
            lister = self._endpoint("")
            try:
                models = await lister.list_models()
            finally:
                await lister.close()
            server = FoundServer("openai", address.shown, self._base_url, models)
            name = _first_model(server)
        return _Choice(self._endpoint(name), self._url_reason)

    def _endpoint(self, name: str) -> OpenAIChat:
        url = self._base_url or OPENAI_URL
        return OpenAIChat(
            name, base_url=url, api_key=self._key, allow_http=self._allow_http
        )

    def _nearest(self, servers: list[FoundServer], name: str) -> _Choice:
        useful = [server for server in servers if server.chat_models]
        if name:
            having = [server for server in servers if server.has(name)]
            if having or servers:
                return _on((having or useful or servers)[0], name)
        elif useful:
            return _on(useful[0], _first_model(useful[0]))
        elif self._embedded is not None:
            return self._choose_embedded("")
        raise self._no_model(name)

    def _no_model(self, name: str) -> ModelError:
        start = f"No model server for “{name}”" if name else "No model"
        embedded = f"{INSTALL_LOCAL} for" if self._embedded is None else "choose local,"
        return ModelError(
            ModelErrorKind.NO_MODEL,
            f"{start} was found. Set OPENAI_API_KEY, or start Ollama or another local"
            f" server, or {embedded} the embedded model.",
        )


def _first_model(server: FoundServer) -> str:
    for name in server.chat_models:
        return name
    raise ModelError(
        ModelErrorKind.NO_MODEL,
        f"{server.name} answers but has no chat model. Add one and try again.",
    )


def _on(server: FoundServer, name: str) -> _Choice:
    short = PurePath(name).name if name.endswith(".gguf") else name
    model = OpenAIChat(
        name,
        base_url=server.base_url,
        # The user's key is for another host: none is sent.
        api_key="",
        provider=server.provider,
        label=f"{server.name} · {short}",
    )
    return _Choice(model, f"{server.name} on this machine")
