"""What was looked into: one line a session, the way there, and the way back."""

from __future__ import annotations

import pytest

from agno_tui.session import Run, RunStatus
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.cited_dialog import CitedDialog
from agno_tui.ui.prompt import Prompt
from agno_tui.ui.transcript.transcript import Transcript
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    screen_text,
    shows,
    the_app,
    transcript_lines,
    until,
)
from tests.ui.tool_runs import asked, call, found, looked_back, result, tool_run
from tests.ui.transcript.turns import said, turn_of

SIZE = (100, 30)


def quiet_lines(run: Run, *, details: bool = False, width: int = 60) -> list[str]:
    lines = said(turn_of(run, details=details), width)
    return lines[lines.index("Agent") + 1 : lines.index("answer") - 1]


def test_each_session_has_a_line() -> None:
    assert quiet_lines(looked_back(found("Kyoto", runs=2))) == [
        "↩ looked in: Kyoto · 2 runs"
    ]
    run = looked_back(found("Kyoto", "Bread"), "read_past_session")
    assert quiet_lines(run)[1] == "↩ looked in: Bread · 1 run"


def test_of_many_sessions_the_first_are_shown() -> None:
    run = looked_back(found(*"ABCDEFG"))
    lines = quiet_lines(run)
    assert lines[3:] == ["↩ looked in: D · 1 run", "  … 3 more"]
    assert len(quiet_lines(looked_back(found(*"ABCDE")))) == 5
    assert "↩ looked in: G · 1 run" in quiet_lines(run, details=True)


def test_nothing_found_is_said() -> None:
    lines = quiet_lines(looked_back({"sessions": [], "note": "No history found"}))
    assert lines == ["↩ looked in earlier conversations · nothing found"]


def test_looking_is_said_while_it_happens() -> None:
    wanted = call("get_previous_session_messages")
    run = tool_run(asked(wanted), answer="", status=RunStatus.RUNNING)
    assert said(turn_of(run))[4] == "⠋ looking in earlier conversations…"


@pytest.mark.parametrize(
    "broken",
    [
        "no json",
        '{"sessions": "none"}',
        '{"sessions": [{"title": "x"}]}',
        '{"sessions": [7]}',
        "[]",
        "[" * 100_000,
    ],
)
def test_what_cannot_be_read_is_an_ordinary_call(broken: str) -> None:
    run = looked_back(broken)
    assert quiet_lines(run) == ['▸ get_previous_session_messages(query="words")']
    assert not turn_of(run).cited


def test_a_hostile_title_is_one_safe_line() -> None:
    (line,) = quiet_lines(looked_back(found("[b]\x1b[2J\n" + "x" * 900)), width=40)
    assert line.startswith("↩ looked in: [b]␛[2J")
    assert line.endswith("… · 1 run")


def test_what_is_remembered_and_forgotten() -> None:
    run = tool_run(
        asked(call("remember", {"memory": "Likes\ntea"}), call("forget_memory")),
        result("remember", "Kept as [1]."),
        result("forget_memory", {"forgotten": True, "memory": "Likes\ncoffee"}),
    )
    assert quiet_lines(run) == ["✎ remembered: Likes tea", "✎ forgot: Likes coffee"]
    gone = result("forget_memory", {"forgotten": True, "memory": None})
    assert quiet_lines(tool_run(asked(call("forget_memory")), gone)) == [
        "✎ forgot something about you"
    ]


def test_a_memory_that_was_not_there_was_not_forgotten() -> None:
    for name in ("forget_memory", "update_memory"):
        outcome = result(name, "That memory is gone.", error=True)
        (line,) = quiet_lines(tool_run(asked(call(name)), outcome))
        assert line == f"✗ {name}() · That memory is gone."


async def earlier(storage: TestStorage, *titles: str, count: int = 100) -> None:
    for title in titles:
        for n in range(count):
            answer = f"answer {n} " + "words " * (n * 7 % 60)
            question = f"question {n} about {title}"
            run = a_run(title, question, answer, run_id=f"{title}-{n}")
            await keep(storage, run, name=title)


async def open_now(storage: TestStorage, *titles: str, at: int = 0) -> None:
    """The session `now`, whose second turn cites run `at` of each session."""
    cited = found(*titles, runs=at + 1)
    for session in cited["sessions"]:  # type: ignore[attr-defined]
        session["runs"] = session["runs"][at:]
    await keep(storage, a_run("now", "first question"), looked_back(cited))
    await storage.set_open_session("now", user_id="")


