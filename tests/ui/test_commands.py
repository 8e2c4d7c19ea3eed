from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections import Counter
from collections.abc import Awaitable
from typing import Literal, cast

import pytest
from textual.actions import parse
from textual.command import CommandList, CommandPalette, Hit
from textual.content import Content
from textual.dom import DOMNode
from textual.events import Key
from textual.widgets import Input

import agno_tui.ui
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.command import Where, key_name, key_names
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.find_bar import Finder, Words
from agno_tui.ui.help import help_text
from agno_tui.ui.keymap import BY_DEFAULT, WRITING
from agno_tui.ui.memory_dialog import MemoryDialog
from agno_tui.ui.palette import CommandProvider, palette_row
from agno_tui.ui.prompt import Prompt
from agno_tui.ui.session_dialog import SessionDialog
from tests.ui.conftest import (
    MakeApp,
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

ANYWHERE = [command for command in COMMANDS if command.place is Where.ANYWHERE]


def test_ids_and_slash_commands_are_given_once() -> None:
    ids = Counter(command.id for command in COMMANDS)
    names = Counter(name for command in COMMANDS for name in command.names)
    assert set(ids.values()) == set(names.values()) == {1}


@pytest.mark.parametrize("place", list(Where))
def test_a_key_means_one_thing_in_a_place(place: Where) -> None:
    own = [command for command in COMMANDS if command.place is place]
    keys = Counter(key for command in own for key in command.key_list)
    assert own and set(keys.values()) == {1}


def test_every_command_can_be_done() -> None:
    for command in ANYWHERE:
        _, name, _ = parse(command.action)
        assert callable(getattr(AgnoApp, f"action_{name}", None)), command.action
        if command.argument is not None:
            assert callable(getattr(AgnoApp, command.argument.method))


def widgets() -> list[type[DOMNode]]:
    """Everything of ours that binds keys."""
    for module in pkgutil.walk_packages(agno_tui.ui.__path__, "agno_tui.ui."):
        importlib.import_module(module.name)
    found, left = [], [DOMNode]
    while left:
        cls = left.pop()
        left += cls.__subclasses__()
        if cls.__module__.startswith("agno_tui.") and cls.__dict__.get("BINDINGS"):
            found.append(cls)
    return found


def keys_bound(cls: type[DOMNode]) -> dict[str, str]:
    """The keys a class binds by itself, and the actions behind them."""
    return {
        key: binding.action
        for binding in cls.__dict__["BINDINGS"]
        if not binding.action.startswith("early(")
        for key in binding.key.split(",")
    }


def test_every_binding_is_that_of_a_command() -> None:
    ids = {command.id for command in COMMANDS}
    unknown = [
        (cls.__name__, binding)
        for cls in widgets()
        # (The prompt's keys are read in their order; see below.)
        if cls is not Prompt
        for binding in cls.__dict__["BINDINGS"]
        if binding.id not in ids
    ]
    assert unknown == []


def test_every_command_with_a_key_is_bound() -> None:
    bound = {b.id for cls in widgets() for b in cls.__dict__["BINDINGS"]}
    unbound = [
        command.id
        for command in COMMANDS
        if command.keys and command.id not in bound and command.place not in WRITING
    ]
    assert unbound == []


def test_all_that_the_prompt_binds_is_a_command() -> None:
    known = {
        key: command.action
        for command in COMMANDS
        if command.place is Where.PROMPT
        for key in command.key_list
    }
    assert keys_bound(Prompt).items() <= known.items()


def test_all_that_the_find_bar_does_is_a_command() -> None:
    class Nobody:
        def __getattr__(self, name: str) -> object:
            return lambda *args, **named: None

    known = {
        key
        for command in COMMANDS
        if command.place is Where.FIND
        for key in command.key_list
    }
    assert set(Words(cast("Finder", Nobody()))._done_by) == known


def test_no_command_is_shadowed_by_the_prompt() -> None:
    """Of the keys the text area takes first, only these are meant."""
    own = {key for command in ANYWHERE for key in command.key_list}
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
    # Would select the line: the app's own comes first, see `Prompt._on_key`.
    assert own & taken == {"ctrl+c", "ctrl+y", "f6", *scrolling}


def test_help_names_every_key_and_command() -> None:
    text = help_text("about").plain
    for command in BY_DEFAULT.commands:
        assert command.title in text
        assert key_names(command.keys) in text
        assert all(f"/{name}" in text for name in command.names[:1])


def test_keys_are_written_as_people_write_them() -> None:
    assert key_name("alt+up") == "alt+↑"
    assert key_names("escape,ctrl+pageup") == "esc  ctrl+pgup"


# The palette


async def first_hit(app: AgnoApp, query: str) -> Hit:
    """What stands on top of the palette."""
    provider = CommandProvider(app.screen)
    hits = [hit async for hit in provider.search(query) if isinstance(hit, Hit)]
    assert hits, query
    return max(hits, key=lambda hit: hit.score)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("memory", "memories"),
        ("Memor", "memories"),
        ("forget", "memories"),
        ("f3", "memories"),
        ("summ", "session.about"),
        ("summary", "session.about"),
        ("sum up", "session.about"),
        ("name", "session.about"),
        ("rename", "session.rename"),
        ("tokens", "session.about"),
        ("tools", "run.details"),
        ("thinking", "run.details"),
        ("chat", "session.new"),
        ("keys", "help"),
        ("exit", "quit"),
        ("show or hide the list", "sidebar.toggle"),
    ],
)
async def test_the_palette_finds_by_the_words_people_use(
    app: AgnoApp, query: str, wanted: str
) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        titles = {command.id: command.title for command in COMMANDS}
        assert (await first_hit(app, query)).text == titles[wanted]


