"""Slash commands: what they mean, what is offered, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.help import Help
from agno_tui.ui.slash import (
    Choice,
    Slash,
    as_message,
    as_written,
    command_named,
    is_begun_command,
    offered_choices,
    offered_commands,
    read_slash,
)
from agno_tui.ui.slash_panel import SlashPanel
from tests.ui.conftest import (
    MakeApp,
    Screen,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    screen_lines,
    screen_text,
    shows,
    the_app,
    until,
)
from tests.ui.marked_words import sought


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/", Slash("")),
        ("/ne", Slash("ne")),
        ("/New", Slash("new")),
        ("/model gpt 5 ", Slash("model", "gpt 5")),
        ("/model ", Slash("model", "")),
        ("/usr/bin is a folder", None),
        ("//", None),
        ("// a comment", None),
        ("/ a slash", None),
        ("/new\nlines", None),
        (" /new", None),
        ("/2 of them", None),
        ("1/2", None),
        ("", None),
    ],
)
def test_a_command_is_one_word_after_a_slash(text: str, meant: Slash | None) -> None:
    assert read_slash(text) == meant


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("n", "/new"),
        ("d", "/details"),
        ("rm", "/delete"),
        ("q", "/quit"),
        ("u", "/undo"),
        ("ne", "/new"),
        ("nex", "/next"),
        ("previ", "/prev"),
        ("exit", "/quit"),
        ("llm", "/model "),
        ("sdb", "/sidebar"),
        ("", "/new"),
    ],
)
def test_commands_are_offered_by_prefix_then_by_words(word: str, first: str) -> None:
    assert offered_commands(word, COMMANDS)[0].text == first


def test_all_commands_are_offered_and_none_for_nonsense() -> None:
    offered = [offer.command for offer in offered_commands("", COMMANDS)]
    assert offered == [command for command in COMMANDS if command.slash]
    assert offered_commands("zzq", COMMANDS) == []


def test_choices_are_offered_by_prefix_then_by_all_words() -> None:
    command = command_named("model", COMMANDS)
    assert command is not None
    names = ["ollama:small", "openai:gpt", "gpt", "my gpt\x1b[31m"]
    choices = [Choice(name, name) for name in names]
    offers = offered_choices("gpt", command, choices)
    assert [offer.choice.value for offer in offers if offer.choice] == [
        "gpt",
        "openai:gpt",
        "my gpt\x1b[31m",
    ]
    assert "\x1b" not in offers[-1].text + offers[-1].shown
    assert offered_choices("gpt small", command, choices) == []


# On the screen


def panel(pilot: Screen) -> str:
    """What the list says, or nothing where it is not there."""
    for one in the_app(pilot).desk.chat.query(SlashPanel):
        if one.display and one.size.height:
            region = one.region
            lines = screen_lines(pilot)[region.y : region.bottom]
            return "\n".join(line[region.x :] for line in lines)
    return ""


def marks(pilot: Screen, name: str) -> Callable[[], bool]:
    return lambda: f"▌ {name}" in panel(pilot)


async def test_a_slash_opens_the_list_and_typing_filters_it(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("/")
        await until(pilot, lambda: "/new" in panel(pilot))
        assert "New conversation" in panel(pilot)
        await pilot.press(*"mod")
        await until(pilot, lambda: "▌ /model [name]" in panel(pilot))
        assert "/new" not in panel(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: panel(pilot) == "")
        assert prompt_text(pilot) == "/mod"
        await pilot.press(*["backspace"] * 4, "/")
        await until(pilot, lambda: "/new" in panel(pilot))
        await pilot.press("a", "/", "b")
        await until(pilot, lambda: panel(pilot) == "")


async def test_a_slash_within_a_message_opens_nothing(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"1/2 /new", "enter")
        await until(pilot, shows(pilot, "Echo 1/2 /new"))
        assert panel(pilot) == ""


async def test_arrows_choose_tab_completes_and_enter_does(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"/ne")
        await until(pilot, lambda: "▌ /new" in panel(pilot))
        await pilot.press("down")
        await until(pilot, lambda: "▌ /next" in panel(pilot))
        await pilot.press("up", "up", "down", "tab")
        assert prompt_text(pilot) == "/new"
        await pilot.press(*["backspace"] * 4, *"/hel", "enter")
        await until(pilot, lambda: isinstance(app.screen, Help))
        assert prompt_text(pilot) == ""


async def test_the_keys_after_a_command_go_where_it_leads(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "first"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"/new", "enter", *"hello", "enter")
        await until(pilot, shows(pilot, "Echo hello"))
        assert app.desk.document is not None
        assert app.desk.document.session.session_id != "a"
        assert len(await storage.get_runs("a", user_id="")) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/nonsense of mine", "There is no /nonsense."),
        ("/new of these", "/new takes no words."),
        ("/", "There is no command without a name."),
    ],
)
async def test_what_is_no_command_is_sent_by_a_second_enter(
    app: AgnoApp, text: str, words: str
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*text, "enter")
        await until(pilot, shows(pilot, words))
        assert prompt_text(pilot) == text
        # Written on, it is asked about again.
        await pilot.press("x", "backspace", "enter")
        assert prompt_text(pilot) == text
        await pilot.press("enter")
        await until(pilot, shows(pilot, f"Echo {text}"))
        assert prompt_text(pilot) == ""


@pytest.mark.parametrize("text", ["/usr/bin is a folder", "// a comment", "/ two"])
async def test_a_path_is_sent_at_once(app: AgnoApp, text: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*text, "enter")
        await until(pilot, shows(pilot, f"Echo {text}"))


async def test_a_newline_makes_a_message_of_it(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"/new", "ctrl+j", *"x", "enter")
        await until(pilot, shows(pilot, "Echo /new"))


async def test_words_after_a_command_are_its_own(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "why is the sky blue?"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"/find sky", "enter")
        await until(pilot, lambda: sought(pilot) == "sky")
        await until(pilot, shows(pilot, "1/1"))


async def test_themes_are_completed_and_an_unknown_one_comes_back(
    app: AgnoApp,
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*"/theme ")
        await until(pilot, lambda: "light" in panel(pilot))
        await pilot.press(*"nor", "tab")
        assert prompt_text(pilot) == "/theme nord"
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "nord")
        await pilot.press(*"/theme no such", "enter")
        await until(pilot, shows(pilot, "There is no theme no such."))
        assert prompt_text(pilot) == "/theme no such"


async def test_sessions_are_opened_by_their_title(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a"), name="Trip to Kyoto")
    await keep(storage, a_run("b"), name="Tax letter")
    await storage.set_open_session("b", user_id="")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*"/sessions kyo")
        await until(pilot, lambda: "▌ Trip to Kyoto" in panel(pilot))
        await pilot.press("enter")
        await until(
            pilot,
            lambda: (
                app.desk.document is not None
                and app.desk.document.session.session_id == "a"
            ),
        )
        await pilot.press(*"/sessions nowhere", "enter")
        # No title has the words: what was said is searched for them.
        await until(pilot, shows(pilot, "Search all conversations"))
        await until(pilot, shows(pilot, "Nothing found."))
        assert prompt_text(pilot) == ""


async def test_the_session_on_the_screen_is_renamed_deleted_and_brought_back(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a"), name="Trip to Kyoto")
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*"/renam", "enter")
        assert prompt_text(pilot) == "/rename "
        await pilot.press(*"Osaka", "enter")
        await until(pilot, shows(pilot, "Osaka"))
        kept = await storage.get_session("a", user_id="")
        assert kept is not None and kept.name == "Osaka"
        await pilot.press(*"/delete", "enter")
        await until(pilot, lambda: app.desk.sessions.sessions == [])
        await pilot.press(*"/undo", "enter")
        await until(pilot, lambda: len(app.desk.sessions.sessions) == 1)


async def test_the_last_question_is_sent_again(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "why?", "so"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"/retry", "enter")
        await until(pilot, shows(pilot, "Echo why?"))


@pytest.mark.parametrize("text", ["/delete", "/retry", "/rename me"])
async def test_what_needs_a_session_says_so(app: AgnoApp, text: str) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*text, "enter")
        await until(pilot, shows(pilot, "Nothing was said in this conversation yet."))


async def test_what_is_destructive_is_not_done_for_half_a_name(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "one"), a_run("b", "two"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"/del", "enter")
        assert prompt_text(pilot) == "/delete"
        await pilot.pause()
        assert len(app.desk.sessions.sessions) == 2
        await pilot.press("enter")
        await until(pilot, lambda: len(app.desk.sessions.sessions) == 1)
        assert prompt_text(pilot) == ""


async def test_what_is_destructive_is_done_where_it_is_chosen(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "one"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"/dele", "down", "enter")
        await until(pilot, lambda: app.desk.sessions.sessions == [])


async def test_what_the_storage_refuses_comes_back(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "one"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        storage.refuse.add("set_setting")
        await pilot.press(*"/context 5", "enter")
        await until(pilot, shows(pilot, "The disk is full."))
        assert prompt_text(pilot) == "/context 5"
        storage.refuse.clear()
        await pilot.press("enter")
        await until(pilot, lambda: prompt_text(pilot) == "")


async def test_what_was_clicked_and_is_refused_comes_back(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a"), name="Trip to Kyoto")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*"/sessions kyo")
        await until(pilot, marks(pilot, "Trip to Kyoto"))
        storage.refuse.add("get_session")
        await pilot.click(SlashPanel, offset=(5, 0))
        await until(pilot, shows(pilot, "The disk is full."))
        await until(pilot, lambda: prompt_text(pilot) == "/sessions kyo")


async def test_models_that_can_not_be_found_are_said(
    app: AgnoApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail() -> list[Choice]:
        raise RuntimeError("no models")

    monkeypatch.setattr(app, "models", fail)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*"/model x")
        await until(pilot, shows(pilot, "Something unexpected went wrong."))
        assert prompt_text(pilot) == "/model x"


async def test_the_list_is_there_only_while_the_prompt_has_the_keyboard(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "one"))
    await storage.set_draft("a", "/", user_id="")
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "/new" in panel(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: panel(pilot) == "")
        app.desk.chat.prompt.put("/n")
        await pilot.pause()
        assert panel(pilot) == ""
        await pilot.press("escape")
        await until(pilot, lambda: "/next" in panel(pilot))


async def test_a_click_does_it(app: AgnoApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"/help")
        await until(pilot, lambda: "/help" in panel(pilot))
        await pilot.click(SlashPanel, offset=(5, 0))
        await until(pilot, lambda: isinstance(app.screen, Help))
        assert prompt_text(pilot) == ""


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 16)])
async def test_the_list_leaves_room_and_follows_what_is_marked(
    app: AgnoApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await pilot.press("/")
        await until(pilot, lambda: panel(pilot) != "")
        names = [offer.shown for offer in offered_commands("", COMMANDS)]
        for name in names:
            await pilot.press("down")
            await until(pilot, marks(pilot, name), name)
        assert len(panel(pilot).splitlines()) <= size[1] // 3
        await pilot.press("down")
        await until(pilot, lambda: f"▌ {names[0]}" in panel(pilot))
        assert "f1 help" in screen_text(pilot)


async def test_two_slashes_send_one_and_come_back_as_two(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*"//delete it", "enter")
        await until(pilot, shows(pilot, "Echo /delete it"))
        assert model.requests[-1][-1].content == "/delete it"
        # Sent once more, it is no command either.
        await pilot.press("up")
        await until(pilot, lambda: prompt_text(pilot) == "//delete it")
        await pilot.press("enter")
        await until(pilot, lambda: len(model.requests) == 2)
        assert model.requests[-1][-1].content == "/delete it"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("//x", "/x"),
        ("//new words", "/new words"),
        ("// a comment", "// a comment"),
        ("//", "//"),
        ("///x", "///x"),
        ("//x\ny", "//x\ny"),
        ("//example.org/x", "//example.org/x"),
        ("/usr/bin", "/usr/bin"),
        ("x", "x"),
    ],
)
def test_what_is_sent_of_two_slashes(written: str, sent: str) -> None:
    assert as_message(written) == sent
    assert as_message(as_written(sent)) == sent


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("/", True),
        ("/s", True),
        ("/model gpt", True),
        ("/xyzzy", False),
        ("/xyzzy gpt", False),
        ("/mod gpt", False),
        ("//s", False),
        ("s", False),
        ("", False),
    ],
)
def test_a_command_may_be_begun(text: str, is_one: bool) -> None:
    assert is_begun_command(text, COMMANDS) is is_one


async def test_a_session_with_a_begun_command_only_is_not_listed(
    make_app: MakeApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "hello"))
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+n", *"/s", "escape")
        await until(pilot, lambda: len(storage._sessions) == 2, "it is kept")
        await until(
            pilot, lambda: storage._open_sessions.get("") not in ("a", None), "kept"
        )
        assert [one.session_id for one in app.desk.sessions.sessions] == ["a"]
    # As after a crash: nothing was kept on the way out.
    again = make_app()
    async with again.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert prompt_text(pilot) == "/s"
        assert [one.session_id for one in again.desk.sessions.sessions] == ["a"]
        await pilot.press("backspace", "backspace", *"so")
        await until(pilot, lambda: len(again.desk.sessions.sessions) == 2)
