"""Where formulas are in Markdown: rules for markdown-it, and what is not a formula.

`$…$`, `$$…$$`, `\\(…\\)`, `\\[…\\]` and `\\begin{align}…`. Dollars follow pandoc's rule
(https://pandoc.org/MANUAL.html#math: nothing empty inside, no digit behind), and what
stands between them must look like a formula: prices, shell variables and jQuery stay.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from agno_tui.ui.markdown.math_rows import ENVIRONMENTS
from agno_tui.ui.markdown.math_symbols import NAMES

_DOLLARS = re.compile(r"\$(?![\s$])((?:[^$\\\n`\"#]|\\[^\n`])+)\$(?![A-Za-z0-9_${(])")
_DOUBLE = re.compile(r"\$\$(?!\$)((?:[^$\\`]|\\[^`])+)\$\$(?![A-Za-z0-9_$])")
_SIMPLE = re.compile(r"[\w\s+\-*/=<>!|()\[\]{},.:;'′√∞°−–×·±≤≥≠≈∈→]+")
_WORD = re.compile(r"[^\W\d_]+")
_PROSE = re.compile(
    r"(?<![^\W\d_])[^\W\d_]{2,}+\s++(?:[^\W\d_]{2}|\d)|\d\s++[^\W\d_]{2}"
)
"""Two words side by side, or a word and a number."""

_PRICES = re.compile(r"[\d.,]+[km]?\s*[-–/]\s*[\d.,]+[km]?")
_LONGEST_SIMPLE = 60

_PATTERN = re.compile(r"\.[*+?]|[*+]\?|\\[dDwWsSbB](?![A-Za-z])")
"""What regular expressions have, and formulas hardly ever."""

_OPEN = re.compile(r"\$\$|\\\[|\\begin\{([a-z]+)(\*?)\}")
_CLOSERS = {"$$": "$$", "\\[": "\\]"}
_STRONG = re.compile(r"[\\^_{=]")
_OTHER_BLOCK = re.compile(r"`{3}|~{3}|#{1,6}[ \t]")


def is_formula(text: str) -> bool:
    """Whether what stands between two dollars looks like a formula."""
    if text[0] in ".,;:!?)" or _PATTERN.search(text):
        return False
    if "\\" in text:
        return True
    if _reads_as_prose(text):
        return False
    if "^" in text or "_" in text:
        return text.startswith("{}") or text[0] not in "_{"
    return _is_simple(text)


def _reads_as_prose(text: str) -> bool:
    bare = _WORD.sub(lambda word: "" if word.group() in NAMES else word.group(), text)
    return _PROSE.search(bare) is not None


def _is_simple(text: str) -> bool:
    """Whether it is something like `x`, `n = 5`, `O(n log n)`."""
    if len(text) > _LONGEST_SIMPLE or not _SIMPLE.fullmatch(text):
        return False
    if text[-1] in ".,;:-=+(/" or _PRICES.fullmatch(text) or "('" in text:
        return False
    return all(_is_name(word) for word in _WORD.findall(text))


def _is_name(word: str) -> bool:
    return len(word) <= 2 or word in NAMES or (len(word) == 3 and word.isupper())


def dollars(state: StateInline, silent: bool) -> bool:
    """The inline rule for `$…$` and `$$…$$`."""
    source, pos = state.src, state.pos
    run = pos
    while run < state.posMax and source[run] == "$":
        run += 1
    pattern = _DOLLARS if run - pos == 1 else _DOUBLE
    before = source[pos - 1] if pos else " "
    match = None
    if run - pos <= 2 and not (
        before.isascii() and (before.isalnum() or before == "_")
    ):
        match = pattern.match(source, pos, state.posMax)
    if match is None or not is_formula(match.group(1).strip() or "."):
        # All of them at once: a long run is looked at once.
        return _as_text(state, run, silent)
    if run - pos == 1 and match.group(1)[-1].isspace():
        return _as_text(state, run, silent)
    return _as_formula(state, match.end(), match.group(1), silent)


def brackets(state: StateInline, silent: bool) -> bool:
    """The inline rule for `\\(…\\)` and `\\[…\\]`."""
    source, pos = state.src, state.pos
    opener = source[pos : pos + 2]
    if opener not in ("\\(", "\\["):
        return False
    closer = "\\)" if opener == "\\(" else "\\]"
    if state.html_terminator_last(closer) < pos:
        return False
    end = source.find(closer, pos + 2, state.posMax)
    again = source.find(opener, pos + 2, max(end, 0))
    inner = source[pos + 2 : end].strip()
    if end < 0 or again >= 0 or not inner or "`" in inner:
        return False
    fits = _STRONG.search(inner) if opener == "\\[" else is_formula(inner)
    return bool(fits) and _as_formula(state, end + 2, inner, silent)


def _as_text(state: StateInline, end: int, silent: bool) -> bool:
    if not silent:
        state.append_pending(state.src[state.pos : end])
    state.pos = end
    return True


def _as_formula(state: StateInline, end: int, inner: str, silent: bool) -> bool:
    """A formula; one that cannot be read stays what was written."""
    if not silent:
        shown = _read(inner)
        token = state.push("text" if shown is None else "math", "", 0)
        token.content = state.src[state.pos : end] if shown is None else shown
    state.pos = end
    return True


def _read(source: str, *, display: bool = False) -> str | None:
    # Most chats have no formula: its signs are loaded with the first one.
    from agno_tui.ui.markdown.math import unicode_math

    return unicode_math(source, display=display)


def display(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """The block rule for formulas that stand alone.

    One that is not closed yet is a block already, so that nothing before it changes
    when it is closed. An empty line, a heading or a fence ends it in any case.
    """
    start = state.bMarks[first] + state.tShift[first]
    opener = _OPEN.match(state.src, start, state.eMarks[first])
    if opener is None or state.is_code_block(first):
        return False
    name, star = opener.groups()
    if name and name not in ENVIRONMENTS:
        return False
    closer = _CLOSERS.get(opener.group(), f"\\end{{{name}{star}}}")
    rest = state.src[opener.end() : state.eMarks[first]].strip()
    closed = _closes(rest, closer)
    inner = rest[: rest.rfind(closer)].strip() if closed else rest
    if closer in inner or (closed and not inner):
        return False
    if inner and not name and (not _STRONG.search(inner) or _reads_as_prose(inner)):
        return False
    if silent:
        return True
    end = first + 1
    while not closed and end < last and _goes_on(state, end):
        closed = _closes(_line(state, end), closer)
        end += 1
    token = state.push("math_block", "", 0)
    token.map = [first, end]
    token.content = state.getLines(first, end, state.blkIndent, False).strip()
    token.meta = {"closed": closed, "environment": bool(name)}
    state.line = end
    return True


def _line(state: StateBlock, number: int) -> str:
    start = state.bMarks[number] + state.tShift[number]
    return state.src[start : state.eMarks[number]].rstrip()


def _closes(line: str, closer: str) -> bool:
    return line.rstrip(".,; \t").endswith(closer)


def _goes_on(state: StateBlock, number: int) -> bool:
    if state.isEmpty(number) or state.sCount[number] < state.blkIndent:
        return False
    return not _OTHER_BLOCK.match(_line(state, number))


def display_text(content: str, *, closed: bool, environment: bool) -> str | None:
    """The lines of a formula that stands alone; None where it stays its source."""
    if not closed:
        return None
    inner = content.rstrip(".,; \t")
    mark = content[len(inner) :].strip()
    text = _read(inner if environment else inner[2:-2], display=True)
    return None if text is None else text + mark
