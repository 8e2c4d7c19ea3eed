"""What every storage promises of runs without their texts, and of runs by their ids."""

from __future__ import annotations

import pytest

from agno_tui.session import Message, Run, RunOutline, RunStatus
from agno_tui.storage.base import Storage
from tests.storage.runs import a_run, a_turn, answer

OTHERS = ("bob", "", "ANN", "ann ", "%", "ann\x00")


def outline(run: Run, characters: int, lines: int) -> RunOutline:
    return RunOutline(
        run.run_id,
        run.sequence,
        run.status,
        run.retry_of,
        run.created_at,
        characters,
        lines,
    )


async def test_an_outline_tells_how_much_was_said(storage: Storage) -> None:
    first = a_run("s", "Why?\nÄ漢😀\n")
    await storage.start_run(first)
    later = {"retry_of": first.run_id, "parent_run_id": first.run_id}
    second = answer(a_run("s", "é", **later), "\n\n")
    second.messages += [
        Message("tool", "not\nshown"),
        Message("assistant", "So.", "not\nshown"),
        Message("from the future", "raw"),
    ]
    await storage.start_run(second)
    third = a_run("s", status=RunStatus.ERROR)
    third.messages = []
    await storage.start_run(third)
    assert await storage.get_run_outlines("s", user_id="ann") == [
        outline(first, 9, 2),
        outline(second, 9, 2),
        outline(third, 0, 0),
    ]


async def test_an_outline_counts_what_came_since_the_last_message(
    storage: Storage,
) -> None:
    run = a_run("s", "Why?")
    await storage.start_run(run)
    await storage.append_content(run, content="So\n")
    await storage.append_content(run, content="漢.\n", reasoning_content="\n\n\n")
    assert await storage.get_run_outlines("s", user_id="ann") == [outline(run, 10, 2)]
    await storage.update_run(answer(run, "No."))
    assert await storage.get_run_outlines("s", user_id="ann") == [outline(run, 7, 0)]


async def test_an_outline_of_a_text_with_nul_has_all_of_its_lines(
    storage: Storage,
) -> None:
    await storage.start_run(a_run("s", "\x00" + "x\n" * 100))
    (found,) = await storage.get_run_outlines("s", user_id="ann")
    assert found.lines == 100
    assert 50 <= found.characters <= 201


async def test_outlines_are_paged_as_runs_are(storage: Storage) -> None:
    runs = [a_run("s", "x" * number) for number in range(7)]
    for run in runs:
        await storage.start_run(run)
        await storage.start_run(a_run("another"))
    all_of_them = await storage.get_run_outlines("s", user_id="ann")
    assert [one.characters for one in all_of_them] == [0, 1, 2, 3, 4, 5, 6]

    async def same(limit: int | None, before: Run | RunOutline | None) -> None:
        as_run = before
        if isinstance(before, RunOutline):
            as_run = next(run for run in runs if run.run_id == before.run_id)
        assert as_run is None or isinstance(as_run, Run)
        kept = await storage.get_runs("s", user_id="ann", limit=limit, before=as_run)
        found = await storage.get_run_outlines(
            "s", user_id="ann", limit=limit, before=before
        )
        assert [one.run_id for one in found] == [run.run_id for run in kept]

    elsewhere = (await storage.get_runs("another", user_id="ann"))[3]
    for limit in (None, 0, 1, 3, 7, 100):
        for before in (None, runs[4], all_of_them[4], runs[0], a_run("s"), elsewhere):
            await same(limit, before)


async def test_runs_are_found_by_their_ids(storage: Storage) -> None:
    runs = [await a_turn(storage, f"{number % 2}") for number in range(5)]
    live = a_run("0")
    await storage.start_run(live)
    await storage.append_content(live, content="So far")
    ids = [live.run_id, runs[3].run_id, "nothing", "", runs[0].run_id, runs[3].run_id]
    found = await storage.get_runs_by_id(ids, user_id="ann")
    assert found[:2] == [runs[0], runs[3]] and len(found) == 3
    assert found[2].run_id == live.run_id and found[2].answer == "So far"
    found[0].messages.clear()
    again = await storage.get_runs_by_id([runs[0].run_id], user_id="ann")
    assert again == [runs[0]]
    assert await storage.get_runs_by_id([], user_id="ann") == []


async def test_runs_are_found_by_any_number_of_ids(storage: Storage) -> None:
    run = await a_turn(storage, "s")
    ids = [f"nothing {number}" for number in range(100_000)]
    for more in (ids, [run.run_id] * 100_000):
        found = await storage.get_runs_by_id([run.run_id, *more], user_id="ann")
        assert found == [run]


@pytest.mark.parametrize("text", ["\x00", "\ud800", '"', "'", "%", "'] OR 1 --"])
async def test_any_text_may_be_asked_for_as_an_id(storage: Storage, text: str) -> None:
    await a_turn(storage, "s")
    assert await storage.get_runs_by_id([text], user_id="ann") == []
    assert await storage.get_run_outlines(text, user_id="ann") == []


@pytest.mark.parametrize("user", OTHERS)
async def test_another_finds_none_of_them(storage: Storage, user: str) -> None:
    run = await a_turn(storage, "s", "ann's secret")
    (outlined,) = await storage.get_run_outlines("s", user_id="ann")
    own = a_run("own", user_id=user)
    await storage.start_run(own)
    assert await storage.get_run_outlines("s", user_id=user) == []
    assert await storage.get_run_outlines("s", user_id=user, before=own) == []
    assert await storage.get_run_outlines("own", user_id=user, before=outlined) == [
        outline(own, 4, 0)
    ]
    ids = [run.run_id, own.run_id]
    assert await storage.get_runs_by_id(ids, user_id=user) == [own]


async def test_what_is_in_the_trash_is_not_found(storage: Storage) -> None:
    run, kept = await a_turn(storage, "s"), await a_turn(storage, "kept")
    ids = [run.run_id, kept.run_id]
    await storage.delete_session("s", user_id="ann")
    assert await storage.get_run_outlines("s", user_id="ann") == []
    assert await storage.get_runs_by_id(ids, user_id="ann") == [kept]
    await storage.restore_session("s", user_id="ann")
    assert len(await storage.get_run_outlines("s", user_id="ann")) == 1
    assert await storage.get_runs_by_id(ids, user_id="ann") == [run, kept]
    assert await storage.get_run_outlines("nowhere", user_id="ann") == []
