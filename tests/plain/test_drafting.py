"""What is being typed is the draft already, and nothing else than that."""

from __future__ import annotations

import pytest

from agno_tui.plain import drafting
from agno_tui.storage.memory import MemoryStorage
from tests.fakes import FailingStorage, until
from tests.plain.conftest import MakeTalk, Talk


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "OFTEN", 0.005)


async def draft(talk: Talk) -> str:
    session = await talk.storage.get_session(talk.session_id, user_id=talk.user_id)
    return session.draft if session is not None else ""


async def typing(talk: Talk, line: str, wanted: str | None = None) -> None:
    """Have this in the line, and wait until the draft is `wanted`, or the line."""
    talk.keyboard.stands = line
    wanted = line if wanted is None else wanted
    await until(lambda: talk.chat._place.session.draft == wanted)
    assert await draft(talk) == wanted


@pytest.fixture
def make_typing(make_talk: MakeTalk) -> MakeTalk:
    """Chats whose line can be looked at."""

    def make(**named: object) -> Talk:
        talk = make_talk(**named)
        talk.keyboard.stands = ""
        return talk

    return make


async def test_half_a_line_is_there_after_the_end_of_the_process(
    make_typing: MakeTalk, make_talk: MakeTalk
) -> None:
    async with make_typing() as talk:
        await typing(talk, "half a")
        await typing(talk, "half a thought")
        async with make_talk() as after:
            assert "Draft: half a thought\n" in after.said
        talk.keyboard.stands = ""


async def test_a_line_that_is_sent_leaves_nothing_of_itself(
    make_typing: MakeTalk,
) -> None:
    async with make_typing() as talk:
        await typing(talk, "hel")
        await talk.ask("hello")
        assert await draft(talk) == ""
        assert "There is no draft here." in await talk.type("/draft")


async def test_a_draft_that_was_put_away_stays_beside_the_line(
    make_typing: MakeTalk,
) -> None:
    async with make_typing() as talk:
        await talk.ctrl_c("for later")
        await typing(talk, "now", "for later\nnow")
        await typing(talk, "now thi", "for later\nnow thi")
        await talk.ask("now this")
        assert await draft(talk) == "for later"
        await typing(talk, "and", "for later\nand")
        talk.keyboard.stands = "and more"
        assert "Put away" in await talk.ctrl_c("and more")
        assert await draft(talk) == "for later\nand more"


async def test_a_line_that_is_taken_back_is_no_draft(make_typing: MakeTalk) -> None:
    async with make_typing() as talk:
        await typing(talk, "oh no")
        await typing(talk, "", "")
        await typing(talk, "x")
        await talk.type("")
        assert await draft(talk) == ""
        await typing(talk, "yes")
        await talk.ctrl_c("")
        assert await draft(talk) == ""


async def test_a_command_is_no_draft(make_typing: MakeTalk) -> None:
    async with make_typing() as talk:
        await typing(talk, "sessions")
        await typing(talk, "/sessions", "")
        await talk.type("/new")
        assert await draft(talk) == ""
        await typing(talk, "//sessions")


async def test_a_line_that_goes_on_is_kept_from_its_beginning(
    make_typing: MakeTalk,
) -> None:
    async with make_typing() as talk:
        await typing(talk, "one\\")
        await talk.type("one\\")
        await typing(talk, "tw", "one\ntw")
        await talk.ask("two")
        assert await draft(talk) == ""
        assert (await talk.runs())[-1].question == "one\ntwo"


async def test_a_draft_in_the_line_is_not_kept_twice(make_typing: MakeTalk) -> None:
    async with make_typing() as talk:
        await talk.ctrl_c("a plan")
        await talk.type("/draft")
        await typing(talk, "a plan for", "a plan for")
        await talk.ask("a plan for Kyoto")
        assert await draft(talk) == ""


async def test_a_question_that_is_edited_is_no_draft_until_it_is_another(
    make_typing: MakeTalk,
) -> None:
    async with make_typing() as talk:
        await talk.ask("what")
        await talk.type("/edit")
        talk.keyboard.stands = "what"
        looked = talk.keyboard.looks
        await until(lambda: talk.keyboard.looks > looked + 2)
        assert await draft(talk) == ""
        await typing(talk, "what else")
        await talk.ask("what else?")
        assert await draft(talk) == ""


async def test_a_line_that_rests_is_not_written_again_and_looked_at_rarely(
    make_typing: MakeTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "PATIENCE", 0.02)
    monkeypatch.setattr(drafting, "RARELY", 60.0)
    async with make_typing() as talk:
        await typing(talk, "resting")
        talk.chat._place.session.draft = "untouched"
        await until(lambda: talk.chat._drafting.pause == 60.0)
        assert talk.chat._place.session.draft == "untouched"


async def test_a_storage_that_fails_does_not_disturb_who_types(
    make_typing: MakeTalk, storage: MemoryStorage, caplog: pytest.LogCaptureFixture
) -> None:
    failing = FailingStorage(storage)
    async with make_typing(storage=failing) as talk:
        failing.failing.add("set_draft")
        talk.keyboard.stands = "precious"
        await until(lambda: caplog.text.count("could not be kept") > 1)
        assert "/quit: Quit" in await talk.type("/help")
        failing.failing.clear()
        await typing(talk, "precious")
        assert "Error" not in talk.said
