"""The messages of runs and the checkpoints that become messages.

Each function runs inside one transaction. Nothing here names a user: the callers have
found the run to be the user's.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict

from agno_tui.session import Message, Role, Run
from agno_tui.storage.sqlite_rows import (
    ENDED,
    MESSAGE_COLUMNS,
    Value,
    execute,
    message_from,
    message_values,
    with_checkpoints,
)

_COLUMNS = tuple(message_values(Message("", ""), "", 0))

_CONTENT = [column for column in _COLUMNS if column not in ("run_id", "position")]

# A message that is as it was is not written again: a question may be megabytes. One
# that changed has to be indexed anew.
_PUT = f"""
INSERT INTO messages ({", ".join(_COLUMNS)})
VALUES ({", ".join(f":{column}" for column in _COLUMNS)})
ON CONFLICT (run_id, position) DO UPDATE SET
    {", ".join(f"{column} = excluded.{column}" for column in _CONTENT)},
    indexed = 0
WHERE ({", ".join(_CONTENT)})
    IS NOT ({", ".join(f"excluded.{column}" for column in _CONTENT)})
"""

_DROP = "DELETE FROM messages WHERE run_id = :run_id AND position >= :position"

_DROP_CHECKPOINTS = "DELETE FROM checkpoints WHERE run_id = :run_id"

# What tools said is not looked through: it may be anything, and much of it.
_INDEX = f"""
UPDATE messages SET indexed = 1
WHERE run_id = :run_id AND indexed = 0
AND role IN ('{Role.USER}', '{Role.ASSISTANT}')
AND EXISTS (SELECT 1 FROM runs WHERE runs.run_id = :run_id AND {ENDED}
    AND deleted_at IS NULL)
"""

_TAKE_OUT = "UPDATE messages SET indexed = 0 WHERE run_id = :run_id AND indexed"

_SELECT = f"""
SELECT {MESSAGE_COLUMNS} FROM messages
WHERE run_id IN (SELECT value FROM json_each(:run_ids)) ORDER BY run_id, position
"""

_SELECT_CHECKPOINTS = """
SELECT run_id, content, reasoning_content, created_at FROM checkpoints
WHERE run_id IN (SELECT value FROM json_each(:run_ids)) ORDER BY sequence
"""

_ADD_CHECKPOINT = """
INSERT INTO checkpoints (run_id, content, reasoning_content, created_at)
VALUES (:run_id, :content, :reasoning_content, :now)
"""

_COPY = f"""
INSERT INTO messages ({", ".join(_COLUMNS)})
SELECT :copy, {", ".join(_COLUMNS[1:])} FROM messages
WHERE run_id = :run_id ORDER BY position
"""


def put_messages(
    connection: sqlite3.Connection, run_id: str, messages: list[Message]
) -> None:
    """Make these the run's messages; its checkpoints are in them.

    The run's row has to stand as it will be: what has ended can be searched.
    """
    for position, message in enumerate(messages):
        execute(connection, _PUT, message_values(message, run_id, position))
    rest: dict[str, Value] = {"run_id": run_id, "position": len(messages)}
    execute(connection, _DROP, rest)
    execute(connection, _DROP_CHECKPOINTS, rest)
    execute(connection, _INDEX, rest)


def add_messages(connection: sqlite3.Connection, run: Run) -> None:
    """Give a run that is new its messages."""
    for position, message in enumerate(run.messages):
        execute(connection, _PUT, message_values(message, run.run_id, position))
    if run.status.ended:
        index_messages(connection, run.run_id)


def index_messages(connection: sqlite3.Connection, run_id: str) -> None:
    """Have the messages of a run found, where it has ended and was not deleted."""
    execute(connection, _INDEX, {"run_id": run_id})


def unindex_messages(connection: sqlite3.Connection, run_id: str) -> None:
    """Have the messages of a run found no more."""
    execute(connection, _TAKE_OUT, {"run_id": run_id})


def add_checkpoint(
    connection: sqlite3.Connection,
    run: Run,
    *,
    content: str,
    reasoning_content: str,
    at: int,
) -> None:
    """Keep a piece of the answer, which came `at` this moment."""
    values: dict[str, Value] = {
        "run_id": run.run_id,
        "content": content,
        "reasoning_content": reasoning_content,
        "now": at,
    }
    execute(connection, _ADD_CHECKPOINT, values)


def copy_messages(connection: sqlite3.Connection, run_id: str, copy: str) -> None:
    """Give the run `copy` the messages of another, which has ended."""
    execute(connection, _COPY, {"run_id": run_id, "copy": copy})
    index_messages(connection, copy)


def get_messages(
    connection: sqlite3.Connection, run_ids: list[str], *, ended: bool = False
) -> dict[str, list[Message]]:
    """The messages of some runs, checkpoints included: those that `ended` have none."""
    values = {"run_ids": json.dumps(run_ids)}
    messages: dict[str, list[Message]] = defaultdict(list)
    for row in connection.execute(_SELECT, values):
        messages[row["run_id"]].append(message_from(row))
    if ended:
        return messages
    checkpoints: dict[str, list[sqlite3.Row]] = defaultdict(list)
    for row in connection.execute(_SELECT_CHECKPOINTS, values):
        checkpoints[row["run_id"]].append(row)
    for run_id, pieces in checkpoints.items():
        with_checkpoints(messages[run_id], pieces)
    return messages
