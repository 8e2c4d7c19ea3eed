"""Presses the keys, waits for the app, and looks at it after every deed."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable
from time import monotonic

from textual import events
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot
from textual.widget import Widget

from tests.ui.fuzz import keys
from tests.ui.fuzz.scene import Scene

PATIENCE = 20.0
"""Seconds in which the app must have done a deed, on a machine with much else to do."""

QUIET_TURNS = 4
"""Turns of the loop in which no widget has anything to do: then none has."""

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Failure(AssertionError):
    """Something that must always hold does not."""


def key_event(key: str) -> events.Key:
    """What a terminal's key comes as."""
    if len(key) == 1 and not key.isalnum():
        key = _character_to_key(key)
    name = REPLACED_KEYS.get(key, key)
    try:
        character: str | None = unicodedata.lookup(_get_unicode_name_from_key(name))
    except KeyError:
        character = key if len(key) == 1 else None
    return events.Key(key, character)


class Presser:
    """Does deeds in an app that runs."""

    def __init__(self, scene: Scene, pilot: Pilot[int]) -> None:
        self._scene = scene
        self._app = scene.app
        self._pilot = pilot

    async def do(self, deed: keys.Deed) -> None:
        """Do it all, and let the app come to rest."""
        await self.steps(deed)
        await self.drain(storage=False)

    async def steps(self, deed: keys.Deed) -> None:
        """Have it come in, and let the app do none of it that can wait."""
        for step in deed:
            await self._step(step)

    async def settle(self) -> None:
        """All answers end, all that is to be kept is."""
        scene = self._scene
        scene.model.end_all()
        await self.until(
            lambda: (
                not (
                    scene.runner.running
                    or scene.storage.under_way
                    or self._app.desk._sends
                )
            )
        )
        await self.check_answers()

    async def quit(self) -> None:
        """Quit as a user does."""
        self._scene.app.may_quit = True
        await self._step("ctrl+q")
        end = monotonic() + PATIENCE
        while self._app.is_running and not self._app._exit:
            await asyncio.sleep(0.001)
            if monotonic() > end:
                raise Failure("ctrl+q does not end it")

    async def _step(self, step: str) -> None:
        model = self._scene.model
        match step:
            case keys.REST:
                await self.drain()
            case keys.GO:
                model.go()
            case keys.END:
                model.end()
            case keys.FAIL:
                model.fail()
            case _ if step.startswith("'"):
                for letter in step[1:]:
                    self._post(key_event(letter))
            case _ if step.startswith(keys.PASTE):
                self._post(events.Paste(step.removeprefix(keys.PASTE)))
            case _ if step.startswith(keys.MANY):
                times, text = step.removeprefix(keys.MANY).split(":")
                self._post(events.Paste(int(times) * text))
            case _ if step.startswith(keys.SIZE):
                width, height = step.removeprefix(keys.SIZE).split("x")
                await self._pilot.resize_terminal(int(width), int(height))
            case _ if ":" in step:
                kind, place = step.split(":")
                await self._mouse(f"{kind}:", place)
            case _:
                self._post(key_event(step))

    def _post(self, event: events.Event) -> None:
        driver = self._app._driver
        assert driver is not None
        event.set_sender(self._app)
        driver.send_message(event)

    async def _mouse(self, kind: str, place: str) -> None:
        await self.drain(storage=False)
        across, down = map(float, place.split(","))
        width, height = self._app.size
        x, y = int(across * width), int(down * height)
        match kind:
            case keys.WHEEL:
                which = events.MouseScrollUp if x % 2 else events.MouseScrollDown
                self._at(which, x, y)
            case keys.DRAG:
                self._at(events.MouseDown, x, y)
                self._at(events.MouseMove, x // 2, y // 2)
                self._at(events.MouseUp, x // 2, y // 2)
            case _:
                for _ in range(2 if kind == keys.DOUBLE else 1):
                    self._at(events.MouseDown, x, y)
                    self._at(events.MouseUp, x, y)

    def _at(self, kind: type[events.MouseEvent], x: int, y: int) -> None:
        button = 0 if kind in (events.MouseScrollUp, events.MouseScrollDown) else 1
        self._post(kind(None, x, y, 0, 0, button, False, False, False, x, y))

    # Waiting

    async def drain(self, *, storage: bool = True) -> None:
        """Let the app do all that it has to do now."""
        await self.until(lambda: not (storage and self._scene.storage.under_way))

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the app work until it has nothing to do and something holds."""
        end, quiet = monotonic() + PATIENCE, 0
        while quiet < QUIET_TURNS:
            await asyncio.sleep(0)
            self.check_alive()
            if not condition():
                quiet = 0
                await asyncio.sleep(0.0005)
            elif self._is_busy():
                quiet = 0
            else:
                quiet += 1
            if monotonic() > end:
                raise Failure(f"the app does not come to rest: {self._busy()}")

    def _nodes(self) -> list[Widget]:
        screens = self._app.screen_stack
        return [
            node
            for screen in screens
            for node in screen.walk_children(Widget, with_self=True)
        ]

    def _busy(self) -> list[str]:
        nodes = (self._app, *self._nodes())
        return [repr(node) for node in nodes if not node._message_queue.empty()]

    def _is_busy(self) -> bool:
        if not self._app._message_queue.empty():
            return True
        return any(not node._message_queue.empty() for node in self._nodes())

    # What must always hold

    def check_alive(self) -> None:
        """Nothing has ended the app."""
        if self._app._exception is not None:
            raise Failure("the app has ended") from self._app._exception
        if not self._app.is_running:
            raise Failure("the app has ended")

    async def check_answers(self) -> None:
        """Every widget does what it is asked for."""
        await self._pilot._wait_for_screen(timeout=PATIENCE)
        self.check_alive()

    def check_focus(self) -> None:
        """The keyboard is at something that can be seen."""
        focused = self._app.focused
        if focused is None:
            # A dialog that is only read has its keys itself.
            if len(self._app.screen_stack) > 1 and not self._app.screen.focus_chain:
                return
            raise Failure(f"the keyboard is nowhere, on {self._app.screen!r}")
        if not focused.is_attached:
            raise Failure(f"the keyboard is at what is gone: {focused!r}")
        hidden = [node for node in focused.ancestors_with_self if not node.display]
        if hidden or focused.screen is not self._app.screen:
            raise Failure(f"the keyboard is at what is not seen: {focused!r} {hidden}")

    def check_documents(self) -> None:
        """What is on the screen is of one session, and of this user."""
        document = self._app.desk.document
        if document is None:
            return
        session = document.session
        if session.user_id != self._app.user_id:
            raise Failure(f"another user's: {session}")
        for turn in document.turns:
            if turn.run is not None and turn.run.session_id != session.session_id:
                raise Failure(f"another session's: {turn.run}")

    def check_painted(self) -> None:
        """No control code is in what is painted."""
        app = self._app
        strips = app.screen._compositor.render_strips(app.size)
        for strip in strips:
            for segment in strip:
                if not segment.control and (found := CONTROL.search(segment.text)):
                    raise Failure(f"{found.group()!r} in {strip.text!r}")
