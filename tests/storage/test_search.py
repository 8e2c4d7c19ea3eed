"""What every storage finds, and what none does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.session import Found, Message, Role, Run, RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.memory import MemoryStorage
from tests.storage.runs import a_run, answer


async def said(
    storage: Storage,
    session_id: str,
    question: str,
    text: str = "",
    *,
    user_id: str = "ann",
    name: str = "",
    at: int = 1,
    temporary: bool = False,
) -> Run:
    """A turn that has ended."""
    run = a_run(session_id, question, user_id=user_id)
    await storage.start_run(run, name=name, temporary=temporary)
    await storage.update_run(answer(run, text))
    for message in run.messages:
        message.created_at = at
    await storage.update_run(run)
    return run


async def found(storage: Storage, query: str, user_id: str = "ann") -> list[str]:
    """The sessions it finds, best first, a name's with a mark."""
    results = await storage.search(query, user_id=user_id)
    return [f"{one.session_id}{'' if one.run_id else '#'}" for one in results]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("koln", "Wo liegt Köln?"),
        ("KÖLN", "from koln, with love"),
        ("koln", "Ko\u0308ln"),
        ("Ko\u0308ln", "KÖLN"),
        ("metr", "The metrics of it"),
        ("metr the", "The metrics of it"),
        ('"metrics of"', "The metrics of it"),
        ('"metrics, of', "The metrics   of it"),
        ("“metrics of”", "The metrics\nof it"),
        ('"metrics of it', "The metrics of items"),
        ("c++", "I like C++, and C"),
        ("foo-bar", "a foo-bar b"),
        ("foo_bar", "a foo_bar b"),
        ("foo.bar()", "a foo bar b"),
        ("'quoted'", "he said quoted"),
        ("NEAR(", "near by"),
        ("content:near", "content near"),
        ("AND OR NOT", "and or not"),
        ("*near*", "near"),
        ("-near", "near"),
        ("ΟΔΟΣ", "η οδος"),
        ("οδος", "Η ΟΔΌΣ"),
        ("Žluťoučký", "zlutoucky kun"),
        ("việt", "VIỆT NAM"),
        ("οδός", "Η ΟΔΟΣ"),
        ("οδό", "Η ΟΔΌΣ"),
        ("ёлка", "Елка"),
        ("елка", "ЁЛКА"),
        ("мой", "МОЙ дом"),
        ("тёте", "тёте"),
        ("Größe", "die GRÖSSE? die größe!"),
        ("12", "at 12:30"),
        ("日本", "日本語のテキスト"),
        ("のテ", "日本語のテキスト"),
        ("スト", "日本語のテキスト"),
        ("ト", "日本語のテキスト"),
        ("本語のテキ", "日本語のテキスト"),
        ("日本 テキスト", "日本語のテキスト"),
        ("日本語 python", "日本語とPython"),
        ("python", "使用Python开发"),
        ("ai", "使用AI开发"),
        ("开发Py", "使用开发Python。"),
        ("สวัสดี", "เขาพูดว่าสวัสดีครับ"),
        ("데이터", "데이터베이스를 만든다"),
        ("हिन्दी", "यह हिन्दी है"),
        ("𠮷野", "これは𠮷野家です"),
        ("日", 'quote"日"'),
        ("üb", "東京überall"),
        ("ÜB", "東京 überall"),
        ("ёл", "東京ёлка"),
        ("ел", "東京Ёлка"),
        ("елк", "東京ёлка"),
        ("οδ", "東京όδος"),
        ("a\x00b", "a b"),
        ("near \ud800", "near"),
    ],
)
async def test_what_is_found(storage: Storage, query: str, text: str) -> None:
    await said(storage, "other", "Something else, altogether: 別のこと", "Nothing.")
    run = await said(storage, "s", text)
    (one,) = await storage.search(query, user_id="ann")
    assert (one.session_id, one.run_id, one.role) == ("s", run.run_id, "user")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("etrics", "metrics"),
        ("metrics x", "metrics"),
        ('"of metrics"', "metrics of it"),
        ('"metrics it"', "metrics of it"),
        ('"metric of"', "metrics of it"),
        ("c", "cold"),
        ('"metrics o"', "metrics of it"),
        ("мои", "мой"),
        ("ython", "使用Python开发"),
        ("本日", "日本語"),
        ("日本語 ruby", "日本語とPython"),
        ("語日", "日本語 日本"),
        ("user616e6ez", "words"),
        ("owner", "words"),
        ("", "words"),
        ("  \n", "words"),
        ('"', "words"),
        ('""', "words"),
        ("*", "words"),
        ("-", "words"),
        ("(", "words"),
        ("\x00", "words"),
        ("\ud800", "words"),
        ("😀", "words 😀"),
    ],
)
async def test_what_is_not_found(storage: Storage, query: str, text: str) -> None:
    await said(storage, "s", text, text)
    assert await storage.search(query, user_id="ann") == []


@pytest.mark.parametrize(
    "query", ["word " * 2000, "x" * 10_000, '"' * 9_999, "日" * 9000]
)
async def test_a_query_of_any_length(storage: Storage, query: str) -> None:
    await said(storage, "s", "word")
    assert await found(storage, query) == (["s"] if query.startswith("w") else [])


@given(st.text(), st.text())
@settings(max_examples=150, deadline=None)
async def test_no_query_is_an_error(query: str, text: str) -> None:
    storage = MemoryStorage()
    await said(storage, "s", text, name=text)
    for one in await storage.search(query, user_id="ann"):
        assert len(one.excerpt) <= 300


