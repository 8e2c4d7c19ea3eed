"""What a SQLite storage costs: what is written, what is read, whatever is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from agno_tui.session import Message, ToolCall
from agno_tui.storage import (
    sqlite_beginnings,
    sqlite_branches,
    sqlite_forks,
    sqlite_lists,
    sqlite_memories,
    sqlite_messages,
    sqlite_outlines,
    sqlite_places,
    sqlite_questions,
    sqlite_runs,
    sqlite_sessions,
    sqlite_states,
)
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.sqlite_files import Database
from tests.storage.runs import a_run, answer, ask


@pytest.fixture
async def storage(tmp_path: Path) -> SqliteStorage:
    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    return storage


async def test_a_checkpoint_costs_the_same_at_the_end(storage: SqliteStorage) -> None:
    """Bytes written, by the log's size: nothing is copied back meanwhile."""
    await ask(storage, "PRAGMA wal_autocheckpoint = 0")
    run = a_run("s")
    await storage.start_run(run)
    log = storage.path.with_name("chat.db-wal")

    async def written(pieces: int) -> int:
        before = log.stat().st_size
        for _ in range(pieces):
            await storage.append_content(run, content="x" * 200)
        return log.stat().st_size - before

    first = await written(100)
    await written(1800)
    last = await written(100)
    assert last <= first * 1.2
    kept = await storage.get_run(run.run_id, user_id="ann")
    assert kept is not None and kept.answer == "x" * 200 * 2000
    await storage.update_run(kept)
    assert await ask(storage, "SELECT count(*) FROM checkpoints") == [(0,)]


async def test_an_unchanged_question_is_not_written_again(
    storage: SqliteStorage,
) -> None:
    await ask(storage, "PRAGMA wal_autocheckpoint = 0")
    run = a_run("s", question="x" * 1_000_000)
    await storage.start_run(run)
    log = storage.path.with_name("chat.db-wal")
    before = log.stat().st_size
    run.messages.append(Message("assistant", "So."))
    await storage.update_run(run)
    assert log.stat().st_size - before < 100_000


@pytest.mark.parametrize(
    "sql",
    [
        *sqlite_lists.PAGES.values(),
        *sqlite_lists.TITLES.values(),
        sqlite_lists._ONE_LISTED,
        sqlite_lists._UNREAD,
        sqlite_lists._WAITING,
        sqlite_lists._PIN,
        sqlite_lists._ARCHIVE,
        sqlite_sessions._FIND,
        sqlite_sessions._MARK_READ,
        sqlite_sessions._RENAME,
        f"{sqlite_runs.SHOWN} {sqlite_runs.LAST_RUNS}",
        f"{sqlite_runs.SHOWN} {sqlite_runs.BEFORE} {sqlite_runs.LAST_RUNS}",
        sqlite_runs._FIND_RUN,
        sqlite_runs._FIND_RUNS,
        sqlite_outlines._FIRST_PAGE,
        sqlite_outlines._NEXT_PAGE,
        sqlite_questions._OF_SESSION,
        sqlite_questions._NEAR_ONES,
        sqlite_questions._END,
        sqlite_runs._UNDER_WAY,
        sqlite_runs._SHOW_LIFE,
        sqlite_beginnings._CLAIM_RUN,
        sqlite_beginnings._WAITING,
        sqlite_places._LAST,
        sqlite_places._PARENT,
        sqlite_places._PLACES,
        sqlite_places._NEXT_CHOICE,
        sqlite_places._LEAVE_ALL_BEHIND,
        sqlite_places._ENTER,
        sqlite_branches._FIND,
        sqlite_branches._DELETE,
        sqlite_branches._IS_BRANCHED,
        sqlite_branches._VERSIONS,
        sqlite_branches._TREE,
        sqlite_branches._FORKS,
        sqlite_messages._SELECT,
        sqlite_messages._DROP_CHECKPOINTS,
        sqlite_messages._INDEX,
        sqlite_messages._TAKE_OUT,
        sqlite_messages._COPY,
        sqlite_forks._FORK,
        sqlite_forks._THROUGH,
        sqlite_forks._ON_PATH,
        sqlite_forks._THESE,
        sqlite_forks._COPY_RUN,
        sqlite_forks._READ,
        sqlite_states._FIND,
        sqlite_states._SET_STATE,
        sqlite_states._METRICS,
        sqlite_memories._NEWEST,
        sqlite_memories._UPDATE,
        sqlite_memories._GET_SETTING,
    ],
)
async def test_no_question_reads_a_whole_table(
    storage: SqliteStorage, sql: str
) -> None:
    def work(database: Database) -> list[str]:
        names = (
            "user_id session_id run_id run_ids limit updated_at now before owner name "
            "sequence on by_user copy fork through last retry_of status state memory "
            "memory_id end near parent choice forked_at sequences"
        )
        rows = database.connection.execute(
            f"EXPLAIN QUERY PLAN {sql}", dict.fromkeys(names.split())
        )
        return [str(row["detail"]) for row in rows]

    plan = await storage._hop(work)
    assert plan
    for step in plan:
        assert "TEMP B-TREE FOR ORDER" not in step, plan
        if step.startswith("SCAN"):
            allowed = ("json_each", "runs_under_way", "runs_waiting", "CONSTANT")
            assert any(name in step for name in allowed), plan


