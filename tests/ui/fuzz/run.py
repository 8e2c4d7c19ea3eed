"""A whole run: keys from a seed, a look after each, the end, a restart; and the cutting
of what fails down to little."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from agno_tui.session import RunStatus
from tests.ui.fuzz.keys import Deed
from tests.ui.fuzz.oracle import (
    Oracle,
    held_by,
    is_whole,
    kept_in,
    lost_with,
    statuses,
)
from tests.ui.fuzz.press import Failure, Presser
from tests.ui.fuzz.scene import Heard, Scene

LOOKS = 8
"""Deeds between two looks at all that is painted."""

SETTLES = 25
"""Deeds between two counts of all that was typed."""

LAST = 100
"""Deeds that are told where something fails."""


@dataclass(slots=True)
class Broken(Exception):
    """What failed, and after which deeds."""

    seed: int
    done: list[Deed]
    why: str

    @property
    def kind(self) -> str:
        """The failure without what differs from time to time."""
        return re.sub(r"[\W\d]+", " ", self.why)[:40]

    def __str__(self) -> str:
        numbered = list(enumerate(self.done))[-LAST:]
        last = "\n".join(f"{at} {json.dumps(deed)}" for at, deed in numbered)
        return f"seed {self.seed}, deed {len(self.done)}: {self.why}\nlast:\n{last}"


@contextmanager
def _scenery(folder: Path) -> Iterator[tuple[pytest.MonkeyPatch, Heard]]:
    """Nothing leaves the folder; what is logged as an error is heard."""
    heard, log = Heard(), logging.getLogger("agno_tui")
    log.addHandler(heard)

    async def no_browser(address: str) -> bool:
        return False

    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME"):
            patch.setenv(name, str(folder))
        patch.setenv("EDITOR", "true")
        patch.delenv("VISUAL", raising=False)
        patch.setattr("agno_tui.ui.opening.open_address", no_browser)
        try:
            yield patch, heard
        finally:
            log.removeHandler(heard)


async def play(
    folder: Path, seed: int, todo: Sequence[Deed], *, quits: bool = False
) -> None:
    """Do all deeds in an app over a new database, quit, and start again over it.

    `quits`: right behind the last deed, whatever is under way. Errors: `Broken`.
    """
    done: list[Deed] = []
    with _scenery(folder) as (patch, heard):
        play = _Play(folder, seed, patch, heard, done)
        try:
            await play.first(todo, quits=quits)
            await play.again()
        except Exception as error:
            raise Broken(seed, done, _why(error)) from error


def _why(error: BaseException) -> str:
    cause = f" from {error.__cause__!r}" if error.__cause__ is not None else ""
    return f"{type(error).__name__}: {error}{cause}"


class _Play:
    def __init__(
        self,
        folder: Path,
        seed: int,
        patch: pytest.MonkeyPatch,
        heard: Heard,
        done: list[Deed],
    ) -> None:
        self._folder, self._seed, self._done = folder, seed, done
        self._scene = Scene(folder, seed)
        self._oracle = Oracle()
        self._oracle.listen(self._scene.runner, patch)
        self._heard, self._unheard = heard, list[str]()
        self._held = ""
        """What the program held in the end and no database keeps: it goes with it."""

    async def first(self, todo: Sequence[Deed], *, quits: bool) -> None:
        """All deeds, and the end."""
        scene, app = self._scene, self._scene.app
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, said: self._unheard.append(str(said)))
        async with app.run_test(size=(120, 40)) as pilot:
            presser = Presser(scene, pilot)
            await presser.until(lambda: app.desk.ready.is_set())
            for number, deed in enumerate(todo):
                self._done.append(deed)
                if quits and number == len(todo) - 1:
                    await self._end_with(presser, number, deed)
                    break
                await self._one(presser, number, deed)
            else:
                await presser.settle()
                self._count_words()
                self._held = lost_with(app)
                await presser.quit()
        await scene.storage.close()
        self._listen()
        if lost := self._oracle.lost(kept_in(scene.path) + self._held):
            raise Failure(f"lost with the end: {lost}")
        self._check_runs()

    async def _one(self, presser: Presser, number: int, deed: Deed) -> None:
        app = self._scene.app
        before = self._oracle.before(app, deed, number)
        await presser.do(deed)
        self._oracle.after(app, before)
        self._listen()
        presser.check_focus()
        presser.check_documents()
        if number % LOOKS == 0:
            await presser.check_answers()
            presser.check_painted()
        if number % SETTLES == SETTLES - 1:
            await presser.drain()
            self._count_words()

    async def _end_with(self, presser: Presser, number: int, deed: Deed) -> None:
        """The last deed, and ctrl+q before the app has done any of it."""
        app = self._scene.app
        before = self._oracle.before(app, deed, number)
        self._held = lost_with(app)
        await presser.steps(deed)
        await presser.quit()
        self._oracle.after(app, before)

    def _listen(self) -> None:
        if wrong := (*self._heard.records, *self._unheard):
            raise Failure("\n".join(wrong))

    def _count_words(self) -> None:
        lost = self._oracle.lost(kept_in(self._scene.path) + held_by(self._scene.app))
        if lost:
            raise Failure(f"lost: {lost}")

    def _check_runs(self) -> None:
        path = self._scene.path
        if wrong := list(self._oracle.troubles(path)):
            raise Failure("\n".join(wrong))
        under_way = {*statuses(path)} - {one for one in RunStatus if one.ended}
        if under_way - {RunStatus.PENDING}:
            raise Failure(f"not ended: {statuses(path)}")
        if not is_whole(path):
            raise Failure("the database is not whole")

    async def again(self) -> None:
        """A restart: the same session is open, with the same words in the prompt."""
        shown, draft, user_id = self._scene.standing
        scene = Scene(self._folder, self._seed, user_id=user_id)
        before = statuses(scene.path)
        async with scene.app.run_test(size=(120, 40)) as pilot:
            presser = Presser(scene, pilot)
            await presser.until(lambda: scene.app.desk.ready.is_set())
            await presser.settle()
            now_shown, now_draft, _ = scene.standing
            if shown and (now_shown, now_draft) != (shown, draft):
                raise Failure(f"{shown} {draft!r} became {now_shown} {now_draft!r}")
            await presser.quit()
        await scene.storage.close()
        self._listen()
        if statuses(scene.path) != before:
            raise Failure(f"{before} became {statuses(scene.path)}")


def run(seed: int, todo: Sequence[Deed], *, quits: bool = False) -> Broken | None:
    """Play in a folder of its own; what failed, or None."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            asyncio.run(play(Path(folder), seed, todo, quits=quits))
        except Broken as broken:
            return broken
    return None


def shrunk(broken: Broken, *, quits: bool = False, seconds: float = 300) -> Broken:
    """The same failure after as few deeds as can be found in some time: halves, then
    quarters and so on are left out as long as it still fails in the same way."""
    end, size = monotonic() + seconds, len(broken.done) // 2
    while size >= 1 and monotonic() < end:
        at = 0
        while at < len(broken.done) and monotonic() < end:
            less = [*broken.done[:at], *broken.done[at + size :]]
            found = run(broken.seed, less, quits=quits)
            if found is not None and found.kind == broken.kind:
                broken = found
            else:
                at += size
        size //= 2
    return broken
