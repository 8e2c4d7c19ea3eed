"""The application: one desk on one screen, the commands, and the way out."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker

from agno_tui.models.base import Model
from agno_tui.runner import Runner
from agno_tui.session import Run
from agno_tui.storage.base import Storage
from agno_tui.ui import garbage
from agno_tui.ui.command import Keys, Where
from agno_tui.ui.control_codes import NoControlCodes
from agno_tui.ui.copying import MakeClipboard
from agno_tui.ui.failures import say_failure
from agno_tui.ui.footer import (
    NAME_KEYS,
    FooterLine,
    find_footer,
    list_footer,
    messages_footer,
    prompt_footer,
)
from agno_tui.ui.keymap import BY_DEFAULT, Keymap
from agno_tui.ui.model_watch import ModelWatch
from agno_tui.ui.session_list import SessionList
from agno_tui.ui.signals import PATIENCE, Signals
from agno_tui.ui.theme import OWN_THEMES, code_colours, line_filters, theme_named
from agno_tui.ui.transcript.transcript import Transcript
from agno_tui.ui.users import UsersApp

if TYPE_CHECKING:
    from textual.command import Provider

    from agno_tui.models.menu import ModelMenu

_log = logging.getLogger(__name__)


def _load_palette() -> type[Provider]:
    """Import the palette when it is first opened."""
    from agno_tui.ui.palette import CommandProvider

    return CommandProvider


class Ground(Screen[object]):
    """The screen the desk stands on."""

    BLANK = True


class AgnoApp(UsersApp):
    """A terminal chat over a storage and a runner that are given to it.

    It opens the storage and closes it; `run()` returns the exit code.
    """

    CSS_PATH = Path(__file__).with_name("app.tcss")
    AUTO_FOCUS = "Prompt"
    TITLE = "agno_tui"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {
        _load_palette
    }

    def __init__(
        self,
        *,
        runner: Runner,
        storage: Storage,
        model: Model,
        user_id: str = "",
        theme: str = "auto",
        notify_by: str = "auto",
        about: str = "",
        menu: ModelMenu | None = None,
        memory: bool = False,
        make_clipboard: MakeClipboard | None = None,
        keymap: Keymap = BY_DEFAULT,
    ) -> None:
        """`memory`: whether what the user says may be remembered, as long as the user
        has not switched that on or off. `make_clipboard`: None to send what is copied
        to the terminal only."""
        super().__init__()
        self.make_clipboard = make_clipboard
        self.runner = runner
        self.storage = storage
        self.user_id = user_id
        self.about = about
        self.notify_by = notify_by
        self.model_watch = ModelWatch(model, self._model_changed)
        self.models_used = [model]
        """Every model that answered or may still; whoever made the app closes them."""
        self.menu = menu
        self.remembers = memory
        self.memory_switch = self.make_memory_switch(user_id)
        self.cut_short: list[Run] = []
        """Runs that were under way when the program ended."""
        self.not_kept: list[str] = []
        """Messages that could not be kept before the program ended."""
        self._signals = Signals(self._leave_on_signal)
        self._no_control_codes = NoControlCodes()
        for own in OWN_THEMES:
            self.register_theme(own)
        self.theme = theme_named(theme, os.environ)
        self.use_keys(keymap)

    def get_default_screen(self) -> Screen[object]:
        """Textual: the screen below all others."""
        return Ground(id="_default")

    def compose(self) -> ComposeResult:
        """Textual: what stands on the screen."""
        yield self.make_desk(self.user_id)
        yield FooterLine(id="footer")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual: what every line goes through before the terminal sees it."""
        filters = line_filters(super().get_line_filters(), self.current_theme)
        return [*filters, self._no_control_codes]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Textual: variables of the stylesheet that not every theme has."""
        return code_colours(self.current_theme)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Textual: the keyboard is elsewhere: the footer says what it does there."""
        # It may be gone by now, with the dialog it was in.
        widget = event.widget
        if widget.is_attached and widget.screen in self.screen_stack[:1]:
            self._say_keys(widget)

    def on_prompt_purpose_changed(self) -> None:
        """The prompt is there for something else: other keys mean something."""
        for ground in self.screen_stack[:1]:  # None: the program ends.
            self._say_keys(ground.focused)

    on_transcript_marked_changed = on_prompt_purpose_changed
    """Another turn is marked: other keys may mean something."""

    def _say_keys(self, focused: Widget | None) -> None:
        match focused:
            case SessionList():
                keys: Keys = list_footer(self.keymap)
            case Transcript():
                turn = focused.marked_turn
                keys = messages_footer(
                    self.keymap,
                    opens=turn is not None and bool(turn.cited),
                    goes_back=self.desk.journey.goes_back,
                    has_versions=turn is not None and turn.standing.versions > 1,
                )
            case Widget(id="filter"):
                keys = self.keymap.footer(Where.FILTER)
            case Widget(id="name"):
                keys = NAME_KEYS
            case Widget(id="find-input"):
                keys = find_footer(self.keymap)
            case Widget(id="queue"):
                keys = self.keymap.footer(Where.QUEUE)
            case _:
                keys = prompt_footer(self.keymap, edits=self.desk.editing.is_under_way)
        self.screen_stack[0].query_one(FooterLine).show(keys)

    # The first moments: the frame first, everything slow after it

    def on_mount(self) -> None:
        """Textual: the screen stands; the first frame is about to be painted."""
        self._signals.listen()
        self.say_key_troubles()
        # Not by way of the app: a key may be waiting there for what begins now.
        self.screen.call_after_refresh(self._begin)

    def _begin(self) -> None:
        # (The front door turns collecting off while it imports.)
        garbage.begin()
        self.run_worker(self._start(), exit_on_error=False)

    async def _start(self) -> None:
        """Open the storage and fill the desk, then make the model ready."""
        try:
            await self.storage.open()
            await self.storage.interrupt_abandoned()
            await self.start_desk()
        except Exception as error:
            _log.critical("the conversations can't be opened", exc_info=True)
            unknown = "The conversations can't be opened. The log has the details."
            self.desk.refuse(getattr(error, "words", unknown))
            return
        await self.model_watch.prepare()
        garbage.stay()

    def _model_changed(self) -> None:
        if self.is_running:
            self.desk.model_changed()

    # Changing the model

    def choose_model(self, menu: ModelMenu, name: str) -> None:
        """Answer with another model from now on."""
        model = menu.choose(name)
        if model not in self.models_used:
            self.models_used.append(model)
        # Answers under way go on with the model that began them.
        self.runner.agent.model = model
        self.run_worker(self.model_watch.change(model), exit_on_error=False)
        if self.desk.document is not None:
            window = self.desk.pages.read_window(self.desk.document)
            self.run_worker(window, exit_on_error=False)
        with suppress(OSError):
            menu.remember(name)

    # The way out

    async def action_quit(self) -> None:
        """Quit, after the keys typed before this one have reached the prompt."""
        self.desk.chat.prompt.call_later(self.leave, 0)

    async def leave(self, code: int) -> None:
        """Keep what is under way, let go of everything, and end with an exit code."""
        try:
            self.not_kept = await self.desk.finish_sending(PATIENCE)
            self.cut_short = await self.runner.close()
            await self.desk.keep_everything()
        except Exception:
            _log.exception("not everything was kept on the way out")
        finally:
            self.exit(code)

    def _leave_on_signal(self, code: int) -> None:
        self.run_worker(
            self.leave(code), group="leave", exclusive=True, exit_on_error=False
        )

    def on_unmount(self) -> None:
        """Textual: the screen is gone."""
        self._signals.forget()

    def _fatal_error(self) -> None:
        # Textual prints every local variable here, and one of them may be a key.
        _log.critical("the program had to end", exc_info=True)
        kind = sys.exc_info()[0]
        self._exit_renderables.append(
            f"agno-tui had to end ({kind.__name__ if kind else 'unknown error'}). What "
            "you wrote is kept, so is what had arrived. The log has the details."
        )
        self._close_messages_no_wait()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Textual: a task of ours failed: say so, and live on."""
        say_failure(self, event)
