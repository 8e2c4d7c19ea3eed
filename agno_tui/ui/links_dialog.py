"""The dialog that shows where each link really goes, and asks before it opens."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import SplitResult

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from agno_tui.ui.command import Where, bindings
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.dialog import Dialog, Hint, dialog_title
from agno_tui.ui.links_of_lines import Link
from agno_tui.ui.markdown.addresses import (
    OPENED,
    may_open,
    place_of,
    split_address,
    visible,
)

UNSEEN = 0.3
"""Seconds after it appears in which the dialog opens nothing: the key was pressed for
something else."""

MOST = 500
"""Links that are listed."""

LONGEST = 2_000
"""Characters of an address that are shown; a longer one is never opened."""

_NAMED = re.compile(
    r"(?:https?://|www\.)((?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,20})(?![\w-]|\.\w)"
    r"|^((?:[\w-]{1,63}\.){1,8}(?:com|org|edu|gov))(?![\w-]|\.\w)",
    re.IGNORECASE,
)
"""A place that is named in words; `setup.py` is none, whoever has that name."""

KEYS_BACK = "{links.back} back"
KEYS_COPY = "{links.copy} copies it · " + KEYS_BACK
KEYS = "enter opens it · " + KEYS_COPY
CHOOSE = "↑ ↓ · "


@dataclass(slots=True, frozen=True)
class LinkChoice:
    """What to do with which link."""

    address: str
    copy: bool
    """True: copy the address; False: open it."""


def opens(address: str) -> bool:
    """Whether it is opened when asked for: it may be, and all of it was seen."""
    return len(address) <= LONGEST and may_open(address)


def remarks(address: str) -> list[str]:
    """What to know before opening an address, in words."""
    parts = split_address(address)
    if parts is None or not opens(address):
        return [_why_not(address, parts)]
    said = []
    if parts.scheme == "http":
        said.append("Not encrypted: http, not https.")
    if parts.username is not None and parts.scheme != "mailto":
        said.append("What stands before the @ is a name, not the place it goes to.")
    if letters := _letters(place_of(parts)):
        said.append(
            f"It may be shown as {letters}, whose letters can look like others."
        )
    return said


def _why_not(address: str, parts: SplitResult | None) -> str:
    scheme = parts.scheme if parts is not None else ""
    if len(address) > LONGEST:
        return f"Only copied, never opened: {len(address):,} characters."
    if not scheme:
        return "Only copied, never opened: not an address of the web."
    if scheme not in OPENED:
        return f"Only copied, never opened: {visible(scheme)}"
    return "Only copied, never opened: it can be read in more than one way."


def deceit(words: str, address: str) -> str:
    """A warning where a link's words name another place than the one it leads to."""
    parts = split_address(address)
    named = _NAMED.search(words)
    if parts is None or named is None or not (place := place_of(parts)):
        return ""
    name = (named[1] or named[2]).lower().removeprefix("www.")
    there = place.rpartition("@")[2].lower().removeprefix("www.")
    if name in (there, visible(there), _letters(there)):
        return ""
    return f"Its words name another place: {visible(name)}"


def _letters(host: str) -> str:
    """What a host with other letters than English ones (`xn--…`) may be shown as."""
    if "xn--" not in host:
        return ""
    try:
        return visible(host.encode("ascii").decode("idna"))
    except UnicodeError:
        return "signs that can't be read"


class LinksDialog(Dialog[LinkChoice]):
    """Gives back which link to open or to copy, or None."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.LINKS)

    def __init__(
        self,
        links: Sequence[Link | str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`links`: a bare address has no words; `clock`: seconds, from anywhere."""
        super().__init__()
        self._links = [
            Link(link) if isinstance(link, str) else link for link in links[:MOST]
        ]
        self._addresses = [link.address for link in self._links]
        self._more = len(links) - len(self._links)
        self._clock = clock
        self._seen_at: float | None = None

    def compose(self) -> ComposeResult:
        """Textual: what stands in the dialog."""
        with Vertical(id="links-dialog", classes="dialog"):
            yield dialog_title(self._question)
            options = [Option(_row(link)) for link in self._links]
            yield OptionList(*options, classes="dialog-body", markup=False)
            yield Hint(self._keys(0))

    def on_mount(self) -> None:
        """Textual: the first one is marked."""
        if self._addresses:
            self.query_one(OptionList).highlighted = 0
        self.call_after_refresh(self._note_seen)

    def _note_seen(self) -> None:
        self._seen_at = self._clock()

    @property
    def _question(self) -> str:
        count = len(self._addresses)
        if not count:
            return "No links here"
        if self._more:
            return f"Open one of the first {count} of {count + self._more:,} links?"
        return "Open this link?" if count == 1 else f"Open one of these {count} links?"

    def _keys(self, index: int | None) -> str:
        if index is None or index >= len(self._addresses):
            return KEYS_BACK
        keys = KEYS if opens(self._addresses[index]) else KEYS_COPY
        return keys if len(self._addresses) == 1 else CHOOSE + keys

    def on_option_list_option_highlighted(
        self, event: OptionList.OptionHighlighted
    ) -> None:
        """Textual: another one is marked."""
        self.say(self._keys(event.option_index))

    def action_move(self, step: int) -> None:
        """Go to another one."""
        list_ = self.query_one(OptionList)
        if step > 0:
            list_.action_cursor_down()
        else:
            list_.action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Textual: enter, or a click."""
        seen_at, address = self._seen_at, self._addresses[event.option_index]
        if seen_at is None or self._clock() - seen_at < UNSEEN:
            return
        if opens(address):
            self.dismiss(LinkChoice(address, copy=False))
        else:
            self.tell(remarks(address)[0], failed=True)

    def action_copy(self) -> None:
        """Copy the marked address."""
        index = self.query_one(OptionList).highlighted
        if index is not None:
            self.dismiss(LinkChoice(self._addresses[index], copy=True))


def _row(link: Link) -> Content:
    """The place and the link's words, the whole address, and what to know of it, below
    each other."""
    address, words = link.address, visible(link.words)
    parts = split_address(address)
    place = place_of(parts) if parts is not None and opens(address) else ""
    shown = visible(address[:LONGEST]) + ("…" if len(address) > LONGEST else "")
    first = [Content.styled(visible(place), "bold")] if place else []
    # Behind the place, so that no words stand where places do.
    first += [Content(f"“{words}”")] if words else []
    said = [deceit(link.words, address), *remarks(address)]
    rows = [Content("  ").join(first)] if first else []
    rows += [Content(shown)]
    rows += [Content.styled(f"! {remark}", "italic") for remark in said if remark]
    return Content("\n").join(rows)
