"""What a server does about tools: it calls them, in any of many ways, or refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

from tests.fake_server.behaviours import chunk, streams, usage
from tests.fake_server.exchange import Behaviour, Exchange

Style = Literal["fragments", "whole", "document"]


def fragment(
    name: str | None = None,
    arguments: object = None,
    *,
    index: object = None,
    id: object = None,
) -> dict[str, object]:
    """A part of a tool call; what is None is left out."""
    function = {"name": name, "arguments": arguments}
    whole = {"index": index, "id": id, "type": "function" if id else None}
    return {
        **{key: value for key, value in whole.items() if value is not None},
        "function": {k: v for k, v in function.items() if v is not None},
    }


def calling(*fragments: object, finish: str | None = None) -> dict[str, object]:
    """A chunk with these parts of tool calls."""
    delta = {"tool_calls": list(fragments)}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return chunk() | {"choices": [choice]}


def calls(
    *wanted: tuple[str, object],
    text: str = "",
    style: Style = "fragments",
    finish: str = "tool_calls",
) -> Behaviour:
    """Calls these tools, by name and arguments (text, which may be broken, or JSON).

    As OpenAI streams them, in `fragments`; each `whole` in one chunk; or all in a plain
    `document`.
    """
    named = [(n, a if isinstance(a, str) else json.dumps(a)) for n, a in wanted]

    async def behave(exchange: Exchange) -> None:
        if style == "document":
            whole = [fragment(n, a, id=f"call_{i}") for i, (n, a) in enumerate(named)]
            message = {"role": "assistant", "content": text or None}
            choice = {"message": message | {"tool_calls": whole}}
            await exchange.answer(
                200, {"choices": [choice | {"index": 0, "finish_reason": finish}]}
            )
            return
        await exchange.begin()
        await exchange.event(chunk(text) if text else chunk(""))
        for index, (name, arguments) in enumerate(named):
            first = arguments if style == "whole" else ""
            rest = "" if style == "whole" else arguments
            start = fragment(name, first, index=index, id=f"call_{index}")
            await exchange.event(calling(start))
            for at in range(0, len(rest), 5):
                part = fragment(arguments=rest[at : at + 5], index=index)
                await exchange.event(calling(part))
        await exchange.event(chunk(finish=finish))
        options = exchange.request.body.get("stream_options") or {}
        if options.get("include_usage"):
            await exchange.event(chunk(usage=usage(20, 10)))
        await exchange.event("[DONE]")
        await exchange.end()

    return behave


def refuses_tools(
    message: str = "registry.ollama.ai/library/fake-1 does not support tools",
    *,
    status: int = 400,
    code: str | None = None,
) -> Behaviour:
    """Refuses whatever speaks of tools, as Ollama does; answers all else."""

    async def behave(exchange: Exchange) -> None:
        request = exchange.request
        spoken = [m["role"] == "tool" or "tool_calls" in m for m in request.messages]
        if not (request.tools or any(spoken)):
            await streams("Without", " tools.")(exchange)
            return
        error: Mapping[str, object] = {
            "message": message,
            "type": "invalid_request_error",
            "param": None,
            "code": code,
        }
        await exchange.answer(status, {"error": error})

    return behave
