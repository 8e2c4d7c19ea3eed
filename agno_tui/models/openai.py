"""OpenAI, and every server that speaks its chat completions."""

from __future__ import annotations

import asyncio
import gc
import os
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING, Final

from agno_tui.models.base import ModelError, ModelResponse, Progress
from agno_tui.models.once import Once
from agno_tui.models.wire import errors, refusals
from agno_tui.models.wire.address import OPENAI_HOST, OPENAI_URL, check, read_address
from agno_tui.models.wire.refusals import read_json, refused_in, rejects_usage
from agno_tui.models.wire.replies import Reply, model_names
from agno_tui.session import Message, Role
from agno_tui.text import repair

if TYPE_CHECKING:
    import openai

_FIRST_TOKEN: Final = 60.0
_FIRST_TOKEN_HERE: Final = 600.0
"""Seconds on this machine, which may have to load a large model first, and then read
a long conversation at a hundred tokens a second."""
_LIST_LIMIT: Final = 5_000_000  # bytes
_LAST_WORDS: Final = 5.0
"""Seconds for what may follow the end of the answer: usage and `[DONE]`."""
_DRAIN: Final = 0.1
"""Seconds for the end of the response, so that its connection can serve again."""


class OpenAIChat:
    """A model behind OpenAI's chat completions, at OpenAI or anywhere else.

    `base_url` and `api_key` fall back to OPENAI_BASE_URL and OPENAI_API_KEY; an empty
    `api_key` means that the server wants none. Timeouts are in seconds, and only a
    piece of the answer counts as a sign of life; the first one has 60 s where nothing
    else is said, and 600 s on this machine, where a model may have to be loaded. Plain
    http is spoken to this machine only, unless `allow_http`. Making one costs nothing;
    `prepare` imports the SDK.
    """

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
    ) -> None:
        self.id = id
        self.provider = provider
        self.label = label or id
        self.context_window = context_window
        url = base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL
        self.base_url = url.strip()
        key = os.environ.get("OPENAI_API_KEY", "") if api_key is None else api_key
        self._key = key.strip()
        self._address = read_address(self.base_url)
        self._temperature = temperature
        self._extra_body = extra_body
        self._connect_timeout = connect_timeout
        if first_token_timeout is None:
            here = self._address.loopback
            first_token_timeout = _FIRST_TOKEN_HERE if here else _FIRST_TOKEN
        self._first_token_timeout = first_token_timeout
        self._token_timeout = token_timeout
        self._allow_http = allow_http
        self._asks_usage = True
        self._client = Once(self._make_client)

    async def prepare(self) -> AsyncGenerator[Progress, None]:
        """Import the SDK and make the client, once. Errors: `ModelError`."""
        if self._client.made is None:
            yield Progress("Getting the model client ready")
            await self._ready()

    async def stream(
        self, messages: Sequence[Message]
    ) -> AsyncGenerator[ModelResponse, None]:
        """Answer, piece by piece; see `Model.stream`. Errors: `ModelError`."""
        client = await self._ready()
        reply = Reply(self._asked)
        loop = asyncio.get_running_loop()
        async with AsyncExitStack() as response:
            deadline = loop.time() + self._first_token_timeout
            body = await self._open(response, client, messages, deadline)
            while not reply.over:
                received = await self._next(body, deadline, reply)
                if isinstance(received, ModelError):
                    pieces = reply.fail(received)
                else:
                    pieces = reply.feed(received) if received else reply.end()
                for piece in pieces:
                    yield piece
                if pieces:
                    wait = self._token_timeout
                    if reply.finished:
                        wait = min(wait, _LAST_WORDS)
                    deadline = loop.time() + wait
            if reply.failure is not None:
                raise reply.failure
            await self._next(body, loop.time() + _DRAIN, reply)

    async def list_models(self) -> list[str]:
        """The names of the models this server offers. Errors: `ModelError`."""
        client = await self._ready()
        asked = self._asked
        limit = self._connect_timeout + 5
        try:
            async with asyncio.timeout(limit), AsyncExitStack() as stack:
                request = client.models.with_streaming_response.list()
                response = (await stack.enter_async_context(request)).http_response
                body = await read_json(response, _LIST_LIMIT)
        except TimeoutError:
            raise errors.too_slow(asked, limit, begun=False) from None
        except Exception as error:
            raise self._failure(error) from None
        names = model_names(body)
        if names is not None:
            return names
        if refusals.error_in(body) is not None:
            raise refusals.from_body(asked, body)
        raise errors.not_openai(asked)

    async def close(self) -> None:
        """Close the connections. The model may be prepared again."""
        client = await self._client.clear()
        if client is not None:
            await client.close()

    @property
    def _asked(self) -> errors.Asked:
        key_name = "OPENAI_API_KEY" if self._key else ""
        return errors.Asked(self._address.shown, self.id, key_name, self._key)

    async def _ready(self) -> openai.AsyncOpenAI:
        return self._client.made or await self._client.get()

    async def _make_client(self) -> openai.AsyncOpenAI:
        check(self._address, self._key, allow_http=self._allow_http)
        try:
            return await asyncio.to_thread(self._import_and_connect)
        except ModelError:
            raise
        except Exception as error:
            raise self._failure(error) from None

    def _import_and_connect(self) -> openai.AsyncOpenAI:
        """Runs in a thread: the import and the SSL context take a while.

        The collector rests meanwhile: its pauses would hold up the screen.
        """
        collecting = gc.isenabled()
        gc.disable()
        try:
            import httpx2
            import openai

            # Without TLS there is no need to load the certificates (30 ms).
            secure = self._address.scheme == "https"
            http = httpx2.AsyncClient(
                verify=True if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                follow_redirects=False,
                trust_env=not self._address.loopback,
                timeout=httpx2.Timeout(None, connect=self._connect_timeout),
                event_hooks={"response": [refusals.stop_at_refusal]},
                headers={"accept-encoding": "identity"},
            )
            client = openai.AsyncOpenAI(
                api_key=self._key or "none",
                base_url=self.base_url,
                max_retries=0,
                timeout=http.timeout,
                http_client=http,
            )
            if self._address.hostname != OPENAI_HOST:
                client.organization = client.project = None
            _ = client.chat.completions
        finally:
            if collecting:
                gc.enable()
        return client

    async def _open(
        self,
        stack: AsyncExitStack,
        client: openai.AsyncOpenAI,
        messages: Sequence[Message],
        deadline: float,
    ) -> AsyncIterator[bytes]:
        """Send the request; the bytes of its answer. Errors: `ModelError`."""
        try:
            async with asyncio.timeout_at(deadline):
                try:
                    return await self._request(stack, client, messages)
                except Exception as error:
                    if not (self._asks_usage and rejects_usage(error)):
                        raise
                self._asks_usage = False
                return await self._request(stack, client, messages)
        except TimeoutError:
            seconds = self._first_token_timeout
            raise errors.too_slow(self._asked, seconds, begun=False) from None
        except Exception as error:
            raise self._failure(error) from None

    async def _request(
        self,
        stack: AsyncExitStack,
        client: openai.AsyncOpenAI,
        messages: Sequence[Message],
    ) -> AsyncIterator[bytes]:
        import openai

        usage = {"include_usage": True} if self._asks_usage else openai.omit
        temperature = self._temperature
        request = client.chat.completions.with_streaming_response.create(
            model=self.id,
            messages=[self._outgoing(message) for message in messages],  # type: ignore[misc]
            stream=True,
            stream_options=usage,  # type: ignore[arg-type]
            temperature=openai.omit if temperature is None else temperature,
            extra_body=dict(self._extra_body) if self._extra_body else None,
        )
        response = await stack.enter_async_context(request)
        body = response.http_response.aiter_bytes()
        return await stack.enter_async_context(aclosing(body))

    def _outgoing(self, message: Message) -> dict[str, str]:
        role = message.role
        if role == Role.SYSTEM and self._address.hostname == OPENAI_HOST:
            role = "developer"
        return {"role": str(role), "content": repair(message.content)}

    async def _next(
        self, body: AsyncIterator[bytes], deadline: float, reply: Reply
    ) -> bytes | ModelError:
        """The next bytes, none at the end, or what went wrong."""
        slow = self._token_timeout if reply.begun else self._first_token_timeout
        too_slow = errors.too_slow(self._asked, slow, begun=reply.begun)
        if asyncio.get_running_loop().time() >= deadline:
            # Where bytes are always there, the timeout below never has its turn.
            return too_slow
        try:
            async with asyncio.timeout_at(deadline):
                return await anext(body, b"")
        except TimeoutError:
            return too_slow
        except Exception as error:
            return self._failure(error, begun=reply.begun)

    def _failure(self, error: Exception, *, begun: bool = False) -> ModelError:
        refused = refused_in(error)
        if refused is not None:
            return refusals.from_status(
                self._asked, refused.status, refused.body, refused.headers
            )
        cause: BaseException | None = error
        while cause is not None:
            if type(cause).__name__ == "ConnectTimeout":
                return errors.not_connected(self._asked, self._connect_timeout)
            cause = cause.__cause__
        return errors.from_exception(self._asked, error, begun=begun)
