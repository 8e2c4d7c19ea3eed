"""What every storage promises, run over each of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.session import Message, Metrics, Role, Run, RunStatus, Session
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.memory import MemoryStorage
from agno_tui.storage.sqlite import SqliteStorage

HOSTILE = "a\x00b 👩\u200d👩\u200d👧 \ud83d\ude00 \ud800! \u202e \r\n\t\x1b[31m é"
REPAIRED = "a\x00b 👩\u200d👩\u200d👧 😀 \ufffd! \u202e \r\n\t\x1b[31m é"


@pytest.fixture(params=["memory", "sqlite"])
async def storage(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Storage]:
    made: dict[str, Callable[[], Storage]] = {
        "memory": MemoryStorage,
        "sqlite": lambda: SqliteStorage(tmp_path / "chat.db"),
    }
    storage = made[request.param]()
    await storage.open()
    yield storage
    await storage.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A clock that stands still until its one element is changed."""
    time = [1_000_000]
    for module in ("memory", "sqlite_runs", "sqlite_sessions"):
        monkeypatch.setattr(f"agno_tui.storage.{module}.now", lambda: time[0])
    yield time


def a_run(
    session_id: str, question: str = "Why?", *, user_id: str = "ann", **fields: object
) -> Run:
    run = Run(
        session_id=session_id,
        user_id=user_id,
        messages=[Message(role=Role.USER, content=question)],
    )
    for name, value in fields.items():
        setattr(run, name, value)
    return run


def answer(run: Run, text: str, status: RunStatus = RunStatus.COMPLETED) -> Run:
    run.messages.append(Message(role=Role.ASSISTANT, content=text))
    run.status = status
    return run


async def test_a_run_comes_back_as_it_was_kept(storage: Storage) -> None:
    first = a_run("s", "Why?")
    await storage.start_run(first)
    run = a_run(
        "s",
        "And how?",
        status=RunStatus.ERROR,
        model="m",
        provider="p",
        finish_reason="length",
        error="No network.",
        retry_of=first.run_id,
        ended_at=77,
        metrics=Metrics(1, 2, 3, 4, 0.5, 1.5, True),
    )
    run.messages.append(Message("assistant", "So.", "Hmm.", 5))
    run.messages.append(Message("from the future", "raw"))
    await storage.start_run(run)
    assert 0 < first.sequence < run.sequence
    assert await storage.get_run(run.run_id, user_id="ann") == run
    assert await storage.get_runs("s", user_id="ann") == [first, run]


async def test_update_run_replaces_all_of_it(storage: Storage) -> None:
    run = a_run("s")
    run.messages += [Message("tool", "x"), Message("tool", "y")]
    await storage.start_run(run)
    run.messages = [run.messages[0], Message("assistant", "Because.")]
    run.status = RunStatus.CANCELLED
    run.ended_at = 9
    run.metrics.output_tokens = 10**30
    await storage.update_run(run)
    kept = await storage.get_run(run.run_id, user_id="ann")
    assert kept is not None
    assert kept.messages == run.messages
    assert (kept.status, kept.ended_at) == (RunStatus.CANCELLED, 9)
    assert kept.metrics.output_tokens is not None
    assert kept.metrics.output_tokens >= 2**63 - 1


async def test_nothing_is_shared_with_the_caller(storage: Storage) -> None:
    run = a_run("s", "kept")
    waiting = asyncio.ensure_future(storage.start_run(run))
    await asyncio.sleep(0)
    run.messages[0].content = run.error = "changed later"
    await waiting
    first = await storage.get_run(run.run_id, user_id="ann")
    assert first is not None and (first.question, first.error) == ("kept", "")
    first.messages.clear()
    first.metrics.input_tokens = 5
    again = await storage.get_run(run.run_id, user_id="ann")
    assert again is not None
    assert again.question == "kept" and again.metrics == Metrics()
    session = await storage.get_session("s", user_id="ann")
    assert session is not None
    session.name = "changed"
    found = await storage.get_session("s", user_id="ann")
    assert found is not None and found.name == ""


async def test_starting_a_run_twice_keeps_it_once(storage: Storage) -> None:
    run = a_run("s")
    await storage.start_run(run)
    sequence = run.sequence
    await storage.start_run(run)
    assert run.sequence == sequence
    assert await storage.get_runs("s", user_id="ann") == [run]


