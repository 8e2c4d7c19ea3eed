"""What is asked for again without the one wish that a server refused. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agno_tui.models.wire.refusals import refused_in

_STATUSES_WITHOUT_TOOLS: Final = (400, 404, 422, 500, 501)
"""404 is OpenRouter's and Azure's, 500 llama.cpp's."""

_TEXT: Final = 10_000
"""Characters of each of a refusal's texts that are searched."""

_DEPTH: Final = 6
"""Levels of a refusal's body that are searched; four are known."""

_WORDS: Final = ("error", "errors", "message", "msg", "detail", "metadata", "raw")
"""Where servers put their own words, or what holds them; `metadata` and `raw` are
OpenRouter's. FastAPI's `input` and `ctx` hold the request again, with what a user or a
model said in it."""

_ECHO: Final = re.compile(
    # vLLM: the errors of FastAPI as one text
    r"[\"'](?:input|ctx|body|messages|content)\\*[\"']\s*:"
    # Pydantic; llama.cpp: "Failed to parse messages: …; messages = [ …"
    r"|\binput_value=|\b(?:messages|tools|body)\s*[=:]\s*[\[{]"
)
"""Where in a text the server's own words end and the request begins."""

_NO_TOOLS: Final = re.compile(
    # Ollama, DeepSeek, llama.cpp: "m does not support tools", "… Function Calling"
    r"(not|n't|cannot) (support|advertise|allow|accept)\w* (\w+ ){0,3}[`'\"]?"
    r"(tool|function.call)"
    # OpenAI, Groq, Gemini: "tools is not supported with this model"
    r"|(tool|function.call)[\w` '\"-]{0,40} (is|are) (not|n't) (\w+ )?"
    r"(supported|enabled|available|allowed|implemented)"
    # OpenRouter, vLLM, llama.cpp
    r"|no endpoints found that support tool|enable-auto-tool-choice|requires --jinja"
    # Azure, and whatever refuses fields that it does not know
    r"|(unrecognized|unknown|unsupported|unexpected|extra)[\w :`'\"-]{0,60}\btools?\b"
    r"|\btools?\b.{0,40}(extra (inputs|fields)|not permitted|unexpected|unrecognized)"
)
"""What servers say that can take no tools, in lower case. What they say of a call or a
schema that is wrong must not fit: the next request may hold better ones."""


def rejects_usage(error: Exception) -> bool:
    """Whether a server refused only because it was asked to count tokens."""
    refused = refused_in(error)
    if refused is None or refused.status not in (400, 422):
        return False
    return any("stream_options" in words for words in _own_words(refused.body))


def rejects_tools(error: Exception) -> bool:
    """Whether a server refused because it, or the model, can take no tools."""
    refused = refused_in(error)
    if refused is None or refused.status not in _STATUSES_WITHOUT_TOOLS:
        return False
    return any(_NO_TOOLS.search(words.lower()) for words in _own_words(refused.body))


def _own_words(said: object, depth: int = _DEPTH) -> Iterator[str]:
    """What a server says itself, text by text, without what it was told."""
    if isinstance(said, str):
        yield " ".join(_ECHO.split(said[:_TEXT], maxsplit=1)[0].split())
    elif isinstance(said, list) and depth:
        for one in said:
            yield from _own_words(one, depth - 1)
    elif isinstance(said, dict) and depth:
        for name in _WORDS:
            yield from _own_words(said.get(name), depth - 1)
        yield from _named_field(said)


def _named_field(error: dict[object, object]) -> Iterator[str]:
    """The field an error is about: OpenAI's `param`; FastAPI's `loc`, which its `msg`
    does not name."""
    param, place, words = error.get("param"), error.get("loc"), error.get("msg")
    if isinstance(param, str):
        yield param
    if isinstance(place, list) and isinstance(words, str):
        steps = (step for step in place if isinstance(step, str))
        yield from _own_words(f"{' '.join(steps)}: {words}")
