"""The sidebar: the name of the program, and the list of sessions."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from agno_tui.ui.session_list import SessionList


class Sidebar(Vertical):
    """Stands beside the chat where there is room for both."""

    def compose(self) -> ComposeResult:
        """Textual: what stands in the sidebar."""
        yield Static("Conversations", id="sidebar-title", markup=False)
        yield SessionList(id="sessions")
