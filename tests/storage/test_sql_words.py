"""Whatever a set of tables is called, our SQL means the same."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing

import pytest

from agno_tui import storage
from agno_tui.storage.sqlite_migrations import MIGRATIONS
from agno_tui.storage.table_names import (
    SetConnection,
    Statements,
    check_table_name,
    names_in,
)

NAMES = names_in(MIGRATIONS)

KEYWORDS = {"and", "as", "cast", "conflict", "exists", "filter", "from", "in", "key"}
KEYWORDS |= {"not", "or", "select", "set", "unique", "using", "values", "where"}
"""What may stand before a parenthesis and is no name at all."""


def texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts_of(each)


def all_sql() -> list[str]:
    """Every statement, and every part of one, that a module of ours has a name for."""
    texts: dict[str, None] = {}
    for module in pkgutil.walk_packages(storage.__path__, f"{storage.__name__}."):
        if "sqlite" in module.name or "steps" in module.name:
            values = vars(importlib.import_module(module.name)).items()
            texts |= dict.fromkeys(
                text
                for key, value in values
                if key != "__doc__"
                for text in texts_of(value)
            )
    begins = r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|AND|WHERE|ORDER)\b"
    bare = (re.sub(r"'(?:[^']|'')*'|--[^\n]*", "''", text) for text in texts)
    return [text for text in bare if re.match(begins, text)]


SQL = all_sql()

STATEMENTS = [
    text
    for text in SQL
    if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)", text)
    and not re.search(r"[{}]|\b(new|old)\.|table_sets|messages_numbered", text)
]

WORDS = {word.lower() for text in SQL for word in re.findall(r"\w+", text)}


def is_refused(name: str) -> bool:
    try:
        check_table_name(name, NAMES)
    except ValueError:
        return True
    return False


def program_of(table_name: str) -> list[list[tuple[object, ...]]]:
    """What SQLite would do for each statement, triggers too, in a set of that name."""
    with closing(
        SetConnection(Statements(table_name, NAMES), ":memory:")
    ) as connection:
        connection.execute("PRAGMA trusted_schema = ON")
        for step in MIGRATIONS:
            for statement in step:
                connection.execute(statement)
        values: dict[str, None] = defaultdict(lambda: None)
        return [
            # But for texts, such as a table's name: which code, and on what.
            [(*row[:5], row[6]) for row in connection.execute(f"EXPLAIN {sql}", values)]
            for sql in STATEMENTS
        ]


def test_the_statements_are_found() -> None:
    assert len(STATEMENTS) > 50
    assert {"excluded", "new", "old", "json_each", "coalesce", "raise"} <= WORDS


@pytest.mark.parametrize("before", [r"\.", r"\("])
def test_what_stands_before_a_dot_or_a_parenthesis_is_no_sets_name(before: str) -> None:
    words = {
        word.lower()
        for text in SQL
        for word in re.findall(rf"(?<![\w:.])([A-Za-z_]\w*)\s*{before}", text)
    }
    assert {word for word in words - NAMES - KEYWORDS if not is_refused(word)} == set()


def test_no_word_is_called_like_a_table_of_a_set() -> None:
    for word in WORDS - NAMES:
        assert not any(word.endswith(f"_{name}") for name in NAMES), word


def test_every_word_that_can_be_a_name_leaves_the_others_alone() -> None:
    # As long, because SQLite plans by the size of rows, also of those of its schema.
    expected = {size: program_of("x" * size) for size in {len(word) for word in WORDS}}
    for word in sorted(WORDS):
        if re.match("[a-z_]", word) and not is_refused(word):
            assert program_of(word) == expected[len(word)], word
