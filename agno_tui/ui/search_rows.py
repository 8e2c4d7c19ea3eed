"""What was found in all conversations, as rows: a title, and below it where the words
are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agno_tui.folding import alike, alike_with_offsets
from agno_tui.session import Role, Session
from agno_tui.storage.query import Query, is_unspaced
from agno_tui.text import clipped, one_line
from agno_tui.ui.places import Place
from agno_tui.ui.session_rows import UNTITLED, is_listed, title_of

if TYPE_CHECKING:
    from agno_tui.session import Found

MOST_HITS: Final = 5
"""Places of one conversation that are shown where there are others."""

LONGEST_TITLE: Final = 300
"""Characters of a title that are looked at."""

WHO: Final[dict[str, str]] = {Role.USER: "You", Role.ASSISTANT: "Agent"}

Spans = list[tuple[int, int]]
"""Where words begin and end in a text, in characters, in order; no two overlap."""


@dataclass(slots=True, frozen=True)
class SearchRow:
    """A title, a place in the conversation above it, or how many more there are."""

    text: str
    place: Place | None = None
    """What it opens; None: nothing, the places below it do."""
    who: str = ""
    at: int = 0
    """When it was said, or when the conversation was last active: microseconds since
    the epoch; 0: nobody asks."""
    is_title: bool = False
    is_archived: bool = False


@dataclass(slots=True, frozen=True)
class Findings:
    """What a search found."""

    rows: Sequence[SearchRow] = ()
    hits: int = 0
    """Places, titles among them."""
    sessions: int = 0
    is_all: bool = True
    """Whether there may be no more of them."""


def newest_rows(sessions: Iterable[Session]) -> list[SearchRow]:
    """Sessions before anything is looked for: their titles, each of which opens it."""
    return [
        _title(one, Place(one.session_id, "")) for one in sessions if is_listed(one)
    ]


def rows_of(
    found: Sequence[Found], sessions: Mapping[str, Session], words: str
) -> list[SearchRow]:
    """What was found, best first, by session; what is in none of the `sessions` is left
    out, for it went meanwhile."""
    groups: dict[str, list[Found]] = {}
    for one in found:
        if one.session_id in sessions:
            groups.setdefault(one.session_id, []).append(one)
    most = MOST_HITS if len(groups) > 1 else len(found)
    rows: list[SearchRow] = []
    for session_id, group in groups.items():
        said = [one for one in group if one.run_id is not None]
        place = Place(session_id, "") if len(said) < len(group) else None
        rows.append(_title(sessions[session_id], place))
        rows += [_hit(one, words) for one in said[:most]]
        if len(said) > most:
            rows.append(SearchRow(f"{len(said) - most} more there"))
    return rows


def findings(
    found: Sequence[Found], sessions: Mapping[str, Session], words: str, *, limit: int
) -> Findings:
    """The same, with how much it is; `limit`: of how many would have been found."""
    rows = rows_of(found, sessions, words)
    there = [one for one in found if one.session_id in sessions]
    number = len({one.session_id for one in there})
    return Findings(rows, len(there), number, is_all=len(found) < limit)


def _title(session: Session, place: Place | None) -> SearchRow:
    return SearchRow(
        clipped(title_of(session) or UNTITLED, LONGEST_TITLE),
        place,
        at=session.updated_at,
        is_title=True,
        is_archived=session.archived,
    )


def _hit(found: Found, words: str) -> SearchRow:
    return SearchRow(
        one_line(found.excerpt),
        Place(found.session_id, found.run_id or "", words),
        WHO.get(found.role, ""),
        found.created_at,
    )


# Where the words are in a row


def tokens_of(words: str) -> list[str]:
    """What is marked for words that were looked for, as `folding.alike` has it."""
    query = Query(words)
    return list(
        dict.fromkeys(alike(one) for word in query.words for one in word.tokens)
    )


def spans_in(text: str, tokens: Iterable[str]) -> Spans:
    """Where a line has words that begin with these, as the storage finds them."""
    folded, offsets = alike_with_offsets(text)
    offsets.append(len(text))
    spans: Spans = []
    for token in filter(None, tokens):
        at = folded.find(token)
        while at >= 0:
            end = at + len(token)
            if _is_beginning(folded, at, end):
                start = offsets[at]
                spans.append((start, max(offsets[end], start + 1)))
            at = folded.find(token, end)
    return _apart(spans)


def _is_beginning(folded: str, start: int, end: int) -> bool:
    """Whether a word begins here; a single letter is found as a word only."""
    if is_unspaced(folded[start]):
        return True
    if start and folded[start - 1].isalnum() and not is_unspaced(folded[start - 1]):
        return False
    return end - start > 1 or not folded[end : end + 1].isalnum()


def _apart(spans: Spans) -> Spans:
    """The spans in order, those joined that overlap."""
    joined: Spans = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
