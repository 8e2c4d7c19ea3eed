"""What a search found, in lines that can be read aloud."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agno_tui.folding import fold
from agno_tui.plain.words import ago
from agno_tui.session import Found, now
from agno_tui.text import clipped, one_line

LONGEST: Final = 200
"""Characters around the words that were found."""

_ALIKE: Final = 80
"""Letters in which two places of a conversation are the same for the user."""

_LINK: Final = re.compile(r"!?\[([^\[\]]{1,200})\]\([^()\s]{1,500}\)")
_RULE: Final = re.compile(r"\|?\s*:?-{3,}:?(?=[\s|]|$)")
_MARKS: Final = re.compile(r"(?:^|(?<=\s))(?:#{1,6}|>+|[*+])(?=\s)|\*\*|~~|`+|\|")
_SPACES: Final = re.compile(r"\s+")

_SPEAKERS: Final = {"user": "you", "assistant": "agent"}


@dataclass(slots=True)
class Hit:
    """A place, and those of its conversation that say the same."""

    found: Found
    words: str
    """The text around the words, without what only makes it look well."""
    others: int = 0

    @property
    def line(self) -> str:
        """`Trip to Kyoto, you, 2 days ago: … the temple … (and 2 more like it)`"""
        one = self.found
        title = one_line(one.session_name) or "Without a name"
        said = [title, *filter(None, [_SPEAKERS.get(one.role, "")])]
        said.append(ago(one.created_at, now()))
        more = f" (and {self.others} more like it)" if self.others else ""
        return f"{', '.join(said)}: {self.words}{more}"


def folded_hits(found: Sequence[Found]) -> list[Hit]:
    """The places in their order, those that read the same in one conversation once."""
    hits: dict[tuple[str, str, str], Hit] = {}
    for one in found:
        words = plain_words(one.excerpt)
        letters = "".join(filter(str.isalnum, fold(words)))[:_ALIKE]
        key = one.session_id, one.role, letters
        if key in hits:
            hits[key].others += 1
        else:
            hits[key] = Hit(one, words)
    return list(hits.values())


def plain_words(excerpt: str) -> str:
    """An excerpt without Markdown's signs."""
    text = _LINK.sub(r"\1", one_line(excerpt))
    text = _MARKS.sub(" ", _RULE.sub(" ", text))
    return clipped(_SPACES.sub(" ", text).strip(), LONGEST)