async def test_a_find_says_where(storage: Storage) -> None:
    run = await said(storage, "s", "Why?", "So it goes.", name="Reasons", at=77)
    assert await storage.search("goes", user_id="ann") == [
        Found("s", "Reasons", run.run_id, "assistant", 77, "So it goes.")
    ]
    session = await storage.get_session("s", user_id="ann")
    assert session is not None
    assert await storage.search("reason", user_id="ann") == [
        Found("s", "Reasons", None, "", session.updated_at, "Reasons")
    ]
    await storage.rename_session("s", "Other causes", user_id="ann")
    assert await storage.search("reason", user_id="ann") == []
    assert await found(storage, "cause") == ["s#"]


async def test_only_what_users_and_models_said_in_runs_that_ended(
    storage: Storage,
) -> None:
    run = a_run("s", "word")
    run.messages.insert(0, Message(Role.SYSTEM, "rule"))
    await storage.start_run(run)
    await storage.append_content(run, content="reply")
    assert await found(storage, "word") == await found(storage, "reply") == []
    run.messages += [
        Message(Role.TOOL, "result", tool_call_id="1"),
        Message(Role.ASSISTANT, "reply", "thought"),
    ]
    await storage.update_run(run)
    assert await found(storage, "word") == [], "it runs still"
    run.status = RunStatus.CANCELLED
    await storage.update_run(run)
    assert await found(storage, "word") == await found(storage, "reply") == ["s"]
    for other in ("rule", "result", "thought"):
        assert await found(storage, other) == []


async def test_what_changed_is_found_as_it_is(storage: Storage) -> None:
    run = await said(storage, "s", "first 日本", "second")
    run.messages[0].content = "third 中国"
    del run.messages[1]
    await storage.update_run(run)
    for gone in ("first", "日本", "日本 first", "second"):
        assert await found(storage, gone) == []
    assert await found(storage, "third") == await found(storage, "中国") == ["s"]


async def test_one_find_a_run(storage: Storage) -> None:
    await said(storage, "s", "word", "word, and a lot else that is not the word")
    await said(storage, "s", "What?", "The word.")
    finds = await storage.search("word", user_id="ann")
    assert [(one.role, one.excerpt) for one in finds] == [
        ("user", "word"),
        ("assistant", "The word."),
    ]


async def test_others_trash_temporary_and_the_one_left_out(storage: Storage) -> None:
    await said(storage, "mine", "word 日本", name="word 日本")
    await said(storage, "his", "word 日本", user_id="bob", name="word 日本")
    await said(storage, "nobody", "word 日本", user_id="", name="word 日本")
    await said(storage, "ann2", "word 日本", user_id="ann2", name="word 日本")
    await said(storage, "trash", "word 日本", name="word 日本")
    await storage.delete_session("trash", user_id="ann")
    await said(storage, "temporary", "word 日本", name="word", temporary=True)
    for query in ("word", "日本", "日", "word 日本"):
        assert await found(storage, query) == ["mine#", "mine"]
        assert await found(storage, query, "bob") == ["his#", "his"]
        assert await found(storage, query, "") == ["nobody#", "nobody"]
        results = await storage.search(query, user_id="ann", excluding="mine")
        assert results == []
    await storage.restore_session("trash", user_id="ann")
    assert sorted(await found(storage, "word")) == ["mine", "mine#", "trash", "trash#"]


async def test_the_best_first(storage: Storage) -> None:
    filler = "and many other things that were said on that long day " * 5
    await said(storage, "long", "x", f"pelican {filler}", at=1)
    await said(storage, "answer", "x", "a pelican", at=2)
    await said(storage, "asked", "a pelican", at=3)
    await said(storage, "begins", "x", "a pelicanish", at=4)
    await said(storage, "often", "x", f"pelican pelican pelican {filler}", at=5)
    await said(storage, "named", "x", name="Pelican")
    order = ["named#", "asked", "answer", "begins", "often", "long"]
    assert await found(storage, "pelican") == order
    top = await storage.search("pelican", user_id="ann", limit=2)
    assert [one.session_id for one in top] == ["named", "asked"]
    assert await storage.search("pelican", user_id="ann", limit=0) == []


async def test_the_newest_of_equals_first(storage: Storage) -> None:
    for number in (2, 5, 1, 4, 3):
        await said(storage, f"{number}", "word", at=number)
    assert await found(storage, "word") == ["5", "4", "3", "2", "1"]


async def test_the_rare_word_weighs_more(storage: Storage) -> None:
    for number in range(9):
        await said(storage, f"{number}", "the", "zebra the the the the the the", at=1)
    await said(storage, "best", "the", "the zebra zebra zebra zebra zebra", at=0)
    assert (await found(storage, "the zebra"))[0] == "best"


async def test_the_excerpt_is_the_text_around_the_words(storage: Storage) -> None:
    before, after = "vorn ÄÖÜ " * 500, " hinten\n\x1b[31m\u202e" * 500
    await said(storage, "s", f"{before}mitten drin{after}")
    (one,) = await storage.search("mitten", user_id="ann")
    assert "ÄÖÜ mitten drin hinten" in one.excerpt
    assert one.excerpt.startswith("…") and one.excerpt.endswith("…")
    assert 200 < len(one.excerpt) <= 300
    assert not set(one.excerpt) & set("\n\x1b\u202e"), "safe to draw"


@pytest.mark.parametrize("word", ["needle", "針鼠本", "針"])
async def test_a_word_far_into_a_long_text(storage: Storage, word: str) -> None:
    await said(storage, "s", f"{'hay 干草 ' * 20_000}{word}{' hay' * 20_000}")
    (one,) = await storage.search(word, user_id="ann")
    assert word in one.excerpt and len(one.excerpt) <= 300
