"""How words are found in a SQLite storage, inside one transaction.

Two indexes answer. One holds words, for scripts that put spaces between them; the
other, of the messages that have characters of other scripts only, every three
characters in a row. Each is asked for the newest matches of this user, whose own word
in the index keeps all others' out; these are then weighed in Python.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import product

from agno_tui.session import Found, RunStatus
from agno_tui.storage.query import Query
from agno_tui.storage.ranking import (
    LOOKED_AT,
    NEWEST,
    Candidate,
    beginning,
    best,
    excerpt,
)
from agno_tui.storage.sqlite_rows import Value, execute
from agno_tui.text import repair

_MANY = 500
"""Trigrams with one beginning that are asked for; with more of them it is so common
that looking through the newest messages finds it soon."""

# The columns are as `Candidate` takes them. CROSS JOIN: in this order, because the
# index hands out the newest first.
_MESSAGES = f"""
SELECT session_id, name, run_id, role, messages.created_at,
    substr(messages.content, 1, {LOOKED_AT}), message_id
FROM {{index}} CROSS JOIN messages ON message_id = {{index}}.rowid
CROSS JOIN runs USING (run_id) CROSS JOIN sessions USING (session_id)
WHERE {{index}} MATCH :match AND user_id = :user_id
AND sessions.deleted_at IS NULL
AND NOT temporary AND session_id IS NOT :excluding
AND status NOT IN ('{RunStatus.PENDING}', '{RunStatus.RUNNING}') {{more}}
ORDER BY {{index}}.rowid DESC LIMIT {NEWEST}
"""

_NAMES = f"""
SELECT session_id, sessions.name, NULL, '', updated_at,
    substr(sessions.name, 1, {LOOKED_AT}), sequence
FROM {{index}} CROSS JOIN sessions ON sequence = {{index}}.rowid
WHERE {{index}} MATCH :match AND user_id = :user_id AND deleted_at IS NULL
AND NOT temporary AND session_id IS NOT :excluding {{more}}
ORDER BY {{index}}.rowid DESC LIMIT {NEWEST}
"""

_IN_WORDS = tuple(
    sql.format(index=index, more="")
    for sql, index in ((_MESSAGES, "message_words"), (_NAMES, "session_words"))
)

# A list of lists, of each of which one must be there. No table has a name made up here:
# a set of tables may be called that.
_COMMON = """
AND NOT EXISTS (SELECT 1 FROM json_each(:common) WHERE NOT EXISTS (
    SELECT 1 FROM json_tree(json_each.value) WHERE instr({text}, json_tree.atom)))
"""

_TRIGRAMS = f"""
SELECT term FROM {{pieces}} WHERE term >= :piece AND term < :piece || char(1114111)
LIMIT {_MANY + 1}
"""

_IN_TRIGRAMS = (
    (
        _TRIGRAMS.format(pieces="message_pieces"),
        _MESSAGES.format(
            index="message_trigrams", more=_COMMON.format(text="messages.content")
        ),
    ),
    (
        _TRIGRAMS.format(pieces="session_pieces"),
        _NAMES.format(
            index="session_trigrams", more=_COMMON.format(text="sessions.name")
        ),
    ),
)

_WHOLE = "SELECT content FROM messages WHERE message_id = :key"


def search(
    connection: sqlite3.Connection,
    query: str,
    *,
    user_id: str,
    limit: int,
    excluding: str | None,
) -> list[Found]:
    """Where the words are, best first."""
    asked = Query(query)
    if not asked.words:
        return []
    values: dict[str, Value] = {"user_id": user_id, "excluding": excluding}
    candidates = {
        (candidate.place, candidate.key): candidate
        for candidate in _candidates(connection, asked, values)
    }
    return [
        candidate.found(_excerpt(connection, asked, candidate))
        for candidate in best(asked, list(candidates.values()), limit)
    ]


def _candidates(
    connection: sqlite3.Connection, query: Query, values: dict[str, Value]
) -> Iterator[Candidate]:
    owner = _owner(str(values["user_id"]))
    if query.is_spaced:
        values["match"] = _match_words(query, owner)
        for sql in _IN_WORDS:
            for row in execute(connection, sql, values):
                yield Candidate(*row)
        if any(len(token) < 2 for token, *_ in query.pieces):
            return  # A letter between Han is not worth looking through everything.
    for trigrams, sql in _IN_TRIGRAMS:
        pieces = _Pieces(connection, trigrams, query)
        values["match"], values["common"] = pieces.match(owner), pieces.common()
        for row in execute(connection, sql, values):
            candidate = Candidate(*row)
            # It holds the characters; they may be in the middle of a word.
            if len(candidate.text) == LOOKED_AT or query.is_in(candidate.folded):
                yield candidate


def _owner(user_id: str) -> str:
    """The word that stands for a user in the indexes, as the third step makes it."""
    return f"user{repair(user_id).encode().hex()}z"


def _match_words(query: Query, owner: str) -> str:
    """A question to an index of words."""
    words = (
        _any_of(word.spellings(), " *" if word.by_beginning else "")
        for word in query.words
    )
    return f'owner : "{owner}" AND - owner : ({" AND ".join(words)})'


def _any_of(texts: Sequence[str], then: str = "") -> str:
    """One of these texts, each taken as it is; none in any row where there are none."""
    quoted = [text.replace('"', '""').replace("\x00", " ") for text in texts]
    return " OR ".join(f'"{text}"{then}' for text in quoted or [""]).join("()")


class _Pieces:
    """A query as an index of trigrams can be asked for it."""

    def __init__(
        self, connection: sqlite3.Connection, trigrams: str, query: Query
    ) -> None:
        self._groups: list[Sequence[str]] = []
        """Of each group at least one must be there."""
        self._common: list[list[str]] = []
        for piece in query.pieces:
            if len(piece[0]) > 2:
                self._groups.append(piece)
                continue
            rows = [
                row
                for spelling in piece
                for row in execute(connection, trigrams, {"piece": spelling})
            ]
            if len(rows) > _MANY:
                self._common.append(_in_all_cases(piece))
            else:
                self._groups.append([row["term"] for row in rows])

    def match(self, owner: str) -> str:
        """The question; one that nothing answers where a piece is nowhere."""
        parts = [f'owner : "{owner}"']
        parts += [f"- owner : {_any_of(group)}" for group in self._groups]
        return " AND ".join(parts)

    def common(self) -> str:
        """JSON of the pieces that are too common to be asked for."""
        return json.dumps(self._common)


def _in_all_cases(spellings: Sequence[str]) -> list[str]:
    """Each, of two letters at most, in capitals and not: SQLite knows only A to Z."""
    cases = (product(*((one, one.upper()) for one in text)) for text in spellings)
    return list(dict.fromkeys("".join(letters) for each in cases for letters in each))


def _excerpt(connection: sqlite3.Connection, query: Query, candidate: Candidate) -> str:
    """What is shown of a text; the beginning where its words cannot be pointed at."""
    shown = excerpt(query, candidate.text)
    if shown is None and len(candidate.text) == LOOKED_AT:
        row = execute(connection, _WHOLE, {"key": candidate.key}).fetchone()
        shown = excerpt(query, row["content"])
    return shown or beginning(candidate.text)