async def test_checkpoints_read_as_the_whole_answer(storage: Storage) -> None:
    run = a_run("s")
    await storage.start_run(run)
    await storage.append_content(run, reasoning_content="Let ")
    await storage.append_content(run, reasoning_content="me see.")
    await storage.append_content(run)
    for piece in ("Be", "cau", "se."):
        await storage.append_content(run, content=piece)
    for kept in (
        await storage.get_run(run.run_id, user_id="ann"),
        (await storage.get_runs("s", user_id="ann"))[0],
    ):
        assert kept is not None and kept.status is RunStatus.RUNNING
        assert [(m.role, m.content) for m in kept.messages] == [
            ("user", "Why?"),
            ("assistant", "Because."),
        ]
        assert kept.messages[1].reasoning_content == "Let me see."
    await storage.update_run(answer(run, "Because."))
    kept = await storage.get_run(run.run_id, user_id="ann")
    assert kept is not None and kept.messages == run.messages


async def test_checkpoints_go_to_the_last_assistant_message(storage: Storage) -> None:
    run = a_run("s")
    run.messages += [
        Message("assistant", "one"),
        Message("assistant", "two"),
        Message("tool", "three"),
    ]
    await storage.start_run(run)
    other = a_run("s", "other")
    await storage.start_run(other)
    await storage.append_content(run, content="+")
    await storage.append_content(other, content="mine")
    await storage.append_content(run, content="+")
    kept = await storage.get_runs("s", user_id="ann")
    assert [m.content for m in kept[0].messages] == ["Why?", "one", "two++", "three"]
    assert kept[1].answer == "mine"


@given(pieces=st.lists(st.tuples(st.text(), st.text()), max_size=6))
@settings(max_examples=15, deadline=None)
def test_any_checkpoints_equal_their_sum(pieces: list[tuple[str, str]]) -> None:
    async def read_back(storage: Storage) -> tuple[str, str]:
        run = a_run("s")
        run.messages.append(Message("assistant", ""))
        await storage.open()
        try:
            await storage.start_run(run)
            for content, reasoning in pieces:
                await storage.append_content(
                    run, content=content, reasoning_content=reasoning
                )
            kept = await storage.get_run(run.run_id, user_id="ann")
        finally:
            await storage.close()
        assert kept is not None
        return kept.answer, kept.messages[1].reasoning_content

    whole = tuple("".join(piece[side] for piece in pieces) for side in (0, 1))
    assert asyncio.run(read_back(MemoryStorage())) == whole
    with TemporaryDirectory() as folder:
        assert asyncio.run(read_back(SqliteStorage(f"{folder}/chat.db"))) == whole


async def test_hostile_text_is_kept(storage: Storage) -> None:
    run = a_run("s", HOSTILE, model=HOSTILE, error=HOSTILE, user_id="\ud800")
    await storage.start_run(run, name=HOSTILE)
    await storage.append_content(run, content=HOSTILE, reasoning_content=HOSTILE)
    await storage.set_draft("s", HOSTILE, user_id="\ud800")
    kept = await storage.get_run(run.run_id, user_id="\ud800")
    assert kept is not None
    assert kept.question == kept.model == kept.error == kept.answer == REPAIRED
    assert kept.messages[1].reasoning_content == REPAIRED
    session = await storage.get_session("s", user_id="\ud800")
    assert session is not None
    assert session.name == session.draft == REPAIRED
    await storage.rename_session("s", HOSTILE, user_id="\ud800")
    session = await storage.get_session("s", user_id="\ud800")
    assert session is not None and session.name == REPAIRED


async def test_ten_megabytes_are_kept(storage: Storage) -> None:
    run = a_run("s", "ä" * 5_000_000)
    await storage.start_run(run)
    assert await storage.get_run(run.run_id, user_id="ann") == run


