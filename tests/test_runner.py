"""The runs under way: together, in turn, stopped, closed, sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from agno_tui.agent import Agent
from agno_tui.events import (
    RunCancelled,
    RunCompleted,
    RunContent,
    RunEnded,
    RunError,
    RunEvent,
    RunPending,
    RunStarted,
    SessionNamed,
)
from agno_tui.runner import Runner
from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.storage.memory import MemoryStorage
from agno_tui.storage.sqlite import SqliteStorage
from tests.fakes import FailingStorage, FakeModel, until, words


class Desk:
    """A runner over fakes, and all events it gave."""

    def __init__(self, model: FakeModel, storage: Storage | None = None) -> None:
        self.model = model
        self.storage = storage or MemoryStorage()
        agent = Agent(
            model,
            storage=self.storage,
            add_history_to_messages=True,
            num_history_runs=None,
        )
        self.runner = Runner(agent)
        self.events: list[RunEvent | SessionNamed] = []
        self.runner.follow(self.events.append)

    async def send(self, text: str, session: str = "s", user: str = "u") -> Run:
        return await self.runner.send(text, session_id=session, user_id=user)

    async def waiting(self, text: str) -> Run:
        """A run that was left waiting by an earlier process."""
        run = self.runner.agent.new_run(text, session_id="s", user_id="u")
        run.status = RunStatus.PENDING
        await self.storage.start_run(run)
        return run

    async def kept(self, run: Run) -> Run:
        found = await self.storage.get_run(run.run_id, user_id=run.user_id)
        assert found is not None
        return found

    async def status(self, run: Run) -> RunStatus:
        return (await self.kept(run)).status

    def ends(self) -> list[str]:
        return [e.run.question for e in self.events if isinstance(e, RunEnded)]

    async def ended(self, *runs: Run) -> None:
        await until(
            lambda: all(any(_ends(event, r) for event in self.events) for r in runs)
        )

    async def streams(self, run: Run, text: str) -> None:
        await until(lambda: run.answer == text)


def _ends(event: RunEvent | SessionNamed, run: Run) -> bool:
    return isinstance(event, RunEnded) and event.run_id == run.run_id


async def settled() -> None:
    """Let everything that can go on go on."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_two_sessions_answer_at_the_same_time() -> None:
    gate = asyncio.Event()
    desk = Desk(FakeModel(["Hi", gate, "!"]))
    runs = [await desk.send("1", "a"), await desk.send("2", "b")]
    for run in runs:
        await desk.streams(run, "Hi")
    assert desk.runner.running == runs
    assert [desk.runner.live(s) for s in "ab"] == runs
    gate.set()
    await desk.ended(*runs)
    assert [await desk.status(r) for r in runs] == [RunStatus.COMPLETED] * 2
    assert desk.runner.running == []


async def test_a_message_is_kept_when_send_returns() -> None:
    desk = Desk(FakeModel([gate := asyncio.Event()]))
    run = await desk.send("Hi")
    assert await desk.status(run) is RunStatus.RUNNING
    assert run.sequence > 0 and desk.runner.live("s") is run
    gate.set()
    await desk.ended(run)


async def test_events_come_in_order_and_nothing_is_live_at_the_end() -> None:
    desk = Desk(FakeModel(["a", "b"]))
    live_at_end: list[Run | None] = []

    def look(event: RunEvent | SessionNamed) -> None:
        if isinstance(event, RunEnded):
            live_at_end.append(desk.runner.live("s"))

    desk.runner.follow(look)
    run = await desk.send("Hi")
    await desk.ended(run)
    assert desk.events == [
        RunStarted(run),
        RunContent("s", run.run_id, "a"),
        RunContent("s", run.run_id, "b"),
        RunCompleted(run),
    ]
    assert live_at_end == [None]


async def test_a_second_message_waits_its_turn() -> None:
    gate = asyncio.Event()
    desk = Desk(FakeModel(["One", gate], ["Two"], ["Three"]))
    first = await desk.send("1")
    await desk.streams(first, "One")
    second, third = await desk.send("2"), await desk.send("3")
    assert [await desk.status(r) for r in (second, third)] == [RunStatus.PENDING] * 2
    assert desk.events[-2:] == [RunPending(second), RunPending(third)]
    await settled()
    assert len(desk.model.requests) == 1
    gate.set()
    await desk.ended(first, second, third)
    assert desk.ends() == ["1", "2", "3"]
    assert [c for _, c in desk.model.said[2]] == ["1", "One", "2", "Two", "3"]
    assert await desk.status(third) is RunStatus.COMPLETED


