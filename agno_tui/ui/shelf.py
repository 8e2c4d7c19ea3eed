"""The shelf: the list of sessions beside the chat, with room for one or for both."""

from __future__ import annotations

from collections.abc import Coroutine
from weakref import finalize

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.worker import Worker

from agno_tui.ui.chat_pane import ChatPane
from agno_tui.ui.failures import say_failure
from agno_tui.ui.session_list import SessionList
from agno_tui.ui.sidebar import Sidebar


class Shelf(Horizontal):
    """A list of sessions, and the session that is open."""

    BLANK = True
    """Textual: nothing of its own is seen but its background, which is quickly made."""

    def compose(self) -> ComposeResult:
        """Textual: what stands on the desk."""
        yield Sidebar(id="sidebar")
        yield ChatPane(id="chat")

    @property
    def chat(self) -> ChatPane:
        """The session on the screen."""
        return self.query_one(ChatPane)

    @property
    def sessions(self) -> SessionList:
        """The list."""
        return self.query_one(SessionList)

    def _do(self, work: Coroutine[None, None, object], *, only: str = "") -> None:
        """Do something that takes time; of those with the same `only` the last one."""
        worker = self.run_worker(
            work, group=only or "default", exclusive=bool(only), exit_on_error=False
        )
        # One that is cancelled before it begins is awaited by nobody: unless it is
        # closed Python says so.
        finalize(worker, work.close).atexit = False

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Textual: a task of the desk failed: say so, and live on."""
        say_failure(self, event)

    def on_resize(self) -> None:
        """Textual: another size: the sidebar may fold away or come back."""
        self.query_one(Sidebar).fit(self.size.width)
        self._keep_keyboard()

    def toggle_sidebar(self) -> None:
        """Show or hide the list."""
        self.query_one(Sidebar).toggle()
        self._keep_keyboard()

    def _keep_keyboard(self) -> None:
        """Where the sidebar is gone, nobody writes in it or walks in its list."""
        sidebar, focused = self.query_one(Sidebar), self.screen.focused
        if not sidebar.display and focused and sidebar in focused.ancestors:
            self.screen.set_focus(self.chat.prompt)

    def focus_list(self) -> None:
        """Go to the list, to the open session, showing the list where it is hidden."""
        self.query_one(Sidebar).display = True
        self.sessions.set_open(self.sessions.open_id)
        # At once: the next key is for it already.
        self.screen.set_focus(self.sessions)
