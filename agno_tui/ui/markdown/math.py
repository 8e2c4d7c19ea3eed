"""LaTeX formulas as Unicode text: `x^2` as x², `\\frac{a}{b}` as a/b.

What Unicode cannot show keeps brackets (`e^(-x²/2)`), unknown commands stay as they are
written. Spaces mean nothing in a formula, here they stay where they were typed.
"""

from __future__ import annotations

import re
from itertools import groupby

from agno_tui.ui.markdown.math_atoms import (
    KNOWN,
    Atom,
    Kind,
    accented,
    bracketed,
    fraction,
    join,
    root,
)
from agno_tui.ui.markdown.math_rows import beside, rows_of
from agno_tui.ui.markdown.math_symbols import (
    ACCENTS,
    ALPHABETS,
    SIGNS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    letter,
    script,
    words,
)

LONGEST = 5_000
"""Characters of a formula that are looked at; longer ones stay as they are."""

DEEPEST = 16
"""Levels of groups in groups."""

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\s+|.", re.DOTALL)
_STOPS = frozenset(("", "}", "&", "\\\\", "\\end", "\\right"))
_LITERAL = words("text mbox hbox textrm textbf textit textsf texttt mathtt textsc emph")
_AS_IT_IS = words(
    "mathrm mathit mathsf mathnormal boxed fbox cancel mathop operatorname substack"
    " ensuremath"
)
_UNSEEN = words("label color vspace hspace phantom vphantom")
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}


class Broken(Exception):
    """Not a formula, or one that is too deep to follow."""


def unicode_math(source: str, *, display: bool = False) -> str | None:
    """A formula without its dollars as text, None where it is broken.

    `display`: it stands alone, so its rows may be lines; otherwise it is one line.
    """
    if len(source) > LONGEST:
        return None
    try:
        lines = _Formula(source.strip()).lines(display)
    except Broken:
        return None
    text = ("\n" if display else "; ").join(lines)
    return text if text.strip() else None