@pytest.mark.parametrize("stopped", [True, False])
async def test_after_an_answer_that_is_not_whole_the_rest_waits(stopped: bool) -> None:
    gate = asyncio.Event()
    desk = Desk(FakeModel(["One", gate, words()], ["Two"], ["Three"]))
    first = await desk.send("1")
    await desk.streams(first, "One")
    second, third = await desk.send("2"), await desk.send("3")
    if stopped:
        desk.runner.stop("s")
    gate.set()
    await desk.ended(first)
    await settled()
    assert desk.runner.running == []
    assert [await desk.status(r) for r in (second, third)] == [RunStatus.PENDING] * 2
    await desk.runner.resume(second)
    await desk.ended(second, third)
    assert [r.answer for r in (second, third)] == ["Two", "Three"]


async def test_a_new_message_does_not_fire_those_that_wait() -> None:
    desk = Desk(FakeModel([asyncio.Event()], ["New"], ["Old"]))
    first = await desk.send("1")
    waiting = await desk.send("2")
    await until(lambda: len(desk.model.requests) == 1)
    desk.runner.stop("s")
    await desk.ended(first)
    new = await desk.send("3")
    await desk.ended(new)
    await settled()
    assert await desk.status(waiting) is RunStatus.PENDING
    assert len(desk.model.requests) == 2
    await desk.runner.resume(waiting)
    await desk.ended(waiting)
    assert waiting.answer == "Old"


async def test_resuming_a_later_one_leaves_those_before_it_waiting() -> None:
    desk = Desk(FakeModel([words()]))
    desk.model.preparation = [gate := asyncio.Event()]
    first, second, third = [await desk.send(text) for text in "123"]
    gate.set()
    await desk.ended(first)
    desk.model.scripts = [["ok"]]
    await desk.runner.resume(third)
    await desk.ended(third)
    await settled()
    assert await desk.status(second) is RunStatus.PENDING
    await desk.runner.resume(second)
    await desk.ended(second)


async def test_a_run_resumed_twice_is_answered_once() -> None:
    gate = asyncio.Event()
    desk = Desk(FakeModel(["One", gate]))
    run = await desk.waiting("1")
    await asyncio.gather(desk.runner.resume(run), desk.runner.resume(run))
    await desk.streams(run, "One")
    await desk.runner.resume(run)
    gate.set()
    await desk.ended(run)
    stale = Run("s", "u", run.run_id, RunStatus.PENDING, [Message(Role.USER, "1")])
    await desk.runner.resume(stale)
    await settled()
    assert len(desk.model.requests) == 1
    assert (await desk.kept(run)).answer == "One"


async def test_a_run_that_is_not_there_cannot_be_resumed() -> None:
    desk = Desk(FakeModel())
    with pytest.raises(SessionNotFoundError):
        await desk.runner.resume(Run("s", "u", status=RunStatus.PENDING))


async def test_a_stopped_answer_keeps_its_text() -> None:
    desk = Desk(FakeModel(["Half", asyncio.Event()]))
    run = await desk.send("Hi")
    await desk.streams(run, "Half")
    assert desk.runner.stop("s")
    await desk.ended(run)
    there = await desk.kept(run)
    assert (there.status, there.answer) == (RunStatus.CANCELLED, "Half")
    assert desk.events[-1] == RunCancelled(run)
    assert desk.model.open_streams == 0
    assert not desk.runner.stop("s")


async def test_an_answer_stopped_before_its_first_step_ends_too() -> None:
    desk = Desk(FakeModel([asyncio.Event()]))
    run = await desk.waiting("Hi")
    await desk.runner.resume(run)
    assert desk.events == [] and desk.runner.stop("s")
    await desk.ended(run)
    assert await desk.status(run) is RunStatus.CANCELLED
    assert desk.runner.live("s") is None


