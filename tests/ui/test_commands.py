from __future__ import annotations

from collections import Counter

from textual.actions import parse

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.commands import COMMANDS, key_name, key_names
from agno_tui.ui.help import help_text
from agno_tui.ui.prompt import Prompt


def test_ids_and_keys_are_given_once() -> None:
    ids = Counter(command.id for command in COMMANDS)
    keys = Counter(key for command in COMMANDS for key in command.keys.split(","))
    assert set(ids.values()) == set(keys.values()) == {1}


def test_every_command_can_be_done() -> None:
    for command in COMMANDS:
        _, name, _ = parse(command.action)
        assert callable(getattr(AgnoApp, f"action_{name}", None)), command.action


def test_no_command_is_shadowed_by_the_prompt() -> None:
    """Of the keys the text area takes first, only these are meant."""
    own = {key for command in COMMANDS for key in command.keys.split(",")}
    taken = {
        key
        for cls in Prompt.__mro__
        for binding in cls.__dict__.get("BINDINGS", ())
        for key in binding.key.split(",")
    }
    # Copies the selection, and goes on to the app where there is none.
    # Bound in the prompt to the app's own action.
    # Scroll sideways, and go on to the app where nothing is wider than the screen.
    scrolling = {"ctrl+pageup", "ctrl+pagedown"}
    assert own & taken == {"ctrl+c", "ctrl+y", *scrolling}


def test_help_names_every_key_and_command() -> None:
    text = help_text("about").plain
    for command in COMMANDS:
        assert command.title in text
        assert key_names(command.keys) in text


def test_keys_are_written_as_people_write_them() -> None:
    assert key_name("alt+up") == "alt+↑"
    assert key_names("escape,ctrl+pageup") == "esc  ctrl+pgup"
