"""The dialog with the branches of a session: looked at, searched, and gone to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from agno_tui.text import one_line
from agno_tui.ui.command import Where, bindings
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.dialog import Dialog, Hint
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.marks import MUTED
from agno_tui.ui.places import Place
from agno_tui.ui.tree_rows import Fold, Tree, TreeRow, row_at
from agno_tui.ui.tree_view import TreeView

TITLE, LEGEND = "Branches of this conversation", "┃ the way it goes"
KEYS = (
    "{tree.up|tree.down} · {tree.open} opens {tree.shut} closes · type to filter"
    " · {tree.go} goes there · {tree.close} back"
)
NO_BRANCHES = (
    "One straight line so far. On a message: {message.edit} edits it · {message.retry} "
    "answers it anew, each as a branch · {message.fork} forks into a new conversation."
)
NOTHING = "No question has these words. backspace takes letters away."
NOTHING_YET = "Nothing was said in this conversation yet."
IS_GONE = "That conversation was deleted. Bring it back from the list with u."

Follow = Callable[[Callable[[], object]], Callable[[], None]]
"""Has something called whenever a turn comes or ends, until what it gives back is
called."""


class TreeDialog(Dialog[Place]):
    """Gives back the place to go to, or None."""

    AUTO_FOCUS = "TreeView"
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.TREE)

    def __init__(
        self, read: Callable[[], Awaitable[Tree]], follow: Follow, *, here: str
    ) -> None:
        """`here`: the `run_id` of the turn where one is reading."""
        super().__init__()
        self._read_tree = read
        self._follow = follow
        self._unfollow: Callable[[], None] = lambda: None
        self._here = here
        self._tree: Tree | None = None
        self._opened: set[str] = set()
        self._typed = ""

    def compose(self) -> ComposeResult:
        """Textual: what stands in the dialog."""
        with Vertical(id="tree-dialog", classes="dialog"):
            yield Static(_title(), classes="dialog-title")
            yield TreeView(id="tree-rows").add_class("dialog-body")
            yield Static("", id="tree-words", markup=False)
            yield Hint(KEYS)

    def on_mount(self) -> None:
        """Textual: read the tree, and again whenever it changes."""
        self.query_one("#tree-words").display = False
        self._unfollow = self._follow(lambda: self.call_later(self.do, self._read))
        self.do(self._read)

    def on_unmount(self) -> None:
        """Textual: the dialog is gone."""
        self._unfollow()

    async def _read(self) -> None:
        read: list[Tree] = []

        async def work() -> None:
            read.append(await self._read_tree())

        if await self.succeeds(work()):
            self._tree = read[0]
            self._show()

    # What is shown

    @property
    def _view(self) -> TreeView:
        return self.query_one(TreeView)

    def _show(self, wanted: str | None = None) -> None:
        """Show the rows anew, with the cursor at the row of a `key`: where it was,
        unless another is `wanted`."""
        tree, view = self._tree, self._view
        if tree is None:
            return
        before = view.at_cursor
        if wanted is None and before is not None:
            wanted = before.key
        if self._typed:
            rows = tree.found(self._typed, here=self._here)
        else:
            rows = tree.rows(self._opened, here=self._here)
        at = 0 if self._typed else row_at(tree, rows, wanted, view.cursor)
        view.put(rows, at)
        words = keymap_of(self.app).words(_words(tree, rows, self._typed))
        place = self.query_one("#tree-words", Static)
        place.update(Content.styled(words, MUTED))
        place.display = bool(words)
        self.fit()

    # The keys

    async def _on_key(self, event: events.Key) -> None:
        letters = event.character if event.is_printable else ""
        match event.key:
            case "backspace":
                self._type(self._typed[:-1])
            case "ctrl+u" | "ctrl+w":
                self._type("")
            case _ if letters and (self._typed or letters.strip()):
                self._type(self._typed + letters)
            case _:
                return
        event.stop()

    def on_paste(self, event: events.Paste) -> None:
        """Textual: words from elsewhere are typed too."""
        event.stop()
        self._type(self._typed + one_line(event.text))

    def _type(self, words: str) -> None:
        row = self._view.at_cursor if self._typed and not words else None
        self._typed = words
        self.query_one(".dialog-title", Static).update(_title(one_line(words)))
        self._show(row.key if row is not None else None)

    def _when_read(self, work: Callable[[], None]) -> None:
        """Do this at once, or as soon as there are rows to do it to."""
        if self._tree is not None:
            work()
            return

        async def later() -> None:
            if self._tree is not None:
                work()

        self.do(later)

    def action_move(self, step: int) -> None:
        """Move the cursor by rows."""
        self._when_read(lambda: self._view.move(step))

    def action_pages(self, step: int) -> None:
        """Move the cursor by pages."""
        self._when_read(lambda: self._view.turn_page(step))

    def action_open(self) -> None:
        """Show every turn of the stretch at the cursor."""
        self._when_read(self._open)

    def _open(self) -> None:
        row = self._view.at_cursor
        if row is not None and row.fold is Fold.CLOSED:
            self._opened.add(row.stretch)
            self._show(row.key)

    def action_close(self) -> None:
        """Show the stretch at the cursor as one row; else go to what it leaves."""
        self._when_read(self._close)

    def _close(self) -> None:
        view = self._view
        row = view.at_cursor
        if row is None or self._typed:
            return
        if row.stretch in self._opened:
            self._opened.discard(row.stretch)
            self._show(row.stretch)
            return
        above = range(view.cursor - 1, -1, -1)
        at = next((n for n in above if view.rows[n].depth < row.depth), view.cursor)
        view.move(at - view.cursor)

    def action_go(self) -> None:
        """Go to the turn, or the other session, at the cursor."""
        self._when_read(self._go)

    def _go(self) -> None:
        row = self._view.at_cursor
        if row is None:
            return
        if row.place is None:
            self.tell(IS_GONE)
        else:
            self.dismiss(row.place)

    @on(TreeView.Clicked)
    def _clicked(self, message: TreeView.Clicked) -> None:
        row = self._view.at_cursor
        if not message.on_fold or row is None:
            self._go()
        elif row.fold is Fold.OPEN:
            self._close()
        else:
            self._open()


def _title(typed: str = "") -> Content:
    if typed:
        words = ("Branches · ", "bold $accent")
        return Content.assemble(words, typed, ("▏", "$accent"))
    return Content.assemble((TITLE, "bold $accent"), (f" · {LEGEND}", MUTED))


def _words(tree: Tree, rows: Sequence[TreeRow], typed: str) -> str:
    """What there is to say below the rows, if anything is."""
    if not tree.parts:
        return NOTHING_YET
    if typed:
        return "" if rows else NOTHING
    return "" if tree.has_branches else NO_BRANCHES
