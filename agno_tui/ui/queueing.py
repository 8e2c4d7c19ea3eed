"""What the user does with the messages that wait in the session on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agno_tui.runner import Runner
from agno_tui.session import Run, RunStatus
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.ui.keymap import keymap_of

if TYPE_CHECKING:
    from agno_tui.ui.desk import Desk
    from agno_tui.ui.queue_panel import QueuePanel
    from agno_tui.ui.transcript.document import Document

TAKEN_OUT = "Taken out. {queue.undo} puts it into the prompt."


@dataclass(slots=True, eq=False)
class Order:
    """How the messages of a session are to stand, until that is kept."""

    kept: dict[str, int]
    """Their sequences as they are kept, by `run_id`."""
    wished: list[Run]
    """In the order that was wished last."""

    def show(self) -> None:
        """Have them stand as is wished, so that the next key finds them there."""
        places = sorted(run.sequence for run in self.wished)
        for run, place in zip(self.wished, places, strict=True):
            run.sequence = place

    def show_kept(self) -> None:
        """Have them stand as they are kept."""
        for run in self.wished:
            run.sequence = self.kept.get(run.run_id, run.sequence)


class Queueing:
    """Shows the queue of the open session, and changes it through the runner."""

    def __init__(self, desk: Desk, runner: Runner) -> None:
        self._desk = desk
        self._runner = runner
        self._panel: QueuePanel | None = None
        self._removed: dict[str, list[str]] = {}
        """Texts that were taken out, by session, the last one last."""
        self._orders: dict[str, Order] = {}
        self._in_turn = asyncio.Lock()

    def shown(self, document: Document) -> None:
        """Another session is on the screen: show what waits there, from now on."""
        document.queue.changed = self.changed
        self.changed()

    def changed(self) -> None:
        """What waits may have changed: show it, after whoever changes it is done."""
        self._desk.call_later(self.refresh)

    def refresh(self) -> None:
        """Show what waits in the session on the screen."""
        document = self._desk.document
        if document is None or not self._desk.is_mounted:
            return
        if self._panel is None:
            if not len(document.queue):
                return
            from agno_tui.ui.queue_panel import QueuePanel

            self._panel = QueuePanel(self)
            self._desk.chat.mount(self._panel, before="#prompt")
        self._show(self._panel, document)

    def _show(self, panel: QueuePanel, document: Document) -> None:
        from agno_tui.ui.queue_lines import QueueView

        runs = document.queue.runs
        line, session_id = self._runner.line, document.session.session_id
        retried = document.retryable
        panel.show(
            QueueView(
                runs,
                frozenset(run.run_id for run in runs if not line.has(run)),
                retried is not None and retried.status is not RunStatus.PENDING,
                bool(self._removed.get(session_id)),
            )
        )

    def focus(self) -> None:
        """Take the keyboard to what waits."""
        self.refresh()
        document, panel = self._desk.document, self._panel
        if document is not None and panel is not None:
            removed = self._removed.get(document.session.session_id)
            if len(document.queue) or removed:
                panel.display = True
                # At once: the next key is for it already.
                panel.screen.set_focus(panel)
                return
        words = "Nothing waits. What you send while an answer comes waits for its turn."
        self._desk.notify(words, markup=False)

    # What the panel asks for

    def leave(self, text: str = "") -> None:
        """Take the keyboard to the prompt, with what was typed."""
        prompt = self._desk.chat.prompt
        prompt.screen.set_focus(prompt)
        if text:
            prompt.insert(text)

    def edit(self, run: Run) -> None:
        """Put a message back into the prompt."""
        if (document := self._desk.document) is None:
            return
        self.leave()
        prompt = self._desk.chat.prompt
        prompt.put_back(run.question, is_message=True)
        self._do(self._take_out(document, run, draft=prompt.text))

    def remove(self, run: Run) -> None:
        """Take a message out; `undo` puts it into the prompt."""
        if (document := self._desk.document) is not None:
            self._do(self._take_out(document, run))

    async def _take_out(
        self, document: Document, run: Run, *, draft: str | None = None
    ) -> None:
        """`draft`: what is in the prompt, where it was put there to be edited."""
        if document.queue.drop(run.run_id) is None:
            return
        self.refresh()
        also = "" if draft is None else " Its text is in the prompt too."
        # Until it is kept there, it is kept here.
        if draft is not None and not await self._desk.drafts.keep(document, draft):
            self._put_back(document, run, f"What you write can't be kept.{also}")
            return
        try:
            taken = await self._runner.line.take_back(run)
        except (StorageError, SessionNotFoundError) as error:
            self._put_back(document, run, f"{error.words}{also}")
            return
        if not taken:
            self._say(f"Too late: it was sent already.{also}")
        elif draft is None:
            texts = self._removed.setdefault(document.session.session_id, [])
            texts.append(run.question)
            self.refresh()
            self._say(keymap_of(self._desk.app).words(TAKEN_OUT))

    def _put_back(self, document: Document, run: Run, why: str) -> None:
        """A message was not taken out: it still waits, unless it was sent meanwhile."""
        if document.turn_of(run.run_id) is not None:
            self._say(f"Too late: it was sent already. {why}", severity="error")
            return
        document.queue.put([run])
        self.refresh()
        self._say(f"It still waits. {why}", severity="error")

    def undo(self) -> None:
        """Put what was taken out last into the prompt."""
        document = self._desk.document
        texts = document and self._removed.get(document.session.session_id)
        if not texts:
            self._say("Nothing was taken out here.")
            return
        self.leave()
        self._desk.chat.prompt.put_back(texts.pop(), is_message=True)
        self.refresh()

    def shift(self, run: Run, step: int) -> None:
        """Have a message sent later (1), or earlier (-1)."""
        if (document := self._desk.document) is None:
            return
        runs = document.queue.runs
        at = next((i for i, r in enumerate(runs) if r.run_id == run.run_id), None)
        if at is None or not 0 <= at + step < len(runs):
            return
        session_id = document.session.session_id
        order = self._orders.setdefault(session_id, Order({}, runs))
        order.kept = {each.run_id: each.sequence for each in runs} | order.kept
        runs.insert(at + step, runs.pop(at))
        order.wished = runs
        order.show()
        self.refresh()
        self._do(self._keep_order(session_id, order, runs))

    async def _keep_order(self, session_id: str, order: Order, runs: list[Run]) -> None:
        async with self._in_turn:
            if order.wished is not runs:
                return  # Another was wished meanwhile.
            # What is shown may be moved once more before these places are known.
            kept = [copy(run) for run in runs]
            try:
                await self._runner.line.order(kept)
            except StorageError as error:
                kept = []
                words = f"The order is not kept. {error.words}"
                if order.wished is runs:
                    order.show_kept()
                    self._say(words, severity="error")
            order.kept |= {run.run_id: run.sequence for run in kept}
            if order.wished is runs:
                self._orders.pop(session_id, None)
            else:
                order.show()
        self.refresh()

    def send(self) -> None:
        """Have those go on that are held."""
        document = self._desk.document
        line = self._runner.line
        runs = document.queue.runs if document is not None else []
        held = next((run for run in runs if not line.has(run)), None)
        if held is not None:
            self.leave()
            self._do(self._desk.retry(held))

    def _do(self, work: Coroutine[None, None, object], only: str = "") -> None:
        self._desk._do(work, only=only)

    def _say(self, words: str, severity: str = "information") -> None:
        is_error = severity == "error"
        self._desk.notify(
            words, severity="error" if is_error else "information", markup=False
        )