async def test_runs_are_paged_from_the_newest(storage: Storage) -> None:
    runs = [a_run("s", f"{number}") for number in range(7)]
    for run in runs:
        await storage.start_run(run)
    await storage.start_run(a_run("another"))

    async def questions(**asked: object) -> str:
        kept = await storage.get_runs("s", user_id="ann", **asked)  # type: ignore[arg-type]
        return "".join(run.question for run in kept)

    assert await questions() == "0123456"
    assert await questions(limit=3) == "456"
    assert await questions(limit=3, before=runs[4]) == "123"
    assert await questions(limit=3, before=runs[0]) == ""
    assert await questions(limit=0) == ""
    assert await questions(before=a_run("s"), limit=2) == "56"
    for run in (runs[1], runs[3], runs[5]):
        await storage.update_run(answer(run, ""))
    assert await questions(status=RunStatus.COMPLETED, limit=2) == "35"
    assert await questions(status=RunStatus.COMPLETED, before=runs[5]) == "13"
    assert await questions(status=RunStatus.PENDING) == ""


async def test_sessions_are_listed_by_activity(
    storage: Storage, clock: list[int]
) -> None:
    runs = {name: a_run(name) for name in "abc"}
    for name in "abc":
        await storage.start_run(runs[name])
        clock[0] += 1

    async def order() -> str:
        kept = await storage.get_sessions(user_id="ann")
        return "".join(session.session_id for session in kept)

    assert await order() == "cba"
    await storage.start_run(a_run("a"))
    assert await order() == "acb"
    clock[0] += 1
    await storage.update_run(runs["c"])
    await storage.set_draft("b", "hm", user_id="ann")
    await storage.rename_session("b", "B", user_id="ann")
    await storage.mark_read("b", user_id="ann")
    await storage.append_content(runs["b"], content="x")
    assert await order() == "acb"
    await storage.start_run(a_run("b"))
    assert await order() == "bac"


async def test_a_session_with_nothing_in_it_is_not_listed(storage: Storage) -> None:
    await storage.set_draft("s", "hm", user_id="ann")
    assert len(await storage.get_sessions(user_id="ann")) == 1
    await storage.set_draft("s", "", user_id="ann")
    assert await storage.get_sessions(user_id="ann") == []
    assert await storage.get_session("s", user_id="ann") is not None
    await storage.start_run(a_run("s"))
    assert len(await storage.get_sessions(user_id="ann")) == 1


async def test_pages_of_same_time_sessions_neither_repeat_nor_skip(
    storage: Storage, clock: list[int]
) -> None:
    for number in range(23):
        clock[0] += number % 3 == 0
        await storage.start_run(a_run(f"{number}"))
        await storage.start_run(a_run(f"bob {number}", user_id="bob"))
    seen: list[str] = []
    page = await storage.get_sessions(user_id="ann", limit=4)
    while page:
        seen += [session.session_id for session in page]
        clock[0] += 1
        # Activity moves what was seen to the top, and never the place to go on from.
        await storage.start_run(a_run(page[-1].session_id))
        page = await storage.get_sessions(user_id="ann", limit=4, before=page[-1])
    assert seen == [f"{number}" for number in reversed(range(23))]


async def test_two_users_never_meet(storage: Storage) -> None:
    run = a_run("s", "ann's secret")
    await storage.start_run(run, name="Secret")
    await storage.set_open_session("s", user_id="ann")
    kept = await storage.get_run(run.run_id, user_id="ann")
    for user in ("bob", "", "ANN", "ann "):
        assert await storage.get_sessions(user_id=user) == []
        assert await storage.get_session("s", user_id=user) is None
        assert await storage.get_run(run.run_id, user_id=user) is None
        assert await storage.get_runs("s", user_id=user) == []
        assert await storage.get_runs("s", user_id=user, before=run) == []
        assert await storage.get_open_session(user_id=user) is None
        await storage.set_open_session("s", user_id=user)
        assert await storage.get_open_session(user_id=user) is None
        stolen = a_run("s", "mine now", user_id=user, run_id=run.run_id)
        elsewhere = a_run(f"of {user}", user_id=user, run_id=run.run_id)
        for attempt in (
            storage.rename_session("s", "x", user_id=user),
            storage.delete_session("s", user_id=user),
            storage.restore_session("s", user_id=user),
            storage.set_draft("s", "x", user_id=user),
            storage.mark_read("s", user_id=user),
            storage.start_run(a_run("s", user_id=user), name="x"),
            storage.start_run(stolen),
            storage.start_run(elsewhere),
            storage.claim_run(stolen),
            storage.claim_run(elsewhere),
            storage.append_content(stolen, content="x"),
            storage.append_content(elsewhere, content="x"),
            storage.update_run(stolen),
            storage.update_run(elsewhere),
        ):
            with pytest.raises(SessionNotFoundError):
                await attempt
        assert await storage.get_sessions(user_id=user) == []
    assert await storage.get_run(run.run_id, user_id="ann") == kept
    assert len(await storage.get_runs("s", user_id="ann")) == 1
    session = await storage.get_session("s", user_id="ann")
    assert session is not None
    assert (session.name, session.draft) == ("Secret", "")


