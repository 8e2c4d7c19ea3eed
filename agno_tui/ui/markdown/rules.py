"""What Markdown in chats has beyond CommonMark: rules for markdown-it.

Footnotes and bare addresses as on GitHub (https://github.github.com/gfm), formulas as
in pandoc, and the three HTML tags that models write where Markdown has no sign.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock, reference, table
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from agno_tui.ui.markdown.addresses import address_at
from agno_tui.ui.markdown.footnotes import NAME, note_paragraph, sign_of
from agno_tui.ui.markdown.formulas import brackets, display, dollars
from agno_tui.ui.markdown.math_symbols import SUBSCRIPTS, SUPERSCRIPTS, script

MOST_STEPS = 20_000
"""Tokens that are looked at for the ends of brackets in one paragraph; then the
brackets that are left are text."""

MOST_MISSING = 2_000
"""Cells of one table that its rows may leave out."""

MOST_COLUMNS = 500
"""What has more bars in its first row is no table: its cells would all be parsed."""

_NOTE = re.compile(rf"{NAME}(?!\()(:[ \t]*)?")
_TAG = re.compile(
    r"<br[ \t]*/?>[ \t]*\n?|<(sub|sup|kbd)>([^<>\n`$\\]{1,60})</\1>", re.IGNORECASE
)
_INSIDE_A_WORD = re.compile("[A-Za-z0-9]")


def extended(parser: MarkdownIt) -> MarkdownIt:
    """The parser with these rules."""
    inline = _Inline()
    inline.ruler.enableOnly(parser.inline.ruler.get_active_rules())
    inline.ruler2.enableOnly(parser.inline.ruler2.get_active_rules())
    inline.ruler.before("newline", "beyond", _beyond)
    parser.inline = inline
    parser.block.ruler.at("reference", _reference)
    parser.block.ruler.at("paragraph", note_paragraph)
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    terminated = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "display", display, {"alt": terminated})
    return parser


class _State(StateInline):
    """Inline state that finds emphasis beside scripts written without spaces, and
    knows how long the ends of brackets were looked for."""

    steps = 0

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """`**「…」**` may stand between two words of such a script, as it may stand
        between two marks (https://github.com/tats-u/markdown-cjk-friendly)."""
        scanned = super().scanDelims(start, canSplitWord)
        if self.src.isascii() or not canSplitWord:
            return scanned
        end = start + scanned.length
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        return Scanned(
            scanned.can_open or (_is_wide(before) and not after.isspace()),
            scanned.can_close or (_is_wide(after) and not before.isspace()),
            scanned.length,
        )


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


class _Inline(ParserInline):
    """The inline parser over that state."""

    def skipToken(self, state: StateInline) -> None:
        """As in markdown-it, but not for ever."""
        if isinstance(state, _State):
            state.steps += 1
            if state.steps > MOST_STEPS:
                state.pos = state.posMax
                return
        super().skipToken(state)

    def parse(
        self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]
    ) -> list[Token]:
        """As in markdown-it."""
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _beyond(state: StateInline, silent: bool) -> bool:
    """One rule for all of them: the parser asks every rule at every sign."""
    rule = _RULES.get(state.src[state.pos])
    return rule is not None and rule(state, silent)


def _address(state: StateInline, silent: bool) -> bool:
    """A bare address, at its `://`."""
    source, pos = state.src, state.pos
    if silent or state.linkLevel or not source.startswith("://", pos):
        return False
    scheme = source[max(0, pos - 5) : pos].lower()
    scheme = "https" if scheme == "https" else scheme[-4:]
    start = pos - len(scheme)
    if scheme not in ("http", "https") or _INSIDE_A_WORD.match(
        source[start - 1 : start]
    ):
        return False
    end = address_at(source, pos, state.posMax)
    if end == pos or not state.pending.lower().endswith(scheme):
        return False
    href = state.md.normalizeLink(source[start:end].replace("&amp;", "&"))
    state.pending = state.pending[: -len(scheme)]
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": href}
    state.push("text", "", 0).content = source[start:end].replace("&amp;", "&")
    state.push("link_close", "a", -1)
    state.pos = end
    return True


def _note(state: StateInline, silent: bool) -> bool:
    """A footnote's mark, or its sign before its text: `[^1]`, `[^1]: text`."""
    match = _NOTE.match(state.src, state.pos, state.posMax)
    if match is None:
        return _without_link(state, silent)
    name, colon = match.groups()
    start = state.pos
    while start and state.src[start - 1] in " \t":
        start -= 1
    begins = start == 0 or state.src[start - 1] == "\n"
    if not silent:
        sign = sign_of(name, state.env["references"])
        beside = state.tokens[-1:] if not state.pending else []
        joined = beside and beside[0].type == "footnote" and sign
        token = state.push("footnote", "", 0)
        token.content = ("," if joined else "") + (sign or f"[^{name}]")
        if colon and begins:
            state.append_pending(" ")
    state.pos = match.end() if begins or not colon else match.start(2)
    return True


def _without_link(state: StateInline, silent: bool) -> bool:
    """Brackets that cannot become a link are text at once: looking for their other end
    would take long where there are thousands."""
    pos = state.pos
    last = state.html_terminator_last
    possible = state.env.get("references") or min(last("]("), last(")")) > pos
    if possible and last("]") > pos:
        return False
    if not silent:
        state.append_pending(state.src[pos])
    state.pos = pos + 1
    return True


def _image(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("![", state.pos):
        return False
    return _without_link(state, silent)


def _tag(state: StateInline, silent: bool) -> bool:
    """`<br>`, `<sub>`, `<sup>` and `<kbd>`; all other HTML is text."""
    match = _TAG.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    tag, words = (match.group(1) or "br").lower(), match.group(2)
    signs = SUBSCRIPTS if tag == "sub" else SUPERSCRIPTS
    shown = script(words, signs) if tag in ("sub", "sup") else words
    if tag != "br" and shown is None:
        return False
    if not silent and tag == "br":
        state.pending = state.pending.rstrip(" ")
        state.push("hardbreak", "br", 0)
    elif not silent and tag == "kbd":
        state.push("code_inline", "code", 0).content = str(shown)
    elif not silent:
        state.append_pending(str(shown))
    state.pos = match.end()
    return True


def _reference(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """`[label]: address`, but not `[^1]: text`."""
    if state.src.startswith("[^", state.bMarks[first] + state.tShift[first]):
        return False
    return reference(state, first, last, silent)


def _table(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A table, up to the row where too many cells are missing: they are all filled."""
    bars = state.src.count("|", state.bMarks[first], state.eMarks[first])
    if not 0 < bars <= MOST_COLUMNS:
        return False
    if not silent:
        last = _end_of_table(state, first, last)
    return table(state, first, last, silent)


def _end_of_table(state: StateBlock, first: int, last: int) -> int:
    missing, source = 0, state.src
    columns = source.count("|", state.bMarks[first], state.eMarks[first]) + 1
    for line in range(first + 2, last):
        cells = source.count("|", state.bMarks[line], state.eMarks[line]) + 1
        missing += max(0, columns - cells)
        if missing > MOST_MISSING:
            return line
        if state.isEmpty(line):
            break
    return last


_RULES: dict[str, Callable[[StateInline, bool], bool]] = {
    "$": dollars,
    "\\": brackets,
    ":": _address,
    "[": _note,
    "!": _image,
    "<": _tag,
}
