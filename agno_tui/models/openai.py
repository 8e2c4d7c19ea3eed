"""OpenAI, and every server that speaks its chat completions."""

from __future__ import annotations

import asyncio
import gc
import os
import ssl
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from agno_tui.models.base import ModelError, ModelResponse, Progress, ToolDefinition
from agno_tui.models.loops import KEPT_SECONDS, PerLoop
from agno_tui.models.reading import Patience, read_reply
from agno_tui.models.reuse import Reuse
from agno_tui.models.wire import errors, refusals
from agno_tui.models.wire.address import OPENAI_HOST, Endpoint, check, read_endpoint
from agno_tui.models.wire.concessions import rejects_tools, rejects_usage
from agno_tui.models.wire.refusals import read_json
from agno_tui.models.wire.replies import read_model_list
from agno_tui.models.wire.requests import conversation, names_tools
from agno_tui.session import Message

if TYPE_CHECKING:
    import openai

_LIST_LIMIT: Final = 5_000_000  # bytes


class OpenAIChat:
    """A model behind OpenAI's chat completions, at OpenAI or anywhere else.

    Making one costs nothing: the first use reads the environment, imports the SDK, and
    finds what is wrong with the base URL. `base_url` and `api_key` fall back to
    OPENAI_BASE_URL and OPENAI_API_KEY as they are then; an empty `api_key` means that
    the server wants none. Plain http is spoken to this machine only, unless
    `allow_http`. One object may be used in any number of event loops, and need not be
    closed before the program ends.

    Timeouts are in seconds, and only a piece of the answer counts as a sign of life;
    the first one has 60 s where nothing else is said, and 600 s on this machine, where
    a model may have to be loaded. `system_role` is what a system message goes out as:
    `developer` at OpenAI and `system` elsewhere, unless it is given. `takes_tools` says
    whether the model can call tools. While it is None that is not known: they are sent,
    and left out from a first refusal on. Where it is True, a refusal is an error.
    """

    __slots__ = (
        "__weakref__",
        "_allow_http",
        "_api_key",
        "_asks_usage",
        "_base_url",
        "_choosing",
        "_clients",
        "_connect_timeout",
        "_endpoint",
        "_extra_body",
        "_reuse",
        "_system_role",
        "_temperature",
        "_timeouts",
        "context_window",
        "id",
        "label",
        "provider",
        "takes_tools",
    )

    def __init__(
        self,
        id: str = "gpt-4o-mini",
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        provider: str = "openai",
        label: str | None = None,
        context_window: int | None = None,
        temperature: float | None = None,
        extra_body: Mapping[str, object] | None = None,
        connect_timeout: float = 5.0,
        first_token_timeout: float | None = None,
        token_timeout: float = 60.0,
        allow_http: bool = False,
        system_role: str | None = None,
        takes_tools: bool | None = None,
    ) -> None:
        self.id = id
        self.provider = provider
        self.label = label or id
        self.context_window = context_window
        self.takes_tools = takes_tools
        self._base_url = base_url
        self._api_key = api_key
        self._endpoint: Endpoint | None = None
        self._temperature = temperature
        self._extra_body = extra_body
        self._connect_timeout = connect_timeout
        self._timeouts = first_token_timeout, token_timeout
        self._allow_http = allow_http
        self._system_role = system_role
        self._asks_usage = True
        self._reuse = Reuse()
        self._clients: PerLoop[openai.AsyncOpenAI] | None = None
        self._choosing = threading.Lock()  # the first use may be two threads'

    @property
    def base_url(self) -> str:
        """Where requests go; see above for when that is settled."""
        return self._where.base_url

    async def prepare(self) -> AsyncGenerator[Progress, None]:
        """Import the SDK and make the client, once. Errors: `ModelError`."""
        if self._clients is None or self._clients.made is None:
            yield Progress("Getting the model client ready")
            await self._ready()

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolDefinition] = (),
        may_call: bool = True,
    ) -> AsyncGenerator[ModelResponse, None]:
        """Answer, piece by piece; see `Model.stream`. Errors: `ModelError`."""
        client = await self._ready()
        asked, patience = self._asked, self._patience
        deadline = asyncio.get_running_loop().time() + patience.first
        request = partial(self.request_for, messages, tools, may_call)
        async with AsyncExitStack() as stack:
            body = await self._open(stack, client, request, deadline)
            reply = read_reply(body, asked, patience, deadline, self._failure)
            async for piece in await stack.enter_async_context(aclosing(reply)):
                yield piece
        self._reuse.answered()

    async def list_models(self) -> list[str]:
        """The names of the models this server offers. Errors: `ModelError`."""
        client = await self._ready()
        limit = self._connect_timeout + 5
        try:
            async with asyncio.timeout(limit), AsyncExitStack() as stack:
                request = client.models.with_streaming_response.list()
                response = (await stack.enter_async_context(request)).http_response
                body = await read_json(response, _LIST_LIMIT)
        except TimeoutError:
            raise errors.too_slow(self._asked, limit, begun=False) from None
        except Exception as error:
            raise self._failure(error) from None
        return read_model_list(self._asked, body)

    async def close(self) -> None:
        """Close the connections. The model may be prepared again."""
        if clients := self._clients:
            await clients.close()

    @property
    def _where(self) -> Endpoint:
        if self._endpoint is None:
            self._endpoint = read_endpoint(self._base_url, self._api_key, os.environ)
        return self._endpoint

    @property
    def _asked(self) -> errors.Asked:
        return self._where.asked(self.id)

    @property
    def _patience(self) -> Patience:
        return Patience.of(*self._timeouts, near=self._where.address.loopback)

    async def _ready(self) -> openai.AsyncOpenAI:
        with self._choosing:
            if self._clients is None:
                made = _Connector(self._where, self._connect_timeout, self._allow_http)
                self._clients = PerLoop(made.connect, lambda client: client.close())
        try:
            return self._clients.made or await self._clients.get()
        except Exception as error:
            raise self._failure(error) from None

    async def _open(
        self,
        stack: AsyncExitStack,
        client: openai.AsyncOpenAI,
        request: partial[dict[str, Any]],
        deadline: float,
    ) -> AsyncIterator[bytes]:
        """Send the request; the bytes of its answer. Errors: `ModelError`."""
        create = client.chat.completions.with_streaming_response.create
        try:
            async with asyncio.timeout_at(deadline):
                while True:
                    asked = request()
                    try:
                        response = await stack.enter_async_context(create(**asked))
                        break
                    except Exception as error:
                        is_lost = self._reuse.explains(error)
                        if not is_lost and not self._concedes(asked, error):
                            raise
        except TimeoutError:
            raise self._patience.lost(self._asked, begun=False) from None
        except Exception as error:
            raise self._failure(error) from None
        if "tools" in asked and self.takes_tools is None:
            self.takes_tools = True
        body = response.http_response.aiter_bytes()
        return await stack.enter_async_context(aclosing(body))

    def request_for(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolDefinition],
        may_call: bool,
    ) -> dict[str, Any]:
        """What is sent, as far as this server takes it."""
        request = {"model": self.id, "stream": True} | conversation(
            messages,
            tools,
            may_call=may_call,
            takes_tools=self.takes_tools is not False,
            system_role=self._system_role or self._where.system_role,
        )
        if self._asks_usage:
            request["stream_options"] = {"include_usage": True}
        if self._temperature is not None:
            request["temperature"] = self._temperature
        if self._extra_body:
            request["extra_body"] = dict(self._extra_body)
        return request

    def _concedes(self, request: Mapping[str, Any], error: Exception) -> bool:
        """Whether what was refused is a wish that can be left out from now on."""
        if "stream_options" in request and rejects_usage(error):
            self._asks_usage = False
            return True
        if self.takes_tools or not names_tools(request) or not rejects_tools(error):
            return False
        self.takes_tools = False
        return True

    def _failure(self, error: Exception, begun: bool = False) -> ModelError:
        limit = self._connect_timeout
        return refusals.failure(self._asked, error, begun=begun, connecting=limit)


