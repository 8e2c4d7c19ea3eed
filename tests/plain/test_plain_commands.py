"""Every slash command: what it does, what it says, and that it means on the screen
what it means here."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from agno_tui.models.base import Model
from agno_tui.models.menu import ModelMenu
from agno_tui.plain import settings
from agno_tui.plain.command import COMMANDS, command_named, message_of, read_command
from agno_tui.session import Message, RunStatus
from agno_tui.storage.memory import MemoryStorage
from agno_tui.ui.commands import COMMANDS as ON_SCREEN
from agno_tui.ui.memory_switch import ON, SETTING
from tests.fakes import FailingStorage, FakeModel, until
from tests.plain.conftest import MakeTalk, Talk
from tests.storage.runs import a_run

SAME = {
    "search": {"search", "search.all", "session.find_all"},
    "run.edit": {"run.edit", "message.edit"},
}
"""Ids on the screen that mean the same, where they are others."""

OTHERWISE = {"history"}
"""What the screen calls otherwise: there /history searches one's questions, for which
there is arrow up here; here it reads them again, with their answers."""


def test_a_name_means_what_it_means_on_the_screen() -> None:
    on_screen = {name: one.id for one in ON_SCREEN for name in one.names}
    for one in COMMANDS:
        for name in set(one.name_list) - OTHERWISE:
            if name in on_screen:
                assert on_screen[name] in SAME.get(one.id, {one.id}), name
    assert (SETTING, ON) == (settings.MEMORY, settings.ON)


def test_names_are_said_once_and_every_command_is_done(make_talk: MakeTalk) -> None:
    names = [name for one in COMMANDS for name in one.name_list]
    assert len(set(names)) == len(names)
    ids = {one.id for one in COMMANDS}

    async def table() -> set[str]:
        return set(make_talk().chat._deeds)

    assert asyncio.run(table()) == ids


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("/help", ("help", "")),
        ("/Open  Trip to Kyoto ", ("open", "Trip to Kyoto")),
        ("/usr/bin/env", None),
        ("//x", None),
        ("/ x", None),
        ("hello /help", None),
        ("/help\nand more", None),
    ],
)
def test_what_is_a_command(text: str, read: tuple[str, str] | None) -> None:
    assert read_command(text) == read


def test_two_slashes_send_one() -> None:
    assert message_of("//x") == "/x" and message_of("/usr/bin") == "/usr/bin"


async def test_help_names_every_command(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        said = await talk.type("/help")
        assert all(f"{one.usage}: {one.title}.\n" in said for one in COMMANDS)
        assert "Also: /remove and /rm." in await talk.type("/help delete")
        assert "There is no /nope." in await talk.type("/help nope")


async def test_an_unknown_command_is_not_sent(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        assert "There is no /nope" in await talk.type("/nope it")
        assert "Say /rename name." in await talk.type("/rename")
        assert talk.model.requests == []
        await talk.ask("//nope it")
        assert talk.model.said[0][-1] == ("user", "/nope it")


async def three(talk: Talk) -> None:
    """Three conversations, the last one open."""
    for name in ("alpha", "beta", "gamma"):
        await talk.type("/new")
        await talk.ask(f"{name} question")
        await talk.type(f"/rename {name}")


async def test_sessions_are_listed_numbered_with_words_for_marks(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    async with make_talk() as talk:
        await three(talk)
        await talk.ctrl_c("a thought")
        await talk.type("/open alpha", "/pin")
        assert await talk.type("/sessions") == (
            "Pinned first:\n1. alpha, just now, open now, pinned\n"
            "2. gamma, just now, draft\n3. beta, just now\n"
            "/open and a number opens one.\n"
        )
        assert await talk.type("/sessions alp") == (
            "1. alpha, just now, open now, pinned\n/open and a number opens one.\n"
        )
        assert "with “nope” in the title is here" in await talk.type("/sessions nope")


async def test_open_takes_a_number_or_a_name(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        await three(talk)
        await talk.type("/sessions")
        said = await talk.type("/open 3")
        assert said == "Opened “alpha”.\nYou: alpha question\nAgent: Hello.\n"
        assert "Opened “beta”." in await talk.type("/open BETA")
        assert "There is no number 9." in await talk.type("/open 9")
        assert "No conversation is called “nope”." in await talk.type("/open nope")
        await talk.ask("more")
        assert [run.question for run in await talk.runs()] == ["beta question", "more"]


async def test_a_long_list_goes_on(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        for number in range(23):
            await talk.type("/new")
            await talk.ask(f"number {number}")
        said = await talk.type("/sessions")
        assert "20. number 3," in said and "/more goes on." in said
        said = await talk.type("/more")
        assert said.startswith("21. number 2,") and "/more" not in said
        assert "There is no more." in await talk.type("/more")
        assert "Opened “number 2”." in await talk.type("/open 21")
        for number in range(21):
            await talk.type(f"/open number {number}", "/pin")
        said = await talk.type("/sessions")
        assert "Pinned first" not in said and said.count(", pinned\n") == 20
        said = await talk.type("/more")
        assert said.count(", pinned\n") == 1
        assert [line[:3] for line in said.splitlines()[:3]] == ["21.", "22.", "23."]
        assert "number 22, " in said and "number 21, " in said


async def test_search_numbers_what_it_finds_and_open_goes_there(
    make_talk: MakeTalk,
) -> None:
    async with make_talk() as talk:
        await three(talk)
        said = await talk.type("/search alpha question")
        assert said.startswith("1. alpha, ") and "alpha question" in said
        said = await talk.type("/open 1")
        assert "Opened “alpha”.\nFound here:\nYou: alpha question\n" in said
        assert "“nope” was not found." in await talk.type("/search nope")


async def test_read_says_all_of_it_again(make_talk: MakeTalk) -> None:
    long = "word " * 400
    async with make_talk(FakeModel([long])) as talk:
        assert "Nothing was said" in await talk.type("/read")
        await talk.ask("one")
        await talk.ask("two")
        assert (await talk.type("/history")).count(long.strip()) == 2
        said = await talk.type("/read 1")
        assert "You: two" in said and "You: one" not in said
        assert "Say how many turns" in await talk.type("/read much")
        await talk.type("/new")
        said = await talk.type("/open one")
        assert long not in said and "\n(… /read reads all of it.)\n" in said


async def test_pin_archive_delete_undo_fork(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    async with make_talk() as talk:
        assert "Nothing was said" in await talk.type("/pin")
        await three(talk)
        assert await talk.type("/pin", "/pin") == "Pinned on top.\nNo longer pinned.\n"
        assert "Archived." in await talk.type("/archive")
        assert "1. gamma, just now, open now, archived" in await talk.type("/archived")
        assert "gamma" not in await talk.type("/sessions")
        assert "Back in the list." in await talk.type("/archive")
        said = await talk.type("/delete")
        assert said.startswith("Deleted “gamma”. /undo brings it back.\nOpened “beta”.")
        assert "Brought back “gamma”, and opened it." in await talk.type("/undo")
        assert "nothing to bring back" in await talk.type("/undo")
        first = talk.session_id
        assert "Forked “gamma”. This is the copy" in await talk.type("/fork")
        assert talk.session_id != first and len(await talk.runs()) == 1


async def test_what_is_answering_is_not_deleted(make_talk: MakeTalk) -> None:
    async with make_talk(FakeModel(["half", asyncio.Event()])) as talk:
        await talk.type("hi")
        await until(lambda: talk.model.open_streams == 1)
        for command in ("/delete", "/retry", "/edit x"):
            assert "It is still answering. /stop" in await talk.type(command)
        await talk.type("/stop")
        await talk.says("Stopped.")


async def test_the_last_one_deleted_leaves_an_empty_one(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        await talk.ask("hi")
        assert "New conversation." in await talk.type("/delete")
        assert await talk.runs() == []


async def test_another_users_conversations_are_apart(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        await talk.ask("a secret")
        said = await talk.type("/user ada")
        assert said == "User ada, conversation “New conversation”.\n"
        assert talk.keyboard.history == []
        for command in ("/sessions", "/search secret", "/open secret", "/read"):
            assert "a secret" not in await talk.type(command)
        await talk.ask("hello")
        assert "You are ada.\nWith conversations: ada and u." in await talk.type(
            "/user"
        )
        assert "characters that can't be seen" in await talk.type("/user a\u202eb")
        assert "at most 64" in await talk.type("/user " + "x" * 65)
        assert "conversation “a secret”." in await talk.type("/user u")


async def test_edit_asks_in_other_words_and_both_versions_stay(
    make_talk: MakeTalk,
) -> None:
    async with make_talk(FakeModel(["One."], ["Two."], ["Three."])) as talk:
        assert "Nothing was said" in await talk.type("/edit")
        await talk.ask("first")
        assert "Change the question." in await talk.type("/edit")
        assert talk.keyboard.prefilled == ["first"]
        assert "stays as it was" in await talk.ctrl_c("first")
        await talk.type("/edit")
        assert await talk.ask("second") == "Agent: Two.\n"
        assert [run.question for run in await talk.runs()] == ["second"]
        said = await talk.type("/versions")
        assert said.startswith(
            "1. You: first Agent: One.\n"
            "2, the one you are in. You: second Agent: Two.\n"
        )
        assert await talk.type("/version 1") == (
            "Version 1 of 2:\nYou: first\nAgent: One.\n"
        )
        await talk.ask("then")
        assert [run.question for run in await talk.runs()] == ["first", "then"]
        assert talk.model.said[-1] == [
            ("user", "first"),
            ("assistant", "One."),
            ("user", "then"),
        ]
        assert "Say a number from 1 to 2." in await talk.type("/version 3")
        assert "Agent: Three." in await talk.ask("/edit again")


async def test_without_an_editor_the_next_line_is_the_question(
    make_talk: MakeTalk,
) -> None:
    async with make_talk(edits=False) as talk:
        await talk.ask("first")
        assert "Your last question: first\n" in await talk.type("/edit")
        assert "stays as it was" in await talk.type("")
        await talk.type("/edit")
        await talk.ask("second")
        assert [run.question for run in await talk.runs()] == ["second"]


async def test_versions_where_there_are_none(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        await talk.ask("first")
        assert "No turn here has another version" in await talk.type("/versions")


async def test_context_says_what_goes_out_and_takes_a_number(
    make_talk: MakeTalk,
) -> None:
    async with make_talk() as talk:
        await talk.ask("one")
        await talk.ask("two")
        said = await talk.type("/context")
        assert "Next goes out: 2 earlier turns (" in said and "tokens" in said
        said = await talk.type("/context 1")
        assert "1 earlier turn (" in said and "At most 1 turn of" in said
        await talk.ask("three")
        assert [text for _, text in talk.model.said[-1]] == ["two", "Hello.", "three"]
        assert "no number of runs" in await talk.type("/context many")


async def test_details_say_what_an_answer_took(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        await talk.type("/details")
        assert "Took: fake-1, " in await talk.ask("hi")
        await talk.type("/details")
        assert "Took:" not in await talk.ask("hi")


def check_export(file: Path) -> None:
    assert file.read_text("utf-8") == (
        "# Trip to Kyoto\n\n## You\n\nTrip to Kyoto\n\n## Agent\n\n"
        "```py\nx = 1␛[2J\n```\n"
    )
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_export_writes_a_private_file_and_says_where(
    make_talk: MakeTalk, tmp_path: Path
) -> None:
    async with make_talk(FakeModel(["```py\nx = 1", "\x1b[2J"])) as talk:
        await talk.ask("Trip to Kyoto")
        said = await talk.type("/export")
        file = Path(said.removeprefix("Written as Markdown: ").strip())
        assert file == tmp_path / "exports" / "trip-to-kyoto.md"
        check_export(file)
        assert "trip-to-kyoto-2.md" in await talk.type("/export")
        (tmp_path / "exports").rename(tmp_path / "gone")
        (tmp_path / "exports").write_text("no folder")
        assert "Not written: " in await talk.type("/export")


async def test_attention_opens_what_is_unread(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    gate = asyncio.Event()
    async with make_talk(FakeModel([gate, "Here."])) as talk:
        assert "No other conversation needs you." in await talk.type("/attention")
        await talk.type("first")
        await until(lambda: talk.model.open_streams == 1)
        await talk.type("/new")
        gate.set()
        await talk.says("Agent answered in “first”")
        assert "unread" in await talk.type("/sessions")
        assert "Opened “first”.\nYou: first\nAgent: Here.\n" in await talk.type(
            "/attention"
        )
        assert "unread" not in await talk.type("/sessions")


class Menu(ModelMenu):
    """Three models that are there."""

    def __init__(self, models: dict[str, FakeModel]) -> None:
        self.models = models
        self.remembered_names: list[str] = []

    def choose(self, name: str) -> Model:
        return self.models[name]

    async def names(self) -> list[str]:
        return list(self.models)

    def remember(self, name: str) -> None:
        self.remembered_names.append(name)


async def test_model_lists_and_changes(make_talk: MakeTalk) -> None:
    other = FakeModel(["I am other."])
    menu = Menu({"a": FakeModel(), "b": other})
    talk = make_talk()
    talk.chat._settings._menu = menu
    async with talk:
        said = await talk.type("/model")
        assert said.startswith("Model: Fake 1.\n1. a\n2. b\n")
        assert "From now on b answers." in await talk.type("/model 2")
        assert "Agent: I am other." in await talk.ask("hi")
        assert menu.remembered_names == ["b"] and other in talk.chat.models_used
        assert talk.keyboard.offers("/model ") == ["/model a", "/model b"]
    async with make_talk() as talk:
        assert "There is no other model here." in await talk.type("/model b")


async def test_a_model_in_trouble_says_so_and_one_can_type(
    make_talk: MakeTalk,
) -> None:
    from tests.fakes import words

    model = FakeModel()
    model.preparation = [words()]
    async with make_talk(model) as talk:
        await talk.says("Error: The server is on fire. Try again.\n")
        assert "/help" in await talk.type("/help")


async def test_tab_offers_commands_and_titles(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        await talk.ask("Trip to Kyoto")
        offers: Sequence[str] = talk.keyboard.offers("/re")
        assert list(offers) == ["/read", "/rename", "/remove", "/retry"]
        assert talk.keyboard.offers("/open tr") == ["/open Trip to Kyoto"]
        assert talk.keyboard.offers("hello") == []
        assert talk.keyboard.offers("/draft s") == ["/draft send"]


async def test_what_waited_before_a_restart_is_sent_when_asked_for(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    async with make_talk() as talk:
        await talk.ask("first")
        run = talk.runner.agent.new_run(
            "second", session_id=talk.session_id, user_id="u"
        )
        run.status = RunStatus.PENDING
        await storage.start_run(run)
    async with make_talk() as talk:
        assert "1 message waits, paused: /queue send sends them." in talk.said
        await talk.type("/queue send")
        await talk.says("You: second\nAgent: Hello.\n")
        assert "Nothing waits." in await talk.type("/queue")
        assert isinstance(run.messages[0], Message)


def test_a_command_is_found_by_all_its_names() -> None:
    assert command_named("rm") is command_named("delete") is not None
    assert command_named("nope") is None


async def test_nothing_that_is_offered_is_another_users(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        for number in range(22):
            await talk.type("/new")
            await talk.ask(f"secret {number}")
        await talk.type("/sessions", "/user ada")
        assert talk.keyboard.offers("/open ") == []
        assert talk.keyboard.history == []
        for command in ("/more", "/open 1", "/undo", "/draft", "/versions"):
            assert "secret" not in await talk.type(command)


async def test_asking_again_or_otherwise_leaves_the_draft(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        await talk.ask("first")
        await talk.ctrl_c("half a thought")
        await talk.ask("/retry")
        await talk.type("/draft")
        await talk.ask("/edit second")
        await talk.type("/draft")
        assert talk.keyboard.prefilled == ["half a thought"] * 2
        assert [run.question for run in await talk.runs()] == ["second"]


async def test_a_draft_that_is_not_kept_again_is_kept_on_the_way_out(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    failing = FailingStorage(storage)
    async with make_talk(storage=failing) as talk:
        await talk.ask("first")
        await talk.ctrl_c("half a thought")
        failing.failing.add("set_draft")
        assert "The disk is full." in await talk.ask("second")
        failing.failing.clear()
    async with make_talk() as talk:
        assert "Draft: half a thought" in talk.said


async def test_other_words_that_are_not_kept_still_take_the_questions_place(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    failing = FailingStorage(storage)
    async with make_talk(storage=failing) as talk:
        await talk.ask("first")
        failing.failing.add("start_run")
        assert "Not sent. The disk is full. /draft" in await talk.type("/edit second")
        failing.failing.clear()
        await talk.ask("/draft send")
        assert [run.question for run in await talk.runs()] == ["second"]


async def test_what_another_window_answers_is_not_asked_again(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    async with make_talk() as talk:
        await talk.ask("first")
        elsewhere = a_run(talk.session_id, "there", user_id="u")
        await storage.start_run(elsewhere)
        for command in ("/retry", "/edit", "/edit other words"):
            said = await talk.type(command)
            assert said == "It is being answered in another window.\n"
        assert [run.question for run in await talk.runs()] == ["first", "there"]


async def test_a_user_who_cannot_be_gone_to_leaves_one_where_one_was(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    failing = FailingStorage(storage)
    async with make_talk(storage=failing) as talk:
        await talk.ask("first")
        here = talk.session_id
        failing.failing.add("get_sessions")
        assert "The disk is full." in await talk.type("/user ada")
        failing.failing.clear()
        assert talk.session_id == here
        await talk.ask("second")
        assert [run.question for run in await talk.runs()] == ["first", "second"]


async def test_what_is_sent_before_it_is_taken_out_is_no_draft(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    async with make_talk() as talk:
        await talk.ask("first")
        later = a_run(talk.session_id, "later", user_id="u")
        later.status = RunStatus.PENDING
        await storage.start_run(later)
        await talk.ctrl_c("half a thought")
        set_draft = storage.set_draft

        async def claimed(session_id: str, draft: str, *, user_id: str) -> None:
            await storage.claim_run(later)
            await set_draft(session_id, draft, user_id=user_id)

        storage.set_draft = claimed  # type: ignore[method-assign]
        assert "Too late: it was sent already." in await talk.type("/queue remove 1")
        await talk.type("/draft")
        assert talk.keyboard.prefilled == ["half a thought"]


async def test_no_name_means_the_user_without_one(make_talk: MakeTalk) -> None:
    async with make_talk(user_id="") as talk:
        await talk.ask("mine alone")
        await talk.type("/user bob")
        await talk.ask("of bob")
        assert "no name and bob" in await talk.type("/user")
        for words in ("no name", "No  NAME"):
            said = await talk.type(f"/user {words}")
            assert "User no name, conversation" in said and "mine alone" in said
            said = await talk.type("/user")
            assert "You have no name: /user no name comes back to you.\n" in said
            await talk.type("/user bob")
        assert await talk.storage.get_users() == ["", "bob"]
        assert "at most 64" in await talk.type("/user " + "x" * 65)


async def test_a_long_draft_and_a_long_message_are_said_in_few_words(
    make_talk: MakeTalk,
) -> None:
    lines = "\n".join(f"line number {n}" for n in range(1, 5001))
    async with make_talk() as talk:
        assert "You: line number 1 … (5,000 lines)\n" in await talk.ask(lines)
        assert (await talk.runs())[-1].question == lines
        await talk.ctrl_c(lines)
    async with make_talk() as talk:
        said = "Draft: 5,000 lines, begins “line number 1 …”\n/draft puts it back"
        assert said in talk.said and talk.said.count("line number") < 100
        await talk.type("/draft")
        assert talk.keyboard.prefilled == [lines]


async def test_while_a_model_is_looked_for_that_is_a_sentence(
    make_talk: MakeTalk,
) -> None:
    model = FakeModel()
    async with make_talk(model) as talk:
        assert "conversation “New conversation”. Model: " in talk.said
        model.label = "looking for a model…"
        assert await talk.type("/model") == "Looking for a model.\n"
