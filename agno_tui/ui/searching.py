"""Finding words in the session on the screen: the bar, the marks, the way through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from agno_tui.session import Role, Run
from agno_tui.ui.found_runs import FoundRuns, words_in
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.transcript.reading import Anchor, Marked

if TYPE_CHECKING:
    from agno_tui.ui.find_bar import FindBar
    from agno_tui.ui.reading_desk import ReadingDesk
    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.finding import Find
    from agno_tui.ui.transcript.found_marks import FoundMarks
    from agno_tui.ui.transcript.hits import Hit
    from agno_tui.ui.transcript.sought import Sought
    from agno_tui.ui.transcript.transcript import Transcript
    from agno_tui.ui.transcript.turn import Turn

NOTHING_SOUGHT = (
    "Nothing is looked for. {session.find} finds words in this conversation."
)


class Searching:
    """Looks for words in one session at a time."""

    def __init__(self, desk: ReadingDesk) -> None:
        self._desk = desk
        self._bar: FindBar | None = None
        self._document: Document | None = None
        self._query = ""
        """What the bar looks for."""
        self._sought: Sought | None = None
        """What is looked for, in the bar or elsewhere; `_find` follows as soon as all
        turns are known, and of words from elsewhere when somebody wants to go on."""
        self._find: Find | None = None
        self._marks: FoundMarks | None = None
        self._from: Anchor | None = None
        """Where the user was before; None: at the end."""
        self._around = ""
        """The `run_id` from which places are looked for: where it began, or where the
        user went since."""
        self._steps = 0
        """How far to go on, once it is known where that is."""

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
            # What was looked for elsewhere is no words of the bar's.
            self.leave()
            self._document = document
            self._from = None if document.reading.following else top
            self._around = top.turn.run_id
            self._say()
        self._bar.open()
        self.ask(self._bar.words)

    def ask(self, query: str) -> None:
        """Look for something else, going outwards from where it began."""
        from agno_tui.ui.transcript.sought import Sought

        document = self._desk.document
        if document is None or not self._is_asking or query == self._query:
            return
        self._query, self._find, self._steps = query, None, 0
        self._sought = Sought(query)
        self._start(document, self._sought)

    def _start(self, document: Document, sought: Sought) -> None:
        _do(self._desk, partial(self._look, document, sought), only="find")

    async def _look(self, document: Document, sought: Sought) -> None:
        from agno_tui.ui.transcript.finding import Find
        from agno_tui.ui.transcript.found_marks import FoundMarks

        self._document = document
        runs = FoundRuns(document, self._desk.pages)
        try:
            await runs.pages.read_outlines(document)
            find = self._find = Find(
                sought,
                [turn.run_id for turn in document.turns],
                runs.read,
                details=document.details,
            )
            if self._marks is None or self._marks.sought is not sought:
                self._mark(FoundMarks(sought) if sought else None)
            self._say()
            await find.scan(self._around, partial(self._found, find))
        except Exception:
            self._say(" · not all was read")
            # The next key asks again.
            self._query, self._find, self._steps = "", None, 0
            raise
        self._found(find)

    def _found(self, find: Find) -> None:
        """More is known: go to the first place as soon as there is one."""
        if self._find is not find:
            return
        hit = find.near(self._around) if find.current is None else None
        if hit is not None:
            find.current = hit
            self._go()
        self._go_on()
        self._say()

    def mark_words(self, document: Document, words: str) -> None:
        """Mark words that were found elsewhere, in a session that was opened for it,
        and bring the first of them onto the screen, if the message is longer."""
        from agno_tui.ui.transcript.found_marks import FoundMarks
        from agno_tui.ui.transcript.sought import Sought

        self.leave()
        sought = Sought(*words_in(words))
        if not sought:
            return
        self._document, self._sought = document, sought
        marks = FoundMarks(sought)
        self._mark(marks)
        if (turn := self._transcript.marked_turn) is not None:
            self._around = turn.run_id
            _go_to_first(self._transcript, marks, turn)

    def move(self, step: int) -> None:
        """Go to the next place, or the one before."""
        if not self._query and self._bar is not None and self._is_asking:
            self.ask(self._bar.words)
        if not self._sought:
            words = keymap_of(self._desk.app).words(NOTHING_SOUGHT)
            self._desk.notify(words, markup=False)
            return
        is_begun = bool(self._query or self._steps or self._find is not None)
        self._steps += step
        document, marks = self._document, self._marks
        if not is_begun and document is not None and marks is not None:
            # Where nothing is marked to go on from, the next place is the first one.
            self._steps -= step > 0 and marks.here is None
            self._start(document, self._sought)
        self._go_on()

    def _go_on(self) -> None:
        """Go as far as is wished, where it is known which place that is."""
        find, steps = self._find, self._steps
        if find is None or not steps:
            return
        if find.is_scanning and not find.reaches(steps):
            return
        self._steps = 0
        if (hit := find.next(steps)) is not None:
            self._around = hit.run_id
            self._go()
            self._say()

    def details_changed(self) -> None:
        """The details of the session on the screen were opened or closed: what is in
        them counts, or counts no longer."""
        find, document, marks = self._find, self._document, self._marks
        if marks is None or document is None or document is not self._desk.document:
            return
        if find is None:
            turn = document.turn_of(self._around)
            if turn is not None and not self._query:
                _go_to_first(self._transcript, marks, turn)
            return
        find.show_details(document.details)
        if find.current is None:
            find.current = find.near(self._around)
        self._go()
        self._say()

    def stay(self) -> None:
        """Leave the keyboard at the message where one is."""
        hit = self._find.current if self._find is not None else None
        self._transcript.screen.set_focus(self._transcript)
        if hit is not None and self._document is not None:
            _note_message(self._transcript, self._document, hit)

    def leave(self, *, back: bool = False) -> bool:
        """Look for nothing any more; `back`: return to where it began. Returns whether
        anything was looked for, or asked."""
        was_open, document = self.is_open, self._document
        self._desk.workers.cancel_group(self._desk, "find")
        self._desk.workers.cancel_group(self._desk, "hit")
        self._query, self._sought, self._find, self._steps = "", None, None, 0
        if self._bar is not None and self._bar.display:
            if self._bar.has_focus_within:
                self._bar.screen.set_focus(self._desk.chat.prompt)
            self._bar.close()
            if back and document is not None and document is self._desk.document:
                if self._from is None:
                    self._transcript.follow()
                else:
                    self._transcript.go_to(self._from.turn, self._from.offset)
        self._mark(None)
        return was_open

    async def run_ended(self, document: Document, run: Run) -> None:
        """A text of a session has changed: look through it again."""
        if self._find is not None and self._document is document:
            self._find.keep_only({turn.run_id for turn in document.turns})
            await self._find.rescan(run)
            self._say()

    def _go(self) -> None:
        """Bring the place where one is onto the screen."""
        hit = self._find.current if self._find is not None else None
        if hit is not None:
            _do(self._desk, partial(self._go_to, hit), only="hit")

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
            _note_message(transcript, document, hit)
        transcript.refresh()

    def _mark(self, marks: FoundMarks | None) -> None:
        self._marks = self._transcript.rows.found = marks
        self._transcript.refresh()

    def _say(self, more: str = "") -> None:
        if self._bar is not None:
            label = self._find.label if self._find is not None else ""
            self._bar.say(keymap_of(self._bar.app).words(label) + more)


def _do(desk: ReadingDesk, work: Callable[[], Awaitable[None]], *, only: str) -> None:
    # Not a coroutine: one that is cancelled before it begins makes Python warn.
    desk.run_worker(work, group=only, exclusive=True, exit_on_error=False)


def _note_message(transcript: Transcript, document: Document, hit: Hit) -> None:
    turn = document.turn_of(hit.run_id)
    if turn is not None:
        role = Role.ASSISTANT if hit.of_answer else Role.USER
        document.marked = Marked(turn.index, role)
        transcript.say_marked()


def _go_to_first(transcript: Transcript, marks: FoundMarks, turn: Turn) -> None:
    """Bring the first place of a turn onto the screen, where it has any."""
    lines = turn.lines(transcript.text_width)
    hit = marks.first_of(turn, lines)
    marks.go_to(hit)
    if hit is not None:
        above = transcript.size.height // 3
        transcript.show_rows(turn, marks.rows_of(hit, lines), above=above)
    transcript.refresh()