async def test_what_does_not_exist_is_not_found(storage: Storage) -> None:
    run = a_run("nowhere")
    for attempt in (
        storage.rename_session("nowhere", "x", user_id="ann"),
        storage.delete_session("nowhere", user_id="ann"),
        storage.restore_session("nowhere", user_id="ann"),
        storage.mark_read("nowhere", user_id="ann"),
        storage.update_run(run),
        storage.claim_run(run),
        storage.append_content(run, content="x"),
    ):
        with pytest.raises(SessionNotFoundError):
            await attempt
    assert await storage.get_session("nowhere", user_id="ann") is None
    assert await storage.get_run("nothing", user_id="ann") is None
    assert await storage.get_runs("nowhere", user_id="ann") == []
    assert await storage.get_open_session(user_id="ann") is None
    assert await storage.get_sessions(user_id="ann") == []


async def test_drafts(storage: Storage) -> None:
    await storage.set_draft("s", "hel", user_id="ann")
    await storage.set_draft("s", "hello", user_id="ann")
    (session,) = await storage.get_sessions(user_id="ann")
    assert (session.draft, session.name) == ("hello", "")
    assert session.last_status is None and not session.unread
    await storage.start_run(a_run("s"), name="Hello")
    (session,) = await storage.get_sessions(user_id="ann")
    assert (session.draft, session.name) == ("", "Hello")
    await storage.set_draft("s", "more", user_id="ann")
    await storage.delete_session("s", user_id="ann")
    await storage.set_draft("s", "a late word", user_id="ann")
    assert await storage.get_sessions(user_id="ann") == []
    await storage.restore_session("s", user_id="ann")
    (session,) = await storage.get_sessions(user_id="ann")
    assert session.draft == "a late word"


async def test_names(storage: Storage) -> None:
    async def name() -> str:
        session = await storage.get_session("s", user_id="ann")
        assert session is not None
        return session.name

    await storage.start_run(a_run("s"))
    await storage.start_run(a_run("s"), name="First")
    await storage.start_run(a_run("s"), name="Second")
    assert await name() == "First"
    await storage.rename_session("s", "Mine", user_id="ann")
    await storage.start_run(a_run("s"), name="Third")
    assert await name() == "Mine"
    await storage.rename_session("s", "", user_id="ann")
    await storage.start_run(a_run("s"), name="Fourth")
    assert await name() == "", "a name the user took away is not made up again"


async def test_the_trash(storage: Storage) -> None:
    run = a_run("s")
    await storage.start_run(run)
    await storage.set_open_session("s", user_id="ann")
    await storage.delete_session("s", user_id="ann")
    assert await storage.get_sessions(user_id="ann") == []
    assert await storage.get_session("s", user_id="ann") is None
    assert await storage.get_runs("s", user_id="ann") == []
    assert await storage.get_run(run.run_id, user_id="ann") is None
    assert await storage.get_open_session(user_id="ann") is None
    for attempt in (
        storage.start_run(a_run("s", "into the trash")),
        storage.claim_run(run),
        storage.rename_session("s", "x", user_id="ann"),
        storage.delete_session("s", user_id="ann"),
        storage.mark_read("s", user_id="ann"),
    ):
        with pytest.raises(SessionNotFoundError):
            await attempt
    # An answer under way is not lost with the session, which may come back.
    await storage.append_content(run, content="So")
    await storage.update_run(answer(run, "So."))
    for _ in range(2):
        await storage.restore_session("s", user_id="ann")
    assert [r.answer for r in await storage.get_runs("s", user_id="ann")] == ["So."]
    assert await storage.get_open_session(user_id="ann") == "s"


