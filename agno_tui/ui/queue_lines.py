"""The lines of the panel of messages that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from textual.strip import Strip

from agno_tui.session import Run
from agno_tui.text import one_line
from agno_tui.ui.keymap import Keymap
from agno_tui.ui.lone_letter import LONE
from agno_tui.ui.paint import Paint
from agno_tui.ui.transcript.outcome import BY_NAME, SOON, Offer

LONGEST_LOOK = 500
"""Characters of a message that are looked at for its line."""

WAITS, HELD = "◌", "‖"


@dataclass(slots=True, frozen=True)
class QueueView:
    """What the panel shows."""

    runs: Sequence[Run] = ()
    """The messages, the next one first."""
    held: frozenset[str] = frozenset()
    """The `run_id`s of those that are not sent by themselves."""
    after_retry: bool = False
    """Whether what they wait for is an answer that broke off."""
    is_undoable: bool = False
    """Whether a message was taken out and can come back."""
    offer: Offer = Offer.LETTER
    """How what is held can be sent from the prompt."""


def head(
    paint: Paint, view: QueueView, keymap: Keymap, has_focus: bool, width: int
) -> Strip:
    """What is true of all of them, and how to go there."""
    words = _words(view, keymap, has_focus)
    if view.held and cell_len(words) >= width:
        words = _fewer_words(view, keymap, has_focus)
    key = "" if has_focus else keymap.name("queue")
    hint = f"· {key} to change" if key and view.runs else ""
    if cell_len(words) + cell_len(hint) + 2 > width:
        hint = ""
    words = _fitting(words, width - cell_len(hint) - 1)
    role = "held" if view.held else "head"
    return Strip.join([paint.text(f"{words} ", role), paint.text(hint, "hint")])


def _words(view: QueueView, keymap: Keymap, has_focus: bool) -> str:
    count = len(view.held) or len(view.runs)
    if not count:
        undo = keymap.name("queue.undo") if view.is_undoable else ""
        back = f" · {undo} puts back what you took out" if undo else ""
        return f"{WAITS} Nothing waits{back}"
    messages = "1 message" if count == 1 else f"{count} messages"
    if not view.held:
        turn = "waits for its turn" if count == 1 else "wait for their turn"
        return f"{WAITS} {messages} {turn}"
    one = "it" if count == 1 else "them"
    if view.offer is Offer.SOON and not has_focus:
        return f"{HELD} Paused: {messages} · {SOON}"
    if view.after_retry and not has_focus:
        again = f"{_way(view)} to retry the answer, then send {one}"
        return f"{HELD} Paused: {messages} · {again}"
    key = keymap.name("queue.send") if has_focus else _way(view)
    return f"{HELD} Paused: {messages} not sent yet" + (
        key and f" · {key} to send {one}"
    )


def _way(view: QueueView) -> str:
    return BY_NAME if view.offer is Offer.NAMED else LONE


def _fewer_words(view: QueueView, keymap: Keymap, has_focus: bool) -> str:
    """The same of a paused queue on a narrow screen: above all the key."""
    count = len(view.held)
    messages = "1 message" if count == 1 else f"{count} messages"
    if view.offer is Offer.SOON and not has_focus:
        return f"{HELD} Paused · {SOON}"
    if view.after_retry and not has_focus:
        return f"{HELD} Paused · {_way(view)} retries, then sends {count}"
    key = keymap.name("queue.send") if has_focus else _way(view)
    return f"{HELD} Paused · {key} sends {messages}"


def line(
    paint: Paint,
    view: QueueView,
    at: int,
    width: int,
    has_cursor: bool,
    *,
    is_last: bool,
) -> Strip:
    """One message; `is_last`: of those that are shown, so that it counts the others."""
    run = view.runs[at]
    over = "cursor" if has_cursor else ""
    sign = HELD if run.run_id in view.held else str(at + 1)
    left = len(view.runs) - at - 1
    more = f" +{left}" if is_last and left else ""
    text = one_line(run.question[:LONGEST_LOOK])
    text = _fitting(text, max(4, width - 6 - cell_len(more)))
    filling = set_cell_size(f" {text}", max(0, width - 5 - cell_len(more)))
    return Strip.join(
        [
            paint.text(f"  {sign:>2} ", "number", over=over),
            paint.text(filling, "", over=over),
            paint.text(more, "hint", over=over),
        ]
    )


def _fitting(text: str, width: int) -> str:
    """A text in at most `width` cells."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…"
