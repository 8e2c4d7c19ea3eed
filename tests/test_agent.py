"""The agent: what goes out, what is kept, and how a run ends."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from agno_tui import checkpoints
from agno_tui.agent import Agent
from agno_tui.events import (
    ReasoningContent,
    RunCancelled,
    RunCompleted,
    RunContent,
    RunError,
    RunEvent,
    RunStarted,
)
from agno_tui.models.base import ModelErrorKind, ModelResponse, Usage
from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.storage.memory import MemoryStorage
from tests.fakes import FailingStorage, FakeModel, Script, until, words

NOT_COMPLETED = [s for s in RunStatus if s is not RunStatus.COMPLETED]


def an_agent(
    model: FakeModel,
    storage: Storage | None = None,
    *,
    instructions: str = "",
    history: bool = True,
    num_history_runs: int | None = None,
) -> Agent:
    return Agent(
        model,
        storage=storage or MemoryStorage(),
        instructions=instructions,
        add_history_to_messages=history,
        num_history_runs=num_history_runs,
    )


async def answered(agent: Agent, text: str = "Hi", session: str = "s") -> Run:
    run = agent.new_run(text, session_id=session)
    await all_events(agent, run)
    return run


async def all_events(agent: Agent, run: Run) -> list[RunEvent]:
    async with aclosing(agent.stream(run)) as events:
        return [event async for event in events]


async def kept(agent: Agent, run: Run) -> Run:
    found = await agent.storage.get_run(run.run_id, user_id=run.user_id)
    assert found is not None
    return found


async def keep(
    storage: Storage, question: str, status: RunStatus = RunStatus.COMPLETED
) -> None:
    messages = [Message(Role.USER, question), Message(Role.ASSISTANT, f"re {question}")]
    await storage.start_run(Run("s", status=status, messages=messages))


class SpyStorage(MemoryStorage):
    """Says what is kept, without waiting, at any moment."""

    def statuses(self) -> list[tuple[str, RunStatus]]:
        return [(run.question, run.status) for run in self._runs.values()]

    def answers(self) -> list[str]:
        return [run.answer for run in self._runs.values()]


async def test_the_message_is_kept_as_running_before_the_model_is_asked() -> None:
    storage, model = SpyStorage(), FakeModel()
    seen: list[tuple[str, RunStatus]] = []
    model.on_request = lambda: seen.extend(storage.statuses())
    await answered(an_agent(model, storage), "Hi")
    assert seen == [("Hi", RunStatus.RUNNING)]


async def test_the_message_is_kept_before_the_model_is_prepared() -> None:
    model, gate = FakeModel(), asyncio.Event()
    model.preparation = ["Loading", gate]
    agent = an_agent(model)
    run = agent.new_run("Hi", session_id="s")
    task = asyncio.create_task(all_events(agent, run))
    await until(lambda: run.sequence > 0)
    assert (await kept(agent, run)).status is RunStatus.RUNNING
    assert model.requests == []
    gate.set()
    assert isinstance((await task)[-1], RunCompleted)


async def test_pieces_become_events_in_their_order() -> None:
    model = FakeModel(
        [ModelResponse(reasoning_content="hm"), "a", ModelResponse(content="b"), "c"]
    )
    agent = an_agent(model)
    run = agent.new_run("Hi", session_id="s", user_id="")
    events = await all_events(agent, run)
    ids = ("s", run.run_id)
    assert events == [
        RunStarted(run),
        ReasoningContent(*ids, "hm"),
        RunContent(*ids, "a"),
        RunContent(*ids, "b"),
        RunContent(*ids, "c"),
        RunCompleted(run),
    ]
    assert all((e.session_id, e.run_id) == ids for e in events)


async def test_a_completed_run_is_kept_whole() -> None:
    agent = an_agent(FakeModel(["Hel", "lo", ModelResponse(finish_reason="stop")]))
    run = await answered(agent)
    there = await kept(agent, run)
    assert (there.status, there.answer) == (RunStatus.COMPLETED, "Hello")
    assert (there.model, there.provider) == ("fake-1", "fake")
    assert (there.finish_reason, there.error) == ("stop", "")
    assert there.ended_at is not None and there.ended_at >= there.created_at


async def test_a_new_session_is_named_after_its_first_question() -> None:
    agent = an_agent(FakeModel())
    await answered(agent, "What is a monad?")
    session = await agent.storage.get_session("s", user_id="")
    assert session is not None and session.name == "What is a monad?"


async def test_an_answer_is_kept_while_it_streams(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checkpoints, "CHECKPOINT_SECONDS", 0.001)
    gate = asyncio.Event()
    thought = ModelResponse(reasoning_content="hm")
    storage = SpyStorage()
    model = FakeModel([thought, "Half an", " answer", gate, " more"])
    agent = an_agent(model, storage)
    run = agent.new_run("Hi", session_id="s")
    task = asyncio.create_task(all_events(agent, run))
    await until(lambda: storage.answers() == ["Half an answer"])
    there = await kept(agent, run)
    assert there.status is RunStatus.RUNNING
    assert there.messages[-1].reasoning_content == "hm"
    gate.set()
    await task
    assert (await kept(agent, run)).answer == "Half an answer more"


async def test_a_run_that_waits_for_its_first_piece_shows_that_it_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checkpoints, "SIGN_OF_LIFE_SECONDS", 0.001)
    signs: list[str] = []

    class Listening(MemoryStorage):
        async def append_content(
            self, run: Run, *, content: str = "", reasoning_content: str = ""
        ) -> None:
            signs.append(content)

    gate = asyncio.Event()
    agent = an_agent(FakeModel([gate]), Listening())
    task = asyncio.create_task(answered(agent))
    await until(lambda: len(signs) > 1)
    gate.set()
    await task
    assert set(signs) == {""}


async def test_checkpoints_that_fail_do_not_stop_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checkpoints, "CHECKPOINT_SECONDS", 0.001)
    tries = 0

    class Forgetful(MemoryStorage):
        async def append_content(
            self, run: Run, *, content: str = "", reasoning_content: str = ""
        ) -> None:
            nonlocal tries
            tries += 1
            if tries == 1:
                raise FailingStorage(self).error
            await super().append_content(
                run, content=content, reasoning_content=reasoning_content
            )

    gates = [asyncio.Event() for _ in range(2)]
    script: Script = ["a", "b", gates[0], "c", gates[1], "d"]
    agent = an_agent(FakeModel(script), Forgetful())
    run = agent.new_run("Hi", session_id="s")
    task = asyncio.create_task(all_events(agent, run))
    await until(lambda: tries == 2)
    # What failed was tried again though nothing new came.
    assert (await kept(agent, run)).answer == "ab"
    gates[0].set()
    await until(lambda: tries == 3)
    assert (await kept(agent, run)).answer == "abc"  # And came along once.
    gates[1].set()
    assert isinstance((await task)[-1], RunCompleted)
    assert (await kept(agent, run)).answer == "abcd"


async def test_a_cancelled_run_keeps_what_arrived() -> None:
    model = FakeModel(["Half", asyncio.Event()])
    agent = an_agent(model)
    run = agent.new_run("Hi", session_id="s")
    task = asyncio.create_task(all_events(agent, run))
    await until(lambda: run.answer == "Half")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    there = await kept(agent, run)
    assert (there.status, there.answer) == (RunStatus.CANCELLED, "Half")
    assert there.ended_at is not None and there.metrics.duration is not None
    assert model.open_streams == 0


async def test_who_cancels_may_say_why() -> None:
    agent = an_agent(FakeModel(["Half", asyncio.Event()]))
    run = agent.new_run("Hi", session_id="s")
    task = asyncio.create_task(all_events(agent, run))
    await until(lambda: run.answer == "Half")
    run.status, run.error = RunStatus.INTERRUPTED, "Closed."
    task.cancel()
    await asyncio.wait([task])
    there = await kept(agent, run)
    assert (there.status, there.error) == (RunStatus.INTERRUPTED, "Closed.")


async def test_a_run_cancelled_while_it_begins_is_kept_as_cancelled() -> None:
    storage = FailingStorage(MemoryStorage())
    agent = an_agent(FakeModel(), storage)
    run = agent.new_run("Hi", session_id="s")
    run.status = RunStatus.PENDING
    await storage.start_run(run)
    gate = storage.gates["claim_run"] = asyncio.Event()
    task = asyncio.create_task(all_events(agent, run))
    await until(lambda: run.status is RunStatus.RUNNING)
    task.cancel()
    gate.set()
    await asyncio.wait([task])
    assert task.cancelled()
    assert (await kept(agent, run)).status is RunStatus.CANCELLED


async def test_a_run_cancelled_while_the_model_is_prepared_is_kept() -> None:
    model = FakeModel()
    model.preparation = [asyncio.Event()]
    agent = an_agent(model)
    run = agent.new_run("Hi", session_id="s")
    task = asyncio.create_task(all_events(agent, run))
    await until(lambda: run.sequence > 0)
    task.cancel()
    await asyncio.wait([task])
    there = await kept(agent, run)
    assert (there.status, len(there.messages)) == (RunStatus.CANCELLED, 1)


async def test_a_closed_generator_keeps_what_arrived() -> None:
    model = FakeModel(["Half", " whole"])
    agent = an_agent(model)
    run = agent.new_run("Hi", session_id="s")
    async with aclosing(agent.stream(run)) as events:
        async for event in events:
            if isinstance(event, RunContent):
                break
    there = await kept(agent, run)
    assert (there.status, there.answer) == (RunStatus.CANCELLED, "Half")
    assert model.open_streams == 0


@pytest.mark.parametrize("pieces", [[], ["Half"]])
async def test_a_models_error_ends_the_run_in_its_words(pieces: list[str]) -> None:
    agent = an_agent(FakeModel([*pieces, words()]))
    run = agent.new_run("Hi", session_id="s")
    events = await all_events(agent, run)
    assert events[-1] == RunError(run)
    there = await kept(agent, run)
    assert (there.status, there.answer) == (RunStatus.ERROR, "".join(pieces))
    assert there.error == "The server is on fire. Try again."
    assert len(there.messages) == 1 + len(pieces)  # No empty answer is kept.


async def test_a_model_that_cannot_be_prepared_ends_the_run_in_its_words() -> None:
    model = FakeModel()
    model.preparation = ["Loading", words()]
    agent = an_agent(model)
    run = await answered(agent)
    there = await kept(agent, run)
    assert there.status is RunStatus.ERROR
    assert there.error == "The server is on fire. Try again."
    assert model.requests == []


async def test_an_unexpected_exception_is_told_calmly_and_not_leaked() -> None:
    agent = an_agent(FakeModel(["Half", KeyError("sk-secret")]))
    run = agent.new_run("Hi", session_id="s")
    events = await all_events(agent, run)
    assert events[-1] == RunError(run)
    there = await kept(agent, run)
    assert (there.status, there.answer) == (RunStatus.ERROR, "Half")
    assert there.error.startswith("Something unexpected went wrong.")
    assert "sk-secret" not in there.error and "KeyError" not in there.error


async def test_metrics_are_what_the_server_counted() -> None:
    usage = Usage(11, 7, cached_tokens=5, reasoning_tokens=3)
    agent = an_agent(FakeModel(["Hello", ModelResponse(usage=usage)]))
    metrics = (await kept(agent, await answered(agent))).metrics
    assert (metrics.input_tokens, metrics.output_tokens) == (11, 7)
    assert (metrics.cached_tokens, metrics.reasoning_tokens) == (5, 3)
    assert not metrics.estimated
    assert metrics.time_to_first_token is not None and metrics.duration is not None
    assert 0 <= metrics.time_to_first_token <= metrics.duration


async def test_metrics_are_estimated_where_the_server_counted_nothing() -> None:
    thought = ModelResponse(reasoning_content="hm " * 40)
    agent = an_agent(FakeModel([thought, "Hello " * 20]))
    metrics = (await kept(agent, await answered(agent, "word " * 100))).metrics
    assert metrics.estimated
    assert metrics.input_tokens is not None and 100 <= metrics.input_tokens <= 200
    assert metrics.output_tokens is not None and 40 <= metrics.output_tokens <= 90


async def test_nothing_is_estimated_where_nothing_came() -> None:
    agent = an_agent(FakeModel([words()]))
    metrics = (await kept(agent, await answered(agent))).metrics
    assert metrics.output_tokens is None and not metrics.estimated
    assert metrics.time_to_first_token is None and metrics.duration is not None


async def test_out_goes_system_then_history_then_the_users_message() -> None:
    model = FakeModel(["One."], ["Two."])
    agent = an_agent(model, instructions="Be brief.")
    await answered(agent, "1?")
    await answered(agent, "2?")
    assert model.said[1] == [
        ("system", "Be brief."),
        ("user", "1?"),
        ("assistant", "One."),
        ("user", "2?"),
    ]


async def test_without_instructions_no_system_message_goes_out_or_is_kept() -> None:
    model = FakeModel()
    agent = an_agent(model)
    run = await answered(agent, "1?")
    assert model.said == [[("user", "1?")]]
    assert [m.role for m in (await kept(agent, run)).messages] == ["user", "assistant"]


@pytest.mark.parametrize(
    ("number", "questions"),
    [(None, "1234"), (0, ""), (1, "4"), (3, "234"), (4, "1234"), (99, "1234")],
)
async def test_history_is_the_last_completed_runs_oldest_first(
    number: int | None, questions: str
) -> None:
    storage, model = MemoryStorage(), FakeModel()
    for question in "1234":
        await keep(storage, question)
    agent = an_agent(model, storage, num_history_runs=number)
    await answered(agent, "5")
    asked = [content for role, content in model.said[0] if role == "user"]
    assert asked == [*questions, "5"]


def test_a_negative_number_of_history_runs_is_refused() -> None:
    with pytest.raises(ValueError, match="num_history_runs"):
        an_agent(FakeModel(), num_history_runs=-1)


@pytest.mark.parametrize("status", NOT_COMPLETED)
async def test_a_run_without_a_whole_answer_is_not_replayed(status: RunStatus) -> None:
    storage, model = MemoryStorage(), FakeModel()
    await keep(storage, "whole")
    await keep(storage, "not whole", status)
    await answered(an_agent(model, storage, num_history_runs=1), "next")
    said = [("user", "whole"), ("assistant", "re whole"), ("user", "next")]
    assert model.said == [said]


async def test_history_that_is_off_is_kept_and_replayed_once_it_is_on() -> None:
    model = FakeModel(["One."], ["Two."], ["Three."])
    agent = an_agent(model, history=False)
    await answered(agent, "1?")
    await answered(agent, "2?")
    assert model.said[1] == [("user", "2?")]
    agent.add_history_to_messages = True
    await answered(agent, "3?")
    assert [content for _, content in model.said[2]] == [
        "1?",
        "One.",
        "2?",
        "Two.",
        "3?",
    ]


async def test_another_sessions_runs_are_not_replayed() -> None:
    model = FakeModel()
    agent = an_agent(model)
    await answered(agent, "secret", session="other")
    await answered(agent, "2?")
    assert model.said[1] == [("user", "2?")]


async def test_reasoning_is_kept_apart_and_not_replayed_as_content() -> None:
    model = FakeModel([ModelResponse(reasoning_content="hm"), "One."])
    agent = an_agent(model)
    run = await answered(agent, "1?")
    answer = (await kept(agent, run)).messages[-1]
    assert (answer.content, answer.reasoning_content) == ("One.", "hm")
    await answered(agent, "2?")
    assert [c for _, c in model.said[1]] == ["1?", "One.", "2?"]


async def test_the_oldest_runs_stay_behind_where_the_context_is_small() -> None:
    storage = MemoryStorage()
    for question in ("old " * 100, "mid", "new"):
        await keep(storage, question)
    model = FakeModel(context_window=100)
    await answered(an_agent(model, storage), "now")
    contents = [content for _, content in model.said[0]]
    assert contents == ["mid", "re mid", "new", "re new", "now"]


async def test_the_message_itself_goes_out_even_where_it_does_not_fit() -> None:
    storage, model = MemoryStorage(), FakeModel(context_window=10)
    await keep(storage, "old")
    await answered(an_agent(model, storage), "long " * 100)
    assert model.said[0] == [("user", "long " * 100)]


async def test_lone_surrogates_break_nothing() -> None:
    model = FakeModel(["half \ud83d", "\ude00 \udfff"])
    agent = an_agent(model)
    run = await answered(agent, "bad \ud800 text")
    there = await kept(agent, run)
    assert there.status is RunStatus.COMPLETED
    assert there.question == model.said[0][0][1] == "bad \ufffd text"
    assert there.answer == "half 😀 \ufffd"
    await answered(agent, "next")
    assert [c.encode() for _, c in model.said[1]]


@pytest.mark.parametrize("error", [None, SessionNotFoundError("s"), OSError("secret")])
async def test_an_answer_that_cannot_be_kept_says_so_and_is_still_there(
    error: Exception | None,
) -> None:
    storage = FailingStorage(MemoryStorage(), "update_run")
    storage.error = error or storage.error
    agent = an_agent(FakeModel(["Hello"]), storage)
    run = agent.new_run("Hi", session_id="s")
    events = await all_events(agent, run)
    assert events[-1] == RunError(run)
    assert (run.status, run.answer) == (RunStatus.ERROR, "Hello")
    assert run.error.startswith("This answer is not kept: ")
    assert "secret" not in run.error
    assert error is not None or run.error.endswith("The disk is full.")


async def test_a_message_that_cannot_be_kept_is_not_sent() -> None:
    model = FakeModel()
    agent = an_agent(model, FailingStorage(MemoryStorage(), "start_run"))
    with pytest.raises(StorageError, match="disk is full"):
        await answered(agent)
    assert model.requests == []


async def test_history_that_cannot_be_read_ends_the_run_in_words() -> None:
    model = FakeModel()
    agent = an_agent(model, FailingStorage(MemoryStorage(), "get_runs"))
    run = await answered(agent)
    assert (run.status, run.error) == (RunStatus.ERROR, "The disk is full.")
    assert model.requests == []


async def a_waiting_run(agent: Agent, text: str = "Hi") -> Run:
    run = agent.new_run(text, session_id="s")
    run.status = RunStatus.PENDING
    await agent.storage.start_run(run)
    return run


@pytest.mark.parametrize("status", [RunStatus.COMPLETED, RunStatus.CANCELLED])
async def test_a_run_another_process_answered_is_not_answered_again(
    status: RunStatus,
) -> None:
    model = FakeModel()
    agent = an_agent(model)
    run = await a_waiting_run(agent)
    theirs = await kept(agent, run)
    theirs.status, theirs.ended_at = status, 7
    theirs.messages.append(Message(Role.ASSISTANT, "Theirs."))
    await agent.storage.update_run(theirs)
    theirs = await kept(agent, run)
    end = RunCompleted if status is RunStatus.COMPLETED else RunCancelled
    assert await all_events(agent, run) == [end(run)]
    assert (run.status, run.answer) == (status, "Theirs.")
    assert model.requests == [] and await kept(agent, run) == theirs


async def test_a_run_another_process_is_answering_is_left_to_it() -> None:
    model = FakeModel()
    agent = an_agent(model)
    run = await a_waiting_run(agent)
    assert await agent.storage.claim_run(run)
    assert await all_events(agent, run) == []
    assert run.status is RunStatus.RUNNING and model.requests == []


async def test_a_run_another_process_took_is_not_ended_by_a_cancelled_one() -> None:
    storage = FailingStorage(MemoryStorage())
    agent = an_agent(FakeModel(), storage)
    run = await a_waiting_run(agent)
    storage.gates["claim_run"] = asyncio.Event()
    task = asyncio.create_task(all_events(agent, run))
    await until(lambda: run.status is RunStatus.RUNNING)
    task.cancel()
    await MemoryStorage.claim_run(storage._storage, run)  # type: ignore[arg-type]
    await asyncio.sleep(0.01)
    storage.gates["claim_run"].set()
    await asyncio.wait([task])
    assert (await kept(agent, run)).status is RunStatus.RUNNING


async def test_a_run_stays_with_the_model_it_began_with() -> None:
    first, second = FakeModel(["First."], context_window=100), FakeModel(["Second."])
    first.preparation = [gate := asyncio.Event()]
    second.id = "fake-2"
    storage = MemoryStorage()
    await keep(storage, "too long for the first " * 100)
    agent = an_agent(first, storage)
    run = agent.new_run("Hi", session_id="s")
    task = asyncio.create_task(all_events(agent, run))
    await until(lambda: run.sequence > 0)
    agent.model = second
    gate.set()
    await task
    there = await kept(agent, run)
    assert (there.model, there.answer) == ("fake-1", "First.")
    assert first.said == [[("user", "Hi")]] and second.requests == []


async def test_another_try_goes_out_without_those_before_it() -> None:
    model = FakeModel(["A0"], ["A1"], ["A2"], ["B"])
    agent = an_agent(model)
    await answered(agent, "first?")
    first = await answered(agent, "q?")
    again = agent.new_run("q?", session_id="s", retry_of=first.run_id)
    await all_events(agent, again)
    before = [("user", "first?"), ("assistant", "A0")]
    assert model.said[2] == [*before, ("user", "q?")]
    await answered(agent, "next?")
    assert model.said[3] == [
        *before,
        ("user", "q?"),
        ("assistant", "A2"),
        ("user", "next?"),
    ]


async def test_a_held_run_sees_the_newer_turns_too() -> None:
    model = FakeModel()
    agent = an_agent(model)
    held = await a_waiting_run(agent, "held")
    await keep(agent.storage, "newer")
    await all_events(agent, held)
    assert [c for _, c in model.said[0]] == ["newer", "re newer", "held"]


TOO_LONG = words(ModelErrorKind.CONTEXT)


async def test_a_history_that_is_too_long_for_the_server_is_halved() -> None:
    storage = MemoryStorage()
    for question in "12345":
        await keep(storage, question)
    model = FakeModel([TOO_LONG], [TOO_LONG], ["Hello"])
    run = await answered(an_agent(model, storage), "6")
    asked = ["".join(c for r, c in said if r == "user") for said in model.said]
    assert asked == ["123456", "456", "56"]
    assert (run.status, run.answer, run.error) == (RunStatus.COMPLETED, "Hello", "")


async def test_a_message_too_long_by_itself_is_the_error_it_is() -> None:
    storage = MemoryStorage()
    await keep(storage, "1")
    model = FakeModel([TOO_LONG])
    run = await answered(an_agent(model, storage), "2")
    assert model.said[1:] == [[("user", "2")]]
    assert (run.status, run.error) == (RunStatus.ERROR, TOO_LONG.words)


@pytest.mark.parametrize("script", [["Half", TOO_LONG], [words()]])
async def test_nothing_else_is_asked_again(script: Script) -> None:
    storage = MemoryStorage()
    await keep(storage, "1")
    model = FakeModel(script)
    run = await answered(an_agent(model, storage), "2")
    assert run.status is RunStatus.ERROR and len(model.requests) == 1


async def test_a_session_that_is_gone_while_the_model_loads_is_said_in_words() -> None:
    storage = FailingStorage(MemoryStorage(), "get_runs")
    storage.error = SessionNotFoundError("s")
    run = await answered(an_agent(FakeModel(), storage))
    assert run.error == "This conversation is no longer there."


async def test_a_failing_checkpoint_is_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checkpoints, "CHECKPOINT_SECONDS", 0.001)
    storage = FailingStorage(MemoryStorage(), "append_content")
    agent = an_agent(FakeModel(["a", gate := asyncio.Event()]), storage)
    task = asyncio.create_task(answered(agent))
    await asyncio.sleep(0.05)
    gate.set()
    await task
    assert len([r for r in caplog.records if "checkpoint" in r.getMessage()]) == 1
