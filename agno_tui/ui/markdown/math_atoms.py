"""Parts of a formula, and how they stand beside each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from agno_tui.ui.markdown.math_rows import Rows
from agno_tui.ui.markdown.math_symbols import (
    ACCENTS,
    BINARY,
    LINES,
    NAMES,
    RELATIONS,
    SIGNS,
    SPACES,
    SUBSCRIPTS,
    SUPERSCRIPTS,
)


class Kind(StrEnum):
    """How a part of a formula stands beside its neighbours."""

    PLAIN = "plain"
    SPACE = "space"
    RELATION = "relation"
    BINARY = "binary"
    NAME = "name"
    FRACTION = "fraction"


@dataclass(slots=True, frozen=True)
class Atom:
    """A part of a formula; `rows` where it is better shown as several lines."""

    text: str
    kind: Kind = Kind.PLAIN
    rows: Rows | None = None


KNOWN = {
    name: Atom(text, kind)
    for signs, kind in (
        (SPACES, Kind.SPACE),
        (NAMES, Kind.NAME),
        (BINARY, Kind.BINARY),
        (RELATIONS, Kind.RELATION),
        (SIGNS, Kind.PLAIN),
    )
    for name, text in signs.items()
}
"""Commands without arguments."""

ROOTS = ("√", "∛", "∜")
"""Signs of the second, third and fourth root."""

_UNARY_AFTER = "=<>([{,;:/|+-⟨"
_SCRIPTS = "".join((*SUPERSCRIPTS.values(), *SUBSCRIPTS.values()))
_MARKS = "\u0300-\u036f\u20d0-\u20ff′" + re.escape(_SCRIPTS.replace("*", ""))
_ONE_TERM = re.compile(
    rf"[√∛∜]?(?:[^\W\d_]|\d+(?:[.,]\d+)*|∞)[{_MARKS}]*!?|[d∂]\w[{_MARKS}]*"
)
_CALL = re.compile(r"[^\W\d_]+\([^()]*\)")


def join(atoms: Sequence[Atom], *, tight: bool = False) -> str:
    """Parts of a formula as one text; `tight`: a script, without spaces."""
    out, before = "", Kind.SPACE
    for number, atom in enumerate(atoms):
        text = atom.text
        match atom.kind:
            case Kind.SPACE:
                if not tight and out:
                    bare = out.rstrip(" ")
                    text = " " * max(len(text), len(out) - len(bare))
                    out = bare + text
                continue
            case Kind.RELATION if not tight:
                out = f"{out.rstrip(' ')} {text} " if out else f"{text} "
            case Kind.BINARY if not tight and not _unary(out, before):
                out = f"{out.rstrip(' ')} {text} "
            case Kind.NAME:
                out += f" {text}" if _touches(out) else text
            case Kind.FRACTION:
                after = atoms[number + 1] if number + 1 < len(atoms) else None
                out += f"({text})" if _touches(out) or _begins(after) else text
            case _:
                apart = before is Kind.NAME and text and _wordlike(text[0])
                out += f" {text}" if apart and not out.endswith(" ") else text
        before = atom.kind
    return out


def _unary(out: str, before: Kind) -> bool:
    last = out.rstrip(" ")[-1:]
    return not last or last in _UNARY_AFTER or before in (Kind.RELATION, Kind.BINARY)


def _wordlike(char: str) -> bool:
    return char.isalnum() or char in "√∛∜∂∇∞"


def _touches(out: str) -> bool:
    return bool(out) and (out[-1].isalnum() or out[-1] in ")]′")


def _begins(atom: Atom | None) -> bool:
    if atom is None or not atom.text:
        return False
    if atom.kind is Kind.PLAIN:
        return _wordlike(atom.text[0]) or atom.text[0] in "([^_"
    return atom.kind is Kind.FRACTION


def fraction(over: str, under: str) -> Atom:
    """`over/under`, with the brackets that it needs."""
    top = over if over[:1] == "-" and _is_one(over[1:]) else bracketed(over)
    bottom = under if _is_one(under) else f"({under})"
    return Atom(f"{top}/{bottom}", Kind.FRACTION)


def bracketed(text: str) -> str:
    """Text in brackets, if it is more than one product."""
    return f"({text})" if _is_sum(text) else text


def root(sign: str, under: str) -> Atom:
    """A root, over brackets where more than one sign is under it."""
    one = _is_one(under) and not _CALL.fullmatch(under) and not under.startswith(ROOTS)
    return Atom(sign + (under if one else f"({under})"))


def accented(name: str, text: str) -> Atom:
    """Text below a hat, a bar, an arrow."""
    mark = ACCENTS[name]
    if len(text) == 1 or (name in LINES and text.isalnum()):
        return Atom("".join(char + mark for char in text))
    return Atom(f"{name}({text})")


def _is_one(text: str) -> bool:
    """Whether nobody could take a part of it for the whole."""
    return bool(
        not text
        or _ONE_TERM.fullmatch(text)
        or _CALL.fullmatch(text)
        or _enclosed(text)
    )


def _enclosed(text: str) -> bool:
    """Whether its first bracket is closed by its last character."""
    if text[0] not in "([{⟨|" or text[-1] not in ")]}⟩|" or len(text) < 2:
        return False
    depth = 0
    for number, char in enumerate(text):
        depth += (char in "([{⟨") - (char in ")]}⟩")
        if not depth and number < len(text) - 1 and char != "|":
            return False
    return text[0] != "|" or text.count("|") == 2


def _is_sum(text: str) -> bool:
    """Whether a sign between its parts stands outside all brackets."""
    depth = 0
    for char in text:
        depth += (char in "([{⟨") - (char in ")]}⟩")
        if not depth and char in "+-=<>/,;±∓·×÷ ":
            return True
    return False