def open_id(pilot: Screen) -> str:
    document = the_app(pilot).desk.document
    return document.session.session_id if document else ""


def selected(pilot: Screen) -> str:
    transcript = the_app(pilot).desk.chat.transcript
    turn = transcript.marked_turn
    return turn.run_id if turn and transcript.has_focus else ""


def first_line(pilot: Screen) -> str:
    return next(line for line in transcript_lines(pilot) if "▌ q" in line)


async def test_o_opens_the_cited_run_and_alt_left_goes_back(
    app: AgnoApp, storage: TestStorage
) -> None:
    await earlier(storage, "Kyoto")
    await open_now(storage, "Kyoto", at=3)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "o")
        await until(pilot, lambda: selected(pilot) == "Kyoto-3")
        assert open_id(pilot) == "Kyoto"
        assert first_line(pilot) == "  ▌ question 3 about Kyoto"
        assert transcript_lines(pilot)[4] == "┃ Agent"
        assert "answer 2 " not in screen_text(pilot)
        await pilot.press("alt+left")
        await until(pilot, lambda: open_id(pilot) == "now")
        (run,) = [r for r in await storage.get_runs("now", user_id="")][1:]
        await until(pilot, lambda: selected(pilot) == run.run_id)
        await pilot.press("alt+left")
        await until(pilot, shows(pilot, "There is nowhere to go back to."))


async def test_a_click_on_the_line_goes_there(
    app: AgnoApp, storage: TestStorage
) -> None:
    await earlier(storage, "Kyoto", count=60)
    await open_now(storage, "Kyoto", at=3)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "looked in: Kyoto"))
        lines = transcript_lines(pilot)
        y = next(i for i, line in enumerate(lines) if "looked in" in line)
        await pilot.click(Transcript, offset=(60, y))
        await pilot.pause()
        assert open_id(pilot) == "now"
        await pilot.click(Transcript, offset=(20, y))
        await until(pilot, lambda: selected(pilot) == "Kyoto-3")


async def test_the_way_back_leads_to_the_line_that_was_read_and_keeps_the_draft(
    app: AgnoApp, storage: TestStorage
) -> None:
    await earlier(storage, "now", "Kyoto", count=30)
    await open_now(storage, "Kyoto", at=3)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*"my draft", "shift+tab", "o")
        await until(pilot, lambda: selected(pilot) == "Kyoto-3")
        await pilot.press(*"hello")
        assert isinstance(app.focused, Prompt)
        assert prompt_text(pilot) == "hello"
        await pilot.press("alt+left", *"!")
        assert open_id(pilot) == "now"
        assert prompt_text(pilot) == "my draft!"
        document = app.desk.document
        assert document is not None and document.reading.following
        await until(pilot, shows(pilot, "looked in: Kyoto"))


async def test_where_several_were_looked_into_a_dialog_asks(
    app: AgnoApp, storage: TestStorage
) -> None:
    await earlier(storage, "Kyoto", "Bread", count=5)
    await open_now(storage, "Kyoto", "Bread", at=1)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "o")
        await until(pilot, lambda: isinstance(app.screen, CitedDialog))
        await until(pilot, shows(pilot, "21 Nov"))
        assert "question 1 about Bread" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, CitedDialog))
        assert open_id(pilot) == "now"
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, CitedDialog))
        await pilot.press("down", "enter")
        await until(pilot, lambda: selected(pilot) == "Bread-1")
        await pilot.press("alt+left")
        await until(pilot, lambda: open_id(pilot) == "now" and selected(pilot))


async def test_a_session_that_is_gone_is_said_calmly(
    app: AgnoApp, storage: TestStorage
) -> None:
    await open_now(storage, "Kyoto")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "o")
        await until(pilot, shows(pilot, "This conversation is no longer there."))
        assert open_id(pilot) == app.desk.sessions.open_id == "now"


async def test_a_run_that_is_gone_opens_its_session(
    app: AgnoApp, storage: TestStorage
) -> None:
    await earlier(storage, "Kyoto", count=3)
    await open_now(storage, "Kyoto", at=7)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "o")
        await until(pilot, shows(pilot, "This message is no longer there."))
        assert open_id(pilot) == "Kyoto"


async def test_where_nothing_was_looked_into_o_says_so(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "alpha"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "o")
        await until(pilot, shows(pilot, "No conversation was looked into here."))
