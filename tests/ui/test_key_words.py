"""Words that name keys: they follow what the user chose, and no key is written down in
them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import agno_tui.ui
from agno_tui.agent import Agent
from agno_tui.runner import Runner
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.chosen_keys import read_keymap
from agno_tui.ui.key_words import pair
from agno_tui.ui.keymap import BY_DEFAULT
from tests.ui.conftest import (
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    ready,
    screen_lines,
    shows,
    until,
)

ROOM = Path(agno_tui.ui.__file__).parent
FILES = sorted(ROOM.rglob("*.py"))

KEY = re.compile(
    r"(?i:\b(?:ctrl|alt|shift)\+\S)|\bF\d+\b|\besc\b"
    # A letter that does something: "u brings it back", "Press a to …".
    r"|(?<![\w'’.%])[b-hj-zB-HJ-Z] [a-z]|Press \w\b"
)
WRITTEN_DOWN = {
    "multiplexers.py": "keys of zellij and tmux, which are not ours",
    "chosen_keys.py": "what people call keys in the settings",
    "transcript/outcome.py": "an r that stands alone in the prompt: no command has it",
}
"""Where keys are named in words all the same, and why."""

COMPARED = {
    "chosen_keys.py",
    "command.py",
    "commands.py",
    "find_bar.py",
    "help.py",
    "keymap.py",
    "list_lines.py",
    "multiplexers.py",
    "place_commands.py",
    "prompt.py",
    "prompt_search.py",
    "search_dialog.py",
    "session_commands.py",
    "slash_keys.py",
    "tree_dialog.py",
}
"""Where a key by itself stands: what commands have by default, and what is pressed."""


def texts(file: Path) -> Iterator[str]:
    """What is said in a file: its strings, but for those that explain it."""
    tree = ast.parse(file.read_text("utf-8"))
    explaining = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    for node in constants:
        if isinstance(node.value, str) and id(node) not in explaining:
            yield node.value


def is_css(text: str) -> bool:
    return "{" in text and ";" in text and "\n" in text


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOM)))
def test_no_key_is_written_down_in_words(file: Path) -> None:
    name = str(file.relative_to(ROOM))
    for text in texts(file):
        if " " in text.strip() and name not in WRITTEN_DOWN and not is_css(text):
            assert not KEY.search(text), text
        if " " not in text.strip() and name not in COMPARED:
            assert not re.fullmatch(r"(?:ctrl|alt)\+\S+|[Ff]\d+|esc", text), text


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOM)))
def test_every_command_that_is_named_is_one(file: Path) -> None:
    for text in texts(file):
        for ids in re.findall(r"\{([a-z_]+(?:[.|][a-z_.|]+)?)\}", text):
            for id in ids.split("|"):
                assert "." not in id or BY_DEFAULT[id], id
        # It raises `KeyError` for a command that is none.
        if re.search(r"\{[a-z]+\.[a-z_]+\}", text):
            assert "{" not in BY_DEFAULT.words(text)


def test_what_is_said_of_a_key_that_is_none_is_left_out() -> None:
    keymap = read_keymap(
        {"list.undo": "", "help.up": "", "model": "", "list.pin": "f8", "find.next": ""}
    )
    assert keymap.words("Deleted. {list.undo} brings it back.") == "Deleted."
    assert keymap.words("{find.next} next   {find.leave} back") == "esc back"
    assert keymap.words("type · {help.up} read · {help.close} closes") == (
        "type · esc closes"
    )
    # What is a slash command too is called by that.
    assert keymap.words("{model} another model") == "/model another model"
    assert keymap["list.delete"].title == "Delete"
    assert keymap["list.mark"].title == "Mark, and go down; f8 a d x do it to all"
    assert BY_DEFAULT["list.delete"].title == "Delete; u brings it back"


def test_two_keys_say_once_what_both_are_pressed_with() -> None:
    assert pair("alt+↑", "alt+↓") == "alt+↑ ↓"
    assert pair("f5", "f6") == "f5 f6"
    assert pair("ctrl+f", "f6") == "ctrl+f f6"


CHOSEN: dict[str, object] = {
    "prompt.newline": "f7",
    "session.new": "alt+c",
    "session.next": "ctrl+down",
    "run.stop": "f8",
    "help": "f12",
    "help.close": "f10",
    "help.down": "ctrl+e",
    "memory.add": "i",
    "memory.close": "f10",
    "about.close": "f10",
    "about.summarize": "z",
    "context.close": "f10",
    "context.more": "m",
    "model.cancel": "f10",
    "user.cancel": "f10",
    "find.leave": "f10",
    "asked.leave": "f10",
    "list.undo": "z",
    "list.archive_view": "f11",
    "filter.leave": "f10",
    "interrupt": "ctrl+k",
    "prompt.undo": "ctrl+u",
}


async def test_the_screen_says_the_keys_the_user_chose(
    model: ScriptedModel, storage: TestStorage
) -> None:
    keymap = read_keymap(CHOSEN)
    assert keymap.troubles == ()
    app = AgnoApp(
        runner=Runner(Agent(model, storage=storage)),
        storage=storage,
        model=model,
        theme="dark",
        keymap=keymap,
    )
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "enter send · f7 newline · ↑ earlier"))
        for words in ("alt+c  new conv", "f8  stop an answer", "f12  help", "ctrl+↓"):
            assert shows(pilot, words)(), words
        await pilot.press("f12")
        await until(pilot, shows(pilot, "↑ ctrl+e pgup pgdn read · f10 closes"))
        await pilot.press("f10", "f3")
        await until(pilot, shows(pilot, "f10 close"))
        assert shows(pilot, "Press i to write something down")()
        await pilot.press("i")
        await until(pilot, shows(pilot, "enter keeps it · f10 leaves it"))
        await pilot.press("f10", "f10", "ctrl+r")
        await until(pilot, shows(pilot, "enter take it   f10 back"))
        await pilot.press("f10", *"x", "ctrl+k")
        await until(pilot, shows(pilot, "Put away. ctrl+u brings it back."))
        await pilot.press("ctrl+k")
        await until(pilot, shows(pilot, "Press ctrl+k again to quit."))


async def test_the_screen_of_a_conversation_says_them_too(
    model: ScriptedModel, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "hello"), a_run("b", "more"))
    await storage.set_open_session("a", user_id="")
    app = AgnoApp(
        runner=Runner(Agent(model, storage=storage)),
        storage=storage,
        model=model,
        theme="dark",
        keymap=read_keymap(CHOSEN),
    )
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("f4")
        await until(pilot, shows(pilot, "Press z to have one made."))
        assert shows(pilot, "f10 close")()
        await pilot.press("f10", "ctrl+t")
        await until(pilot, shows(pilot, "m - runs"))
        await pilot.press("f10", "ctrl+f")
        await until(pilot, shows(pilot, "f10 back"))
        await pilot.press("f10", "ctrl+s", "slash")
        await until(pilot, lambda: "f10 all titles" in screen_lines(pilot)[-1])
        await pilot.press("f10", "a")
        await until(pilot, shows(pilot, "z brings it back, f11 shows"))
        await pilot.press("f11")
        await until(pilot, shows(pilot, "Archive · f11 goes back"))
