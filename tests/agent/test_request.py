"""What goes out with a run: the instructions with the state filled in, the tools."""

from __future__ import annotations

from typing import Any

import pytest

from agno_tui.agent import Agent
from agno_tui.agent.request import Request, filled_in, wants_state, written
from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.storage.memory import MemoryStorage
from tests.agent.asking import a_call, calling, said
from tests.fakes import FakeModel


def add(item: str, session_state: dict[str, Any]) -> str:
    """Adds an item to the list."""
    session_state.setdefault("items", []).append(item)
    return "added"


def adding(item: str) -> list[Any]:
    return [calling(a_call("add", item=item))]


def system_of(model: FakeModel) -> str:
    """The system message of the last request."""
    first = model.requests[-1][0]
    assert first.role == Role.SYSTEM
    return first.content


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hi {name}!", "Hi Ann!"),
        ("{name}{name}", "AnnAnn"),
        ("{unknown} {} {0} {a b} {{name}}", "{unknown} {} {0} {a b} {Ann}"),
        ("{'json': 1} {name", "{'json': 1} {name"),
        ("{tricky}", "{name} {tricky}"),
        ("{items} {none} {deep}", '["Tee"] null {"ä": [1]}'),
        (r"\1 {path}", r"\1 C:\g<0>\1"),
    ],
)
def test_values_are_filled_in_once_and_braces_stay(text: str, shown: str) -> None:
    state = {
        "name": "Ann",
        "tricky": "{name} {tricky}",
        "items": ["Tee"],
        "none": None,
        "deep": {"ä": [1]},
        "path": r"C:\g<0>\1",
    }
    assert filled_in(text, state) == shown


def test_whether_there_is_anything_to_fill_in() -> None:
    assert wants_state("a {b}") and not wants_state("a {1} {} {b c}")


def test_several_instructions_are_a_list_and_one_is_itself() -> None:
    assert written("a") == written(["a"]) == "a"
    assert written(["a", "b"]) == "- a\n- b"
    assert written([]) == ""


def test_out_go_system_then_history_then_the_run() -> None:
    history = Run("s", messages=[Message(Role.SYSTEM, "old"), Message(Role.USER, "q")])
    run = Run("s", messages=[Message(Role.USER, "now")])
    request = Request("sys", [history])
    assert said(request.messages(run)) == [
        ("system", "sys"),
        ("user", "q"),
        ("user", "now"),
    ]
    assert said(Request().messages(run)) == [("user", "now")]


@pytest.mark.parametrize(("runs", "left"), [(5, 2), (2, 1), (1, 0), (0, 0)])
def test_half_of_the_history_is_forgotten_the_older_one(runs: int, left: int) -> None:
    history = [Run("s") for _ in range(runs)]
    request = Request(history=list(history))
    request.forget_half()
    assert request.history == history[runs - left :]


async def test_what_a_tool_changes_is_kept_and_filled_in_next_time() -> None:
    model = FakeModel(adding("tea"), ["ok"])
    agent = Agent(model, tools=[add], instructions="You have: {items}", session_id="s")
    await agent.arun("Add tea")
    assert system_of(model) == "You have: {items}"
    await agent.arun("And?")
    assert system_of(model) == 'You have: ["tea"]'
    assert await agent.aget_session_state() == {"items": ["tea"]}


async def test_each_session_has_a_state_of_its_own() -> None:
    first: dict[str, Any] = {"items": ["first"]}
    for given_to_the_agent in (True, False):
        model = FakeModel(adding("tea"), ["ok"], adding("milk"), ["ok"])
        agent = Agent(model, tools=[add])
        if given_to_the_agent:
            agent.session_state = first
        given = None if given_to_the_agent else first
        for session in ("a", "b"):
            await agent.arun("Add", session_id=session, session_state=given)
        assert await agent.aget_session_state("a") == {"items": ["first", "tea"]}
        assert await agent.aget_session_state("b") == {"items": ["first", "milk"]}
        assert first == {"items": ["first"]}


async def test_what_is_asked_for_is_not_the_agents_own() -> None:
    agent = Agent(FakeModel(), session_state={"items": []})
    state: dict[str, Any] = await agent.aget_session_state("a")
    state["items"].append("spoiled")
    assert await agent.aget_session_state("b") == {"items": []}
    assert await agent.aupdate_session_state({"n": 1}, "b") == {"items": [], "n": 1}


