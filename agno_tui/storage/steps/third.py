"""Full-text indexes over what was said and over the names of sessions.

A text is in an index or not, never half: it is taken out by the very words it was put
in with, because a `delete` with others damages the index. So a message's text is put in
when `indexed` becomes 1 and taken out, as it was, when that ends.
Source: https://www.sqlite.org/fts5.html, 4.4.3 and 4.3.1

Each index has a second column with one word that stands for the user. It is what keeps
another user's million messages out of the way of a search for a common word.

An index of trigrams cannot be asked for less than three characters, but it can be asked
which trigrams there are that begin with two. Two spaces behind each text see to it that
the last two characters of it begin one as well.
"""

from __future__ import annotations

from typing import Final

from agno_tui.storage.steps import Migration

# Thai, Lao, Burmese, Khmer; Han, kana, bopomofo: nothing stands between two words.
_UNSPACED: Final = (
    "*[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30fa"
    "\u30fc-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff]*"
)

_OWNER: Final = "'user' || lower(hex({user_id})) || 'z'"

_END: Final = "|| '  '"

_OF_RUN: Final = f"""(
    SELECT {_OWNER.format(user_id="sessions.user_id")}
    FROM runs JOIN sessions USING (session_id) WHERE run_id = {{row}}.run_id)"""


def _put_in(row: str) -> str:
    """Put a message's text into the indexes; `row` is `new` or `old`."""
    owner = _OF_RUN.format(row=row)
    return f"""
    INSERT INTO message_words (rowid, content, owner)
    VALUES ({row}.message_id, {row}.content, {owner});
    INSERT INTO message_trigrams (rowid, content, owner)
    SELECT {row}.message_id, {row}.content {_END}, {owner}
    WHERE {row}.content GLOB '{_UNSPACED}';
    """


def _take_out(row: str) -> str:
    """Take a message's text out of the indexes, which must be what was put in."""
    owner = _OF_RUN.format(row=row)
    return f"""
    INSERT INTO message_words (message_words, rowid, content, owner)
    VALUES ('delete', {row}.message_id, {row}.content, {owner});
    INSERT INTO message_trigrams (message_trigrams, rowid, content, owner)
    SELECT 'delete', {row}.message_id, {row}.content {_END}, {owner}
    WHERE {row}.content GLOB '{_UNSPACED}';
    """


_NEW_NAME: Final = f"""
    INSERT INTO session_words (rowid, name, owner)
    SELECT new.sequence, new.name, {_OWNER.format(user_id="new.user_id")}
    WHERE new.name <> '';
    INSERT INTO session_trigrams (rowid, name, owner)
    SELECT new.sequence, new.name {_END}, {_OWNER.format(user_id="new.user_id")}
    WHERE new.name GLOB '{_UNSPACED}';
"""

_OLD_NAME: Final = f"""
    INSERT INTO session_words (session_words, rowid, name, owner)
    SELECT 'delete', old.sequence, old.name, {_OWNER.format(user_id="old.user_id")}
    WHERE old.name <> '';
    INSERT INTO session_trigrams (session_trigrams, rowid, name, owner)
    SELECT 'delete', old.sequence, old.name {_END},
        {_OWNER.format(user_id="old.user_id")}
    WHERE old.name GLOB '{_UNSPACED}';
"""

_WORDS: Final = "tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'"

_TRIGRAMS: Final = "tokenize = 'trigram'"

