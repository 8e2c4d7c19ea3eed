"""What is asked for again without the one wish that a server refused. No I/O."""

from __future__ import annotations

import re
from typing import Final

from agno_tui.models.wire.refusals import refused_in

_STATUSES_WITHOUT_TOOLS: Final = (400, 404, 422, 500, 501)
"""404 is OpenRouter's and Azure's, 500 llama.cpp's."""

_TOOLS_TEXT: Final = 10_000
"""Characters of a refusal that are searched for a word about tools."""

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
    return "stream_options" in repr(refused.body)


def rejects_tools(error: Exception) -> bool:
    """Whether a server refused because it, or the model, can take no tools."""
    refused = refused_in(error)
    if refused is None or refused.status not in _STATUSES_WITHOUT_TOOLS:
        return False
    return _NO_TOOLS.search(repr(refused.body)[:_TOOLS_TEXT].lower()) is not None
