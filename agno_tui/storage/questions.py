"""What the user asked, as every storage gives it out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from agno_tui.session import Question

MOST_CHARACTERS: Final = 4_000_000
"""Of all the questions of a page; the one that is more ends it."""


def first_of_each(questions: Iterable[Question], limit: int) -> list[Question]:
    """Each text where it comes first, but for blank ones; at most `limit`.

    Asks for no more questions than it needs.
    """
    found: dict[str, Question] = {}
    characters = 0
    if limit <= 0:
        return []
    for question in questions:
        if question.text in found or not question.text.strip():
            continue
        found[question.text] = question
        characters += len(question.text)
        if len(found) == limit or characters > MOST_CHARACTERS:
            break
    return list(found.values())
