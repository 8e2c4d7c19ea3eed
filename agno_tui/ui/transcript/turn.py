"""One turn of a session: known by its outline, read and laid out when it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agno_tui.session import Message, Role, Run, RunOutline, RunStatus
from agno_tui.storage.outlines import outlined
from agno_tui.ui.lines import Line, blank, role
from agno_tui.ui.transcript.between import lines_above
from agno_tui.ui.transcript.fork_lines import ForkNote, fork_lines
from agno_tui.ui.transcript.looking_back import Cited, all_cited
from agno_tui.ui.transcript.outcome import Standing
from agno_tui.ui.transcript.sections import Section, Sections
from agno_tui.ui.transcript.tool_uses import tool_uses
from agno_tui.ui.transcript.turn_layout import Presentation, TurnLayout, is_waiting

if TYPE_CHECKING:
    from agno_tui.ui.transcript.between import Window

AROUND = 5
"""Lines of a turn that are no text: two labels, the quiet line, what keeps apart."""


_ALONE = Standing()


class Turn:
    """A run's place in a document. The run is shared with whoever answers it."""

    __slots__ = (
        "_counted",
        "_layout",
        "_outline",
        "_presentation",
        "_sections",
        "_width",
        "before",
        "forks",
        "frame",
        "index",
        "run",
        "run_id",
        "shown",
        "standing",
        "window",
    )

    def __init__(
        self, presentation: Presentation, outline: RunOutline, run: Run | None = None
    ) -> None:
        self.run_id = outline.run_id
        self.run = run
        """None while it is not read, or read no longer."""
        self.index = 0
        """Its number in the document."""
        self.before: Turn | None = None
        """The turn above it."""
        self.standing = _ALONE
        self.window: Window | None = None
        """What the model sees, where it begins with this turn."""
        self.forks: tuple[ForkNote, ...] = ()
        """The sessions that part from this one below it."""
        self.frame = 0
        self._outline = outline
        self._presentation = presentation
        self._layout: TurnLayout | None = None
        self._sections: Sections | None = None
        self.shown: Sections | None = None
        """As they were laid out last, even where that has changed since."""
        self._width = 0
        self._counted = 0

    # What is known of the run, read or not

    @property
    def outline(self) -> RunOutline:
        """What is to be known of the run without its text."""
        return self._outline if self.run is None else outlined(self.run)

    @property
    def status(self) -> RunStatus:
        """Where the run stands."""
        return self._outline.status if self.run is None else self.run.status

    @property
    def created_at(self) -> int:
        """When it was asked, in microseconds since the epoch."""
        return self._outline.created_at

    @property
    def is_waiting(self) -> bool:
        """Whether it is under way and no word streams: something has to move."""
        return self.run is not None and is_waiting(self.run)

    @property
    def is_whole(self) -> bool:
        """Whether all of it was laid out, when it was asked last."""
        return self._layout is None or self._layout.is_whole

    @property
    def cited(self) -> list[Cited]:
        """The earlier sessions that were looked into for this answer, each once."""
        by_message = tool_uses(self.run.messages if self.run else [])
        return all_cited(use for uses in by_message.values() for use in uses)

    # What changes

    def changed(self) -> None:
        """The run has changed: lay out again what is new when next asked."""
        self._sections = None

    def note_place(self, standing: Standing) -> None:
        """Say where it stands among the turns."""
        if standing != self.standing:
            self.standing = standing
            self.changed()

    def note_window(self, window: Window | None) -> None:
        """Say that what the model sees begins here, or that it does not."""
        if window != self.window:
            self.window = window
            self.changed()

    def note_forks(self, forks: tuple[ForkNote, ...]) -> None:
        """Say which sessions part from this one below the turn."""
        if forks != self.forks:
            self.forks = forks
            self.changed()

    def read(self, run: Run) -> None:
        """The run is here: show it."""
        self.run = run
        self.changed()

    def forget_lines(self) -> None:
        """Keep no lines as long as nobody sees them; how many they were is known."""
        self._layout = self._sections = self.shown = None

    def forget_run(self) -> None:
        """Keep no text either, where it is kept in the storage as it is here."""
        if self.run is not None and self.run.status.ended:
            self._outline = outlined(self.run)
            self.run = None
            self.forget_lines()

    # Lines

    def is_counted(self, width: int) -> bool:
        """Whether `height` at this width comes from real lines, if maybe of a moment
        ago, and is not guessed."""
        return self._width == width

    def height(self, width: int) -> int:
        """Lines at this width: as counted last, else estimated."""
        if self._width == width:
            return self._counted
        if self.run is not None and not self.run.status.ended:
            return sum(_estimated(m, width) for m in self.run.messages) + AROUND
        known = self._outline
        return known.lines + known.characters // max(1, width) + AROUND

    def lines(self, width: int) -> Sections:
        """The turn laid out in `width` cells; as good as empty where it is not read."""
        if self.run is None:
            return _unread(self.height(width))
        if self._sections is None or self._width != width:
            self._width = width
            self._sections = self._lay_out(self.run, width)
            self.shown = self._sections
            self._counted = len(self._sections)
        return self._sections

    def rows_of(self, role: str) -> range:
        """The lines of one role's words, as they were laid out last."""
        return range(0) if self._sections is None else self._sections.rows_of(role)

    def role_at(self, row: int) -> str:
        """Whose words a line is, as it was laid out last; empty for what stands
        between."""
        sections = self._sections
        if sections is None or row >= len(sections):
            return ""
        return sections.sections[sections.list_of(row)].role

    def _lay_out(self, run: Run, width: int) -> Sections:
        if self._layout is None:
            self._layout = TurnLayout(self._presentation)
        sections = self._layout.sections(run, self.standing, width, frame=self.frame)
        before = self.before.created_at if self.before is not None else None
        above = lines_above(run.created_at, before, self.window, width)
        below = fork_lines(self.forks, width)
        around = [[Section(lines)] if lines else [] for lines in (above, below)]
        return Sections([*around[0], *sections, *around[1]])


def _unread(height: int) -> Sections:
    lines = [Line(role("…", "quiet")), *(blank() for _ in range(height - 1))]
    return Sections([Section(lines[:height])])


def _estimated(message: Message, width: int) -> int:
    if message.role == Role.TOOL:
        return 0
    text = message.content
    return text.count("\n") + len(text) // max(1, width) + 1 + len(message.tool_calls)
