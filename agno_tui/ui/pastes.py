"""Big pastes: a few words stand for each in the prompt, the text itself is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agno_tui.text import printable, repair

LONGEST: Final = 10_000_000
"""Characters of a paste that is taken."""

FOLDED_LINES: Final = 20
"""Lines of a paste that is shown whole."""

FOLDED_CHARACTERS: Final = 2_000
"""Characters of a paste that is shown whole."""

LONGEST_SHOWN: Final = 100_000
"""Characters of a text that the prompt can show and edit without a stall."""

MOST_KEPT: Final = 20
"""Pastes that are known again when a draft comes back, in any session; older ones are
shown whole."""

TOO_LONG: Final = (
    "That is more than 10 MB, too long for a message. Nothing was pasted; "
    "the clipboard still has it."
)

_SPACE: Final = "\N{NO-BREAK SPACE}"
"""Between the words for a paste. It looks like a space and no key types it: who writes
such words means the words."""

_MARK: Final = f"[pasted{_SPACE}"

_WORDS: Final = re.compile(rf"\[pasted{_SPACE}[^\]\n]{{1,40}}\]")

_PIECE: Final = 200_000
"""Characters that are made text at a time: others may work in between."""

_SIGNS: Final = {
    control: printable(control)
    for control in map(chr, (*range(0x20), *range(0x7F, 0xA0)))
    if control not in "\t\n"
}
"""What is shown instead of C0 but tab and newline, DEL and C1."""

_COLOUR: Final = re.compile(r"\x1b\[[\d;:]*m")
"""Colours and the like of a terminal. Source: ECMA-48, 8.3.117, "SGR"."""


def as_typed(text: str) -> str:
    """A pasted text as it may stand in the prompt: without colours, other control codes
    visible, tabs kept, every end of a line a newline."""
    text = repair(text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(map(_as_typed, _pieces(text)))


def _pieces(text: str) -> Iterator[str]:
    """The text, cut where no code goes across."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _PIECE) + 1 or len(text)
        yield text[start:end]
        start = end


def _as_typed(text: str) -> str:
    text = _COLOUR.sub("", text)
    for character, sign in _SIGNS.items():
        # (Of this there may be millions.)
        if character in text:
            text = text.replace(character, sign)
    return text


def is_big(text: str) -> bool:
    """Whether a few words should stand for it."""
    return len(text) > FOLDED_CHARACTERS or text.count("\n") >= FOLDED_LINES


def as_words(text: str) -> str:
    """A text in which nothing that looks like the words for a paste stands for one."""
    if _MARK not in text:
        return text
    return _WORDS.sub(lambda found: found.group().replace(_SPACE, " "), text)


class Pastes:
    """Pasted texts by the words that stand for them: `[pasted 120 lines]`.

    Words stand for something in one message only: in that where they were put.
    """

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        """By words, those of the message that is written."""
        self._kept: dict[str, None] = {}
        """What was pasted lately, the newest last."""
        self._opened: set[str] = set()
        """What of it was opened."""
        self._seen: dict[str, None] = {}
        """Big texts that were shown as they are, the newest first."""
        self._whole = ("", "")

    def fold(self, text: str, *, beside: str = "") -> str:
        """Keep a text; returns what stands for it, words that are not in `beside`."""
        lines = text.count("\n") + (not text.endswith("\n"))
        size = f"{lines:,} lines" if lines > 1 else f"{len(text):,} characters"
        plain = f"[pasted {size}]"
        number = 1
        while (words := plain.replace(" ", _SPACE)) in beside or (
            self._texts.get(words, text) != text
        ):
            number += 1
            plain = f"[pasted {size} · {number}]"
        self._texts[words] = text
        self._kept.pop(text, None)
        self._kept[text] = None
        self._opened.discard(text)
        self._whole = ("", "")
        return words

    def folded(self, text: str, *, beside: str) -> str:
        """What stands for a text, if it is big; else the text."""
        return self.fold(text, beside=beside) if is_big(text) else text

    def open(self, words: str) -> str:
        """What some words stand for; it stays open from now on."""
        self._opened.add(self._texts[words])
        return self._texts[words]

    def whole(self, shown: str) -> str:
        """The text with everything in it that words stand for."""
        if _MARK not in shown or not self._texts:
            return shown
        known, whole = self._whole
        if known != shown:
            words = "|".join(map(re.escape, self._texts))
            whole = re.sub(words, lambda found: self._texts[found.group()], shown)
            self._whole = shown, whole
        return whole

    def shown(self, text: str) -> str:
        """The other way, for another message: the text with words for what was pasted
        and not opened, and for all of it where it is too long to be shown.

        No words that stood for something before do so any more.
        """
        self._texts.clear()
        self._whole = ("", "")
        return self.shown_too(text)

    def shown_draft(self, text: str) -> str:
        """The same of a draft that comes back: all of it is folded where it is as big
        as a paste, unless it was seen whole since the program was started."""
        shown = self.shown(text)
        is_seen = text in self._seen or any(one in text for one in self._opened)
        if is_big(shown) and not is_seen:
            shown = self.fold(text, beside=text)
        return shown

    def note_seen(self, shown: str) -> None:
        """What was on the screen goes: a big text that was written there is known."""
        if is_big(shown):
            self._seen = {self.whole(shown): None, **self._seen}
            for text in list(self._seen)[MOST_KEPT:]:
                del self._seen[text]

    def shown_too(self, text: str) -> str:
        """The same in the message that is written: what was there can come back."""
        self._drop_oldest()
        if not is_big(text):
            return text
        shown = text
        for pasted in reversed(list(self._kept)):
            if pasted not in self._opened and pasted in shown:
                words = self.fold(pasted, beside=shown)
                shown = shown.replace(pasted, words, 1)
        if len(shown) > LONGEST_SHOWN:
            shown = self.fold(text, beside=text)
        return shown if self.whole(shown) == text else text

    def around(self, line: str, column: int) -> tuple[int, int, str] | None:
        """Where words stand in a line that a column is in or beside, and the words."""
        if _MARK not in line:
            return None
        for words in self._texts:
            at = line.find(words)
            while at >= 0:
                if at <= column <= at + len(words):
                    return at, at + len(words), words
                at = line.find(words, at + 1)
        return None

    def _drop_oldest(self) -> None:
        for text in list(self._kept)[:-MOST_KEPT]:
            del self._kept[text]
            self._opened.discard(text)