@dataclass(slots=True)
class _Connector:
    """Makes clients of the SDK, for one event loop each."""

    where: Endpoint
    connect_timeout: float
    allow_http: bool
    tls: ssl.SSLContext | None = None  # for all: the certificates are read once

    async def connect(self) -> openai.AsyncOpenAI:
        """A client; nothing is sent yet. Errors: `ModelError`, and the SDK's own."""
        check(self.where.address, self.where.key, allow_http=self.allow_http)
        return await asyncio.to_thread(self._import_and_connect)

    def _import_and_connect(self) -> openai.AsyncOpenAI:
        where, collecting = self.where, gc.isenabled()
        gc.disable()  # Its pauses would hold up the screen: this runs in a thread.
        try:
            import httpx2
            import openai

            if self.tls is None:
                self.tls = (
                    httpx2.create_ssl_context(trust_env=not where.address.loopback)
                    if where.address.scheme == "https"
                    else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # spares 30 ms
                )
            http = httpx2.AsyncClient(
                verify=self.tls,
                follow_redirects=False,
                trust_env=not where.address.loopback,
                timeout=httpx2.Timeout(None, connect=self.connect_timeout),
                event_hooks={"response": [refusals.stop_at_refusal]},
                headers={"accept-encoding": "identity"},
                limits=httpx2.Limits(keepalive_expiry=KEPT_SECONDS),
            )
            client = openai.AsyncOpenAI(
                api_key=where.key or "none",
                base_url=where.base_url,
                max_retries=0,
                timeout=http.timeout,
                http_client=http,
            )
            if where.address.hostname != OPENAI_HOST:
                client.organization = client.project = None
            _ = client.chat.completions
        finally:
            if collecting:
                gc.enable()
        return client
