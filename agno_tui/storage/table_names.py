"""Several sets of sessions in one file, each in tables of its own.

A set is named by its table of sessions, Agno's `table_name`; its other tables, indexes
and triggers are called that, an underscore, and what they are called in the set named
`sessions`, whose names are the plain ones. All our SQL is written in the plain names:
the connection of another set puts its own in their place, whole words only, once for
every statement.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from agno_tui.storage.steps import Migration

DEFAULT: Final = "sessions"
"""The set whose tables have the plain names, and its table of sessions."""

TABLE_SETS: Final = "table_sets"
"""The table of all other sets in the file: `table_name`, and its schema's `version`."""

_LONGEST: Final = 63
"""Characters of a name, as in other databases."""

_TAKEN: Final = frozenset(
    [
        "excluded",
        "new",
        "old",
        "main",
        "temp",
        "rowid",
        "oid",
        "_rowid_",
        "raise",
        "fts5",
        "fts5vocab",
        "json_each",
        "json_tree",
        "json_group_array",
        "json_group_object",
        "avg",
        "char",
        "coalesce",
        "count",
        "hex",
        "iif",
        "instr",
        "lag",
        "length",
        "lower",
        "max",
        "min",
        "replace",
        "substr",
        "sum",
        "total",
    ]
)
"""What our SQL calls by a name that is not a table's, and what SQLite itself does.

Were a table called that, `excluded.user_id` would be the row that is there, not the one
that is to be written, and `json_each` not the function.
"""

_CREATE: Final = re.compile(
    r"\s*CREATE\s+(?:UNIQUE\s+)?(TABLE|VIRTUAL\s+TABLE|INDEX|TRIGGER|VIEW)\s+(\w+)"
)

_OF_FTS5: Final = ("data", "idx", "content", "docsize", "config")
"""How FTS5 calls the tables it keeps an index in, behind the index's name.

Source: https://www.sqlite.org/fts5.html, 9
"""

# What stands before a name keeps it from being one of ours: a column of something,
# a parameter. Texts, quoted names and comments are passed over.
_WORD: Final = r"""'(?:[^']|'')*'|"[^"]*"|--[^\n]*|(?<![\w.:@$])({names})(?!\w)"""


def names_in(migrations: Iterable[Migration]) -> frozenset[str]:
    """What the steps create in the default set, the tables inside an index too."""
    names: set[str] = set()
    for step in migrations:
        for statement in step:
            if made := _CREATE.match(statement):
                kind, name = made.groups()
                names.add(name)
                if kind.startswith("VIRTUAL"):
                    names.update(f"{name}_{part}" for part in _OF_FTS5)
    return frozenset(names)


def is_default(table_name: str) -> bool:
    """Whether that is the set with the plain names. SQLite ignores case, so do we."""
    return table_name.lower() == DEFAULT


def check_table_name(table_name: str, names: frozenset[str]) -> None:
    """Make sure that a set of that name shares no table with any other set.

    And that no table of it is taken for anything else in our SQL, nor anything else for
    it.

    `names` as from `names_in`. It does not when neither is what we call a table, nor
    ends like one: then a name in its set tells which set it belongs to. Errors:
    `ValueError`, in words.
    """
    if not re.fullmatch(rf"[A-Za-z_][A-Za-z0-9_]{{0,{_LONGEST - 1}}}", table_name):
        raise ValueError(
            f"table_name {table_name!r} must be letters of the English alphabet, "
            f"digits and underscores, at most {_LONGEST} and no digit first."
        )
    lower = table_name.lower()
    if f"{lower}_".startswith("sqlite_"):
        raise ValueError(
            f"table_name {table_name!r} must not be or begin like sqlite_, which "
            "SQLite keeps for itself."
        )
    if lower in _TAKEN:
        raise ValueError(
            f"table_name {table_name!r} means something else in SQL: choose another."
        )
    for name in (names | {TABLE_SETS}) - {DEFAULT}:
        if lower == name or lower.endswith(f"_{name}"):
            raise ValueError(
                f"table_name {table_name!r} is or ends like a table of another set "
                f"({name}): choose another."
            )


class Statements(dict[str, str]):
    """Our SQL in the names of one set; translated when it is first asked for.

    Only for the statements that are in the program, of which there are few: values are
    parameters.
    """

    def __init__(self, table_name: str, names: frozenset[str]) -> None:
        super().__init__()
        self._names = {name: f'"{table_name}_{name}"' for name in names}
        self._names[DEFAULT] = f'"{table_name}"'
        longest_first = sorted(self._names, key=len, reverse=True)
        self._word = re.compile(_WORD.format(names="|".join(longest_first)))

    def __missing__(self, sql: str) -> str:
        translated = self[sql] = self._word.sub(self._name, sql)
        return translated

    def _name(self, match: re.Match[str]) -> str:
        return self._names.get(match[1], match[0])


class SetConnection(sqlite3.Connection):
    """A connection that puts a set's names in place of the plain ones."""

    def __init__(self, statements: Statements, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._statements = statements

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As in `sqlite3.Connection`, of a statement in the plain names."""
        return super().execute(self._statements[sql], parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        """As in `sqlite3.Connection`, of a statement in the plain names."""
        return super().executemany(self._statements[sql], parameters)
