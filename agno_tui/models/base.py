"""What every way to a model offers, and how it says that something went wrong."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from agno_tui.session import Message, ToolCall

INSTALL_LOCAL: Final = "pip install xllamacpp"
"""What the user types to get the embedded model."""


@dataclass(slots=True, frozen=True)
class Usage:
    """Tokens of one request, as the server counted them."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(slots=True, frozen=True)
class ModelResponse:
    """One piece of an answer; any field may be empty."""

    content: str = ""
    reasoning_content: str = ""
    finish_reason: str = ""
    usage: Usage | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    """The tools the model wants called, whole, at the end of its message."""


class ToolDefinition(Protocol):
    """What a model is told about a tool it may call."""

    @property
    def name(self) -> str:
        """What the model calls it by: letters, digits, `_` and `-`, at most 64."""
        ...

    @property
    def description(self) -> str:
        """What it is for, in words for the model."""
        ...

    @property
    def parameters(self) -> Mapping[str, object]:
        """Its arguments as a JSON schema of type `object`."""
        ...


@dataclass(slots=True, frozen=True)
class Progress:
    """How far a model's preparation is: words for the user, and bytes where known."""

    words: str
    done: int = 0
    total: int = 0


class ModelErrorKind(StrEnum):
    """What kind of failure it was; the words for the user are in the error itself."""

    NO_MODEL = "no model"
    NO_NETWORK = "no network"
    WRONG_KEY = "wrong key"
    UNKNOWN_MODEL = "unknown model"
    RATE_LIMIT = "rate limit"
    QUOTA = "quota"
    CONTEXT = "context too long"
    REFUSED = "refused"
    BAD_REQUEST = "bad request"
    SERVER = "server error"
    NOT_OPENAI = "not an OpenAI server"
    CUT = "cut"
    TIMEOUT = "timeout"
    LOCAL = "embedded model"


class ModelError(Exception):
    """A model could not answer. `words` is plain text for the user: what happened and
    what to do now. It never holds a key, and is one or two short sentences."""

    def __init__(self, kind: ModelErrorKind, words: str) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words


class Model(Protocol):
    """A language model that answers a list of messages, piece by piece."""

    @property
    def id(self) -> str:
        """The model's name at its provider, e.g. `gpt-4o-mini`."""
        ...

    @property
    def provider(self) -> str:
        """The provider's short name, e.g. `openai`, `ollama`, `local`."""
        ...

    @property
    def label(self) -> str:
        """What the user reads in the header and below an answer."""
        ...

    @property
    def context_window(self) -> int | None:
        """Tokens that fit into one request and its answer; None where not known."""
        ...

    def prepare(self) -> AsyncGenerator[Progress, None]:
        """Make ready to answer (find, fetch, load, import), saying how far it is.

        May be iterated more than once and at the same time; work under way is shared.
        Errors: `ModelError`.
        """
        ...

    def stream(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolDefinition] = (),
        may_call: bool = True,
    ) -> AsyncGenerator[ModelResponse, None]:
        """Answer. Prepares first where that has not happened yet.

        The model may call `tools`, where it can call any at all. Not `may_call`: it is
        told of them, because the messages hold calls of them, but has to answer now.

        Ends normally only when the server said that the answer is whole; raises
        `ModelError` for anything else, after all pieces that arrived were yielded.
        Iterate under `contextlib.aclosing`: closing it closes the connection.
        """
        ...

    async def close(self) -> None:
        """Let go of connections and processes. The model may be prepared again."""
        ...
