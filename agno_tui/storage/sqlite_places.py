"""How runs get their places in the tree. Each function runs inside one transaction.

Nothing here names a user: the callers have found the session to be the user's. Going on
at the end of a conversation reads one run, going elsewhere on its way the runs behind
that place; only a way beside it has to be looked for among all runs of the session.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from agno_tui.session import Run, RunStatus
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.places import Place, Places
from agno_tui.storage.sqlite_rows import Value, execute

_BEGUN = f"status <> '{RunStatus.PENDING}'"

_OF_SESSION = f"session_id = :session_id AND {_BEGUN}"

_LAST = f"""
SELECT run_id FROM runs WHERE {_OF_SESSION} AND active
ORDER BY sequence DESC LIMIT 1
"""

_TRIED = """
SELECT parent_run_id FROM runs WHERE run_id = :run_id AND session_id = :session_id
"""

_PARENT = f"SELECT sequence, active FROM runs WHERE run_id = :run_id AND {_OF_SESSION}"

_PLACES = f"""
SELECT run_id, parent_run_id, sequence, active, chosen FROM runs WHERE {_OF_SESSION}
"""

_NEXT_CHOICE = """
SELECT coalesce(max(chosen), 0) + 1 FROM runs
WHERE session_id = :session_id AND parent_run_id = :parent
"""

_LEAVE_ALL_BEHIND = f"""
UPDATE runs SET active = 0 WHERE {_OF_SESSION} AND active AND sequence > :last
"""

# Found by where they stand, which takes half the time of finding them by their ids.
_THESE = "WHERE sequence IN (SELECT value FROM json_each(:sequences))"

_LEAVE = f"UPDATE runs SET active = 0 {_THESE}"

_ENTER = f"""
UPDATE runs SET active = 1, status = iif(
    status = '{RunStatus.REGENERATED}', '{RunStatus.COMPLETED}', status) {_THESE}
"""

_CHOOSE = f"UPDATE runs SET chosen = :choice {_THESE}"


def check_parent(connection: sqlite3.Connection, run: Run) -> None:
    """Make sure that the run it is to follow was begun in its session.

    Errors: `SessionNotFoundError`.
    """
    if not run.parent_run_id:
        return
    values = {"run_id": run.parent_run_id, "session_id": run.session_id}
    if execute(connection, _PARENT, values).fetchone() is None:
        raise SessionNotFoundError(run.session_id)


def begin(
    connection: sqlite3.Connection, run: Run, wanted: str | None
) -> tuple[str, int]:
    """Have the conversation end where a run is to begin; returns the run it follows
    then, and what its `chosen` is.

    `wanted`: the run that it is to follow, where that is known.
    """
    parent = parent_of_try(connection, run) if wanted is None else wanted
    if parent is None:
        row = execute(connection, _LAST, {"session_id": run.session_id}).fetchone()
        parent = "" if row is None else str(row["run_id"])
    else:
        _end_with(connection, run.session_id, parent)
    values = {"session_id": run.session_id, "parent": parent}
    (choice,) = execute(connection, _NEXT_CHOICE, values).fetchone()
    return parent, int(choice)


def parent_of_try(connection: sqlite3.Connection, run: Run) -> str | None:
    """What the run follows that this is another try of, where it has its place."""
    if run.retry_of is None:
        return None
    values = {"run_id": run.retry_of, "session_id": run.session_id}
    row = execute(connection, _TRIED, values).fetchone()
    return None if row is None else row["parent_run_id"]


def places_of(connection: sqlite3.Connection, session_id: str) -> Places:
    """The places of all runs of a session."""
    rows = execute(connection, _PLACES, {"session_id": session_id})
    return Places(
        Place(run_id, parent or "", sequence, bool(active), chosen)
        for run_id, parent, sequence, active, chosen in rows
    )


def go_through(connection: sqlite3.Connection, session_id: str, run_id: str) -> None:
    """Have the conversation go through a run, and on as it did before."""
    places = places_of(connection, session_id)
    _go(connection, places, places.way_to(run_id), places.way_on(run_id))


def _end_with(connection: sqlite3.Connection, session_id: str, run_id: str) -> None:
    """Have the conversation go through a run and no further; through none if empty."""
    values: dict[str, Value] = {"session_id": session_id, "run_id": run_id}
    row = execute(connection, _PARENT, values).fetchone() if run_id else None
    if row is not None and not row["active"]:
        places = places_of(connection, session_id)
        _go(connection, places, places.way_to(run_id), [])
        return
    last = 0 if row is None else row["sequence"]
    execute(connection, _LEAVE_ALL_BEHIND, values | {"last": last})


def _go(
    connection: sqlite3.Connection, places: Places, to: list[Place], on: list[Place]
) -> None:
    """Have the conversation go one way, of which the first part was chosen now."""
    new = [place for place in to if not place.active]
    values: dict[str, Value] = {"choice": places.next_choice()}
    execute(connection, _CHOOSE, values | {"sequences": _sequences(new)})
    new += [place for place in on if not place.active]
    left = places.left_out([*to, *on])
    execute(connection, _LEAVE, {"sequences": _sequences(left)})
    execute(connection, _ENTER, {"sequences": _sequences(new)})


def _sequences(places: Iterable[Place]) -> str:
    return json.dumps([place.sequence for place in places])
