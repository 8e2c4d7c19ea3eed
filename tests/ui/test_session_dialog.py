"""About a conversation: its figures, its summary, its state, its name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from textual.widgets import Static

from agno_tui.events import SessionNamed
from agno_tui.models.base import ModelError
from agno_tui.runner import Runner
from agno_tui.session import TITLE_LENGTH, Session, SessionSummary
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.session_dialog import YOURS, SessionDialog
from agno_tui.ui.session_facts import SessionFacts
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    failure,
    keep,
    list_lines,
    ready,
    screen_text,
    shows,
    the_app,
    type_and_send,
    until,
)

SIZE = (100, 40)

SUMMARY = SessionSummary("They spoke of\n[b]Kyoto\x07.", ["travel", "autumn"])


class Writer:
    """What the model does when it is asked for a name or a summary."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: ModelError | ValueError | None = None

    async def wait(self) -> None:
        await self.gate.wait()
        if self.error is not None:
            raise self.error


@pytest.fixture
def writer() -> Iterator[Writer]:
    writer = Writer()

    async def summarize(
        runner: Runner, session_id: str, *, user_id: str
    ) -> SessionSummary:
        await writer.wait()
        return SUMMARY

    async def name_session(runner: Runner, session_id: str, *, user_id: str) -> str:
        await writer.wait()
        kept, name = runner.agent.storage, "A better name"
        if await kept.rename_session(session_id, name, user_id=user_id, by_user=False):
            return name
        return (await kept.get_session(session_id, user_id=user_id) or Session()).name

    with (
        patch.object(Runner, "summarize", summarize),
        patch.object(Runner, "name_session", name_session),
    ):
        yield writer


def is_open(pilot: Screen) -> bool:
    return isinstance(the_app(pilot).screen, SessionDialog)


async def opened(pilot: Screen) -> None:
    await ready(pilot)
    await pilot.press("f4")
    await until(pilot, lambda: is_open(pilot))
    await until(pilot, shows(pilot, "Runs"))


async def a_session(storage: TestStorage) -> None:
    await keep(storage, a_run("s", "one"), a_run("s", "two"), name="Kyoto")
    await storage.set_open_session("s", user_id="")


def header(pilot: Screen) -> str:
    return str(the_app(pilot).desk.chat.query_one("#title").render())


async def test_it_says_all_there_is_to_know(app: AgnoApp, storage: TestStorage) -> None:
    await a_session(storage)
    fork = await storage.fork_session("s", user_id="")
    await storage.set_open_session(fork.session_id, user_id="")
    await storage.update_session_state(
        fork.session_id, user_id="", changed={"cart": ["[red]milk\x1b"]}
    )
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        text = screen_text(pilot)
        assert "⑂ forked from Kyoto" in text
        assert fork.session_id in text
        assert "Runs     2" in text
        assert "824 out" in text
        assert "7.2 s · first token after 0.5 s · 133 tok/s" in text
        assert "None yet. Press s to have one made." in text
        assert '"[red]milk\\u001b"' in text


async def test_s_sums_up_and_y_copies(
    app: AgnoApp, storage: TestStorage, writer: Writer
) -> None:
    await a_session(storage)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("y")
        await until(pilot, shows(pilot, "There is no summary yet."))
        writer.gate.clear()
        await pilot.press("s", "s")
        await until(pilot, shows(pilot, "summing up… · esc stops it"))
        writer.gate.set()
        await until(pilot, shows(pilot, "[b]Kyoto␇."))
        assert "travel · autumn" in screen_text(pilot)
        assert "Summed up." in screen_text(pilot)
        await pilot.press("c")
        assert app.clipboard == "They spoke of\n[b]Kyoto\x07.\n\ntravel, autumn"


async def test_escape_stops_the_summing_up_and_then_closes(
    app: AgnoApp, storage: TestStorage, writer: Writer
) -> None:
    await a_session(storage)
    writer.gate.clear()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("s")
        await until(pilot, shows(pilot, "summing up…"))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "Stopped."))
        writer.gate.set()
        await pilot.pause()
        assert is_open(pilot) and "travel" not in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not is_open(pilot))


@pytest.mark.parametrize("error", [failure(), ValueError("Nothing was said yet.")])
@pytest.mark.parametrize("key", ["s", "n"])
async def test_a_failure_is_said_in_its_words(
    app: AgnoApp,
    storage: TestStorage,
    writer: Writer,
    error: ModelError | ValueError,
    key: str,
) -> None:
    await a_session(storage)
    writer.error = error
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press(key)
        await until(pilot, shows(pilot, str(getattr(error, "words", error))))
        assert is_open(pilot)


