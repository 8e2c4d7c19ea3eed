"""What every storage promises of branches, run over each of the storages."""

from __future__ import annotations

import pytest

from agno_tui.branches import QUESTION_LENGTH
from agno_tui.history import read_history
from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError
from tests.storage.runs import a_run, a_turn, answer


async def turn(
    storage: Storage,
    question: str,
    *,
    parent_run_id: str | None = None,
    retry_of: str | None = None,
) -> Run:
    """A run of the session `s` that was asked and answered."""
    run = a_run("s", question, parent_run_id=parent_run_id, retry_of=retry_of)
    await storage.start_run(run)
    await storage.update_run(answer(run, f"{question}!"))
    return run


async def path(storage: Storage, session_id: str = "s") -> str:
    """The questions the conversation goes through, one letter each."""
    runs = await storage.get_runs(session_id, user_id="ann")
    outlines = await storage.get_run_outlines(session_id, user_id="ann")
    assert [run.run_id for run in runs] == [each.run_id for each in outlines]
    return " ".join(run.question for run in runs)


async def choose(storage: Storage, run: Run) -> bool:
    return await storage.choose_run(run.run_id, user_id="ann")


async def versions(storage: Storage) -> list[list[str]]:
    return await storage.get_versions("s", user_id="ann")


async def test_each_run_follows_the_one_before_it(storage: Storage) -> None:
    runs = [await turn(storage, question) for question in "abc"]
    follows = [run.parent_run_id for run in runs]
    assert follows == ["", runs[0].run_id, runs[1].run_id], "also the caller's own"
    kept = await storage.get_runs("s", user_id="ann")
    assert [run.parent_run_id for run in kept] == follows
    assert await versions(storage) == []
    nodes = await storage.get_run_tree("s", user_id="ann")
    assert [node.parent_run_id for node in nodes] == follows
    assert all(node.active and not node.deleted for node in nodes)


async def test_an_edited_question_is_another_version_of_its_turn(
    storage: Storage,
) -> None:
    a, b = await turn(storage, "a"), await turn(storage, "b")
    c = await turn(storage, "c")
    b2 = await turn(storage, "B", parent_run_id=b.parent_run_id)
    assert await path(storage) == "a B"
    d = await turn(storage, "d")
    assert (d.parent_run_id, await path(storage)) == (b2.run_id, "a B d")
    assert await versions(storage) == [[b.run_id, b2.run_id]]
    a2 = await turn(storage, "A", parent_run_id="")
    assert await path(storage) == "A"
    first, second = await versions(storage)
    assert (first, second) == ([a.run_id, a2.run_id], [b.run_id, b2.run_id])
    assert await choose(storage, c)
    assert await path(storage) == "a b c"
    tree = await storage.get_run_tree("s", user_id="ann")
    assert [node.question for node in tree if node.active] == ["a", "b", "c"]
    assert [node.question for node in tree] == ["a", "b", "c", "B", "d", "A"]


async def test_what_followed_a_version_comes_back_with_it(storage: Storage) -> None:
    a, b = await turn(storage, "a"), await turn(storage, "b")
    await turn(storage, "c")
    c2 = await turn(storage, "C", parent_run_id=b.run_id)
    await turn(storage, "d")
    a2 = await turn(storage, "A", parent_run_id="")
    await turn(storage, "e")
    assert await choose(storage, a)
    assert await path(storage) == "a b C d", "as it was chosen last, not made last"
    assert await choose(storage, a2)
    assert await path(storage) == "A e"
    assert await choose(storage, b)
    assert not await choose(storage, c2)
    assert await path(storage) == "a b C d"


async def test_going_back_is_kept_at_every_depth(storage: Storage) -> None:
    a = await turn(storage, "a")
    b = await turn(storage, "b")
    await turn(storage, "B", parent_run_id=a.run_id)
    await choose(storage, b)
    a2 = await turn(storage, "A", parent_run_id="")
    await choose(storage, a)
    assert await path(storage) == "a b"
    await choose(storage, a2)
    await choose(storage, a)
    assert await path(storage) == "a b"


