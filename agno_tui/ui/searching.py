"""Finding words in the session on the screen: the bar, the marks, the way through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agno_tui.session import Role, Run
from agno_tui.ui.transcript.reading import Anchor, Marked

if TYPE_CHECKING:
    from agno_tui.ui.find_bar import FindBar
    from agno_tui.ui.reading_desk import ReadingDesk
    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.finding import Find, Hit
    from agno_tui.ui.transcript.found_marks import FoundMarks
    from agno_tui.ui.transcript.transcript import Transcript

NOTHING_SOUGHT = "Nothing is looked for. ctrl+f finds words in this conversation."


class Searching:
    """Looks for words in one session at a time."""

    def __init__(self, desk: ReadingDesk) -> None:
        self._desk = desk
        self._bar: FindBar | None = None
        self._document: Document | None = None
        self._find: Find | None = None
        self._marks: FoundMarks | None = None
        self._from: Anchor | None = None
        """Where the user was before."""

    @property
    def is_open(self) -> bool:
        """Whether the bar is on the screen, or something is marked."""
        return self._marks is not None or (self._bar is not None and self._bar.display)

    @property
    def _transcript(self) -> Transcript:
        return self._desk.chat.transcript

    async def open(self) -> None:
        """Ask what to find."""
        document = self._desk.document
        if document is None or not document.turns:
            self._desk.notify("There is nothing to find here yet.", markup=False)
            return
        if self._bar is None:
            from agno_tui.ui.find_bar import FindBar

            self._bar = FindBar(id="find")
            await self._desk.chat.mount(self._bar, before="#prompt")
        reading = document.reading
        self._from = None if reading.following else self._transcript.top
        self._bar.open()
        if self._bar.written.value:
            await self.look_for(self._bar.written.value)

    async def look_for(self, query: str) -> None:
        """Look for something else, going outwards from what is on the screen."""
        from agno_tui.ui.transcript.finding import Find
        from agno_tui.ui.transcript.found_marks import FoundMarks

        document, top = self._desk.document, self._transcript.top
        if document is None or top is None:
            return
        self._document = document
        await self._desk.pages.read_outlines(document)
        ids = [turn.run_id for turn in document.turns]
        find = self._find = Find(query, ids, self._read, shows_question=self._asks)
        self._mark(FoundMarks([find.sought]) if find.sought else None)
        here = top.turn.run_id

        def progress() -> None:
            if self._find is find:
                self._say()
                if find.current is None and (hit := find.near(here)) is not None:
                    find.current = hit
                    self._go()

        self._say()
        await find.scan(here, progress)
        if self._find is find:
            self._say()

    def mark_words(self, document: Document, words: str) -> None:
        """Mark words that were found elsewhere, in a session that was opened for it."""
        from agno_tui.ui.transcript.found_marks import FoundMarks
        from agno_tui.ui.transcript.sought import Sought

        sought = [Sought(word) for word in words.replace('"', " ").split()]
        self._document, self._find = document, None
        self._mark(FoundMarks(sought) if sought else None)

    def move(self, step: int) -> None:
        """Go to the next place, or the one before."""
        if self._find is None or not self._find.sought:
            self._desk.notify(NOTHING_SOUGHT, markup=False)
        elif self._find.next(step) is not None:
            self._go()
            self._say()

    def stay(self) -> None:
        """Leave the keyboard at the message where one is."""
        find, document = self._find, self._document
        hit = find.current if find is not None else None
        self._transcript.focus()
        if hit is not None and document is not None:
            self._note_message(document, hit)

    def leave(self, *, back: bool = False) -> bool:
        """Look for nothing any more; `back`: return to where it began. Returns whether
        anything was looked for, or asked."""
        was_open = self.is_open
        if self._bar is not None and self._bar.display:
            self._bar.close()
            document = self._document
            if back and document is not None and document is self._desk.document:
                self._return(self._from)
        self._find = None
        self._mark(None)
        return was_open

    async def run_ended(self, run: Run) -> None:
        """A text of the session has changed: look through it again."""
        if self._find is not None and self._document is self._desk.document:
            await self._find.rescan(run)
            self._say()

    def _return(self, anchor: Anchor | None) -> None:
        if anchor is None:
            self._transcript.follow()
        else:
            self._transcript.go_to(anchor.turn, anchor.offset)

    async def _read(self, run_ids: Sequence[str]) -> list[Run]:
        document, sessions = self._document, self._desk.pages.open_sessions
        if document is None or sessions is None:
            return []
        turns = [document.turn_of(run_id) for run_id in run_ids]
        here = [turn.run for turn in turns if turn is not None and turn.run is not None]
        known = {run.run_id for run in here}
        rest = [run_id for run_id in run_ids if run_id not in known]
        return [*here, *(await sessions.read_runs(rest) if rest else [])]

    def _asks(self, run: Run) -> bool:
        turn = self._document.turn_of(run.run_id) if self._document else None
        return turn is None or turn.standing.asks

    def _go(self) -> None:
        """Bring the place where one is onto the screen."""
        hit = self._find.current if self._find is not None else None
        if hit is not None:
            self._desk.run_worker(self._go_to(hit), group="hit", exclusive=True)

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

    def _say(self) -> None:
        if self._bar is not None:
            self._bar.say(self._find.label if self._find is not None else "")