async def test_a_whole_answer_that_is_being_kept_cannot_be_stopped() -> None:
    storage = FailingStorage(MemoryStorage())
    storage.gates["update_run"] = asyncio.Event()
    desk = Desk(FakeModel(["Hello"]), storage)
    run = await desk.send("Hi")
    await until(lambda: run.status is RunStatus.COMPLETED)
    assert not desk.runner.stop("s")
    storage.gates["update_run"].set()
    await desk.ended(run)
    assert desk.events[-1] == RunCompleted(run)


async def test_stopping_where_nothing_runs_does_nothing() -> None:
    assert not Desk(FakeModel()).runner.stop("s")


async def test_closing_interrupts_all_and_keeps_everything() -> None:
    desk = Desk(FakeModel(["Half", asyncio.Event()]))
    runs = [await desk.send("1", "a"), await desk.send("2", "b")]
    for run in runs:
        await desk.streams(run, "Half")
    waiting = await desk.send("3", "b")
    assert await desk.runner.close() == runs
    for run in runs:
        there = await desk.kept(run)
        assert (there.status, there.answer) == (RunStatus.INTERRUPTED, "Half")
        assert there.error
    assert await desk.status(waiting) is RunStatus.PENDING
    assert desk.runner.running == []


async def test_closing_before_the_first_step_interrupts_that_too() -> None:
    desk = Desk(FakeModel([asyncio.Event()]))
    run = await desk.waiting("Hi")
    await desk.runner.resume(run)
    assert desk.events == []
    assert await desk.runner.close() == [run]
    assert await desk.status(run) is RunStatus.INTERRUPTED


async def test_closing_waits_for_a_message_that_is_being_kept() -> None:
    storage = FailingStorage(MemoryStorage())
    storage.gates["start_run"] = asyncio.Event()
    desk = Desk(FakeModel([asyncio.Event()]), storage)
    sending = asyncio.create_task(desk.send("Hi"))
    await settled()
    closing = asyncio.create_task(desk.runner.close())
    await settled()
    assert not closing.done()
    storage.gates["start_run"].set()
    run = await sending
    assert await closing == [run]
    assert await desk.status(run) is RunStatus.INTERRUPTED


async def test_closing_leaves_a_whole_answer_whole() -> None:
    storage = FailingStorage(MemoryStorage())
    storage.gates["update_run"] = asyncio.Event()
    desk = Desk(FakeModel(["Hello"]), storage)
    run = await desk.send("Hi")
    await until(lambda: run.status is RunStatus.COMPLETED)
    waiting = await desk.send("Next")
    closing = asyncio.create_task(desk.runner.close())
    await settled()
    storage.gates["update_run"].set()
    assert await closing == []
    assert await desk.status(run) is RunStatus.COMPLETED
    await settled()
    assert await desk.status(waiting) is RunStatus.PENDING


async def test_what_is_sent_after_closing_is_kept_and_not_sent() -> None:
    desk = Desk(FakeModel())
    await desk.runner.close()
    run = await desk.send("Hi")
    await settled()
    assert await desk.status(run) is RunStatus.PENDING
    assert desk.model.requests == []


async def test_a_message_that_cannot_be_kept_leaves_nothing_live() -> None:
    storage = FailingStorage(MemoryStorage(), "start_run")
    desk = Desk(FakeModel(), storage)
    with pytest.raises(StorageError):
        await desk.send("Hi")
    assert desk.runner.live("s") is None and desk.events == []
    storage.failing.clear()
    run = await desk.send("Hi again")
    await desk.ended(run)
    assert desk.model.said == [[("user", "Hi again")]]


async def test_a_sender_who_is_cancelled_loses_nothing() -> None:
    storage = FailingStorage(MemoryStorage())
    storage.gates["start_run"] = asyncio.Event()
    desk = Desk(FakeModel(["Hello"]), storage)
    sending = asyncio.create_task(desk.send("Hi"))
    await until(lambda: desk.runner.live("s") is not None)
    sending.cancel()
    await asyncio.wait([sending])
    storage.gates["start_run"].set()
    await until(lambda: desk.ends() == ["Hi"])
    runs = await storage.get_runs("s", user_id="u")
    assert [(r.answer, r.status) for r in runs] == [("Hello", RunStatus.COMPLETED)]


