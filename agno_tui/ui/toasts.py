"""Toasts that are taken back when they are no longer true."""

from __future__ import annotations

from time import time

from textual.app import App


def take_back(app: App[int], words: str) -> None:
    """Let no toast stand any more that has said this so far."""
    before = time()

    def remove() -> None:
        for notification in list(app._notifications):
            is_older = notification.raised_at <= before
            if is_older and notification.message == words:
                app._unnotify(notification)

    # One that was just said is on its way to the screen.
    app.call_later(remove)
