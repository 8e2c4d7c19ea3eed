"""An answer for whoever types: with tool calls where the words ask for them."""

from __future__ import annotations

import re
from typing import Any

from tests.fake_server.behaviours import streams
from tests.fake_server.exchange import Behaviour, Exchange, Request
from tests.fake_server.tools import calls

_CITED = 300
"""Characters of a tool's result that are said again."""

_PREVIOUSLY = re.compile(r"\bpreviously\b[\s,:]*(?:about|on)?\s*(.*)", re.I | re.S)
_REMEMBER = re.compile(r"\bremember that\s+(.+)", re.I | re.S)


def converses(text: str, delay: float) -> Behaviour:
    """Answers with the text; but calls tools that are offered when words ask for them.

    “… previously [about] X” looks for X in earlier sessions, or at the last ones where
    nothing follows; “remember that X” remembers X. Then the results are cited.
    """

    async def behave(exchange: Exchange) -> None:
        request = exchange.request
        results = results_at_the_end(request)
        wanted = wanted_call(request)
        if results:
            answer = "The tool said:\n\n" + "\n\n".join(
                f"> {' '.join(result.split())[:_CITED]}" for result in results
            )
            await streams(*words_of(answer), delay=delay)(exchange)
        elif wanted is not None:
            await calls(wanted, text="Let me see. ")(exchange)
        else:
            await streams(*words_of(text), delay=delay)(exchange)

    return behave


def words_of(text: str) -> list[str]:
    """The text in pieces of a word each."""
    return re.findall(r"\s*\S+|\s+$", text)


def results_at_the_end(request: Request) -> list[str]:
    """The results of tools that came after the last thing the user said."""
    results: list[str] = []
    for message in reversed(request.messages):
        if message["role"] == "user":
            break
        if message["role"] == "tool":
            results.insert(0, message["content"])
    return results


def wanted_call(request: Request) -> tuple[str, dict[str, Any]] | None:
    """The tool that the user's last words ask for, where it is offered."""
    if request.tool_choice == "none":
        return None
    offered = [tool["function"]["name"] for tool in request.tools]
    said = [m["content"] for m in request.messages if m["role"] == "user"]
    last = said[-1] if said else ""
    if "remember" in offered and (found := _REMEMBER.search(last)):
        return "remember", {"memory": found[1].strip()}
    looks_back = "get_previous_session_messages"
    if looks_back in offered and (found := _PREVIOUSLY.search(last)):
        return looks_back, {"query": found[1].strip(" \n.?!") or None}
    return None