async def test_status_and_unread_come_from_the_runs(
    storage: Storage, clock: list[int]
) -> None:
    async def state() -> tuple[RunStatus | None, bool]:
        session = await storage.get_session("s", user_id="ann")
        assert [session] == await storage.get_sessions(user_id="ann")
        assert session is not None
        return session.last_status, session.unread

    first = a_run("s")
    await storage.start_run(first)
    assert await state() == (RunStatus.RUNNING, False)
    clock[0] += 10
    first.ended_at = clock[0]
    await storage.update_run(answer(first, "So."))
    assert await state() == (RunStatus.COMPLETED, True)
    await storage.start_run(a_run("s", status=RunStatus.PENDING))
    assert await state() == (RunStatus.PENDING, True)
    await storage.mark_read("s", user_id="ann")
    assert await state() == (RunStatus.PENDING, False)
    clock[0] += 10
    ahead = a_run("s", status=RunStatus.ERROR, ended_at=clock[0] + 10**9)
    await storage.start_run(ahead)
    assert await state() == (RunStatus.ERROR, True)
    await storage.mark_read("s", user_id="ann")
    assert await state() == (RunStatus.ERROR, False)
    clock[0] += 2 * 10**9
    await storage.start_run(a_run("s", status=RunStatus.COMPLETED))
    assert await state() == (RunStatus.COMPLETED, True), "no end given: ended now"


@pytest.mark.parametrize("status", list(RunStatus))
async def test_every_status_is_kept(storage: Storage, status: RunStatus) -> None:
    run = a_run("s", status=status, ended_at=3 if status.ended else None)
    await storage.start_run(run)
    assert await storage.get_runs("s", user_id="ann", status=status) == [run]
    assert await storage.interrupt_abandoned() == 0
    assert await storage.get_run(run.run_id, user_id="ann") == run


@pytest.mark.parametrize("status", list(RunStatus))
async def test_only_a_waiting_run_can_be_claimed_and_only_once(
    storage: Storage, status: RunStatus
) -> None:
    run = a_run("s", status=status, ended_at=3 if status.ended else None)
    await storage.start_run(run)
    claims = await asyncio.gather(*(storage.claim_run(run) for _ in range(5)))
    waited = status is RunStatus.PENDING
    assert claims == [waited, False, False, False, False]
    assert run.status is status, "the caller's own"
    run.status = RunStatus.RUNNING if waited else status
    assert await storage.get_run(run.run_id, user_id="ann") == run


async def test_the_open_session(storage: Storage) -> None:
    await storage.set_open_session("later", user_id="ann")
    assert await storage.get_open_session(user_id="ann") is None
    await storage.set_draft("later", "", user_id="ann")
    assert await storage.get_open_session(user_id="ann") == "later"
    await storage.start_run(a_run("s"))
    await storage.set_open_session("s", user_id="ann")
    assert await storage.get_open_session(user_id="ann") == "s"
    assert await storage.get_open_session(user_id="") is None


async def test_everything_at_once(storage: Storage) -> None:
    runs = [a_run(f"{number % 5}", f"{number}") for number in range(40)]

    async def converse(run: Run) -> None:
        await storage.start_run(run)
        for _ in range(5):
            await storage.append_content(run, content="x")
        await storage.update_run(answer(run, "xxxxx"))

    await asyncio.gather(*map(converse, runs))
    assert len({run.sequence for run in runs}) == 40
    assert len(await storage.get_sessions(user_id="ann")) == 5
    for number in range(5):
        kept = await storage.get_runs(f"{number}", user_id="ann")
        assert len(kept) == 8
        assert [run.sequence for run in kept] == sorted(run.sequence for run in kept)
        assert all(len(run.messages) == 2 and run.answer == "xxxxx" for run in kept)


async def test_paging_from_a_session_that_is_not_kept(storage: Storage) -> None:
    await storage.start_run(a_run("s"))
    (session,) = await storage.get_sessions(user_id="ann")
    later = Session(user_id="ann", updated_at=session.updated_at + 1)
    found = await storage.get_sessions(user_id="ann", before=later)
    assert [kept.session_id for kept in found] == ["s"]


async def test_close_twice(storage: Storage) -> None:
    await storage.close()
    await storage.close()
