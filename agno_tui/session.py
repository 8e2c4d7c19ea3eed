"""What is kept: sessions, their runs, and the messages within a run.

The words are Agno's (https://docs.agno.com, "Sessions"): a session is a collection of
consecutive runs, a run is one turn, messages are what passes between agent and model
within a run. All times are whole microseconds since the Unix epoch, UTC.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from uuid import uuid4

from agno_tui.text import clipped, one_line

TITLE_LENGTH = 48
"""Characters of the first question that make a session's first name."""


def now() -> int:
    """The present, in microseconds since the epoch."""
    return time.time_ns() // 1000


def new_id() -> str:
    """A fresh `session_id` or `run_id`."""
    return str(uuid4())


def title_from(text: str) -> str:
    """A session's name from the first words of its first question."""
    return clipped(one_line(text.lstrip()).strip("#*>`- "), TITLE_LENGTH)


class RunStatus(StrEnum):
    """Where a run stands. Only COMPLETED runs are replayed to the model."""

    PENDING = "PENDING"
    """Written and kept, not sent yet: it waits behind another run."""
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    """Stopped by the user; what had arrived is kept."""
    ERROR = "ERROR"
    INTERRUPTED = "INTERRUPTED"
    """Its process ended before the answer did; what had arrived is kept."""
    REGENERATED = "REGENERATED"
    """Another answer to the same question took its place; kept, not replayed."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self not in (RunStatus.PENDING, RunStatus.RUNNING)

    @property
    def failed(self) -> bool:
        """Whether it ended without a whole answer, and not by the user's wish."""
        return self in (RunStatus.ERROR, RunStatus.INTERRUPTED)


class Role(StrEnum):
    """Who speaks. A message's role is kept as text: an unknown one is shown raw."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(slots=True, frozen=True)
class ToolCall:
    """The model's wish to have a tool called, under OpenAI's field names."""

    id: str
    """Ties the call to the message with its result (`tool_call_id`)."""
    name: str
    arguments: str
    """JSON text as the model wrote it: it may be broken, it may name anything."""


@dataclass(slots=True)
class Message:
    """One thing said within a run, under OpenAI's field names."""

    role: str
    content: str
    reasoning_content: str = ""
    created_at: int = field(default_factory=now)
    tool_calls: list[ToolCall] = field(default_factory=list)
    """Of an assistant's message: the tools it wants called."""
    tool_call_id: str = ""
    """Of a tool's message: the call whose result it is."""
    tool_name: str = ""
    """Of a tool's message: the tool that was called."""
    tool_error: bool = False
    """Of a tool's message: whether the content says what went wrong."""


def results_after(messages: Sequence[Message], place: int) -> Iterator[Message]:
    """The tools' messages that follow the one at `place`: the results of its calls."""
    for message in messages[place + 1 :]:
        if message.role != Role.TOOL:
            return
        yield message


@dataclass(slots=True)
class Metrics:
    """What a run took: tokens as the server counted them, times in seconds."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    time_to_first_token: float | None = None
    duration: float | None = None
    estimated: bool = False
    """Whether the token counts are our estimate, because the server gave none."""

    @property
    def tokens_per_second(self) -> float | None:
        """Speed of the answer after its first token, where both are known."""
        if self.output_tokens is None or self.duration is None:
            return None
        seconds = self.duration - (self.time_to_first_token or 0.0)
        return self.output_tokens / seconds if seconds > 0 else None


@dataclass(slots=True)
class Run:
    """One turn: the user's message, the answer, and how it went."""

    session_id: str
    user_id: str = ""
    run_id: str = field(default_factory=new_id)
    status: RunStatus = RunStatus.RUNNING
    messages: list[Message] = field(default_factory=list)
    model: str = ""
    provider: str = ""
    metrics: Metrics = field(default_factory=Metrics)
    finish_reason: str = ""
    """The server's word for why the answer ended: `stop`, `length`, …"""
    error: str = ""
    """What went wrong, in words for the user; empty when nothing did."""
    retry_of: str | None = None
    """The `run_id` this run is another try of."""
    parent_run_id: str | None = None
    """The `run_id` of the run it follows; empty where it begins the session. None until
    the storage says: it follows the last run then, or what the run it is another try of
    follows. Runs that follow the same one are versions of one turn."""
    created_at: int = field(default_factory=now)
    ended_at: int | None = None
    sequence: int = 0
    """The storage's own order of runs; 0 until it is kept."""

    def text_of(self, role: Role) -> str:
        """All that was said in one role, joined by newlines."""
        return "\n".join(m.content for m in self.messages if m.role == role)

    @property
    def question(self) -> str:
        """The user's words."""
        return self.text_of(Role.USER)

    @property
    def answer(self) -> str:
        """The model's words, as far as they came."""
        return self.text_of(Role.ASSISTANT)

    @property
    def first_try(self) -> str:
        """The `run_id` of the first try of the question: all tries share it."""
        return self.retry_of or self.run_id

    def become(self, other: Run) -> None:
        """Take on all that another object says of the same run."""
        for one in fields(self):
            setattr(self, one.name, getattr(other, one.name))