@pytest.mark.parametrize("whole", [True, False])
async def test_a_message_kept_while_the_answer_ends_goes_by_how_it_ended(
    whole: bool,
) -> None:
    storage, gate = FailingStorage(MemoryStorage()), asyncio.Event()
    desk = Desk(FakeModel([gate, "One" if whole else words()], ["Two"]), storage)
    first = await desk.send("1")
    storage.gates["start_run"] = asyncio.Event()
    sending = asyncio.create_task(desk.send("2"))
    await settled()
    gate.set()
    await desk.ended(first)
    storage.gates["start_run"].set()
    second = await sending
    if not whole:
        await settled()
        assert await desk.status(second) is RunStatus.PENDING
        await desk.runner.resume(second)
    await desk.ended(second)
    assert await desk.status(second) is RunStatus.COMPLETED


async def test_a_failed_run_is_tried_again_as_a_new_run_of_the_first() -> None:
    desk = Desk(FakeModel([words()], [words()], ["Hello"]))
    first = await desk.send("Hi")
    await desk.ended(first)
    second = await desk.runner.retry(first)
    await desk.ended(second)
    third = await desk.runner.retry(second)
    await desk.ended(third)
    assert [second.retry_of, third.retry_of] == [first.run_id] * 2
    assert (await desk.kept(third)).retry_of == first.run_id
    assert third.question == "Hi" and third.answer == "Hello"
    assert desk.model.said[2] == [("user", "Hi")]


async def test_trying_a_waiting_run_again_resumes_it() -> None:
    desk = Desk(FakeModel([words()], ["Two"]))
    first, second = await desk.send("1"), await desk.send("2")
    await desk.ended(first)
    assert await desk.runner.retry(second) is second
    await desk.ended(second)
    assert len(await desk.storage.get_runs("s", user_id="u")) == 2


async def test_a_waiting_run_whose_start_fails_says_so() -> None:
    storage, gate = FailingStorage(MemoryStorage()), asyncio.Event()
    desk = Desk(FakeModel(["One", gate]), storage)
    first, second = await desk.send("1"), await desk.send("2")
    await desk.streams(first, "One")

    def fail_from_now_on(event: RunEvent | SessionNamed) -> None:
        if event == RunCompleted(first):
            storage.failing.add("claim_run")

    desk.runner.follow(fail_from_now_on)
    gate.set()
    await desk.ended(second)
    assert desk.events[-1] == RunError(second)
    assert second.error == "The disk is full."
    assert desk.runner.live("s") is None
    # It is not lost as a failure: it still waits, and goes on itself.
    assert await desk.status(second) is RunStatus.PENDING
    storage.failing.clear()
    assert await desk.runner.retry(second) is second
    await until(lambda: second.status is RunStatus.COMPLETED)
    await settled()
    assert await desk.status(second) is RunStatus.COMPLETED and second.error == ""
    assert len(await storage.get_runs("s", user_id="u")) == 2


async def test_a_run_whose_session_was_deleted_meanwhile_says_so() -> None:
    storage = FailingStorage(MemoryStorage())
    storage.error = SessionNotFoundError("s")
    desk = Desk(FakeModel(), storage)
    run = await desk.waiting("1")
    storage.failing.add("claim_run")
    await desk.runner.resume(run)
    await desk.ended(run)
    assert run.error == "This conversation is no longer there."


async def test_a_run_that_cannot_begin_for_no_known_reason_still_ends() -> None:
    storage = FailingStorage(MemoryStorage())
    storage.error = OSError("secret")
    desk = Desk(FakeModel(), storage)
    run = await desk.waiting("1")
    storage.failing.add("claim_run")
    await desk.runner.resume(run)
    await desk.ended(run)
    assert run.status is RunStatus.ERROR and "secret" not in run.error


async def test_a_listener_that_raises_stops_neither_the_run_nor_the_others() -> None:
    desk = Desk(FakeModel(["a", "b"]))
    others: list[RunEvent | SessionNamed] = []

    def broken(event: RunEvent | SessionNamed) -> None:
        raise RuntimeError("widget is gone")

    desk.runner.follow(broken)
    desk.runner.follow(others.append)
    run = await desk.send("Hi")
    await desk.ended(run)
    assert await desk.status(run) is RunStatus.COMPLETED
    assert others == desk.events


