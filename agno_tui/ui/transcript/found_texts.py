"""The texts of a run in which words can be found, in the order they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agno_tui.session import Role, Run
from agno_tui.ui.transcript.tool_uses import tool_uses
from agno_tui.ui.transcript.tool_view import texts_shown


@dataclass(slots=True, frozen=True)
class FoundText:
    """A text of an answer."""

    text: str
    is_detail: bool
    """Whether it is shown as it is, and only where details are open; else it is
    Markdown."""


def texts_of(run: Run) -> Iterator[FoundText]:
    """The texts of a run's answer, as `TurnLayout` shows them where details are open:
    what was thought, what was said, and what tools were asked and gave."""
    by_message = tool_uses(run.messages)
    for index, message in enumerate(run.messages):
        if message.role == Role.USER:
            continue
        if message.reasoning_content:
            yield FoundText(message.reasoning_content, True)
        if message.content and message.role != Role.TOOL:
            yield FoundText(message.content, False)
        for use in by_message.get(index, ()):
            for text in texts_shown(use):
                yield FoundText(text, True)