async def test_another_try_stands_beside_the_first(storage: Storage) -> None:
    a = await turn(storage, "a")
    first = await turn(storage, "b")
    await turn(storage, "c")
    again = await turn(storage, "b", retry_of=first.run_id)
    assert (again.parent_run_id, await path(storage)) == (a.run_id, "a b")
    first.status = RunStatus.REGENERATED
    await storage.update_run(first)
    assert await choose(storage, first)
    assert await path(storage) == "a b c"
    kept = await storage.get_run(first.run_id, user_id="ann")
    assert kept is not None and kept.status is RunStatus.COMPLETED
    assert await choose(storage, again)
    assert await versions(storage) == [[first.run_id, again.run_id]]


async def test_who_follows_a_run_elsewhere_goes_there_first(storage: Storage) -> None:
    a, b = await turn(storage, "a"), await turn(storage, "b")
    b.status = RunStatus.REGENERATED
    await storage.update_run(b)
    await turn(storage, "A", parent_run_id="")
    c = await turn(storage, "c", parent_run_id=b.run_id)
    assert await path(storage) == "a b c"
    kept = await storage.get_run(b.run_id, user_id="ann")
    assert kept is not None and kept.status is RunStatus.COMPLETED
    assert await choose(storage, a) is False
    assert (await turn(storage, "d")).parent_run_id == c.run_id


async def test_what_cannot_be_followed_changes_nothing(storage: Storage) -> None:
    elsewhere = await a_turn(storage, "other")
    waiting = a_run("s", "waits", status=RunStatus.PENDING)
    await storage.start_run(waiting)
    for parent in ("nothing", elsewhere.run_id, waiting.run_id):
        for session_id in ("s", "new"):
            run = a_run(session_id, "x", parent_run_id=parent)
            with pytest.raises(SessionNotFoundError):
                await storage.start_run(run)
            assert await storage.get_run(run.run_id, user_id="ann") is None
    assert await storage.get_session("new", user_id="ann") is None
    assert await path(storage) == "waits"


async def test_a_waiting_run_follows_what_is_last_when_it_begins(
    storage: Storage,
) -> None:
    a = await turn(storage, "a")
    waiting = a_run("s", "w", status=RunStatus.PENDING)
    await storage.start_run(waiting)
    assert waiting.parent_run_id is None
    a2 = await turn(storage, "A", parent_run_id="")
    assert await path(storage) == "w A", "it waits wherever the conversation goes"
    assert await choose(storage, a)
    assert await path(storage) == "a w"
    assert [node.question for node in await storage.get_run_tree("s", user_id="ann")]
    assert await choose(storage, a2)
    assert await storage.claim_run(waiting)
    assert await path(storage) == "A w"
    kept = await storage.get_run(waiting.run_id, user_id="ann")
    assert kept is not None and kept.parent_run_id == a2.run_id
    assert kept.sequence == waiting.sequence
    with pytest.raises(SessionNotFoundError):
        await storage.delete_run(waiting.run_id, user_id="ann")


async def test_a_waiting_run_may_know_what_it_follows(storage: Storage) -> None:
    a, b = await turn(storage, "a"), await turn(storage, "b")
    edited = a_run("s", "B", status=RunStatus.PENDING, parent_run_id=a.run_id)
    again = a_run("s", "a", status=RunStatus.PENDING, retry_of=a.run_id)
    await storage.start_run(edited)
    await storage.start_run(again)
    assert (edited.parent_run_id, again.parent_run_id) == (a.run_id, "")
    assert await path(storage) == "a b B a"
    assert await versions(storage) == []
    for run in (edited, again):
        with pytest.raises(SessionNotFoundError):
            await choose(storage, run)
    c = await turn(storage, "c")
    assert c.parent_run_id == b.run_id
    assert await storage.claim_run(edited)
    assert await path(storage) == "a a B"
    assert edited.sequence > c.sequence
    assert await storage.claim_run(again)
    assert await path(storage) == "a"
    assert await versions(storage) == [
        [a.run_id, again.run_id],
        [b.run_id, edited.run_id],
    ]


