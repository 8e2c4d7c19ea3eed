"""Keys the user chose: what they do, what is shown, and what is said of broken ones."""

from __future__ import annotations

import logging

import pytest
from textual.events import Key

from agno_tui.agent import Agent
from agno_tui.runner import Runner
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.chosen_keys import KeyNameError, key_of, read_keymap
from agno_tui.ui.command import Where, is_typed
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.help import Help, help_text
from agno_tui.ui.keymap import BY_DEFAULT, Keymap
from agno_tui.ui.multiplexers import lost_keys
from agno_tui.ui.session_list import SessionList
from agno_tui.ui.transcript.transcript import Transcript
from tests.ui.conftest import (
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    screen_lines,
    screen_text,
    shows,
    until,
)
from tests.ui.marked_words import sought


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("ctrl+n", "ctrl+n"),
        ("Ctrl+N", "ctrl+n"),
        ("shift+ctrl+z", "ctrl+shift+z"),
        ("alt+↑", "alt+up"),
        ("esc", "escape"),
        ("pgdn", "pagedown"),
        ("?", "question_mark"),
        ("/", "slash"),
        ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        ("G", "G"),
        ("g", "g"),
        ("shift+g", "G"),
        ("f12", "f12"),
        ("space", "space"),
        ("ctrl+@", "ctrl+at"),
        ("é", "é"),
    ],
)
def test_keys_are_read_as_people_write_them(words: str, key: str) -> None:
    assert key_of(words) == key


@pytest.mark.parametrize(
    "words",
    ["ctlr+n", "ctrl+", "nokey", "f99", "ctrl+i", "ctrl+m", "ctrl+[", "", "a b"],
)
def test_what_is_no_key_is_said(words: str) -> None:
    with pytest.raises(KeyNameError):
        key_of(words)


def test_every_key_of_ours_is_a_key() -> None:
    for command in COMMANDS:
        for key in command.key_list:
            assert key_of(key) == key


@pytest.mark.parametrize("key", ["a", "G", "space", "question_mark", "minus", "slash"])
def test_letters_and_signs_are_typed(key: str) -> None:
    assert is_typed(key)


@pytest.mark.parametrize("key", ["escape", "tab", "enter", "delete", "f1", "ctrl+a"])
def test_other_keys_are_not(key: str) -> None:
    assert not is_typed(key)


def test_nothing_chosen_is_nothing_changed() -> None:
    assert read_keymap({}) is BY_DEFAULT
    assert BY_DEFAULT.for_textual == {} and BY_DEFAULT.troubles == ()


def test_a_table_in_a_table_is_an_id_without_quotes() -> None:
    keymap = read_keymap({"session": {"new": "f7, f8"}})
    assert keymap["session.new"].keys == "f7,f8"
    assert keymap.troubles == ()


@pytest.mark.parametrize(
    ("chosen", "words", "id"),
    [
        (
            {"sesion.new": "f7"},
            'There is no command "sesion.new". Did you mean "session.new"?',
            "session.new",
        ),
        ({"session.new": "ctlr+n"}, 'there is no key "ctlr+n".', "session.new"),
        ({"session.new": 5}, "its keys must be text in quotes.", "session.new"),
        ({"prompt.newline": "x"}, "x writes something here.", "prompt.newline"),
        ({"help": "ctrl+i"}, "terminals send ctrl+i as tab.", "help"),
        (
            {"session.new": "ctrl+b"},
            "session.new and sidebar.toggle both want ctrl+b. It keeps ctrl+n.",
            "session.new",
        ),
        (
            {"list.pin": "f1"},
            "list.pin and help both want f1. It keeps p.",
            "list.pin",
        ),
    ],
)
def test_a_broken_wish_is_told_and_the_default_stays(
    chosen: dict[str, object], words: str, id: str
) -> None:
    keymap = read_keymap({**chosen, "redraw": "f7"})
    assert len(keymap.troubles) == 1 and words in keymap.troubles[0]
    assert keymap[id].keys == BY_DEFAULT[id].keys
    assert keymap["redraw"].keys == "f7"


def test_of_two_wishes_for_one_key_the_first_one_is_granted() -> None:
    keymap = read_keymap({"session.new": "f7", "redraw": "f7"})
    assert (keymap["session.new"].keys, keymap["redraw"].keys) == ("f7", "ctrl+l")
    assert len(keymap.troubles) == 1


def test_keys_may_be_exchanged_and_given_away() -> None:
    keymap = read_keymap({"session.new": "ctrl+l", "redraw": "ctrl+n", "help": ""})
    assert keymap.troubles == ()
    assert keymap.actions["ctrl+l"] == "new_session"
    assert "f1" not in keymap.actions
    # In one place, a key may mean something that it means elsewhere too.
    assert read_keymap({"list.delete": "y"}).troubles == ()


def test_no_wish_however_strange_stops_anything() -> None:
    strange: dict[str, object] = {
        "\x1b[31m": "\x1b",
        "help": "\x1b[31m",
        "quit": ",,,",
        "x": {"y": {"z": []}},
        "redraw": "+++",
        "run": {"stop": "+"},
    }
    keymap = read_keymap(strange)
    assert all("\x1b" not in words for words in keymap.troubles)
    assert keymap["help"].keys == BY_DEFAULT["help"].keys


