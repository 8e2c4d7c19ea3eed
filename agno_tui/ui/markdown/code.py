"""Colours for code: from source text to text whose spans name roles.

Pygments (https://pygments.org) tells the tokens apart; the roles are ours, and the
stylesheet gives them their looks, so that code follows the theme.
"""

from __future__ import annotations

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound
from textual.content import Content, Span

MAX_HIGHLIGHTED = 60_000
"""Characters of one block that are still coloured; a longer one stays plain."""

_ROLES: dict[_TokenType, str] = {
    Token.Comment: "code-comment",
    Token.Keyword: "code-keyword",
    Token.Keyword.Constant: "code-number",
    Token.Literal.Number: "code-number",
    Token.Literal.String: "code-string",
    Token.Literal.String.Doc: "code-comment",
    Token.Name.Attribute: "code-name",
    Token.Name.Builtin: "code-name",
    Token.Name.Class: "code-definition",
    Token.Name.Decorator: "code-keyword",
    Token.Name.Exception: "code-definition",
    Token.Name.Function: "code-definition",
    Token.Name.Namespace: "code-name",
    Token.Name.Tag: "code-keyword",
    Token.Operator.Word: "code-keyword",
    Token.Generic.Deleted: "code-deleted",
    Token.Generic.Inserted: "code-string",
    Token.Generic.Heading: "code-definition",
    Token.Generic.Subheading: "code-definition",
    Token.Generic.Prompt: "code-comment",
}


def _role(kind: _TokenType) -> str:
    while kind is not Token:
        if role := _ROLES.get(kind):
            return role
        if kind.parent is None:
            break
        kind = kind.parent
    return ""


def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def highlight(code: str, language: str) -> Content:
    """Source text with its tokens named; plain where the language is not known."""
    lexer = _lexer(language) if len(code) <= MAX_HIGHLIGHTED else None
    if lexer is None:
        return Content(code)
    spans: list[Span] = []
    position = 0
    try:
        for kind, text in lexer.get_tokens(code):
            end = position + len(text)
            if role := _role(kind):
                spans.append(Span(position, end, role))
            position = end
    except Exception:
        # A lexer that trips over half a program must not take the answer with it.
        return Content(code)
    return Content(code, spans)