async def test_a_waiting_run_that_ends_unclaimed_has_its_place(
    storage: Storage,
) -> None:
    waiting = a_run("s", "w", status=RunStatus.PENDING)
    await storage.start_run(waiting)
    a = await turn(storage, "a")
    waiting.status = RunStatus.CANCELLED
    await storage.update_run(waiting)
    assert await path(storage) == "a w"
    kept = await storage.get_run(waiting.run_id, user_id="ann")
    assert kept is not None and kept.parent_run_id == a.run_id


async def test_a_run_goes_on_wherever_the_conversation_goes(storage: Storage) -> None:
    a = await turn(storage, "a")
    live = a_run("s", "A", parent_run_id="")
    await storage.start_run(live)
    session = await storage.get_session("s", user_id="ann")
    assert session is not None and session.last_status is RunStatus.RUNNING
    assert await choose(storage, a)
    session = await storage.get_session("s", user_id="ann")
    assert session is not None and session.last_status is RunStatus.COMPLETED
    await storage.append_content(live, content="So")
    kept = await storage.get_run(live.run_id, user_id="ann")
    assert kept is not None
    assert (kept.status, kept.answer) == (RunStatus.RUNNING, "So")
    live.parent_run_id = "elsewhere"
    await storage.update_run(answer(live, "So."))
    assert await path(storage) == "a", "its end changes no way"
    assert await choose(storage, live)
    kept = await storage.get_run(live.run_id, user_id="ann")
    assert kept is not None and kept.parent_run_id == ""


async def test_pages_of_a_path_and_its_history(storage: Storage) -> None:
    runs = [await turn(storage, question) for question in "abcd"]
    await turn(storage, "C", parent_run_id=runs[1].run_id)
    await turn(storage, "D")
    now = a_run("s", "E")
    await storage.start_run(now)
    page = await storage.get_runs("s", user_id="ann", limit=2)
    assert [run.question for run in page] == ["D", "E"]
    page = await storage.get_runs("s", user_id="ann", limit=2, before=page[0])
    assert [run.question for run in page] == ["b", "C"]
    outlines = await storage.get_run_outlines("s", user_id="ann", limit=2, before=now)
    assert outlines[0].run_id == page[1].run_id
    # From beside the path, or from a deleted run: what is before that place.
    beside = await storage.get_runs("s", user_id="ann", before=runs[3])
    assert [run.question for run in beside] == ["a", "b"]
    history = await read_history(storage, now, 3)
    assert [run.question for run in history] == ["b", "C", "D"]
    await storage.delete_run(page[1].run_id, user_id="ann")
    history = await read_history(storage, now, None)
    assert [run.question for run in history] == ["a", "b", "D"]


