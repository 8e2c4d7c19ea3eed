"""An answer as it is said while it comes."""

from __future__ import annotations

from agno_tui.events import (
    ReasoningContent,
    RunContent,
    RunEnded,
    RunEvent,
    ToolCallCompleted,
)
from agno_tui.plain.sentences import Sentences
from agno_tui.plain.shortened import shortened
from agno_tui.plain.voice import Voice
from agno_tui.plain.words import figures, outcome, tool_words
from agno_tui.session import Run


class Answer:
    """Says a run's answer line by line, and then how it ended."""

    def __init__(self, run: Run, voice: Voice, *, details: bool) -> None:
        self.run_id = run.run_id
        self._voice = voice
        self._details = details
        self._sentences = Sentences()
        self._has_begun = False
        self._has_thought = False

    def catch_up(self, run: Run) -> None:
        """Say what has come before anybody listened."""
        self._take(run.answer)

    def hear(self, event: RunEvent) -> None:
        """Something has come of the answer."""
        match event:
            case RunContent():
                self._take(event.content)
            case ReasoningContent() if not (self._has_thought or self._has_begun):
                self._has_thought = True
                self._voice.speak("Agent", "thinking…")
            case ToolCallCompleted():
                self.flush()
                self._voice.speak(
                    "Tool", tool_words(event.tool_call.name, event.message)
                )
            case RunEnded():
                self.flush()
                self._end(event.run)

    def _take(self, piece: str) -> None:
        for line in self._sentences.add(piece):
            self._say(line)

    def flush(self) -> None:
        """Say what is left of what has come."""
        for line in self._sentences.end():
            self._say(line)

    def _say(self, line: str) -> None:
        if self._has_begun:
            self._voice.say(line)
        elif line.strip():
            self._has_begun = True
            self._voice.speak("Agent", line)

    def _end(self, run: Run) -> None:
        if words := outcome(run):
            self._voice.say(words)
        elif not self._has_begun:
            self._voice.speak("Agent", "The answer is empty.")
        if self._details and (took := figures(run)):
            self._voice.say(took)


def say_exchange(voice: Voice, run: Run, *, longest: int | None = None) -> None:
    """Say a whole turn again: the question, the tools, the answer, how it ended.
    `longest`: characters of each after which it is cut."""
    voice.speak("You", _cut(run.question, longest))
    for message in run.messages:
        if message.tool_name:
            voice.speak("Tool", tool_words(message.tool_name, message))
    if run.answer.strip():
        voice.speak("Agent", _cut(run.answer.strip("\n"), longest))
    if words := outcome(run):
        voice.say(words)


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None else shortened(text, longest)
