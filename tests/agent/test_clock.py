"""Times and tokens of a run's requests."""

from __future__ import annotations

import pytest

from agno_tui.agent import Agent
from agno_tui.agent.clock import Clock
from agno_tui.history import tokens_of
from agno_tui.models.base import ModelResponse, Usage
from agno_tui.session import Message, Metrics, Role
from tests.agent.asking import a_call, calling
from tests.fakes import FakeModel, words


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock shows, one after the other."""
    shown = [0.0]

    def tick() -> float:
        return shown.pop(0) if len(shown) > 1 else shown[0]

    monkeypatch.setattr("agno_tui.agent.clock.time.monotonic", tick)
    return shown


def test_the_first_piece_with_anything_in_it_is_the_first_token(
    seconds: list[float],
) -> None:
    seconds[:] = [10.0, 12.0, 15.0]
    clock, metrics = Clock(), Metrics()
    clock.tick(ModelResponse(finish_reason="stop"))
    clock.tick(ModelResponse(reasoning_content="hm"))
    clock.tick(ModelResponse(content="a"))
    clock.stop(metrics, [], Message(Role.ASSISTANT, "a"))
    assert (metrics.time_to_first_token, metrics.duration) == (2.0, 5.0)


def test_requests_are_summed_and_the_first_token_is_the_first_ones(
    seconds: list[float],
) -> None:
    metrics = Metrics()
    for shown, usage in (
        ([0.0, 1.0, 2.0], Usage(10, 5, 4, None)),
        ([50.0, 53.0, 54.0], Usage(20, 6, None, 3)),
    ):
        seconds[:] = shown
        clock = Clock()
        clock.tick(ModelResponse(content="a", usage=Usage(1, 1)))
        clock.tick(ModelResponse(usage=usage))
        clock.stop(metrics, [], Message(Role.ASSISTANT, "a"))
    assert metrics == Metrics(30, 11, 4, 3, 1.0, 6.0, False)


def test_what_the_server_did_not_count_is_estimated_and_says_so() -> None:
    asked, answer = [Message(Role.USER, "Hello there")], Message(Role.ASSISTANT, "abc")
    answer.tool_calls = [a_call("search", query="something long to look for")]
    clock, metrics = Clock(), Metrics()
    clock.tick(calling(*answer.tool_calls))
    clock.stop(metrics, asked, answer)
    assert metrics.input_tokens == tokens_of(asked)
    assert metrics.output_tokens and metrics.output_tokens > 10
    assert metrics.estimated


def test_nothing_is_estimated_where_nothing_came() -> None:
    clock, metrics = Clock(), Metrics()
    clock.stop(metrics, [Message(Role.USER, "Hi")], Message(Role.ASSISTANT, ""))
    assert (metrics.input_tokens, metrics.estimated) == (None, False)
    assert metrics.duration is not None and metrics.time_to_first_token is None


async def test_a_run_with_tools_sums_its_requests() -> None:
    def noop() -> str:
        return "ok"

    model = FakeModel(
        [calling(a_call("noop")), ModelResponse(usage=Usage(10, 5))],
        ["Done.", ModelResponse(usage=Usage(20, 6, 7))],
    )
    response = await Agent(model, tools=[noop]).arun("Hi")
    metrics = response.metrics
    assert (metrics.input_tokens, metrics.output_tokens) == (30, 11)
    assert (metrics.cached_tokens, metrics.estimated) == (7, False)


async def test_one_estimated_request_marks_the_whole_run() -> None:
    def noop() -> str:
        return "ok"

    model = FakeModel(
        [calling(a_call("noop")), ModelResponse(usage=Usage(10, 5))], ["Done."]
    )
    metrics = (await Agent(model, tools=[noop]).arun("Hi")).metrics
    assert metrics.estimated
    assert metrics.input_tokens and metrics.input_tokens > 10


async def test_an_answer_that_was_cut_is_counted_too() -> None:
    response = await Agent(FakeModel(["Half of it", words()])).arun("Hi")
    assert response.metrics.output_tokens and response.metrics.estimated