async def test_who_stops_following_hears_nothing_more_and_the_run_goes_on() -> None:
    gate = asyncio.Event()
    desk = Desk(FakeModel(["a", gate, "b"]))
    heard: list[RunEvent | SessionNamed] = []
    leave = desk.runner.follow(heard.append)
    run = await desk.send("Hi")
    await desk.streams(run, "a")
    leave()
    gate.set()
    await desk.ended(run)
    assert len(heard) == 2 and run.answer == "ab"


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_many_users_at_once_never_meet(kind: str, tmp_path: Path) -> None:
    users, sessions, turns = 20, 5, 4

    def echo(messages: Sequence[Message]) -> list[str]:
        return ["re ", messages[-1].content]

    storage: Storage = MemoryStorage()
    if kind == "sqlite":
        storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    desk = Desk(FakeModel(echo), storage)

    async def talk(user: str, session: str) -> None:
        for turn in range(turns):
            await desk.send(f"{user}/{session}/{turn}", f"{user}/{session}", user)

    places = [(f"u{u}", f"s{s}") for u in range(users) for s in range(sessions)]
    await asyncio.gather(*(talk(*place) for place in places))
    await until(lambda: len(desk.ends()) == users * sessions * turns, seconds=10)

    for said in desk.model.said:
        place, _, turn = said[-1][1].rpartition("/")
        asked = [f"{place}/{number}" for number in range(int(turn) + 1)]
        both = [text for question in asked for text in (question, f"re {question}")]
        assert [content for _, content in said] == both[:-1]
    for user, session in places:
        session_id = f"{user}/{session}"
        runs = await storage.get_runs(session_id, user_id=user)
        asked = [f"{session_id}/{turn}" for turn in range(turns)]
        assert [r.question for r in runs] == asked
        assert [r.answer for r in runs] == [f"re {question}" for question in asked]
        assert {r.status for r in runs} == {RunStatus.COMPLETED}
        assert await storage.get_runs(session_id, user_id="u0" * 2) == []
    for user in {user for user, _ in places}:
        assert len(await storage.get_sessions(user_id=user)) == sessions
    await storage.close()


async def test_a_waiting_run_is_answered_by_one_of_two_windows(tmp_path: Path) -> None:
    here, there = [SqliteStorage(tmp_path / "chat.db") for _ in range(2)]
    await here.open()
    await there.open()
    gate = asyncio.Event()
    first_desk = Desk(FakeModel([gate, "One"], ["Mine"], ["Three"]), here)
    other = Desk(FakeModel(["Theirs"], ["Three"]), there)
    first = await first_desk.send("1")
    second, third = await first_desk.send("2"), await first_desk.send("3")
    (theirs,) = [r for r in await there.get_runs("s", user_id="u") if r == second]
    await other.runner.resume(theirs)
    await other.ended(theirs)
    gate.set()
    await first_desk.ended(first, second)
    await until(lambda: third.question in [*first_desk.ends(), *other.ends()])
    assert (second.answer, second.status) == ("Theirs", RunStatus.COMPLETED)
    assert (await first_desk.kept(second)).answer == "Theirs"
    asked = [*first_desk.model.said, *other.model.said]
    assert sorted(said[-1][1] for said in asked) == ["1", "2", "3"]
    await here.close()
    await there.close()


async def test_a_run_another_window_is_answering_holds_the_queue() -> None:
    gate = asyncio.Event()
    desk = Desk(FakeModel([gate, "One"]))
    first, second, third = [await desk.send(text) for text in "123"]
    assert await desk.storage.claim_run(second)
    gate.set()
    await desk.ended(first)
    await until(lambda: desk.events[-1] == RunStarted(second))
    assert desk.runner.live("s") is None and second.status is RunStatus.RUNNING
    assert await desk.status(third) is RunStatus.PENDING
    # Asked for again, it shows how it stands by then, and is not sent a second time.
    theirs = await desk.kept(second)
    theirs.status = RunStatus.COMPLETED
    theirs.messages.append(Message(Role.ASSISTANT, "Theirs"))
    await desk.storage.update_run(theirs)
    assert await desk.runner.retry(second) is second
    assert desk.events[-1] == RunCompleted(second) and second.answer == "Theirs"
    assert len(desk.model.requests) == 1
    await desk.runner.resume(third)
    await desk.ended(third)


