"""Finding words in the session on the screen: the bar, the marks, the way through."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from agno_tui.session import Role, Run
from agno_tui.ui.transcript.reading import Anchor, Marked

if TYPE_CHECKING:
    from agno_tui.ui.find_bar import FindBar
    from agno_tui.ui.pages import Pages
    from agno_tui.ui.reading_desk import ReadingDesk
    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.finding import Find, Hit
    from agno_tui.ui.transcript.found_marks import FoundMarks
    from agno_tui.ui.transcript.sought import Sought
    from agno_tui.ui.transcript.transcript import Transcript

MOST_WORDS, LONGEST_WORDS = 16, 1_000
"""Words, and characters, of what was looked for elsewhere that are marked."""

NOTHING_SOUGHT = "Nothing is looked for. ctrl+f finds words in this conversation."


class Searching:
    """Looks for words in one session at a time."""

    def __init__(self, desk: ReadingDesk) -> None:
        self._desk = desk
        self._bar: FindBar | None = None
        self._document: Document | None = None
        self._query = ""
        """What is looked for; `_find` follows as soon as all turns are known."""
        self._find: Find | None = None
        self._marks: FoundMarks | None = None
        self._from: Anchor | None = None
        """Where the user was before; None: at the end."""
        self._around = ""
        """The `run_id` from which places are looked for: where it began, or where the
        user went since."""
        self._steps = 0
        """How far to go from the first place, once that is known."""

    @property
    def is_open(self) -> bool:
        """Whether the bar is on the screen, or something is marked."""
        return self._marks is not None or self._is_asking

    @property
    def _is_asking(self) -> bool:
        return self._bar is not None and self._bar.display

    @property
    def _transcript(self) -> Transcript:
        return self._desk.chat.transcript

    async def open(self) -> None:
        """Ask what to find."""
        document, top = self._desk.document, self._transcript.top
        if document is None or not document.turns or top is None:
            self._desk.notify("There is nothing to find here yet.", markup=False)
            return
        if self._bar is None:
            from agno_tui.ui.find_bar import FindBar

            self._bar = FindBar(self)
            await self._desk.chat.mount(self._bar, before="#prompt")
        if not self._is_asking:
            self._document = document
            self._from = None if document.reading.following else top
            self._around = top.turn.run_id
        self._bar.open()
        self.ask(self._bar.words)

    def ask(self, query: str) -> None:
        """Look for something else, going outwards from where it began."""
        document = self._desk.document
        if document is None or not self._is_asking or query == self._query:
            return
        self._query, self._find, self._steps = query, None, 0
        self._do(partial(self._look, document, query), only="find")

    async def _look(self, document: Document, query: str) -> None:
        from agno_tui.ui.transcript.finding import Find
        from agno_tui.ui.transcript.found_marks import FoundMarks

        self._document = document
        texts = _Texts(document, self._desk.pages)
        try:
            await texts.pages.read_outlines(document)
            ids = [turn.run_id for turn in document.turns]
            find = Find(query, ids, texts.read, shows_question=texts.asks)
            self._find = find
            self._mark(FoundMarks([find.sought]) if find.sought else None)
            self._say()
            await find.scan(self._around, partial(self._found, find))
        except Exception:
            self._say(" · not all was read")
            # The next key asks again.
            self._query = ""
            raise
        if self._find is find:
            self._say()

    def _found(self, find: Find) -> None:
        """More is known: go to the first place as soon as there is one."""
        if self._find is not find:
            return
        hit = find.near(self._around) if find.current is None else None
        if hit is not None:
            find.current = hit
            find.next(self._steps)
            self._go()
        self._say()

    def mark_words(self, document: Document, words: str) -> None:
        """Mark words that were found elsewhere, in a session that was opened for it,
        and bring the first of them onto the screen, if the message is longer."""
        from agno_tui.ui.transcript.found_marks import FoundMarks

        sought = sought_in(words)
        self.leave()
        self._document = document
        self._mark(FoundMarks(sought) if sought else None)
        turn, transcript = self._transcript.marked_turn, self._transcript
        if self._marks is not None and turn is not None:
            found = self._marks.of(turn, turn.lines(transcript.text_width))
            if found:
                row, above = min(found), transcript.size.height // 3
                transcript.show_rows(turn, range(row, row + 1), above=above)

    def move(self, step: int) -> None:
        """Go to the next place, or the one before."""
        if not self._query and self._bar is not None and self._is_asking:
            self.ask(self._bar.words)
        if not self._query.strip():
            self._desk.notify(NOTHING_SOUGHT, markup=False)
        elif self._find is None or (self._find.is_scanning and not self._find.hits):
            self._steps += step
        elif (hit := self._find.next(step)) is not None:
            self._around = hit.run_id
            self._go()
            self._say()

    def stay(self) -> None:
        """Leave the keyboard at the message where one is."""
        find, document = self._find, self._document
        hit = find.current if find is not None else None
        self._transcript.screen.set_focus(self._transcript)
        if hit is not None and document is not None:
            self._note_message(document, hit)

    def leave(self, *, back: bool = False) -> bool:
        """Look for nothing any more; `back`: return to where it began. Returns whether
        anything was looked for, or asked."""
        was_open, document = self.is_open, self._document
        self._desk.workers.cancel_group(self._desk, "find")
        self._desk.workers.cancel_group(self._desk, "hit")
        self._query, self._find, self._steps = "", None, 0
        if self._bar is not None and self._bar.display:
            if self._bar.has_focus_within:
                self._bar.screen.set_focus(self._desk.chat.prompt)
            self._bar.close()
            if back and document is not None and document is self._desk.document:
                self._return(self._from)
        self._mark(None)
        return was_open

    async def run_ended(self, document: Document, run: Run) -> None:
        """A text of a session has changed: look through it again."""
        if self._find is not None and self._document is document:
            await self._find.rescan(run)
            self._say()

    def _return(self, anchor: Anchor | None) -> None:
        if anchor is None:
            self._transcript.follow()
        else:
            self._transcript.go_to(anchor.turn, anchor.offset)

    def _go(self) -> None:
        """Bring the place where one is onto the screen."""
        hit = self._find.current if self._find is not None else None
        if hit is not None:
            self._do(partial(self._go_to, hit), only="hit")

    def _do(self, work: Callable[[], Awaitable[None]], *, only: str) -> None:
        # Not a coroutine: one that is cancelled before it begins makes Python warn.
        self._desk.run_worker(work, group=only, exclusive=True, exit_on_error=False)

    async def _go_to(self, hit: Hit) -> None:
        document, marks = self._document, self._marks
        turn = document.turn_of(hit.run_id) if document is not None else None
        if document is None or turn is None or marks is None:
            return
        await self._desk.pages.read(document, [turn])
        if document is not self._desk.document or marks is not self._marks:
            return
        marks.go_to(hit)
        transcript = self._transcript
        rows = marks.rows_of(hit, turn.lines(transcript.text_width))
        transcript.show_rows(turn, rows, above=transcript.size.height // 3)
        if transcript.has_focus:
            self._note_message(document, hit)
        transcript.refresh()

    def _note_message(self, document: Document, hit: Hit) -> None:
        turn = document.turn_of(hit.run_id)
        if turn is not None:
            role = Role.ASSISTANT if hit.of_answer else Role.USER
            document.marked = Marked(turn.index, role)
            self._transcript.say_marked()

    def _mark(self, marks: FoundMarks | None) -> None:
        self._marks = self._transcript.rows.found = marks
        self._transcript.refresh()

    def _say(self, more: str = "") -> None:
        if self._bar is not None:
            label = self._find.label if self._find is not None else ""
            self._bar.say(label + more)


@dataclass(slots=True, frozen=True)
class _Texts:
    """The runs of one document, from where they are: in it, or in the storage."""

    document: Document
    pages: Pages

    async def read(self, run_ids: Sequence[str]) -> list[Run]:
        """Those of these runs that are there. Errors: `StorageError`."""
        sessions = self.pages.open_sessions
        if sessions is None:
            return []
        turns = [self.document.turn_of(run_id) for run_id in run_ids]
        here = [turn.run for turn in turns if turn is not None and turn.run is not None]
        known = {run.run_id for run in here}
        rest = [run_id for run_id in run_ids if run_id not in known]
        return [*here, *(await sessions.read_runs(rest) if rest else [])]

    def asks(self, run: Run) -> bool:
        """Whether a run's question is shown."""
        turn = self.document.turn_of(run.run_id)
        return turn is None or turn.standing.asks


def sought_in(words: str) -> list[Sought]:
    """What to mark of words that were looked for elsewhere, maybe by a model."""
    from agno_tui.ui.transcript.sought import Sought

    pieces = [one for one in re.split(r'[\s"“”„«»]+', words[:LONGEST_WORDS]) if one]
    # Of short ones every other word would have a piece marked: "a", "in", "de".
    telling = [one for one in pieces if len(one) > 2 or not one.isascii()]
    return [Sought(one) for one in dict.fromkeys(telling or pieces)][:MOST_WORDS]
