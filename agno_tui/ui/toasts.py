"""Toasts: the same words stand once, and what is no longer true is taken back."""

from __future__ import annotations

from time import time

from textual.app import App
from textual.notifications import Notification, Notify
from textual.widgets._toast import Toast


class ToastingApp(App[int]):
    """An application in which words that are said again are not shown twice."""

    def on_notify(self, event: Notify) -> None:
        """Textual: a toast is wanted: one that says the same stands longer instead."""
        for standing in self._notifications:
            if _says_the_same(standing, event.notification):
                event.prevent_default()
                self._renew(standing, event.notification.timeout)
                return

    def _renew(self, standing: Notification, seconds: float) -> None:
        standing.raised_at, standing.timeout = time(), seconds
        for screen in self.screen_stack:
            for toast in screen.query(Toast):
                if toast._notification is standing:
                    for timer in list(toast._timers):
                        timer.stop()
                    toast.set_timer(seconds, toast._expire)


def _says_the_same(one: Notification, other: Notification) -> bool:
    return (one.message, one.title, one.severity) == (
        other.message,
        other.title,
        other.severity,
    )


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
