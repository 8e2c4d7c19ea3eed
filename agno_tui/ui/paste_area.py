"""A text area in which a few words stand for each big paste."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual import events
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult, Location, Selection

from agno_tui.ui.at_once import focus_at_once
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.pastes import (
    LONGEST,
    LONGEST_SHOWN,
    TOO_LONG,
    Pastes,
    as_typed,
    as_words,
)

TOO_LONG_TO_SHOW = (
    "This is too long to be shown here. {prompt.editor} opens it in your editor."
)


class PasteArea(TextArea):
    """What it shows may have words for what was pasted; `text` is all of it.

    The words are changed as a whole or not at all.
    """

    focus = focus_at_once

    def __init__(self, *, placeholder: str, id: str | None) -> None:
        self.pastes = Pastes()
        self._pasted = ""
        """Words that stand for what was pasted by the last edit."""
        super().__init__(
            id=id,
            placeholder=placeholder,
            show_line_numbers=False,
            highlight_cursor_line=False,
            tab_behavior="focus",
        )

    @property
    def text(self) -> str:
        """All that is written, with what was pasted."""
        return self.pastes.whole(self.document.text)

    @text.setter
    def text(self, value: str) -> None:
        self.load_text(value)

    @property
    def selected_text(self) -> str:
        """What is selected, with what was pasted."""
        return self.pastes.whole(self.get_text_range(*self.selection))

    def write_anew(self, text: str, *, is_draft: bool = False) -> None:
        """Make this the text, with the cursor at its end; nothing before can be
        undone, and no words for a paste from before stand for anything. `is_draft`: it
        comes back, and may not have been seen for long."""
        self._pasted = ""
        pastes = self.pastes
        pastes.note_seen(self.document.text)
        self.load_text(pastes.shown_draft(text) if is_draft else pastes.shown(text))
        self.move_cursor(self.document.end)

    def rewrite(self, text: str) -> None:
        """Make this the text, with the cursor at its end; it can be undone."""
        shown = self.pastes.shown_too(as_words(text))
        self.history.checkpoint()
        self.replace(shown, (0, 0), self.document.end, maintain_selection_offset=False)
        self.move_cursor(self.document.end)

    def insert(
        self,
        text: str,
        location: Location | None = None,
        *,
        maintain_selection_offset: bool = True,
    ) -> EditResult:
        """Textual: put a text in; a big one is folded."""
        return super().insert(
            self.pastes.folded(as_words(text), beside=self.document.text),
            location,
            maintain_selection_offset=maintain_selection_offset,
        )

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if LONGEST_SHOWN < len(event.text) <= LONGEST:
            # The keys after it wait, all else goes on.
            self._put_pasted(await asyncio.to_thread(as_typed, event.text))
        else:
            self.paste(event.text)

    def action_cut(self) -> None:
        """Textual: cut what is selected, else the line, with what was pasted."""
        if self.selection.is_empty:
            cut = self._delete_cursor_line()
        else:
            cut = self._delete_via_keyboard(*self.selection)
        if cut is not None:
            self.app.copy_to_clipboard(self.pastes.whole(cut.replaced_text))

    def action_paste(self) -> None:
        """Textual: paste what was copied in the program."""
        self.paste(self.app.clipboard)

    def paste(self, text: str) -> None:
        """Put a pasted text in place of what is selected; it never sends anything."""
        if len(text) > LONGEST:
            self.notify(TOO_LONG, severity="warning", timeout=15, markup=False)
        else:
            self._put_pasted(as_typed(text))

    def _put_pasted(self, text: str) -> None:
        text = as_words(text)
        shown = self.pastes.folded(text, beside=self.document.text)
        self._replace_via_keyboard(shown, *self.selection)
        self._pasted = "" if shown == text else shown

    def action_open_paste(self) -> bool:
        """Show what was pasted where the cursor is; returns whether there was any."""
        line, column = self.cursor_location
        found = self.pastes.around(self.document.get_line(line), column)
        if found is None:
            return False
        start, end, words = found
        self._show_pasted(words, (line, start), (line, end))
        return True

    def _show_pasted(self, words: str, start: Location, end: Location) -> None:
        if len(self.pastes.whole(words)) > LONGEST_SHOWN:
            words = keymap_of(self.app).words(TOO_LONG_TO_SHOW)
            self.notify(words, markup=False)
            return
        text = self.pastes.open(words)
        self.replace(text, start, end, maintain_selection_offset=False)

    def action_undo(self) -> None:
        """Textual: undo. A paste that was folded just now is opened first."""
        line, column = self.cursor_location
        words, self._pasted = self._pasted, ""
        start = column - len(words)
        if words and self.document.get_line(line)[start:column] == words:
            self._show_pasted(words, (line, start), (line, column))
        else:
            super().action_undo()

    # Textual (8.2.8) shows or hides the scroll bar before the cursor is where it
    # belongs, and fails where its line is gone.

    def _undo_batch(self, edits: Sequence[Edit]) -> None:
        self.selection = Selection.cursor((0, 0))
        super()._undo_batch(edits)

    def _redo_batch(self, edits: Sequence[Edit]) -> None:
        self.selection = Selection.cursor((0, 0))
        super()._redo_batch(edits)

    def edit(self, edit: Edit) -> EditResult:
        """Textual: change what is written."""
        self._pasted = ""
        return super().edit(edit)

    def _replace_via_keyboard(
        self, insert: str, start: Location, end: Location
    ) -> EditResult | None:
        return super()._replace_via_keyboard(insert, *_whole_words(self, start, end))

    def _delete_via_keyboard(self, start: Location, end: Location) -> EditResult | None:
        return super()._delete_via_keyboard(*_whole_words(self, start, end))


def _whole_words(
    area: PasteArea, start: Location, end: Location
) -> tuple[Location, Location]:
    """What is to be changed, with all of the words for a paste, or none of them."""
    if start == end:
        place = _beside_words(area, start, after=True)
        return place, place
    first, last = sorted((start, end))
    return (
        _beside_words(area, first, after=False),
        _beside_words(area, last, after=True),
    )


def _beside_words(area: PasteArea, place: Location, *, after: bool) -> Location:
    line, column = place
    if line >= area.document.line_count:
        # Textual (8.2.8) cuts the last line to the beginning of one below it.
        return place
    found = area.pastes.around(area.document.get_line(line), column)
    if found is None or not found[0] < column < found[1]:
        return place
    return line, found[1] if after else found[0]
