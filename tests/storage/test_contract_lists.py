"""What every storage promises of the lists of sessions."""

from __future__ import annotations

import pytest

from agno_tui.session import RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.sqlite_lists import CHUNK
from tests.storage.runs import a_run, answer


@pytest.fixture
async def abc(storage: Storage, clock: list[int]) -> Storage:
    """Sessions c, b, a of ann, the last one newest, and one of bob."""
    for name in "abc":
        await storage.start_run(a_run(name), name=f"Session {name}")
        clock[0] += 1
    await storage.start_run(a_run("bob", user_id="bob"), name="Session of bob")
    return storage


async def listed(
    storage: Storage, *, archived: bool = False, pinned: bool | None = None
) -> str:
    kept = await storage.get_sessions(user_id="ann", archived=archived, pinned=pinned)
    return "".join(session.session_id for session in kept)


async def found(storage: Storage, words: str, *, archived: bool = False) -> list[str]:
    kept = await storage.find_sessions(words, user_id="ann", archived=archived)
    return [session.session_id for session in kept]


async def test_what_is_pinned_is_a_list_of_its_own(abc: Storage) -> None:
    await abc.pin_session("a", True, user_id="ann")
    await abc.pin_session("a", True, user_id="ann")
    assert await listed(abc) == "cba", "not activity"
    assert await listed(abc, pinned=True) == "a"
    assert await listed(abc, pinned=False) == "cb"
    session = await abc.get_session("a", user_id="ann")
    assert session is not None and session.pinned
    await abc.pin_session("a", False, user_id="ann")
    assert await listed(abc, pinned=True) == ""
    assert await listed(abc, pinned=False) == "cba"


async def test_what_is_archived_stays_so_and_is_still_there(
    abc: Storage, clock: list[int]
) -> None:
    await abc.archive_session("b", True, user_id="ann")
    await abc.pin_session("b", True, user_id="ann")
    assert (await listed(abc), await listed(abc, archived=True)) == ("ca", "b")
    assert await listed(abc, pinned=True) == ""
    assert await listed(abc, archived=True, pinned=True) == "b"
    assert await listed(abc, archived=True, pinned=False) == ""
    clock[0] += 1
    await abc.start_run(answer(a_run("b"), "So."))
    assert (await listed(abc), await listed(abc, archived=True)) == ("ca", "b")
    session = await abc.get_session("b", user_id="ann")
    assert session is not None and session.archived and session.unread
    assert [s.session_id for s in await abc.get_attention(user_id="ann")] == ["b"]
    await abc.archive_session("b", False, user_id="ann")
    assert await listed(abc) == "bca", "where its last activity puts it"


async def test_what_is_in_the_trash_is_neither(abc: Storage) -> None:
    await abc.pin_session("a", True, user_id="ann")
    await abc.archive_session("b", True, user_id="ann")
    for name in "ab":
        await abc.delete_session(name, user_id="ann")
    assert await listed(abc, pinned=True) == await listed(abc, archived=True) == ""
    for attempt in (abc.pin_session, abc.archive_session):
        with pytest.raises(SessionNotFoundError):
            await attempt("a", True, user_id="ann")
    for name in "ab":
        await abc.restore_session(name, user_id="ann")
    assert await listed(abc, pinned=True) == "a"
    assert await listed(abc, archived=True) == "b"


async def test_a_fork_is_neither_pinned_nor_archived(abc: Storage) -> None:
    await abc.pin_session("a", True, user_id="ann")
    await abc.archive_session("a", True, user_id="ann")
    fork = await abc.fork_session("a", user_id="ann")
    assert not fork.pinned and not fork.archived


@pytest.mark.parametrize("user", ["bob", "", "ANN"])
async def test_another_user_changes_and_sees_nothing(abc: Storage, user: str) -> None:
    for attempt in (abc.pin_session, abc.archive_session):
        with pytest.raises(SessionNotFoundError):
            await attempt("a", True, user_id=user)
    await abc.pin_session("a", True, user_id="ann")
    await abc.archive_session("b", True, user_id="ann")
    for archived in (False, True):
        lists = [
            await abc.get_sessions(user_id=user, archived=archived, pinned=True),
            await abc.find_sessions("session", user_id=user, archived=archived),
            await abc.get_attention(user_id=user),
        ]
        for sessions in lists:
            assert all(session.user_id == user for session in sessions)