async def test_a_value_a_tool_takes_away_is_gone() -> None:
    def drop(session_state: dict[str, Any]) -> str:
        del session_state["a"]
        return "dropped"

    agent = Agent(FakeModel([calling(a_call("drop"))], ["ok"]), tools=[drop])
    await agent.aupdate_session_state({"a": 1, "b": 2}, "s")
    await agent.arun("Drop", session_id="s")
    assert await agent.aget_session_state("s") == {"b": 2}


async def test_a_value_that_is_not_json_costs_only_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def note(session_state: dict[str, Any]) -> str:
        session_state["bad"] = object()
        session_state["nan"] = float("nan")
        session_state["good"] = 1
        return "noted"

    agent = Agent(FakeModel([calling(a_call("note"))], ["ok"]), tools=[note])
    response = await agent.arun("Note", session_id="s")
    assert response.status is RunStatus.COMPLETED
    assert await agent.aget_session_state("s") == {"good": 1}
    assert "'bad' of a session's state not kept" in caplog.text


async def test_what_a_tool_changed_is_kept_where_the_answer_fails() -> None:
    model = FakeModel(adding("tea"), [RuntimeError("no")])
    agent = Agent(model, tools=[add])
    response = await agent.arun("Add", session_id="s")
    assert response.status is RunStatus.ERROR
    assert await agent.aget_session_state("s") == {"items": ["tea"]}


async def test_two_runs_at_once_both_have_their_way() -> None:
    async def put(name: str, session_state: dict[str, Any]) -> str:
        session_state[name] = True
        return "put"

    model = FakeModel(
        [calling(a_call("put", name="a"))], [calling(a_call("put", name="b"))], ["ok"]
    )
    agent = Agent(model, tools=[put], session_state={"first": 1})
    runs = [agent.arun("x", session_id="s", stream=True) for _ in range(2)]
    going = True
    while going:
        came = [await anext(run, None) for run in runs]
        going = any(came)
    state = await agent.aget_session_state("s")
    assert state == {"first": 1, "a": True, "b": True}


@pytest.mark.parametrize("bad", [{"x": object()}, {1: "x"}, {"x": float("inf")}])
def test_a_state_that_is_not_json_is_refused_at_once(bad: Any) -> None:
    agent = Agent(FakeModel())
    with pytest.raises(ValueError, match="not JSON"):
        _ = agent.arun("Hi", session_state=bad)
    with pytest.raises(ValueError, match="not JSON"):
        agent.run("Hi", session_state=bad)


async def test_values_in_the_state_are_never_filled_in_twice() -> None:
    agent = Agent(model := FakeModel(), instructions="{a}", enable_agentic_memory=True)
    await agent.memory.remember("likes {b}")
    await agent.arun("Hi", session_state={"a": "{b}", "b": "SECRET"})
    assert "SECRET" not in system_of(model)
    assert system_of(model).startswith("{b}\n")


async def test_two_tools_of_one_name_end_the_run_in_words() -> None:
    def twin() -> str:
        return "one"

    other = twin
    agent = Agent(model := FakeModel(), tools=[twin, other], storage=MemoryStorage())
    response = await agent.arun("Hi")
    assert response.status is RunStatus.ERROR
    assert response.error == 'two tools are called "twin": rename one of them'
    assert model.requests == []


async def test_a_tool_named_like_one_of_ours_ends_the_run_in_words() -> None:
    def remember() -> str:
        return "mine"

    agent = Agent(FakeModel(), tools=[remember], enable_agentic_memory=True)
    assert "remember" in (await agent.arun("Hi")).error


async def test_a_tool_with_a_broken_hint_ends_the_run_in_words() -> None:
    def broken(x: "Nowhere") -> str:  # type: ignore[name-defined]  # noqa: F821, UP037
        return "x"

    response = await Agent(FakeModel(), tools=[broken]).arun("Hi")
    assert response.status is RunStatus.ERROR
    assert "broken" in response.error


async def test_tools_added_later_are_offered() -> None:
    agent = Agent(model := FakeModel(), tools=[])
    await agent.arun("Hi")
    agent.tools = [add]
    await agent.arun("Hi")
    assert [[tool.name for tool in tools] for tools in model.tools] == [[], ["add"]]