async def test_an_answer_under_way_is_not_sent_again() -> None:
    desk = Desk(FakeModel(["Half", gate := asyncio.Event()]))
    run = await desk.send("Hi")
    await desk.streams(run, "Half")
    assert await desk.runner.retry(run) is run
    assert run.answer == "Half" and run.status is RunStatus.RUNNING
    gate.set()
    await desk.ended(run)
    assert len(await desk.storage.get_runs("s", user_id="u")) == 1


async def test_a_message_stopped_while_it_is_being_kept_is_kept_as_stopped() -> None:
    storage = FailingStorage(MemoryStorage())
    gate = storage.gates["start_run"] = asyncio.Event()
    desk = Desk(FakeModel([asyncio.Event()]), storage)
    sending = asyncio.create_task(desk.send("Hi"))
    await until(lambda: desk.runner.live("s") is not None)
    assert desk.runner.stop("s")
    gate.set()
    run = await sending
    await desk.ended(run)
    assert desk.events[-1] == RunCancelled(run)
    assert await desk.status(run) is RunStatus.CANCELLED
    assert desk.runner.live("s") is None and not desk.runner._stopped


async def test_each_end_is_said_once() -> None:
    desk = Desk(FakeModel(["One"], [words()]))
    for text in "12":
        await desk.ended(await desk.send(text))
    await settled()
    assert desk.ends() == ["1", "2"]


async def test_to_stop_following_twice_does_nothing() -> None:
    desk = Desk(FakeModel())
    heard: list[RunEvent | SessionNamed] = []
    leave = desk.runner.follow(heard.append)
    leave()
    leave()
    await desk.ended(await desk.send("Hi"))
    assert heard == []


async def questions(desk: Desk) -> list[str]:
    runs = await desk.storage.get_runs("s", user_id="u")
    return [run.question for run in runs]


async def test_an_edited_message_is_answered_in_the_place_of_the_other() -> None:
    desk = Desk(FakeModel())
    first, second = await desk.send("1"), await desk.send("2")
    await desk.ended(first, second)
    edited = await desk.runner.send(
        "2!", session_id="s", user_id="u", parent_run_id=second.parent_run_id
    )
    assert edited.parent_run_id == first.run_id
    await desk.ended(edited)
    assert await questions(desk) == ["1", "2!"]
    assert [text for _, text in desk.model.said[-1]] == ["1", "Hello.", "2!"]


async def test_a_message_edited_during_an_answer_waits_for_its_place() -> None:
    gate = asyncio.Event()
    desk = Desk(FakeModel(["One"], ["Two"], [gate, "Three"], ["Four"], ["Five"]))
    first, second, third = [await desk.send(text) for text in "123"]
    await desk.ended(first, second)
    edited = await desk.runner.send(
        "2!", session_id="s", user_id="u", parent_run_id=first.run_id
    )
    behind = await desk.send("4")
    assert edited.status is RunStatus.PENDING
    assert edited.parent_run_id == first.run_id and behind.parent_run_id is None
    gate.set()
    await desk.ended(third, edited, behind)
    assert await questions(desk) == ["1", "2!", "4"]
    assert behind.parent_run_id == edited.run_id
    assert [text for _, text in desk.model.said[-2]] == ["1", "One", "2!"]
    assert await desk.storage.choose_run(third.run_id, user_id="u")
    assert await questions(desk) == ["1", "2", "3"]


async def test_a_retry_stands_beside_the_try_that_it_repeats() -> None:
    desk = Desk(FakeModel([words()], ["One"], [words()], ["Two"]))
    first = await desk.send("1")
    await desk.ended(first)
    second = await desk.send("2")
    await desk.ended(second)
    third = await desk.send("3")
    await desk.ended(third)
    again = await desk.runner.retry(third)
    await desk.ended(again)
    assert again.parent_run_id == third.parent_run_id == second.run_id
    assert await questions(desk) == ["1", "2", "3"]
    versions = await desk.storage.get_versions("s", user_id="u")
    assert versions == [[third.run_id, again.run_id]]
