"""Versions of a turn in the app: another answer, choosing one, deleting a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from agno_tui.session import Role, Run
from agno_tui.storage.memory import MemoryStorage
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.transcript.document import Document
from tests.ui.conftest import (
    MakeApp,
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    failure,
    keep,
    ready,
    screen_text,
    shows,
    the_app,
    transcript_lines,
    type_and_send,
    until,
)


def document_on(pilot: Screen) -> Document:
    document = the_app(pilot).desk.document
    assert document is not None
    return document


def questions(pilot: Screen) -> list[str]:
    return [turn.run.question if turn.run else "?" for turn in document_on(pilot).turns]


def answers(pilot: Screen) -> list[str]:
    return [turn.run.answer if turn.run else "?" for turn in document_on(pilot).turns]


def labels(pilot: Screen) -> list[str]:
    """What stands above the questions on the screen."""
    lines = [line.strip("┃ ") for line in transcript_lines(pilot)]
    return [line for line in lines if line.startswith("▌ You")]


def answering(pilot: Screen) -> bool:
    document = document_on(pilot)
    return the_app(pilot).desk.is_answering(document.session.session_id)


def _is_last(pilot: Screen, question: str) -> bool:
    return questions(pilot)[-1:] == [question]


async def ask(pilot: Screen, *texts: str) -> None:
    """Send these, each when the answer before it is whole."""
    for text in texts:
        await type_and_send(pilot, text)
        await until(pilot, partial(_is_last, pilot, text), text)
        await until(pilot, lambda: not answering(pilot), "answered")
    await pilot.pause()


async def mark(pilot: Screen, index: int, role: str = Role.USER) -> None:
    """Mark a message by walking up to it."""
    the_app(pilot).desk.chat.prompt.focus()
    await pilot.press("shift+tab")
    document = document_on(pilot)
    for _ in range(2 * len(document.turns) + 2):
        marked = document.marked
        assert marked is not None
        if (marked.index, marked.role) == (index, role):
            return
        await pilot.press("up")
    raise AssertionError(f"never marked {index} {role}: {document.marked}")


async def regenerate(pilot: Screen, index: int) -> None:
    await mark(pilot, index)
    before = document_on(pilot).turns[index].run_id
    await pilot.press("r")
    await until(
        pilot,
        lambda: (
            len(document_on(pilot).turns) == index + 1
            and document_on(pilot).turns[index].run_id != before
            and not answering(pilot)
        ),
        "another answer",
    )
    await pilot.pause()


async def test_r_makes_another_answer_beside_the_one_that_is_marked(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two", "three")
        model.scripts = [Script("Better")]
        await regenerate(pilot, 1)
        assert questions(pilot) == ["one", "two"]
        assert answers(pilot) == ["Echo one", "Better"]
        assert labels(pilot) == ["▌ You", "▌ You  ‹ 2/2 ›"]
        assert document_on(pilot).reading.following
        # What the model was sent is the way the conversation went.
        assert [m.content for m in model.requests[-1]][-3:] == [
            "one",
            "Echo one",
            "two",
        ]


async def test_brackets_change_versions_and_what_followed_comes_back(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two", "three")
        stays = document_on(pilot).turns[0]
        model.scripts = [Script("Better")]
        await regenerate(pilot, 1)
        await mark(pilot, 1)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: len(questions(pilot)) == 3, "the way before")
        assert answers(pilot) == ["Echo one", "Echo two", "Echo three"]
        assert labels(pilot)[1] == "▌ You  ‹ 1/2 ›"
        marked = document_on(pilot).marked
        assert marked is not None and (marked.index, marked.role) == (1, Role.USER)
        assert document_on(pilot).turns[0] is stays
        await pilot.press("left_square_bracket")
        await until(pilot, shows(pilot, "This is the first version."))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: answers(pilot)[1:] == ["Better"], "back")
        await mark(pilot, 0)
        await pilot.press("right_square_bracket")
        await until(pilot, shows(pilot, "There is one version of this turn."))


async def test_many_brackets_at_once_go_as_far(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        for n in range(3):
            model.scripts = [Script(f"Try {n}")]
            await regenerate(pilot, 0)
        await mark(pilot, 0)
        await pilot.press(*["left_square_bracket"] * 3)
        await until(pilot, lambda: answers(pilot) == ["Echo one"], "the first")
        await until(pilot, lambda: labels(pilot) == ["▌ You  ‹ 1/4 ›"])


async def test_a_click_on_the_sign_changes_the_version(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        model.scripts = [Script("Better")]
        await regenerate(pilot, 0)
        lines = transcript_lines(pilot)
        y = next(n for n, line in enumerate(lines) if "‹ 2/2 ›" in line)
        await pilot.click("#transcript", offset=(lines[y].index("‹"), y))
        await until(pilot, lambda: answers(pilot) == ["Echo one"], "the first")
        await pilot.click("#transcript", offset=(lines[y].index("›"), y))
        await until(pilot, lambda: answers(pilot) == ["Better"], "the second")


async def test_the_version_that_was_chosen_is_there_after_a_restart(
    make_app: MakeApp, model: ScriptedModel
) -> None:
    async with make_app().run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two")
        model.scripts = [Script("Better")]
        await regenerate(pilot, 0)
        await mark(pilot, 0)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: len(questions(pilot)) == 2, "the way before")
    async with make_app().run_test(notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, lambda: answers(pilot) == ["Echo one", "Echo two"])
        assert labels(pilot)[0] == "▌ You  ‹ 1/2 ›"


async def test_a_failed_try_is_the_first_version_and_shows_its_error_when_chosen(
    app: AgnoApp, model: ScriptedModel
) -> None:
    model.scripts = [Script(failure())]
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "one")
        await until(pilot, shows(pilot, "The key is not valid."))
        await pilot.press("r")
        await until(pilot, shows(pilot, "Echo one"))
        await until(pilot, lambda: not answering(pilot))
        assert "The key is not valid." not in "\n".join(transcript_lines(pilot))
        assert screen_text(pilot).count("▌ one") == 1
        await mark(pilot, 0)
        await pilot.press("left_square_bracket")
        await until(
            pilot, lambda: "not valid" in "\n".join(transcript_lines(pilot)), "error"
        )
        assert labels(pilot) == ["▌ You  ‹ 1/2 ›"]


async def test_r_while_an_answer_is_under_way_says_so_and_sends_nothing(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        model.scripts = [Script("begun", gate)]
        await type_and_send(pilot, "two")
        await until(pilot, shows(pilot, "begun"))
        await mark(pilot, 0)
        await pilot.press("r")
        await until(pilot, shows(pilot, "An answer is under way here."))
        assert questions(pilot) == ["one", "two"]
        assert not len(document_on(pilot).queue)
        gate.set()
        await until(pilot, lambda: not answering(pilot))


async def test_an_answer_goes_on_where_another_version_is_read(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two")
        model.scripts = [Script("begun ", gate, "and ended")]
        await mark(pilot, 0)
        await pilot.press("r")
        await until(pilot, lambda: answers(pilot)[0].startswith("begun"))
        assert len(questions(pilot)) == 1
        await mark(pilot, 0)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: len(questions(pilot)) == 2, "the first version")
        before = transcript_lines(pilot)
        gate.set()
        await until(pilot, lambda: not answering(pilot))
        await pilot.pause()
        assert answers(pilot) == ["Echo one", "Echo two"]
        assert transcript_lines(pilot) == before
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: answers(pilot) == ["begun and ended"])


async def test_d_deletes_a_turn_and_ctrl_z_brings_it_back(app: AgnoApp) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two", "three")
        await mark(pilot, 1)
        await pilot.press("d")
        await until(pilot, lambda: questions(pilot) == ["one", "three"], "deleted")
        await until(pilot, shows(pilot, "/undelete, brings it back"))
        marked = document_on(pilot).marked
        assert marked is not None and marked.index == 1
        await mark(pilot, 0)
        await pilot.press("d")
        await until(pilot, lambda: questions(pilot) == ["three"], "deleted too")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: questions(pilot) == ["one", "three"], "back")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: questions(pilot) == ["one", "two", "three"], "all")
        await pilot.press("ctrl+z")
        await until(pilot, shows(pilot, "No message was deleted here."))


async def test_all_turns_can_be_deleted_and_come_back_by_command(app: AgnoApp) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        await mark(pilot, 0)
        await pilot.press("d")
        await until(pilot, lambda: not questions(pilot), "deleted")
        await until(pilot, lambda: app.desk.chat.prompt.has_focus, "the prompt")
        await type_and_send(pilot, "/undelete")
        await until(pilot, lambda: questions(pilot) == ["one"], "back")


async def test_what_is_sent_after_the_last_turn_was_deleted_is_shown(
    app: AgnoApp,
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one", "two")
        await mark(pilot, 1)
        await pilot.press("d")
        await until(pilot, lambda: questions(pilot) == ["one"], "deleted")
        await pilot.press("tab")
        await type_and_send(pilot, "three")
        await until(pilot, lambda: questions(pilot) == ["one", "three"], "sent")
        await until(pilot, lambda: answers(pilot)[-1] == "Echo three", "answered")


async def test_a_deleted_last_version_leaves_the_one_beside_it(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        model.scripts = [Script("Better")]
        await regenerate(pilot, 0)
        await mark(pilot, 0)
        await pilot.press("d")
        await until(pilot, lambda: answers(pilot) == ["Echo one"], "the one beside")
        assert labels(pilot) == ["▌ You"]
        await pilot.press("ctrl+z")
        await until(pilot, lambda: answers(pilot) == ["Better"], "back")
        await until(pilot, lambda: labels(pilot) == ["▌ You  ‹ 2/2 ›"])


async def test_a_turn_that_is_answered_is_not_deleted(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script("begun", gate)]
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "one")
        await until(pilot, shows(pilot, "begun"))
        await mark(pilot, 0)
        await pilot.press("d")
        await until(pilot, shows(pilot, "It is still answering."))
        assert questions(pilot) == ["one"]
        gate.set()
        await until(pilot, lambda: not answering(pilot))


async def test_a_deletion_that_fails_changes_nothing(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await ask(pilot, "one")
        await mark(pilot, 0)
        storage.refuse.add("delete_run")
        await pilot.press("d")
        await until(pilot, shows(pilot, "Nothing was changed."))
        assert questions(pilot) == ["one"]


async def kept_ways(storage: MemoryStorage, count: int = 60) -> Sequence[Run]:
    """A long session whose third turn has two versions, many turns behind each; the
    last runs of both."""
    ends = []
    fork = ""
    for way, first in (("a", 0), ("b", 2)):
        parent = fork
        for n in range(first, count):
            run = a_run("s", f"{way}{n}", f"said {way}{n}", parent_run_id=parent)
            await keep(storage, run, name="Ways")
            parent = run.run_id
            fork = parent if n == 1 else fork
        ends.append(run)
    return ends


async def test_what_was_found_on_another_way_is_shown_there(
    app: AgnoApp, storage: TestStorage
) -> None:
    found, _ = await kept_ways(storage)
    await storage.set_open_session("s", user_id="")
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, lambda: questions(pilot)[-1] == "b59", "the other way")
        await app.desk.open_session("s", at=found.run_id)
        await until(pilot, shows(pilot, "said a59"))
        await until(pilot, shows(pilot, "another version"))
        (last,) = await storage.get_runs("s", user_id="", limit=1)
        assert last.run_id == found.run_id
        turns = document_on(pilot).turns
        assert len(turns) == 60 and [t.index for t in turns] == list(range(60))


async def test_a_version_far_up_stays_where_it_is_on_the_screen(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept_ways(storage)
    await storage.set_open_session("s", user_id="")
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, lambda: len(document_on(pilot).turns) == 60, "all turns")
        await pilot.press("shift+tab", "g")
        await until(pilot, shows(pilot, "‹ 2/2 ›"))
        for _ in range(4):
            await pilot.press("down")
        marked = document_on(pilot).marked
        assert marked is not None and (marked.index, marked.role) == (2, Role.USER)

        def row() -> int:
            lines = transcript_lines(pilot)
            return next(n for n, line in enumerate(lines) if "/2 ›" in line)

        before = row()
        await pilot.press("left_square_bracket")
        await until(pilot, shows(pilot, "‹ 1/2 ›"))
        await until(pilot, lambda: questions(pilot)[2] == "a2")
        assert row() == before
        assert len(document_on(pilot).turns) == 60