async def test_a_deleted_turn_is_nowhere_until_it_is_restored(
    storage: Storage,
) -> None:
    a = await turn(storage, "alpha")
    b = await turn(storage, "beta")
    await turn(storage, "gamma")

    async def seen() -> list[object]:
        questions = await storage.get_questions(user_id="ann", session_id="s", limit=9)
        everywhere = await storage.get_questions(user_id="ann", limit=9)
        return [
            await path(storage),
            await storage.get_run(b.run_id, user_id="ann") is not None,
            len(await storage.get_runs_by_id([b.run_id, a.run_id], user_id="ann")),
            [question.text for question in questions],
            [question.text for question in everywhere],
            len(await storage.search("beta", user_id="ann")),
        ]

    before = await seen()
    session = await storage.get_session("s", user_id="ann")
    metrics = await storage.get_session_metrics("s", user_id="ann")
    await storage.delete_run(b.run_id, user_id="ann")
    left = ["gamma", "alpha"]
    assert await seen() == ["alpha gamma", False, 1, left, left, 0]
    with pytest.raises(SessionNotFoundError):
        await storage.delete_run(b.run_id, user_id="ann")
    with pytest.raises(SessionNotFoundError):
        await choose(storage, b)
    with pytest.raises(SessionNotFoundError):
        await storage.fork_session("s", user_id="ann", through=b.run_id)
    await storage.update_run(b)
    assert await storage.search("beta", user_id="ann") == [], "nor by a late end"
    assert await storage.get_session_metrics("s", user_id="ann") == metrics
    nodes = await storage.get_run_tree("s", user_id="ann")
    assert [node.deleted for node in nodes] == [False, True, False]
    await storage.restore_run(b.run_id, user_id="ann")
    await storage.restore_run(b.run_id, user_id="ann")
    assert await seen() == before
    assert await storage.get_session("s", user_id="ann") == session


async def test_a_deleted_turn_keeps_its_place(storage: Storage) -> None:
    a = await turn(storage, "a")
    await storage.delete_run(a.run_id, user_id="ann")
    b = await turn(storage, "b")
    assert b.parent_run_id == a.run_id
    b2 = await turn(storage, "b", retry_of=b.run_id)
    assert b2.parent_run_id == a.run_id
    await storage.delete_run(b2.run_id, user_id="ann")
    session = await storage.get_session("s", user_id="ann")
    assert session is not None and session.last_status is None
    assert [each.session_id for each in await storage.get_sessions(user_id="ann")]
    assert await versions(storage) == []
    assert await choose(storage, b)
    assert await path(storage) == "b"
    await storage.restore_run(b2.run_id, user_id="ann")
    assert await versions(storage) == [[b.run_id, b2.run_id]]
    assert await path(storage) == "b", "not where it was not before"


async def test_a_run_under_way_is_not_deleted(storage: Storage) -> None:
    run = a_run("s")
    await storage.start_run(run)
    with pytest.raises(SessionNotFoundError):
        await storage.delete_run(run.run_id, user_id="ann")
    await storage.update_run(answer(run, "So.", RunStatus.ERROR))
    await storage.delete_run(run.run_id, user_id="ann")


async def test_all_branches_are_searched(storage: Storage) -> None:
    await turn(storage, "apple")
    await turn(storage, "pear", parent_run_id="")
    assert await path(storage) == "pear"
    (found,) = await storage.search("apple", user_id="ann")
    assert found.excerpt.startswith("apple")
    questions = await storage.get_questions(user_id="ann", limit=9)
    assert [question.text for question in questions] == ["pear", "apple"]


async def test_branches_are_their_users(storage: Storage) -> None:
    a = await turn(storage, "a")
    a2 = await turn(storage, "A", parent_run_id="")
    await storage.delete_run(a2.run_id, user_id="ann")
    await storage.fork_session("s", user_id="ann")

    async def refused(user_id: str) -> None:
        for call in (storage.choose_run, storage.delete_run, storage.restore_run):
            for run_id in (a.run_id, a2.run_id, "nothing"):
                with pytest.raises(SessionNotFoundError):
                    await call(run_id, user_id=user_id)
        assert await storage.get_versions("s", user_id=user_id) == []
        assert await storage.get_run_tree("s", user_id=user_id) == []

    await refused("bob")
    assert await storage.get_forks("s", user_id="bob") == []
    await storage.delete_session("s", user_id="ann")
    await refused("ann")
    assert await storage.get_forks("nothing", user_id="ann") == []