class _Formula:
    """Reads a formula from its beginning to its end, once."""

    def __init__(self, source: str) -> None:
        self._tokens: list[str] = _TOKEN.findall(source)
        self._at = 0
        self._depth = 0

    def lines(self, display: bool) -> list[str]:
        """The lines of the whole formula."""
        lines: list[str] = []
        while True:
            lines += _drawn(self._atoms(), display)
            if self._peek() != "\\\\":
                break
            self._at += 1
        if self._peek():
            raise Broken
        return lines

    def _peek(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _skip_space(self) -> None:
        if self._peek().isspace():
            self._at += 1

    def _atoms(self, stop: str = "") -> list[Atom]:
        """All until one that ends a group; that one is left standing."""
        self._deeper()
        atoms: list[Atom] = []
        while (token := self._peek()) not in _STOPS and (not stop or token != stop):
            if token in ("^", "_", "'"):
                atoms.append(self._scripts(atoms.pop() if atoms else Atom("")))
            else:
                atoms += self._next()
        self._depth -= 1
        return atoms

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Broken

    def _next(self) -> list[Atom]:
        token = self._take()
        if token.isspace():
            return [Atom(" ", Kind.SPACE)]
        if token == "{":
            return [Atom(self._rest_of_group())]
        if token == "~":
            return [KNOWN[" "]]
        if not token.startswith("\\"):
            return [Atom(token)]
        if known := KNOWN.get(token[1:]):
            if token[-1].isalpha() and self._peek(1)[:1].isalnum():
                self._skip_space()
            return [known]
        return self._command(token[1:])

    def _rest_of_group(self, stop: str = "}", *, tight: bool = False) -> str:
        text = join(self._atoms(stop), tight=tight)
        if self._take() != stop:
            raise Broken
        return text

    def _argument(self, *, tight: bool = False) -> str:
        """The group or the one sign that comes next."""
        self._skip_space()
        token = self._peek()
        if token in _STOPS or token in ("^", "_"):
            raise Broken
        if token == "{":
            self._at += 1
            return self._rest_of_group(tight=tight).strip()
        self._deeper()
        text = join(self._next(), tight=tight).strip()
        self._depth -= 1
        return text

    def _raw_argument(self) -> str:
        """What stands in the braces that come next, as it was written."""
        self._skip_space()
        if self._peek() != "{":
            raise Broken
        first, depth = self._at + 1, 0
        while token := self._take():
            depth += (token == "{") - (token == "}")
            if not depth:
                return "".join(self._tokens[first : self._at - 1])
        raise Broken

    def _option(self) -> str:
        """What stands in the square brackets that come next, if any do."""
        if self._peek() != "[":
            return ""
        self._at += 1
        return self._rest_of_group("]", tight=True)

    def _scripts(self, base: Atom) -> Atom:
        low = high = primes = ""
        while (mark := self._peek()) in ("^", "_", "'"):
            self._at += 1
            if mark == "'":
                primes += "′"
            elif self._peek().isspace() or (low if mark == "_" else high):
                raise Broken
            elif mark == "_":
                low = _script(mark, self._argument(tight=True))
            else:
                high = _script(mark, self._argument(tight=True))
        text = f"({base.text})" if base.kind is Kind.FRACTION else base.text
        kind = Kind.NAME if base.kind is Kind.NAME else Kind.PLAIN
        return Atom(text + primes + low + high, kind)

    def _command(self, name: str) -> list[Atom]:
        match name:
            case "left":
                return self._fenced()
            case "begin":
                return [self._environment()]
            case "frac" | "dfrac" | "tfrac" | "cfrac" | "sfrac":
                return [fraction(self._argument(), self._argument())]
            case "binom" | "dbinom" | "tbinom":
                return [Atom(f"({self._argument()} choose {self._argument()})")]
            case "sqrt":
                degree = self._option()
                sign = _ROOTS.get(degree) or (script(degree, SUPERSCRIPTS) or "") + "√"
                return [root(sign, self._argument())]
            case "not":
                return [Atom(self._argument() + "\u0338", Kind.RELATION)]
            case "tag":
                return [Atom(f"  ({self._raw_argument()})")]
            case "pmod":
                return [Atom(f"(mod {self._argument()})", Kind.NAME)]
            case "overset" | "stackrel" | "underset":
                mark = "_" if name == "underset" else "^"
                beside_it = _script(mark, self._argument(tight=True))
                return [Atom(self._argument() + beside_it, Kind.NAME)]
            case "xrightarrow":
                return [Atom(f"─{self._argument(tight=True)}→", Kind.RELATION)]
        return [self._other(name)]

    def _other(self, name: str) -> Atom:
        if name in ACCENTS:
            return accented(name, self._argument())
        if name in ALPHABETS:
            return Atom("".join(letter(char, name) for char in self._argument()))
        if name in _LITERAL:
            return Atom(re.sub(r"\\(?=\W)", "", self._raw_argument()))
        if name in _UNSEEN:
            self._raw_argument()
            return Atom("")
        if name in ("overbrace", "underbrace"):
            return Atom(bracketed(self._argument()))
        if name in _AS_IT_IS:
            if self._peek() == "*":
                self._at += 1
            kind = Kind.NAME if name == "operatorname" else Kind.PLAIN
            return Atom(self._argument(), kind)
        text = f"\\{name}"
        while self._peek() == "{":
            text += f"{{{self._raw_argument()}}}"
        return Atom(text)

    def _delimiter(self) -> str:
        self._skip_space()
        token = self._take()
        if not token or token in "{}^_&":
            raise Broken
        return "" if token == "." else SIGNS.get(token[1:], token)

    def _fenced(self) -> list[Atom]:
        left, atoms = self._delimiter(), self._atoms()
        if self._take() != "\\right":
            raise Broken
        right = self._delimiter()
        for edge in (-1, 0):
            while atoms and atoms[edge].kind is Kind.SPACE:
                del atoms[edge]
        match [atom.rows for atom in atoms]:
            case [rows] if rows and not rows.left + rows.right:
                rows = rows.within(left, right)
                return [Atom(rows.on_one_line, rows=rows)]
        return [Atom(left), *atoms, Atom(right)]

    def _environment(self) -> Atom:
        name = self._raw_argument().rstrip("*")
        if name in ("array", "alignedat", "alignat"):
            self._raw_argument()
        cells: list[list[str]] = [[]]
        while True:
            cells[-1].append(join(self._atoms()).strip())
            if (token := self._take()) == "\\\\":
                self._option()
                cells.append([])
            elif token != "&":
                break
        if token != "\\end" or self._raw_argument().rstrip("*") != name:
            raise Broken
        rows = rows_of(name, [row for row in cells if any(row)])
        if rows is None:
            raise Broken
        return Atom(rows.on_one_line, rows=rows)


def _script(mark: str, text: str) -> str:
    signs = SUBSCRIPTS if mark == "_" else SUPERSCRIPTS
    raised = script(text, signs)
    return raised or mark + (text if len(text) == 1 else f"({text})")


def _drawn(atoms: list[Atom], display: bool) -> list[str]:
    """One row of a formula: a line, or several where a matrix stands in it."""
    if not display or not any(atom.rows for atom in atoms):
        text = join(atoms).strip()
        return [text] if text else []
    boxes: list[list[str]] = []
    for tall, group in groupby(atoms, key=lambda atom: atom.rows is not None):
        if tall:
            boxes += [atom.rows.drawn for atom in group if atom.rows]
        else:
            text = join(list(group)).strip()
            boxes.append([f" {text} " if boxes and text else f"{text} "])
    return beside(boxes)
