"""Running text: from markdown-it's inline tokens to text whose spans name roles."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token
from textual.content import Content, Span

from agno_tui.text import printable

_INLINE_ROLES = {"strong": "strong", "em": "em", "s": "strike", "link": "link"}


def inline(token: Token) -> Content:
    """The running text of an `inline` token, with spans that name roles."""
    return _Inline(token.children or []).content


class _Inline:
    """Collects running text and the spans over it."""

    def __init__(self, children: Sequence[Token]) -> None:
        self._text: list[str] = []
        self._length = 0
        self._spans: list[Span] = []
        self._open: list[tuple[str, int, int, str]] = []
        for child in children:
            self._take(child)
        self.content = Content("".join(self._text), self._spans)

    def _take(self, token: Token) -> None:
        match token.type:
            case "text":
                self._add(token.content)
            case "code_inline":
                self._add(token.content, "code")
            case "softbreak" | "hardbreak":
                self._add("\n")
            case "image":
                self._add(f"🖼 {token.content} ")
                self._add(f"({token.attrGet('src') or ''})", "target")
            case kind if kind.endswith("_open"):
                name = kind.removesuffix("_open")
                target = str(token.attrGet("href") or "")
                self._open.append((name, self._length, len(self._text), target))
            case kind if kind.endswith("_close") and self._open:
                self._close()
            case _:
                self._add(token.content)

    def _add(self, text: str, role: str = "") -> None:
        if not text:
            return
        # Entities (`&#x202e;`) and addresses were decoded after the text was cleaned.
        text = printable(text)
        start = self._length
        self._text.append(text)
        self._length += len(text)
        if role:
            self._spans.append(Span(start, self._length, role))

    def _close(self) -> None:
        name, start, first, target = self._open.pop()
        role = _INLINE_ROLES.get(name)
        if role is not None and start < self._length:
            self._spans.append(Span(start, self._length, role))
        shown = "".join(self._text[first:])
        if target and target.removeprefix("mailto:") != shown:
            # Where a link really goes is always said.
            self._add(f" ({target})", "target")
