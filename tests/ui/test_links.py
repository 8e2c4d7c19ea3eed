"""Links in the running app: shown before anything opens, opened only when asked."""

from __future__ import annotations

import pytest

from agno_tui.ui import links_dialog
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.links_dialog import LinksDialog
from agno_tui.ui.transcript.transcript import Transcript
from tests.ui.conftest import Screen, TestStorage, ready, screen_text, shows, until
from tests.ui.marked_words import said_session
from tests.ui.transcript.test_mouse import place_of

SIZE = (80, 30)
ARTICLE = "https://en.wikipedia.org/wiki/Kyoto"
ANSWER = f"See [京都 the article]({ARTICLE}) and <https://example.org/b>."


class Browser:
    """Notes what is to be opened; `works`: whether there is one."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.works = True

    async def open(self, address: str) -> bool:
        self.opened.append(address)
        return self.works


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    browser = Browser()
    monkeypatch.setattr("agno_tui.ui.opening.open_address", browser.open)
    return browser


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a dialog shows counts as seen at once."""
    monkeypatch.setattr(links_dialog, "UNSEEN", 0.0)


async def asked(pilot: Screen) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, LinksDialog), "asked")
    await pilot.pause()


async def click_on(pilot: Screen, words: str, column: int) -> None:
    place = place_of(pilot, words)
    await pilot.click(Transcript, offset=(place.x + column, place.y))
    await pilot.pause()


@pytest.mark.usefixtures("seen")
async def test_a_click_asks_and_enter_opens(
    app: AgnoApp, storage: TestStorage, browser: Browser
) -> None:
    await said_session(storage, ("where?", ANSWER))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        for column in (0, 2, 70):
            await click_on(pilot, "See", column)
            assert not isinstance(app.screen, LinksDialog)
        # A wide character has two cells, and both are its link.
        for column in (4, 5, 7, 12):
            await click_on(pilot, "See", column)
            await asked(pilot)
            assert ARTICLE in screen_text(pilot)
            assert "example.org" not in screen_text(pilot).split("Open this link?")[1]
            assert not browser.opened
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, LinksDialog))
        assert not browser.opened
        await click_on(pilot, "See", 7)
        await asked(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: browser.opened == [ARTICLE])
        assert not isinstance(app.screen, LinksDialog)


@pytest.mark.parametrize("key", ["enter", "l"])
@pytest.mark.usefixtures("seen")
async def test_keys_choose_among_the_links_of_a_message(
    app: AgnoApp, storage: TestStorage, browser: Browser, key: str
) -> None:
    await said_session(storage, ("where?", ANSWER))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", key)
        await asked(pilot)
        assert "Open one of these 2 links?" in screen_text(pilot)
        await pilot.press("j", "enter")
        await until(pilot, lambda: browser.opened == ["https://example.org/b"])
        await pilot.press("k", key)
        await until(pilot, shows(pilot, "There is no link in this message."))


async def test_enter_pressed_for_something_else_opens_nothing(
    app: AgnoApp,
    storage: TestStorage,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(links_dialog, "UNSEEN", 1_000)
    await said_session(storage, ("where?", ANSWER))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "enter", "enter", "enter")
        await asked(pilot)
        await pilot.press("enter")
        assert isinstance(app.screen, LinksDialog)
        assert not browser.opened


async def test_y_copies_the_address(
    app: AgnoApp, storage: TestStorage, browser: Browser
) -> None:
    await said_session(storage, ("where?", ANSWER))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "l")
        await asked(pilot)
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == ARTICLE)
        await until(pilot, shows(pilot, "The address"))
        assert not browser.opened


@pytest.mark.usefixtures("seen")
async def test_without_a_browser_the_address_is_copied(
    app: AgnoApp, storage: TestStorage, browser: Browser
) -> None:
    browser.works = False
    await said_session(storage, ("where?", f"<{ARTICLE}>"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "l")
        await asked(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.clipboard == ARTICLE)
        await until(pilot, shows(pilot, "There is no browser here"))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "vscode://x", "//x.org"]
)
@pytest.mark.usefixtures("seen")
async def test_what_might_start_anything_is_never_opened(
    app: AgnoApp, storage: TestStorage, browser: Browser, address: str
) -> None:
    await said_session(storage, ("where?", f"[click me]({address})"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "l")
        await until(
            pilot,
            lambda: (
                isinstance(app.screen, LinksDialog)
                or "There is no link" in screen_text(pilot)
            ),
        )
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert not browser.opened


@pytest.mark.usefixtures("seen")
async def test_a_link_opens_nothing_by_itself_while_it_streams_or_is_selected(
    app: AgnoApp, storage: TestStorage, browser: Browser
) -> None:
    await said_session(storage, ("where?", ANSWER))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        place = place_of(pilot, "See")
        await pilot.mouse_down(Transcript, offset=(place.x + 6, place.y))
        await pilot.hover(Transcript, offset=(place.x + 12, place.y))
        await pilot.mouse_up(Transcript, offset=(place.x + 12, place.y))
        await pilot.click(Transcript, offset=(place.x + 7, place.y), times=2)
        await pilot.pause()
        assert not browser.opened
