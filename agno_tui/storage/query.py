"""The words of a search: taken from what was typed, and found again in a text.

Nothing a user types is an operator. What is neither letter nor digit only divides
words; quotes hold some together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from agno_tui.text import repair

UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30fa"
    "\u30fc-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer; Han, kana, bopomofo: nothing stands between two words.

As in the third step of the schema, which says what is in the index for them.
"""

_LONGEST: Final = 1_000
"""Characters of a query that are looked at."""

_MOST_WORDS: Final = 16

_LETTER: Final = rf"[^\W_{UNSPACED}]"
"""A character of a word that has spaces around it."""

_TOKEN: Final = re.compile(rf"[{UNSPACED}]+|{_LETTER}+")

_FIRST_UNSPACED: Final = "\u0e00"

_IS_UNSPACED: Final = re.compile(f"[{UNSPACED}]")

_QUOTES: Final = str.maketrans("“”„«»", '"""""')

_PIECE: Final = re.compile(r'"([^"]*)(?:"|$)|[^\s"]+')

_MARKS: Final = re.compile("[\u0300-\u036f]+")

_ACCENTS: Final = re.compile("([a-z\u00df-\u024f\u0370-\u03ff])[\u0300-\u036f]+")
"""On Latin and Greek letters. Elsewhere they make another letter, as й is not и."""

_SAME: Final = str.maketrans("ςё", "σе")

_ACCENTED: Final = str.maketrans("αεηιουωе", "άέήίόύώё")
"""What people leave out and an index of words keeps: it knows Latin accents only."""

_MOST_SPELLINGS: Final = 12


def fold(text: str) -> str:
    """The text without case and accents. Mostly as long as it was; ß stays ß."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFD", text.lower())
    plain = unicodedata.normalize("NFC", _ACCENTS.sub(r"\1", plain))
    return _MARKS.sub("", plain).translate(_SAME)


def is_unspaced(text: str) -> bool:
    """Whether it holds any character of a script that puts no spaces between words."""
    return _IS_UNSPACED.search(text) is not None


@dataclass(slots=True, frozen=True)
class Word:
    """One thing to find: a word, or several that follow each other."""

    tokens: tuple[str, ...]
    """Folded, letters and digits only, each of one kind of script."""
    typed: str = field(compare=False)
    """As the user wrote it: may hold anything."""

    by_beginning: bool = field(init=False)
    """Whether longer words count too: not for a single letter, which begins all."""

    def __post_init__(self) -> None:
        last = self.tokens[-1]
        by_beginning = len(last) > 1 and not is_unspaced(last)
        object.__setattr__(self, "by_beginning", by_beginning)

    def spellings(self) -> list[str]:
        """The ways it may stand in an index that folds less than we do."""
        text = " ".join(self.tokens)
        return list(_spellings(text, text, self.typed))

    def pieces(self) -> list[tuple[str, ...]]:
        """Each token, and the other ways it may stand in an index that folds less."""
        typed = _TOKEN.findall(unicodedata.normalize("NFC", self.typed.lower()))
        if len(typed) != len(self.tokens):
            typed = list(self.tokens)
        return [
            _spellings(token, token, other)
            for token, other in zip(self.tokens, typed, strict=True)
        ]

    def pattern(self) -> re.Pattern[str]:
        """What finds it in a folded text, given that no letter stands before."""
        pieces = []
        for token in self.tokens:
            whole = not is_unspaced(token) and (
                token is not self.tokens[-1] or not self.by_beginning
            )
            pieces.append(token + (rf"(?!{_LETTER})" if whole else ""))
        return re.compile(r"[\W_]*".join(pieces))


def _spellings(text: str, *known: str) -> tuple[str, ...]:
    """The known ones, then those with one accent that people leave out."""
    places = [n for n, letter in enumerate(text) if ord(letter) in _ACCENTED]
    accented = (text[:n] + text[n].translate(_ACCENTED) + text[n + 1 :] for n in places)
    return tuple(dict.fromkeys((*known, *accented)))[:_MOST_SPELLINGS]


class Query:
    """What was typed, as words that must all be found."""

    def __init__(self, text: str) -> None:
        text = repair(text[:_LONGEST]).translate(_QUOTES)
        words: dict[Word, None] = {}
        for piece in _PIECE.finditer(text):
            typed = (piece[1] or piece[0]).replace("\x00", " ")
            tokens = _TOKEN.findall(fold(typed))
            if tokens:
                words.setdefault(Word(tuple(tokens), typed))
        self.words = tuple(words)[:_MOST_WORDS]
        self._patterns = [word.pattern() for word in self.words]

    @property
    def pieces(self) -> list[tuple[str, ...]]:
        """What the words are made of, each once, in its spellings."""
        return list(dict.fromkeys(one for word in self.words for one in word.pieces()))

    @property
    def is_spaced(self) -> bool:
        """Whether all of it is in scripts with spaces between words."""
        return not any(is_unspaced(token) for token, *_ in self.pieces)

    def first_hits(self, folded: str) -> list[int | None]:
        """For each word, where it first is in a folded text, if it is there."""
        return [
            next((hit.start() for hit in self._hits(number, folded)), None)
            for number in range(len(self.words))
        ]

    def is_in(self, folded: str) -> bool:
        """Whether a folded text holds all words; not where there is none."""
        return bool(self.words) and None not in self.first_hits(folded)

    def counts(self, folded: str, most: int) -> list[float]:
        """How often a folded text holds each word, looking at its first `most` places.

        Where it only begins a longer word it counts half.
        """
        counts = []
        for number, word in enumerate(self.words):
            count = 0.0
            for hit in islice(self._hits(number, folded), most):
                end = hit.end()
                after = folded[end : end + 1]
                longer = after != " " and word.by_beginning and _is_letter(after)
                count += 0.5 if longer else 1.0
            counts.append(count)
        return counts

    def _hits(self, number: int, folded: str) -> Iterator[re.Match[str]]:
        # Looking back is done here, because a pattern that begins with letters is found
        # ten times as fast as one that begins with a condition.
        anywhere = is_unspaced(self.words[number].tokens[0])
        for hit in self._patterns[number].finditer(folded):
            start = hit.start()
            if anywhere or not start:
                yield hit
                continue
            before = folded[start - 1]
            if before == " " or not _is_letter(before):
                yield hit


def _is_letter(character: str) -> bool:
    """Whether it belongs to a word that has spaces around it; not where it is empty."""
    return character.isalnum() and (
        character < _FIRST_UNSPACED or not is_unspaced(character)
    )