async def test_titles_are_found_whatever_their_case_and_accents(
    storage: Storage, clock: list[int]
) -> None:
    names = {
        "kyoto": "Trip to Ky\u014dto",
        "muller": "Herr M\u00fcller & S\u00f6hne",
        "odd": '100% "done"_ok* (c++)',
        "cjk": "\u65e5\u672c\u8a9e\u306e\u6587\u66f8",
    }
    for session_id, name in names.items():
        await storage.start_run(a_run(session_id), name=name)
        clock[0] += 1
    await storage.set_draft("drafted", "A Letter\nto the bank", user_id="ann")
    assert await found(storage, "kyoto") == ["kyoto"]
    assert await found(storage, "  KYO   trip ") == ["kyoto"], "in any order"
    assert await found(storage, "soh") == ["muller"], "anywhere"
    assert await found(storage, "s\u00f6h") == ["muller"]
    assert await found(storage, "\u672c\u8a9e") == ["cjk"]
    assert await found(storage, "letter bank") == ["drafted"]
    assert await found(storage, "kyoto letter") == []
    for query in ("100%", '"', "_o", "*", "(", "c++", "%", "_"):
        assert await found(storage, query) == ["odd"], query
    for query in ("\x00", "\ud800", "NEAR(", "\\", "'; DROP TABLE"):
        assert await found(storage, query) == []
    everything = ["drafted", "cjk", "odd", "muller", "kyoto"]
    assert await found(storage, " ") == everything, "newest first"


async def test_titles_are_found_by_pages_in_each_list(
    storage: Storage, clock: list[int]
) -> None:
    for number in range(12):
        clock[0] += number % 3 == 0
        name = f"{'even' if number % 2 == 0 else 'odd'} {number}"
        await storage.start_run(a_run(f"{number}"), name=name)
    await storage.archive_session("4", True, user_id="ann")
    await storage.pin_session("6", True, user_id="ann")
    await storage.delete_session("8", user_id="ann")
    seen: list[str] = []
    page = await storage.find_sessions("even", user_id="ann", limit=2)
    while page:
        seen += [session.session_id for session in page]
        page = await storage.find_sessions(
            "even", user_id="ann", limit=2, before=page[-1]
        )
    assert seen == ["10", "6", "2", "0"]
    assert await found(storage, "even", archived=True) == ["4"]


async def test_an_old_title_is_found_behind_many_others(storage: Storage) -> None:
    await storage.start_run(a_run("old"), name="The oldest")
    for number in range(CHUNK + 5):
        await storage.set_draft(f"{number}", f"draft {number}", user_id="ann")
    assert await found(storage, "OLDEST") == ["old"]
    assert await found(storage, "nowhere") == []


async def test_sessions_that_need_the_user(storage: Storage, clock: list[int]) -> None:
    async def needing() -> list[str]:
        kept = await storage.get_attention(user_id="ann")
        return [session.session_id for session in kept]

    runs = {name: a_run(name) for name in ("done", "failed", "waits", "behind")}
    for run in runs.values():
        await storage.start_run(run)
        clock[0] += 1
    assert await needing() == [], "they are still answering"
    await storage.start_run(a_run("behind", status=RunStatus.PENDING))
    assert await needing() == [], "it is sent when the other ends"
    await storage.update_run(answer(runs["done"], "So."))
    failed = runs["failed"]
    failed.status, failed.ended_at = RunStatus.ERROR, clock[0]
    await storage.update_run(failed)
    await storage.update_run(answer(runs["waits"], "So."))
    await storage.mark_read("waits", user_id="ann")
    await storage.start_run(a_run("waits", status=RunStatus.PENDING))
    assert await needing() == ["waits", "failed", "done"]
    assert len(await storage.get_attention(user_id="ann", limit=2)) == 2
    clock[0] += 1
    await storage.mark_read("failed", user_id="ann")
    assert await needing() == ["waits", "done"], "seen, and left as it is"
    await storage.delete_session("waits", user_id="ann")
    assert await needing() == ["done"]