async def test_the_palette_finds_the_colours_and_nothing_for_nonsense(
    app: AgnoApp,
) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        assert (await first_hit(app, "colours")).text == "Theme"
        provider = CommandProvider(app.screen)
        assert [hit async for hit in provider.search("xqz")] == []


async def test_the_palette_opens_sessions_and_changes_colours_and_models(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(storage, a_run("a"), name="Trip to Kyoto")
    chosen: list[str] = []

    class Menu:
        async def names(self) -> list[str]:
            return ["ollama:small"]

    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        monkeypatch.setattr(app, "menu", Menu())
        monkeypatch.setattr(app, "choose_model", lambda menu, name: chosen.append(name))
        for query, kind in (
            ("kyoto", "Conversation"),
            ("nord", "Theme"),
            ("small", "Model"),
        ):
            hit = await first_hit(app, query)
            assert str(hit.prompt).endswith(f"  {kind}")
            done = hit.command()
            assert isinstance(done, Awaitable)
            await done
        assert app.theme == "nord" and chosen == ["ollama:small"]
        assert app.desk.document is not None
        assert app.desk.document.session.session_id == "a"
        # A command comes before everything that has its name.
        await keep(storage, a_run("b"), name="Help")
        assert str((await first_hit(app, "help")).prompt).endswith(" f1")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 16)])
async def test_the_palette_has_an_edge_and_a_row_for_each(
    app: AgnoApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p", *"new conv")
        await until(pilot, shows(pilot, "New conversation  "))
        await pilot.press(*["backspace"] * 8)
        await until(pilot, shows(pilot, "About this conversation  "))
        rows = [line for line in screen_lines(pilot) if " this conversation  " in line]
        assert rows
        # Each within the box, its key at the right end of its row.
        assert all(row.count("│") >= 2 for row in rows)
        about = next(row for row in rows if " About this" in row)
        assert about.split("About this conversation")[1].split()[0] == "f4"
        box = app.screen.query_one("#--container")
        assert box.region.bottom <= size[1]
        edge = screen_lines(pilot)[box.region.y]
        assert "╭─" in edge and edge.rstrip().endswith("─╮")
        # The rows are as wide as another size lets them be.
        await pilot.resize_terminal(50, 20)
        await until(pilot, lambda: any("f4" in row[:50] for row in screen_lines(pilot)))


@pytest.mark.parametrize("theme", ["terminal", "dark"])
async def test_the_chosen_row_of_the_palette_is_seen_without_colours(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app(theme=theme)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, shows(pilot, "About this conversation"))
        rows = app.screen.query_one(CommandList)
        await until(pilot, lambda: rows.highlighted == 0)
        looks = [
            {bool(part.style and part.style.underline) for part in rows.render_line(y)}
            for y in (0, 1)
        ]
        assert looks[0] != looks[1]


def test_a_row_of_the_palette_is_cut_where_it_is_too_long() -> None:
    row = palette_row(Content("日本" * 20), "Conversation", 40)
    assert row.cell_length == 40
    assert row.plain.endswith("…  Conversation")
    assert palette_row(Content("abcdef" * 5), "ctrl+y", 10).plain == "abcdefabc…"


async def test_a_word_that_is_not_in_the_title_is_said_with_it(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"memory")
        await until(pilot, shows(pilot, "What it remembers about you · memory"))
        assert "Quit" not in screen_text(pilot)
        await pilot.pause(0.3)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MemoryDialog))