async def test_runs_are_found_by_their_ids_and_not_among_all_of_the_user(
    storage: SqliteStorage,
) -> None:
    sql = sqlite_runs._FIND_RUNS.replace(":run_ids", "'[]'").replace(":user_id", "''")
    plan = await ask(storage, f"EXPLAIN QUERY PLAN {sql}")
    assert "SEARCH runs USING INDEX" in str(plan[0][3]), plan
    assert "(run_id=?)" in str(plan[0][3]), plan


async def watch(storage: SqliteStorage) -> None:
    """Note every row that is written, and the bytes of its texts."""
    await ask(storage, "CREATE TEMP TABLE written (place TEXT, bytes INTEGER)")
    for table in ("sessions", "runs", "messages", "checkpoints"):
        columns = await ask(storage, f"SELECT name FROM pragma_table_info('{table}')")
        for event, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
            size = " + ".join(
                f"iif(typeof({row}.{name}) = 'text',"
                f" length(CAST({row}.{name} AS BLOB)), 8)"
                for (name,) in columns
            )
            await ask(
                storage,
                f"CREATE TEMP TRIGGER {table}_{event} AFTER {event} ON main.{table} "
                f"BEGIN INSERT INTO written VALUES ('{table}', {size}); END",
            )


async def written(storage: SqliteStorage) -> dict[object, tuple[object, ...]]:
    """Rows and bytes by table since it was last asked."""
    rows = await ask(
        storage, "SELECT place, count(*), sum(bytes) FROM written GROUP BY place"
    )
    await ask(storage, "DELETE FROM written")
    return {place: tuple(counts) for place, *counts in rows}


async def a_turn_with_a_tool(storage: SqliteStorage, number: int) -> None:
    run = a_run("s", f"Question {number:04}")
    await storage.start_run(run, name="Questions")
    await storage.append_content(run, content="Let me look.")
    call = ToolCall(f"call_{number:04}", "look", "{}")
    run.messages += [
        Message("assistant", "Let me look.", tool_calls=[call]),
        Message("tool", "nothing", tool_call_id=call.id, tool_name=call.name),
    ]
    await storage.update_run(run)
    await storage.append_content(run, content="So")
    await storage.append_content(run, content=".")
    await storage.update_run(answer(run, "So."))


async def test_turn_1000_of_a_session_writes_what_turn_2_wrote(
    storage: SqliteStorage,
) -> None:
    await a_turn_with_a_tool(storage, 1)
    await watch(storage)
    await a_turn_with_a_tool(storage, 2)  # As the first, but that it follows a run.
    first = await written(storage)
    for number in range(3, 1000):
        await storage.start_run(answer(a_run("s", f"Question {number:04}"), "So."))
    await written(storage)
    await a_turn_with_a_tool(storage, 1000)
    assert await written(storage) == first
    assert len(await storage.get_runs("s", user_id="ann")) == 1000