# Not frozen: thousands are made at once, which would take three times as long.
@dataclass(slots=True)
class RunOutline:
    """A run without what was said in it: enough to leave room for it."""

    run_id: str
    sequence: int
    status: RunStatus
    retry_of: str | None
    created_at: int
    characters: int
    """Of all that was said in it, but by tools. May be counted low where a text holds
    NUL."""
    lines: int
    """Line ends among these characters."""


@dataclass(slots=True, frozen=True)
class Question:
    """What the user asked in a run."""

    text: str
    session_id: str
    sequence: int
    """That of its run."""


@dataclass(slots=True)
class Session:
    """A multi-turn conversation of one user."""

    session_id: str = field(default_factory=new_id)
    user_id: str = ""
    """Whose it is. The empty string is a user of its own: nobody in particular."""
    name: str = ""
    draft: str = ""
    """What the user has typed and not sent."""
    created_at: int = field(default_factory=now)
    updated_at: int = field(default_factory=now)
    """Last activity: orders the list."""
    last_status: RunStatus | None = None
    """Status of the newest run; None while there is none. Read-only: from the runs."""
    unread: bool = False
    """Whether a run ended since the user last looked. Read-only: from the runs."""
    named_by_user: bool = False
    """Whether the name was chosen by the user: then it is never made up again."""
    temporary: bool = False
    """Whether it stays out of looking back and searching. Set when it is made."""
    forked_from: str | None = None
    """The `session_id` this session is a fork of."""
    forked_at: str | None = None
    """The `run_id` there of the last run that was copied, where one was."""
    pinned: bool = False
    """Whether the user wants it on top of the list."""
    archived: bool = False
    """Whether the user has put it away: not listed, but still found and answered in."""


@dataclass(slots=True)
class SessionSummary:
    """What a session was about, in a few sentences made on request."""

    summary: str
    topics: list[str] = field(default_factory=list)
    updated_at: int = field(default_factory=now)


@dataclass(slots=True, frozen=True)
class SessionMetrics:
    """What all runs of a session took together: tokens, times in seconds."""

    runs: int = 0
    """How many runs have ended, whatever their status."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    time_to_first_token: float | None = None
    """The mean of the runs."""
    duration: float | None = None
    """The sum of the runs."""
    tokens_per_second: float | None = None
    """All answers' tokens over the time they streamed, where both are known."""
    estimated: bool = False
    """Whether any of the token counts is our estimate."""


@dataclass(slots=True)
class UserMemory:
    """One thing the agent knows about a user, whatever the session."""

    memory: str
    """The fact, in words."""
    user_id: str = ""
    memory_id: str = field(default_factory=new_id)
    session_id: str | None = None
    """The session it was learned in, where it was."""
    created_at: int = field(default_factory=now)
    updated_at: int = field(default_factory=now)


@dataclass(slots=True, frozen=True)
class Found:
    """One place where a search found its words."""

    session_id: str
    session_name: str
    run_id: str | None
    """The run whose message has the words; None where the session's name has them."""
    role: str
    """Who said it; empty for a session's name."""
    created_at: int
    """When it was said; for a name, the session's last activity."""
    excerpt: str
    """The text around the words, at most a few hundred characters."""
