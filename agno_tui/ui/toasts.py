"""Toasts: few at once, the same words once; what is no longer true is taken back."""

from __future__ import annotations

from time import time
from typing import ClassVar

from textual.app import App
from textual.geometry import Spacing
from textual.notifications import Notification, Notify
from textual.screen import Screen
from textual.widgets._toast import Toast, ToastRack

SECONDS, LONGER_SECONDS = 4, 6
"""How long a toast stands, and one that says what went wrong or offers an undo."""

MOST = 2
"""Toasts that stand at once: more would cover what is read."""


class ToastingApp(App[int]):
    """An application in which words that are said again are not shown twice, and few
    toasts stand at once."""

    NOTIFICATION_TIMEOUT: ClassVar[float] = SECONDS

    def on_notify(self, event: Notify) -> None:
        """Textual: a toast is wanted: one that says the same stands longer instead."""
        said = event.notification
        if said.severity == "error":
            said.timeout = max(said.timeout, LONGER_SECONDS)
        for standing in self._notifications:
            if _says_the_same(standing, said):
                event.prevent_default()
                self._renew(standing, said.timeout)
                return
        self._make_room()

    def _make_room(self) -> None:
        """Let the oldest go, errors last."""
        standing = sorted(self._notifications, key=lambda one: one.raised_at)
        standing.sort(key=lambda one: one.severity == "error")
        for one in standing[: max(0, len(standing) - MOST + 1)]:
            self._unnotify(one, refresh=False)

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


def clear(app: App[int]) -> None:
    """Let only errors stand: what was said was said of what is no longer there."""
    for notification in list(app._notifications):
        if notification.severity != "error":
            app._unnotify(notification)


def stand_above(screen: Screen[object], y: int) -> None:
    """Have the toasts of a screen end above this line."""
    margin = Spacing(0, 1, max(0, screen.size.height - y), 0)
    for rack in screen.query(ToastRack):
        # Anything that is laid out anew costs a whole frame.
        if rack.styles.margin != margin:
            rack.styles.margin = margin


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
