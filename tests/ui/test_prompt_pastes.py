"""Pastes in the prompt: never sent by themselves, the big ones folded, none lost."""

from __future__ import annotations

import time

import pytest
from textual import events
from textual.pilot import Pilot

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.paste_area import TOO_LONG_TO_SHOW
from agno_tui.ui.pastes import LONGEST, LONGEST_SHOWN, MOST_KEPT, Pastes, as_typed
from agno_tui.ui.prompt import Prompt
from tests.ui.conftest import (
    MakeApp,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    shows,
    until,
)

LOG = "\n".join(f"line {n}" for n in range(120))
WORDS = "[pasted 120 lines]".replace(" ", "\N{NO-BREAK SPACE}")


def prompt_of(pilot: Pilot[int]) -> Prompt:
    assert isinstance(pilot.app, AgnoApp)
    return pilot.app.desk.chat.prompt


def shown(pilot: Pilot[int]) -> str:
    return prompt_of(pilot).document.text


async def paste(pilot: Pilot[int], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


def test_what_is_pasted_is_text() -> None:
    pasted = "raw \x1b[31mred\x1b[0m\tend\r\nnext\rlast\x07\x1b[2J\x9b1m\ud83d"
    assert as_typed(pasted) == "raw red\tend\nnext\nlast␇␛[2J⟨U+009B⟩1m\ufffd"


async def test_a_paste_sends_nothing(app: AgnoApp, storage: TestStorage) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await paste(pilot, "one\x1b[31m\r\ntwo\r")
        assert prompt_text(pilot) == "one\ntwo\n"
        assert await storage.get_questions(user_id="", limit=9) == []


async def test_a_big_paste_is_folded_and_sent_whole(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press(*"see ")
        await paste(pilot, LOG)
        await pilot.press(*" ok?")
        assert shown(pilot) == f"see {WORDS} ok?"
        assert shows(pilot, WORDS)()
        assert prompt_text(pilot) == f"see {LOG} ok?"
        await pilot.press("enter")
        await until(pilot, lambda: shown(pilot) == "")
        await app.desk.finish_sending(1)
        asked = await storage.get_questions(user_id="", limit=9)
        assert [one.text for one in asked] == [f"see {LOG} ok?"]


async def test_a_long_line_is_folded_and_a_short_text_is_not(app: AgnoApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await paste(pilot, "x" * 2_001)
        await paste(pilot, "y" * 2_000)
        await paste(pilot, "z\n" * 19)
        assert shown(pilot) == (
            "[pasted\xa02,001\xa0characters]" + "y" * 2_000 + "z\n" * 19
        )


async def test_two_pastes_of_one_size_stay_apart(app: AgnoApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        other = LOG.replace("line", "word")
        for text in (LOG, other, LOG):
            await paste(pilot, text)
        assert prompt_text(pilot) == LOG + other + LOG


async def test_the_key_opens_it_and_undo_folds_it_again(app: AgnoApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("a")
        await paste(pilot, LOG)
        await pilot.press("ctrl+o")
        assert shown(pilot) == prompt_text(pilot) == f"a{LOG}"
        await pilot.press("ctrl+z")
        assert shown(pilot) == f"a{WORDS}" and prompt_text(pilot) == f"a{LOG}"
        await pilot.press("ctrl+shift+z")
        assert shown(pilot) == f"a{LOG}"


async def test_elsewhere_the_key_is_that_of_the_details(app: AgnoApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        assert app.desk.document is not None
        before = app.desk.document.details
        await paste(pilot, LOG)
        await pilot.press("x", "ctrl+o")
        assert shown(pilot) == f"{WORDS}x"
        assert app.desk.document.details is not before


async def test_undo_right_after_a_paste_opens_it_then_takes_it_back(
    app: AgnoApp,
) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("a")
        await paste(pilot, LOG)
        await pilot.press("ctrl+z")
        assert shown(pilot) == f"a{LOG}"
        await pilot.press("ctrl+z")
        assert shown(pilot) == f"a{WORDS}"
        await pilot.press("ctrl+z")
        assert shown(pilot) == "a"


async def test_the_words_go_as_a_whole(app: AgnoApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("a")
        await paste(pilot, LOG)
        await pilot.press("left", "left", "b", "backspace", "backspace")
        assert shown(pilot) == "a"
        await pilot.press("ctrl+z")
        assert prompt_text(pilot).startswith(f"a{LOG}")


async def test_the_draft_is_the_whole_text_and_comes_back_folded(
    make_app: MakeApp, storage: TestStorage
) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("a")
        await paste(pilot, LOG)
        await pilot.press("b", "ctrl+n")
        assert shown(pilot) == ""
        await until(pilot, lambda: app.desk.sessions.sessions, "the draft is kept")
        session = app.desk.sessions.sessions[0]
        assert session.draft == f"a{LOG}b"
        await pilot.press("alt+down")
        await until(pilot, lambda: shown(pilot) == f"a{WORDS}b")
        await app.leave(0)
    again = make_app()
    async with again.run_test() as pilot:
        await ready(pilot)
        assert prompt_text(pilot) == f"a{LOG}b"


async def test_what_was_copied_here_is_pasted_the_same_way(app: AgnoApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await paste(pilot, LOG)
        await pilot.press("f7", "ctrl+x", "ctrl+v", "ctrl+v")
        assert shown(pilot).count(WORDS[:-1]) == 2
        assert prompt_text(pilot) == LOG * 2


async def test_a_paste_on_a_message_comes_into_the_prompt(app: AgnoApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("h", "enter")
        await until(pilot, shows(pilot, "Echo h"))
        await pilot.press("shift+tab")
        await paste(pilot, LOG)
        assert shown(pilot) == WORDS


async def test_a_paste_over_ten_megabytes_is_refused(app: AgnoApp) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*"draft")
        # Without its colours it would be short enough, but some of it is missing.
        await paste(pilot, ("\x1b[31m" * LONGEST)[: LONGEST + 1])
        await until(pilot, shows(pilot, "clipboard still has it"))
        assert prompt_text(pilot) == "draft"


async def test_a_paste_of_ten_megabytes_is_no_stall(app: AgnoApp) -> None:
    async with app.run_test(notifications=True) as pilot:
        await ready(pilot)
        text = "a line of a log that is long\n" * (LONGEST // 29)
        before = time.process_time()
        await paste(pilot, text)
        await pilot.press("x")
        # Measured: 0.1 s; shown whole it would be more than a minute.
        assert time.process_time() - before < 3
        assert prompt_text(pilot) == text + "x"
        await pilot.press("left", "ctrl+o")
        await until(pilot, shows(pilot, TOO_LONG_TO_SHOW[:30]))
        assert len(shown(pilot)) < 100


async def test_a_long_draft_is_folded_when_it_comes_back(
    app: AgnoApp, storage: TestStorage
) -> None:
    text = "words and\n" * (LONGEST_SHOWN // 10 + 1)
    await storage.set_draft("s", text, user_id="")
    await storage.set_open_session("s", user_id="")
    async with app.run_test() as pilot:
        await ready(pilot)
        assert prompt_text(pilot) == text
        assert len(shown(pilot)) < 100


@pytest.mark.parametrize("text", [WORDS, f"{WORDS} {LOG}", f"{LOG}{WORDS}"])
def test_words_that_somebody_wrote_stay_what_they_are(text: str) -> None:
    pastes = Pastes()
    pastes.fold(LOG)
    assert pastes.whole(pastes.shown(text)) == text
    assert pastes.fold(LOG + "\n", beside=text) != WORDS


def test_of_many_pastes_the_oldest_are_forgotten() -> None:
    pastes = Pastes()
    words = [pastes.fold(f"{n}{LOG}") for n in range(MOST_KEPT + 5)]
    assert pastes.whole(words[0]) == f"0{LOG}"
    old, new = f"0{LOG}", f"{MOST_KEPT + 4}{LOG}"
    assert pastes.shown(old) == old
    assert pastes.shown(new) == WORDS


async def test_words_that_are_typed_stand_for_nothing(
    app: AgnoApp, storage: TestStorage
) -> None:
    asked = f"why {WORDS.replace(WORDS[7], ' ')}?"
    async with app.run_test() as pilot:
        await ready(pilot)
        await paste(pilot, LOG)
        # In the same message, in the next one, and in another session.
        await pilot.press(*asked)
        assert prompt_text(pilot) == LOG + asked
        await pilot.press("enter", *asked)
        assert prompt_text(pilot) == asked
        await pilot.press("ctrl+n", *asked)
        assert prompt_text(pilot) == asked


async def test_words_that_were_copied_off_the_screen_stand_for_nothing(
    app: AgnoApp,
) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        plain = WORDS.replace(WORDS[7], " ")
        await paste(pilot, LOG)
        await paste(pilot, f" {WORDS}")
        assert prompt_text(pilot) == f"{LOG} {plain}"
        await pilot.press("enter")
        await until(pilot, lambda: shown(pilot) == "")
        prompt_of(pilot).put(f"x {WORDS}")
        assert prompt_text(pilot) == f"x {WORDS}"


async def test_undo_and_redo_of_many_lines(app: AgnoApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        text = "\n".join(f"line {n}" for n in range(19))
        for _ in range(2):
            await paste(pilot, text)
        await pilot.press("ctrl+z", "ctrl+z")
        assert prompt_text(pilot) == ""
        await pilot.press("ctrl+shift+z", "ctrl+shift+z")
        assert prompt_text(pilot) == text * 2
        await pilot.press("f7", "x", "ctrl+z")
        assert prompt_text(pilot) == text * 2
        await pilot.press("ctrl+shift+z")
        assert prompt_text(pilot) == "x"


async def test_a_big_draft_from_before_the_start_comes_back_folded(
    make_app: MakeApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("s", "one"))
    await storage.set_draft("s", LOG, user_id="")
    await storage.set_open_session("s", user_id="")
    async with make_app().run_test() as pilot:
        await ready(pilot)
        await until(pilot, lambda: shown(pilot) == WORDS)
        assert prompt_text(pilot) == LOG


def test_a_draft_is_folded_only_where_it_is_big_and_was_not_written_here() -> None:
    pastes = Pastes()
    assert pastes.shown_draft("a few words") == "a few words"
    pastes.note_seen(LOG)
    assert pastes.shown_draft(LOG) == LOG
    # A message that is edited again is there to be read.
    assert Pastes().shown(LOG) == LOG
