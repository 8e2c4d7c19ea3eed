"""What every storage promises of sessions, run over each of the storages."""

from __future__ import annotations

import pytest

from agno_tui.session import RunStatus, Session
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError
from tests.storage.runs import a_run, answer


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


async def test_the_open_session(storage: Storage) -> None:
    await storage.set_open_session("later", user_id="ann")
    assert await storage.get_open_session(user_id="ann") is None
    await storage.set_draft("later", "", user_id="ann")
    assert await storage.get_open_session(user_id="ann") == "later"
    await storage.start_run(a_run("s"))
    await storage.set_open_session("s", user_id="ann")
    assert await storage.get_open_session(user_id="ann") == "s"
    assert await storage.get_open_session(user_id="") is None


async def test_paging_from_a_session_that_is_not_kept(storage: Storage) -> None:
    await storage.start_run(a_run("s"))
    (session,) = await storage.get_sessions(user_id="ann")
    later = Session(user_id="ann", updated_at=session.updated_at + 1)
    found = await storage.get_sessions(user_id="ann", before=later)
    assert [kept.session_id for kept in found] == ["s"]


async def test_close_twice(storage: Storage) -> None:
    await storage.close()
    await storage.close()


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
    again = a_run("s")
    again.retry_of = "first"
    await storage.start_run(again)
    (session,) = await storage.get_sessions(user_id="ann")
    assert session.draft == "more", "it is not what was asked again"
    await storage.delete_session("s", user_id="ann")
    await storage.set_draft("s", "a late word", user_id="ann")
    assert await storage.get_sessions(user_id="ann") == []
    await storage.restore_session("s", user_id="ann")
    (session,) = await storage.get_sessions(user_id="ann")
    assert session.draft == "a late word"


async def test_a_made_up_name_never_replaces_the_users(storage: Storage) -> None:
    async def name() -> tuple[str, bool]:
        session = await storage.get_session("s", user_id="ann")
        assert session is not None
        assert await storage.get_sessions(user_id="ann") == [session]
        return session.name, session.named_by_user

    async def rename(name: str, *, by_user: bool) -> bool:
        return await storage.rename_session("s", name, user_id="ann", by_user=by_user)

    await storage.start_run(a_run("s"), name="First words")
    assert await rename("Made up", by_user=False)
    assert await name() == ("Made up", False)
    assert await rename("Made up again", by_user=False)
    assert await rename("Mine", by_user=True)
    assert not await rename("Made up too late", by_user=False)
    assert await name() == ("Mine", True)
    assert await rename("", by_user=True)
    assert not await rename("Made up", by_user=False)
    assert await name() == ("", True), "taken away on purpose"
    assert await rename("Mine again", by_user=True)
    assert await name() == ("Mine again", True)
    for user, session_id in (("bob", "s"), ("ann", "nowhere")):
        with pytest.raises(SessionNotFoundError):
            await storage.rename_session(session_id, "x", user_id=user, by_user=False)


async def test_temporary_is_what_a_session_is_from_its_first_run(
    storage: Storage,
) -> None:
    async def temporary(session_id: str) -> bool:
        session = await storage.get_session(session_id, user_id="ann")
        assert session is not None
        return session.temporary

    await storage.start_run(a_run("gone"), temporary=True)
    await storage.start_run(a_run("gone"))
    assert await temporary("gone")
    await storage.start_run(a_run("stays"))
    await storage.start_run(a_run("stays"), temporary=True)
    assert not await temporary("stays")
    await storage.set_draft("drafted", "typed before it is sent", user_id="ann")
    await storage.update_session_state("drafted", user_id="ann", changed={"a": 1})
    assert not await temporary("drafted")
    await storage.start_run(a_run("drafted"), temporary=True)
    assert await temporary("drafted")
    listed = await storage.get_sessions(user_id="ann")
    assert [session.temporary for session in listed] == [True, False, True]
