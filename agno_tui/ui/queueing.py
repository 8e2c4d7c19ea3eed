"""What the user does with the messages that wait in the session on the screen."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agno_tui.runner import Runner
from agno_tui.session import Run, RunStatus
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.queue_gaps import Gap, Gaps, gap_of
from agno_tui.ui.queued_edits import QueuedEdits
from agno_tui.ui.toasts import LONGER_SECONDS

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from agno_tui.ui.desk import Desk
    from agno_tui.ui.queue_panel import QueuePanel
    from agno_tui.ui.transcript.document import Document

TAKEN_OUT = "Taken out. {queue.undo} puts it back."

UNDO_SECONDS = 0.25
"""How long the key that puts back keeps the keys after it waiting, at most."""


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
        self._gaps: defaultdict[str, Gaps] = defaultdict(Gaps)
        """Where those stood that were taken out, by session."""
        self.edits = QueuedEdits(desk, self._return)
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
        self._close_edited(document)
        self._show(self._panel, document)

    def _show(self, panel: QueuePanel, document: Document) -> None:
        from agno_tui.ui.queue_lines import QueueView

        runs = document.queue.runs
        line = self._runner.line
        retried = document.retryable
        panel.show(
            QueueView(
                runs,
                frozenset(run.run_id for run in runs if not line.has(run)),
                retried is not None and retried.status is not RunStatus.PENDING,
                bool(self._gaps[document.session.session_id].removed),
                document.offer,
            )
        )

    def focus(self) -> None:
        """Take the keyboard to what waits."""
        self.refresh()
        document, panel = self._desk.document, self._panel
        gaps = (
            self._gaps[document.session.session_id] if document is not None else Gaps()
        )
        if (
            document is not None
            and panel is not None
            and (len(document.queue) or gaps.removed)
        ):
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
        """Put a message back into the prompt; it keeps its place until it is sent
        again."""
        if (document := self._desk.document) is None:
            return
        self.leave()
        prompt = self._desk.chat.prompt
        before, gap = prompt.draft, gap_of(run, document.queue.runs)
        prompt.put_back(run.question, is_message=True)
        self._gaps[document.session.session_id].edited = gap
        taking = self._take_out(document, run, draft=prompt.text)
        self._do(self.edits.begin(document, gap, before, taking))

    def remove(self, run: Run) -> None:
        """Take a message out; `undo` puts it back."""
        if (document := self._desk.document) is not None:
            self._do(self._take_out(document, run))

    async def _take_out(
        self, document: Document, run: Run, *, draft: str | None = None
    ) -> bool:
        """`draft`: what is in the prompt, where it was put there to be edited. Returns
        whether it waits no more, and was not sent."""
        gap = gap_of(run, document.queue.runs)
        if document.queue.drop(run.run_id) is None:
            return False
        self.refresh()
        also = "" if draft is None else " Its text is in the prompt too."
        # Until it is kept there, it is kept here.
        if draft is not None and not await self._desk.drafts.keep(document, draft):
            self._put_back(document, run, f"What you write can't be kept.{also}")
            return False
        try:
            taken = await self._runner.line.take_back(run)
        except (StorageError, SessionNotFoundError) as error:
            self._put_back(document, run, f"{error.words}{also}")
            return False
        if not taken:
            self._say(f"Too late: it was sent already.{also}")
        elif draft is None:
            self._gaps[document.session.session_id].removed.append(gap)
            self.refresh()
            words = keymap_of(self._desk.app).words(TAKEN_OUT)
            self._say(words, seconds=LONGER_SECONDS)
        return taken

    def _put_back(self, document: Document, run: Run, why: str) -> None:
        """A message was not taken out: it still waits, unless it was sent meanwhile."""
        if document.turn_of(run.run_id) is not None:
            self._say(f"Too late: it was sent already. {why}", severity="error")
            return
        document.queue.put([run])
        self.refresh()
        self._say(f"It still waits. {why}", severity="error")

    async def undo(self) -> None:
        """Put what was taken out last back to its place.

        Returns when it is there, or after a moment where the storage is slow, so that
        no key is stuck behind it.
        """
        document = self._desk.document
        removed = self._gaps[document.session.session_id].removed if document else []
        if document is None or not removed:
            self._say("Nothing was taken out here.")
            return
        going = asyncio.create_task(self._return(document, removed.pop()))
        await asyncio.wait([going], timeout=UNDO_SECONDS)

    async def _return(self, document: Document, gap: Gap) -> None:
        line, gaps = self._runner.line, self._gaps[document.session.session_id]
        if gaps.edited is gap:
            gaps.edited = None
        runs, session = document.queue.runs, document.session
        # Where the others are held it is held with them: nothing is fired by surprise.
        is_sent = not runs or any(line.has(run) for run in runs)
        back = self._runner.agent.new_run(
            gap.text, session_id=session.session_id, user_id=session.user_id
        )
        try:
            await line.put_back(back, in_line=is_sent)
        except (StorageError, SessionNotFoundError) as error:
            gaps.removed.append(gap)
            self._say(f"Not put back. {error.words}", severity="error")
            return
        gaps.closed(gap, back)
        if gaps.edited is not None:
            # This is not the one that is in the prompt.
            gaps.edited.known.add(back.run_id)
        self._arrange(document, gap.order(document.queue.runs, back))
        if self._panel is not None and document is self._desk.document:
            self._panel.go_to(back)

    def _close_edited(self, document: Document) -> None:
        """What was edited is sent again: it stands where it stood."""
        gaps, runs = self._gaps[document.session.session_id], document.queue.runs
        gap, back = gaps.edited, gaps.came_back(runs)
        if gap is None or back is None:
            return
        gaps.edited = None
        gaps.closed(gap, back)
        self._arrange(document, gap.order(runs, back))

    def shift(self, run: Run, step: int) -> None:
        """Have a message sent later (1), or earlier (-1)."""
        if (document := self._desk.document) is None:
            return
        runs = document.queue.runs
        at = next((i for i, r in enumerate(runs) if r.run_id == run.run_id), None)
        if at is None or not 0 <= at + step < len(runs):
            return
        runs.insert(at + step, runs.pop(at))
        self._arrange(document, runs)

    def _arrange(self, document: Document, runs: list[Run]) -> None:
        """Have the messages wait in this order, and stand so at once."""
        session_id = document.session.session_id
        order = self._orders.setdefault(session_id, Order({}, runs))
        order.kept = {each.run_id: each.sequence for each in runs} | order.kept
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

    def _say(
        self,
        words: str,
        severity: SeverityLevel = "information",
        seconds: float | None = None,
    ) -> None:
        self._desk.notify(words, severity=severity, timeout=seconds, markup=False)