def test_where_something_is_written_keys_have_their_usual_names() -> None:
    keymap = read_keymap({"prompt.newline": "f8", "session.new": "ctrl+j,z"})
    assert keymap.troubles == ()
    assert keymap.usual("f8", Where.PROMPT) == "ctrl+j"
    assert keymap.usual("ctrl+j", Where.PROMPT) == "ctrl+n"
    assert keymap.usual("z", Where.PROMPT) == "z"
    assert keymap.usual("shift+enter", Where.PROMPT) == "unbound"
    assert keymap.usual("f8", Where.FIND) == "f8"


# In the program


def an_app(
    model: ScriptedModel, storage: TestStorage, chosen: dict[str, object]
) -> AgnoApp:
    return AgnoApp(
        runner=Runner(Agent(model, storage=storage)),
        storage=storage,
        model=model,
        theme="dark",
        about="agno_tui",
        keymap=read_keymap(chosen),
    )


async def test_a_command_listens_to_its_new_key_everywhere(
    model: ScriptedModel, storage: TestStorage
) -> None:
    app = an_app(model, storage, {"session.list": "f7", "memories": "f8", "help": "f3"})
    await keep(storage, a_run("a", "hello"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s")
        assert not isinstance(app.focused, SessionList)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.focused, SessionList))
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await pilot.press("escape", "escape", "shift+tab", "f1")
        await until(pilot, lambda: isinstance(app.focused, Transcript))
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await pilot.press("escape", "escape", "f8")
        await until(pilot, shows(pilot, "What it remembers"))


async def test_a_widget_s_own_keys_are_changed_too(
    model: ScriptedModel, storage: TestStorage
) -> None:
    app = an_app(
        model,
        storage,
        {"message.leave": "x", "prompt.messages": "f7", "message.copy": ""},
    )
    await keep(storage, a_run("a", "hello"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.focused, Transcript))
        await pilot.press("x")
        await until(pilot, lambda: app.focused is app.desk.chat.prompt)
        # A key that means nothing there any more writes, like all others.
        await pilot.press("f7", "y")
        await until(pilot, lambda: prompt_text(pilot) == "y")


async def test_the_prompt_and_the_find_bar_have_other_keys(
    model: ScriptedModel, storage: TestStorage
) -> None:
    chosen: dict[str, object] = {
        "prompt.newline": "enter",
        "prompt.send": "f7",
        "session.find": "f10",
        "find.leave": "f7",
        "quit": "f8",
    }
    app = an_app(model, storage, chosen)
    await keep(storage, a_run("a", "hello"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("a", "enter", "b")
        await until(pilot, lambda: prompt_text(pilot) == "a\nb")
        await pilot.press("f7")
        await until(pilot, lambda: prompt_text(pilot) == "")
        await until(pilot, lambda: len(model.requests) == 1)
        await pilot.press("f10", *"hello")
        await until(pilot, lambda: sought(pilot) == "hello")
        await pilot.press("f7")
        await until(pilot, lambda: app.focused is app.desk.chat.prompt)
        await pilot.press("ctrl+q", "x")
        await until(pilot, lambda: prompt_text(pilot) == "x")
        await pilot.press("f8")
        await until(pilot, lambda: not app.is_running)


async def test_a_command_without_a_key_can_have_one(
    model: ScriptedModel, storage: TestStorage
) -> None:
    app = an_app(model, storage, {"theme": "f10", "session.copy": "alt+y"})
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        before = app.screen
        await pilot.press("f10")
        await until(pilot, lambda: app.screen is not before)


async def test_footer_and_help_say_the_keys_as_they_are(
    model: ScriptedModel, storage: TestStorage
) -> None:
    app = an_app(model, storage, {"help": "f12", "list.undo": "z", "quit": ""})
    await keep(storage, a_run("a", "hello"))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "f12 help" in screen_lines(pilot)[-1])
        assert "quit" not in screen_lines(pilot)[-1]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "z undo" in screen_lines(pilot)[-1])
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await pilot.press(*"help")
        await until(pilot, shows(pilot, "f12"))
    assert "f12" in help_text("", keymap=app.keymap).plain


async def test_what_is_wrong_is_said_at_start_and_in_the_log(
    model: ScriptedModel, storage: TestStorage, caplog: pytest.LogCaptureFixture
) -> None:
    app = an_app(model, storage, {"[red]x": "f7", "help": "ctrl+n"})
    with caplog.at_level(logging.WARNING):
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await ready(pilot)
            await until(pilot, shows(pilot, "Keys in the settings"))
            text = " ".join(screen_text(pilot).split())
            assert "[red]x" in text and "both want" in text
    assert "help and session.new both want ctrl+n" in caplog.text


def test_a_key_that_was_pressed_is_told_by_its_usual_name() -> None:
    keymap = Keymap()
    event = Key("enter", None)
    assert keymap.usual(event.key, Where.PROMPT) == "enter"


def test_inside_zellij_the_keys_that_arrive_are_named() -> None:
    keymap = BY_DEFAULT.without(lost_keys({"ZELLIJ": "0"}))
    said = {word: key for key, word in keymap.footer(Where.ANYWHERE)}
    assert said["new"] == "/new" and said["switch"] == "ctrl+pgdn"
    assert said["quit"] == "/quit" and said["help"] == "f1"
    assert keymap.name("sidebar.toggle") == "f9"
    assert BY_DEFAULT.without(lost_keys({})).footer(Where.ANYWHERE) == (
        BY_DEFAULT.footer(Where.ANYWHERE)
    )


def test_a_key_that_others_keep_still_works_where_it_arrives() -> None:
    keymap = read_keymap({"session": {"new": "ctrl+n"}})
    inside = keymap.without(lost_keys({"ZELLIJ": "0"}))
    assert inside.untyped_actions == keymap.untyped_actions
    assert inside.for_textual == keymap.for_textual
