"""Running text: from markdown-it's inline tokens to text whose spans name roles."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token
from textual.content import Content, Span

from agno_tui.text import printable
from agno_tui.ui.lines import TO
from agno_tui.ui.markdown.addresses import bare_addresses, may_open, told

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
        self._links = 0
        for child in children:
            self._take(child)
        self.content = Content("".join(self._text), self._spans)

    def _take(self, token: Token) -> None:
        match token.type:
            case "text":
                self._running(token.content)
            case "code_inline":
                self._add(token.content, "code")
            case "math" | "footnote":
                self._add(token.content, token.type)
            case "softbreak" | "hardbreak":
                self._add("\n")
            case "image":
                self._image(token.content, str(token.attrGet("src") or ""))
            case kind if kind.endswith("_open"):
                name = kind.removesuffix("_open")
                self._links += name == "link"
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

    def _running(self, text: str) -> None:
        if self._links or "www." not in text.lower():
            self._add(text)
            return
        done = 0
        for start, end in bare_addresses(text):
            self._add(text[done:start])
            first, done = self._length, end
            self._add(text[start:end], "link")
            self._lead(first, f"http://{text[start:end]}")
        self._add(text[done:])

    def _image(self, words: str, address: str) -> None:
        start = self._length
        self._add(f"🖼 {words}".rstrip())
        if self._links:
            # What a click opens is the link's address, so only that one is shown.
            return
        self._add(f" ({told(address, '')})", "target")
        self._lead(start, address)

    def _close(self) -> None:
        name, start, first, target = self._open.pop()
        self._links -= name == "link"
        role = _INLINE_ROLES.get(name)
        if role is not None and start < self._length:
            self._spans.append(Span(start, self._length, role))
        if not target:
            return
        # Where a link really goes is always said.
        if where := told(target, "".join(self._text[first:])):
            self._add(f" ({where})", "target")
        self._lead(start, target)

    def _lead(self, start: int, address: str) -> None:
        """Have the text from `start` on lead there."""
        if start < self._length and may_open(address):
            self._spans.append(Span(start, self._length, TO + printable(address)))