# Dialogs that are asked for before the storage is open


def note_waiting(app: AgnoApp, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set as soon as a key waits for the sessions."""
    waits, wait_in_truth = asyncio.Event(), app.desk.ready.wait

    async def wait() -> Literal[True]:
        waits.set()
        return await wait_in_truth()

    monkeypatch.setattr(app.desk.ready, "wait", wait)
    return waits


async def test_memory_asked_for_too_early_opens_a_moment_later_and_gets_the_keys(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.opened = asyncio.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        waits = note_waiting(app, monkeypatch)
        pressing = asyncio.create_task(pilot.press("f3", "a"))
        await waits.wait()
        assert app.desk.document is None
        storage.opened.set()
        await pressing
        await until(pilot, lambda: isinstance(app.screen, MemoryDialog))
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"tea", "enter")
        await until(pilot, shows(pilot, "  tea"))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, MemoryDialog))
        assert prompt_text(pilot) == ""


async def test_a_key_that_was_there_before_the_program_is_not_in_its_way(
    app: AgnoApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = AgnoApp.on_mount

    def pressed_before(app: AgnoApp) -> None:
        for key in ("f3", "a"):
            app.post_message(Key(key, None))
        begin(app)

    monkeypatch.setattr(AgnoApp, "on_mount", pressed_before)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MemoryDialog))
        await until(pilot, lambda: isinstance(app.focused, Input))
        assert prompt_text(pilot) == ""


async def test_facts_asked_for_too_early_are_those_of_the_session_that_opens(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(storage, a_run("a", "Trip to Kyoto", "Go in April."))
    await storage.set_open_session("a", user_id="")
    storage.opened = asyncio.Event()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        waits = note_waiting(app, monkeypatch)
        pressing = asyncio.create_task(pilot.press("f4"))
        await waits.wait()
        storage.opened.set()
        await pressing
        await until(pilot, lambda: isinstance(app.screen, SessionDialog))
        await until(pilot, lambda: screen_text(pilot).count("Trip to Kyoto") > 2)
        assert "not open" not in screen_text(pilot)


@pytest.mark.parametrize("key", ["f3", "f4"])
async def test_a_dialog_is_refused_in_words_where_the_storage_does_not_open(
    app: AgnoApp, storage: TestStorage, key: str
) -> None:
    storage.refuse = {"open"}
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, shows(pilot, "The disk is full."))
        await pilot.press(key)
        await until(pilot, shows(pilot, "The conversations are not open."))


async def test_a_storage_that_takes_long_holds_no_key_for_long(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agno_tui.ui.commanded.OPEN_SECONDS", 0.05)
    storage.opened = asyncio.Event()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.press("f3", *"hello")
        await until(pilot, shows(pilot, "The conversations are not open."))
        await until(pilot, lambda: prompt_text(pilot) == "hello")


# The header


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 16)])
async def test_a_long_name_keeps_away_from_the_model(
    app: AgnoApp, storage: TestStorage, size: tuple[int, int]
) -> None:
    await keep(storage, a_run("a"), name="A very long name " * 12)
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "…  test-model"))