async def test_a_fork_is_one_way_through_a_session(storage: Storage) -> None:
    a, b = await turn(storage, "a"), await turn(storage, "b")
    c = await turn(storage, "c")
    b2 = await turn(storage, "b", retry_of=b.run_id)
    b.status = RunStatus.REGENERATED
    await storage.update_run(b)
    live = a_run("s", "d")
    await storage.start_run(live)
    waiting = a_run("s", "w", status=RunStatus.PENDING)
    await storage.start_run(waiting)
    deep = a_run("s", "x", status=RunStatus.PENDING, parent_run_id=c.run_id)
    await storage.start_run(deep)

    async def forked(through: Run | None) -> tuple[str, str | None]:
        run_id = None if through is None else through.run_id
        fork = await storage.fork_session("s", user_id="ann", through=run_id)
        copies = await storage.get_runs(fork.session_id, user_id="ann")
        assert [copy.parent_run_id for copy in copies] == [
            "",
            *(copy.run_id for copy in copies[:-1]),
        ]
        assert all(copy.status is RunStatus.COMPLETED for copy in copies)
        assert all(copy.retry_of is None for copy in copies)
        assert await storage.get_versions(fork.session_id, user_id="ann") == []
        return await path(storage, fork.session_id), fork.forked_at

    assert await forked(None) == ("a b", b2.run_id)
    assert await forked(live) == ("a b", b2.run_id)
    assert await forked(waiting) == ("a b", b2.run_id)
    assert await forked(b2) == ("a b", b2.run_id)
    assert await forked(c) == ("a b c", c.run_id)
    assert await forked(deep) == ("a b c", c.run_id)
    await storage.delete_run(b.run_id, user_id="ann")
    assert await forked(c) == ("a c", c.run_id)
    assert await forked(a) == ("a", a.run_id)
    forks = await storage.get_forks("s", user_id="ann")
    assert [fork.forked_at for fork in forks][:2] == [b2.run_id, b2.run_id]
    assert len(forks) == 8 and all(fork.forked_from == "s" for fork in forks)
    await storage.delete_session(forks[0].session_id, user_id="ann")
    assert await storage.get_forks("s", user_id="ann") == forks[1:]
    empty = a_run("empty")
    await storage.start_run(empty)
    fork = await storage.fork_session("empty", user_id="ann")
    assert fork.forked_at is None


async def test_a_run_that_is_started_again_stays_in_its_place(
    storage: Storage,
) -> None:
    a = await turn(storage, "a")
    await turn(storage, "b")
    await storage.start_run(a)
    assert await path(storage) == "a b"
    waiting = a_run("s", "w", status=RunStatus.PENDING)
    await storage.start_run(waiting)
    c = await turn(storage, "c")
    waiting.status = RunStatus.RUNNING
    await storage.start_run(waiting)
    assert (await path(storage), waiting.parent_run_id) == ("a b c w", c.run_id)
    assert waiting.sequence > c.sequence


async def test_choosing_is_no_activity(storage: Storage) -> None:
    a = await turn(storage, "a")
    await turn(storage, "A", parent_run_id="")
    await storage.mark_read("s", user_id="ann")
    before = await storage.get_session("s", user_id="ann")
    assert await choose(storage, a)
    assert await storage.get_session("s", user_id="ann") == before


async def test_a_node_has_the_beginning_of_its_question(storage: Storage) -> None:
    texts = ["", "a\x00b", "é" * 500, "\U0001f600" * 500, "x" * QUESTION_LENGTH + "y"]
    for text in texts:
        await turn(storage, text)
    run = a_run("s", "one")
    run.messages.append(Message(Role.USER, "two"))
    await storage.start_run(run)
    silent = Run("s", "ann", messages=[])
    await storage.start_run(silent)
    nodes = await storage.get_run_tree("s", user_id="ann")
    expected = [text[:QUESTION_LENGTH] for text in texts]
    assert [node.question for node in nodes] == [*expected, "one\ntwo", ""]
    runs = await storage.get_runs("s", user_id="ann")
    for node, kept in zip(nodes, runs, strict=True):
        assert node.sequence == kept.sequence and node.created_at == kept.created_at
        assert (node.status, node.retry_of) == (kept.status, kept.retry_of)
