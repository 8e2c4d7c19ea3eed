"""What every storage promises of what the user asked."""

from __future__ import annotations

import pytest

from agno_tui.session import Message, Question
from agno_tui.storage import questions, sqlite_questions
from agno_tui.storage.base import Storage
from tests.storage.runs import a_run, a_turn, answer


async def texts(
    storage: Storage, session_id: str | None = None, *, user_id: str = "ann"
) -> list[str]:
    found = await storage.get_questions(
        user_id=user_id, session_id=session_id, limit=100
    )
    return [question.text for question in found]


async def test_questions_come_newest_first_of_one_session_or_of_all(
    storage: Storage,
) -> None:
    for session_id, question in (("s", "a"), ("t", "b"), ("s", "c"), ("t", "d")):
        await a_turn(storage, session_id, question)
    await storage.start_run(a_run("u", "other", user_id="bob"))
    assert await texts(storage) == ["d", "c", "b", "a"]
    assert await texts(storage, "s") == ["c", "a"]
    assert await texts(storage, "u") == []
    assert await texts(storage, user_id="bob") == ["other"]
    assert await texts(storage, user_id="") == []


async def test_a_question_is_there_before_its_answer(storage: Storage) -> None:
    await storage.start_run(a_run("s", "now"))
    assert await texts(storage) == ["now"]


async def test_what_was_asked_twice_stands_where_it_was_asked_last(
    storage: Storage,
) -> None:
    for question in ("a", "b", "a", "A", " \n"):
        await a_turn(storage, "s", question)
    assert await texts(storage) == ["A", "a", "b"]


async def test_questions_come_in_pages_until_there_is_none(storage: Storage) -> None:
    for number in range(7):
        await a_turn(storage, "st"[number % 2], f"q{number}")
    for session_id, expected in ((None, 7), ("s", 4)):
        read: list[Question] = []
        while page := await storage.get_questions(
            user_id="ann",
            session_id=session_id,
            limit=3,
            before=read[-1] if read else None,
        ):
            assert len(page) <= 3
            read += page
        assert len(read) == len({question.text for question in read}) == expected
        order = [question.sequence for question in read]
        assert order == sorted(order, reverse=True)
    assert await storage.get_questions(user_id="ann", limit=0) == []


async def test_a_page_of_long_questions_is_a_short_one(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MOST_CHARACTERS", 10)
    for letter in "abc":
        await a_turn(storage, "s", letter * 8)
    assert await texts(storage) == ["c" * 8, "b" * 8]


async def test_only_the_user_asks(storage: Storage) -> None:
    run = answer(a_run("s", "first"), "answer")
    run.messages.insert(0, Message("system", "be kind"))
    run.messages.append(Message("user", "and then?"))
    await storage.start_run(run)
    assert await texts(storage) == ["first\nand then?"]


async def test_what_is_temporary_or_in_the_trash_is_not_asked_again(
    storage: Storage,
) -> None:
    await storage.start_run(a_run("temporary", "aside"), temporary=True)
    await a_turn(storage, "gone", "gone")
    await a_turn(storage, "s", "kept")
    await storage.delete_session("gone", user_id="ann")
    assert await texts(storage) == ["kept"]
    assert await texts(storage, "gone") == []
    assert await texts(storage, "temporary") == ["aside"]


async def test_what_is_far_back_comes_in_its_order(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_questions, "NEAR", 2)
    monkeypatch.setattr(sqlite_questions, "AT_ONCE", 3)
    for number in range(9):
        await a_turn(storage, "stu"[number % 3], f"q{number}")
        await storage.start_run(a_run("b", "other", user_id="bob"))
    await storage.start_run(a_run("temporary", "aside"), temporary=True)
    await storage.archive_session("t", True, user_id="ann")
    await storage.delete_session("u", user_id="ann")
    await storage.start_run(a_run("s", "first\nand then?"))
    expected = ["first\nand then?", "q7", "q6", "q4", "q3", "q1", "q0"]
    assert await texts(storage) == expected
    last = (await storage.get_questions(user_id="ann", limit=3))[-1]
    rest = await storage.get_questions(user_id="ann", limit=9, before=last)
    assert [question.text for question in rest] == expected[3:]