async def test_a_name_made_by_the_model_shows_everywhere(
    app: AgnoApp, storage: TestStorage, writer: Writer
) -> None:
    await a_session(storage)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, shows(pilot, "Named."))
        assert "A better name" in list_lines(pilot)[1]
        assert header(pilot) == "A better name"


async def test_a_name_the_user_chose_elsewhere_stays_and_that_is_said(
    app: AgnoApp, storage: TestStorage, writer: Writer
) -> None:
    await a_session(storage)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await storage.rename_session("s", "Mine", user_id="")
        await pilot.press("n")
        await until(pilot, shows(pilot, YOURS))
        assert header(pilot) == "Mine"
        assert "Mine" in list_lines(pilot)[1]


async def test_a_name_given_by_hand_is_cut_and_leaves_shared_sessions_alone(
    app: AgnoApp, storage: TestStorage
) -> None:
    await a_session(storage)
    shared = Session(session_id="s", name="Kyoto")
    facts = SessionFacts(storage, app.runner, shared)
    await facts.rename("long\n" + "x" * 5000)
    assert shared.name == "Kyoto"
    session = await storage.get_session("s", user_id="")
    assert session is not None and session.name == facts.session.name
    assert len(session.name) == TITLE_LENGTH
    assert session.name.startswith("long xxx")
    with pytest.raises(ValueError, match="empty"):
        await facts.rename(" ")


async def test_r_renames_by_hand(app: AgnoApp, storage: TestStorage) -> None:
    await a_session(storage)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("r", *" in May", "enter")
        await until(pilot, lambda: header(pilot) == "Kyoto in May")
        assert "Kyoto in May" in list_lines(pilot)[1]
        session = await storage.get_session("s", user_id="")
        assert session is not None
        assert (session.name, session.named_by_user) == ("Kyoto in May", True)
        storage.refuse.add("rename_session")
        await pilot.press("r", *"!", "enter")
        await until(pilot, shows(pilot, "The disk is full."))
        assert "Kyoto in May!" in screen_text(pilot)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not is_open(pilot))


async def test_a_new_conversation_has_nothing_to_tell_yet(
    app: AgnoApp, writer: Writer
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("f4")
        await until(pilot, shows(pilot, "Nothing was said here yet."))
        assert "s sum up" not in screen_text(pilot)
        for key in "syrn":
            await pilot.press(key)
            await until(pilot, shows(pilot, "Say something first."))
            await pilot.press("j")
            await until(pilot, shows(pilot, "esc close"))


async def test_a_session_named_by_the_runner_takes_its_name_at_once(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("other", "other"))
    await a_session(storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        for session_id, name in (("s", "Tea"), ("other", "Bread")):
            await storage.rename_session(session_id, name, user_id="", by_user=False)
            app.runner._emit(SessionNamed(session_id, name))
        app.runner._emit(SessionNamed("never heard of", "x"))
        await until(pilot, lambda: header(pilot) == "Tea")
        assert "Tea" in list_lines(pilot)[1] and "Bread" in list_lines(pilot)[2]
        await pilot.press("alt+down")
        await until(pilot, lambda: header(pilot) == "Bread")


async def test_it_follows_an_answer_that_ends_behind_it(
    app: AgnoApp, storage: TestStorage, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.by_question["three"] = Script("Echo", gate)
    await a_session(storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "three")
        await until(pilot, lambda: app.runner.live("s"))
        await pilot.press("f4")
        await until(pilot, shows(pilot, "Runs     2 · 1 is under way"))
        gate.set()
        await until(pilot, lambda: "under way" not in screen_text(pilot))
        assert "Runs     3" in screen_text(pilot)
        assert "829 out" in screen_text(pilot)
        await storage.rename_session("s", "Tea", user_id="", by_user=False)
        app.runner._emit(SessionNamed("s", "Tea"))
        await until(pilot, lambda: "Tea" in facts_text(pilot))
        listeners = len(app.runner._listeners)
        await pilot.press("escape")
        await until(pilot, lambda: len(app.runner._listeners) < listeners)


def facts_text(pilot: Screen) -> str:
    return str(the_app(pilot).screen.query_one("#session-text", Static).render())