async def test_one_new_message_of_fifty_writes_one_row(storage: SqliteStorage) -> None:
    run = a_run("s")
    for number in range(24):
        call = ToolCall(f"{number}", "look", "{}")
        run.messages += [
            Message("assistant", "Hm", "thinking", tool_calls=[call]),
            Message("tool", "x" * 1000, tool_call_id=call.id, tool_error=True),
        ]
    await storage.start_run(run)
    await watch(storage)
    run.messages.append(Message("tool", "new"))
    assert len(run.messages) == 50
    await storage.update_run(run)
    rows = await written(storage)
    assert rows["messages"][0] == rows["runs"][0] == 1 and len(rows) == 2
    run.messages[7].tool_calls = [ToolCall("other", "look", "{}")]
    await storage.update_run(run)
    assert (await written(storage))["messages"][0] == 1
    await storage.update_run(answer(run, "So."))
    await written(storage)
    await storage.update_run(run)
    again = set(await written(storage))
    assert again == {"runs", "sessions"}, "indexed once; it ended later"


async def test_a_state_that_is_as_it_was_is_not_written_again(
    storage: SqliteStorage,
) -> None:
    await storage.start_run(a_run("s"))
    await watch(storage)
    for changed in ({"a": 1}, {"a": 1}):
        await storage.update_session_state("s", user_id="ann", changed=changed)
    assert (await written(storage))["sessions"][0] == 1


async def test_questions_of_one_user_cost_nothing_of_what_others_asked(
    storage: SqliteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_questions, "NEAR", 10)
    for session_id in ("old", "archived"):
        await storage.start_run(a_run(session_id, session_id))
    await storage.archive_session("archived", True, user_id="ann")

    async def steps() -> int:
        """Steps of SQLite until all of ann's questions are there."""
        count = 0

        def step() -> None:
            nonlocal count
            count += 1

        def work(database: Database) -> list[str]:
            database.connection.set_progress_handler(step, 1)
            found = sqlite_questions.get_questions(
                database.connection,
                user_id="ann",
                session_id=None,
                limit=10,
                before=None,
            )
            database.connection.set_progress_handler(None, 0)
            return [question.text for question in found]

        assert await storage._hop(work) == ["archived", "old"]
        return count

    for number in range(20):
        await storage.start_run(a_run("bob", f"b{number}", user_id="bob"))
    few = await steps()
    for number in range(200):
        await storage.start_run(a_run("bob", f"b{number}", user_id="bob"))
    assert await steps() <= few * 1.1


async def test_an_ordinary_message_reads_nothing_of_the_session(
    storage: SqliteStorage,
) -> None:
    """Steps of SQLite to begin a run, at the end or as a version of the last turn."""

    async def steps(**fields: object) -> int:
        count = 0

        def step() -> None:
            nonlocal count
            count += 1

        def watched(database: Database) -> None:
            database.connection.set_progress_handler(step, 1)

        def unwatched(database: Database) -> None:
            database.connection.set_progress_handler(None, 0)

        await storage._hop(watched)
        await storage.start_run(a_run("s", **fields))  # type: ignore[arg-type]
        await storage._hop(unwatched)
        return count

    async def both() -> tuple[int, int]:
        *_, last = await storage.get_runs("s", user_id="ann", limit=1)
        return await steps(), await steps(parent_run_id=last.run_id)

    for number in range(5):
        await storage.start_run(answer(a_run("s", f"{number}"), "So."))
    few = await both()
    for number in range(300):
        await storage.start_run(answer(a_run("s", f"{number}"), "So."))
    many = await both()
    assert max(many) <= max(few) * 1.2


async def test_versions_of_a_session_without_any_cost_nothing(
    storage: SqliteStorage,
) -> None:
    sql = sqlite_branches._IS_BRANCHED.replace(":session_id", "'s'")
    sql = sql.replace(":user_id", "'ann'")
    plan = await ask(storage, f"EXPLAIN QUERY PLAN {sql}")
    assert any("INDEX runs_beside" in str(row[3]) for row in plan), plan


async def test_runs_in_a_row_are_read_from_their_index(storage: SqliteStorage) -> None:
    for sql in (
        f"{sqlite_runs.SHOWN} {sqlite_runs.LAST_RUNS}",
        sqlite_outlines._FIRST_PAGE,
        sqlite_places._LAST,
        sqlite_sessions._FIND,
    ):
        for name in ("session_id", "user_id", "limit"):
            sql = sql.replace(f":{name}", "'1'")
        plan = await ask(storage, f"EXPLAIN QUERY PLAN {sql}")
        assert any("INDEX runs_shown" in str(row[3]) for row in plan), plan