THIRD: Final[Migration] = (
    # What the indexes are made from, should they ever have to be made again.
    f"""
    CREATE VIEW message_texts AS
    SELECT message_id, content, {_OWNER.format(user_id="sessions.user_id")} AS owner
    FROM messages JOIN runs USING (run_id) JOIN sessions USING (session_id)
    WHERE indexed
    """,
    f"""
    CREATE VIEW message_texts_unspaced AS
    SELECT message_id, content {_END} AS content, owner FROM message_texts
    WHERE message_texts.content GLOB '{_UNSPACED}'
    """,
    f"""
    CREATE VIEW session_texts AS
    SELECT sequence, name, {_OWNER.format(user_id="user_id")} AS owner
    FROM sessions WHERE name <> ''
    """,
    f"""
    CREATE VIEW session_texts_unspaced AS
    SELECT sequence, name {_END} AS name, owner FROM session_texts
    WHERE session_texts.name GLOB '{_UNSPACED}'
    """,
    f"""
    CREATE VIRTUAL TABLE message_words USING fts5(
        content, owner, content = message_texts, content_rowid = message_id, {_WORDS})
    """,
    f"""
    CREATE VIRTUAL TABLE message_trigrams USING fts5(
        content, owner, content = message_texts_unspaced,
        content_rowid = message_id, {_TRIGRAMS})
    """,
    f"""
    CREATE VIRTUAL TABLE session_words USING fts5(
        name, owner, content = session_texts, content_rowid = sequence, {_WORDS})
    """,
    f"""
    CREATE VIRTUAL TABLE session_trigrams USING fts5(
        name, owner, content = session_texts_unspaced,
        content_rowid = sequence, {_TRIGRAMS})
    """,
    # What trigrams there are.
    "CREATE VIRTUAL TABLE message_pieces USING fts5vocab(message_trigrams, row)",
    "CREATE VIRTUAL TABLE session_pieces USING fts5vocab(session_trigrams, row)",
    """
    UPDATE messages SET indexed = 1
    WHERE role IN ('user', 'assistant') AND run_id IN (
        SELECT run_id FROM runs WHERE status NOT IN ('PENDING', 'RUNNING'))
    """,
    "INSERT INTO message_words (message_words) VALUES ('rebuild')",
    "INSERT INTO message_trigrams (message_trigrams) VALUES ('rebuild')",
    "INSERT INTO session_words (session_words) VALUES ('rebuild')",
    "INSERT INTO session_trigrams (session_trigrams) VALUES ('rebuild')",
    f"""
    CREATE TRIGGER message_added AFTER INSERT ON messages
    WHEN new.indexed BEGIN {_put_in("new")} END
    """,
    f"""
    CREATE TRIGGER message_indexed AFTER UPDATE OF indexed ON messages
    WHEN new.indexed AND NOT old.indexed BEGIN {_put_in("new")} END
    """,
    f"""
    CREATE TRIGGER message_unindexed AFTER UPDATE OF indexed ON messages
    WHEN old.indexed AND NOT new.indexed BEGIN {_take_out("old")} END
    """,
    f"""
    CREATE TRIGGER message_changed AFTER UPDATE OF content ON messages
    WHEN old.indexed AND new.indexed AND old.content IS NOT new.content
    BEGIN {_take_out("old")} {_put_in("new")} END
    """,
    # Before: its run and session, which say whose it is, are surely there still.
    f"""
    CREATE TRIGGER message_dropped BEFORE DELETE ON messages
    WHEN old.indexed BEGIN {_take_out("old")} END
    """,
    f"""
    CREATE TRIGGER session_added AFTER INSERT ON sessions
    WHEN new.name <> '' BEGIN {_NEW_NAME} END
    """,
    f"""
    CREATE TRIGGER session_renamed AFTER UPDATE OF name ON sessions
    WHEN old.name IS NOT new.name BEGIN {_OLD_NAME} {_NEW_NAME} END
    """,
    f"""
    CREATE TRIGGER session_dropped BEFORE DELETE ON sessions
    WHEN old.name <> '' BEGIN {_OLD_NAME} END
    """,
    # Whose a text is, is in the indexes: it cannot change behind their back.
    """
    CREATE TRIGGER session_keeps_user BEFORE UPDATE OF user_id ON sessions
    WHEN old.user_id IS NOT new.user_id
    BEGIN SELECT raise(ABORT, 'a session keeps its user'); END
    """,
)
"""Version 3 of the schema."""
