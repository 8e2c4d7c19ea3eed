"""Colours for code: from source text to spans that name roles, line by line.

Pygments (https://pygments.org) tells the tokens apart; the roles are ours, and the
stylesheet gives them their looks, so that code follows the theme.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TypeAlias

from pygments.lexer import ExtendedRegexLexer, Lexer, RegexLexer
from pygments.lexers import LEXERS, find_lexer_class
from pygments.token import Token, Whitespace, _TokenType
from textual.content import Span

States: TypeAlias = tuple[str, ...]
"""The states a lexer is in, the innermost last."""

START: States = ("root",)
"""How a lexer begins."""

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
    Token.Generic.Inserted: "code-inserted",
    Token.Generic.Heading: "code-definition",
    Token.Generic.Subheading: "code-definition",
    Token.Generic.Prompt: "code-comment",
}


@cache
def _role(kind: _TokenType) -> str:
    while kind is not Token:
        if role := _ROLES.get(kind):
            return role
        if kind.parent is None:
            break
        kind = kind.parent
    return ""


class Colouring:
    """Names the tokens of one language; without any where that is not known."""

    def __init__(self, language: str) -> None:
        self._lexer = _lexer(language)

    def spans(
        self, code: str, states: States = START
    ) -> tuple[list[list[Span]], States]:
        """Spans of each line of code, and the states the lexer is in behind it.

        `states`: those it was in before. Languages whose lexer keeps more than that
        begin anew.
        """
        lines: list[list[Span]] = [[] for _ in range(code.count("\n") + 1)]
        if self._lexer is None:
            return lines, states
        after = list(states)
        try:
            _spread(_tokens(self._lexer, code, after), lines)
        except Exception:
            # A lexer that trips over half a program must not take the answer with it.
            return [[] for _ in lines], START
        return lines, tuple(after)


def _lexer(language: str) -> Lexer | None:
    # Not `get_lexer_by_name`: for an unknown name it looks for plugins on the disk.
    wanted = language.lower()
    for _, name, aliases, _, _ in LEXERS.values():
        if wanted in aliases:
            found = find_lexer_class(name)
            return found(stripnl=False, ensurenl=False) if found is not None else None
    return None


def _spread(tokens: Iterator[tuple[_TokenType, str]], lines: list[list[Span]]) -> None:
    number = column = 0
    for kind, text in tokens:
        role = _role(kind)
        if "\n" not in text:
            if role:
                lines[number].append(Span(column, column + len(text), role))
            column += len(text)
            continue
        for index, piece in enumerate(text.split("\n")):
            if index:
                number, column = number + 1, 0
            if role and piece:
                lines[number].append(Span(column, column + len(piece), role))
            column += len(piece)


def _tokens(
    lexer: Lexer, code: str, states: list[str]
) -> Iterator[tuple[_TokenType, str]]:
    """Tokens of code; `states` are changed as the lexer changes them."""
    if not isinstance(lexer, RegexLexer) or isinstance(lexer, ExtendedRegexLexer):
        yield from (
            (kind, text) for _, kind, text in lexer.get_tokens_unprocessed(code)
        )
        return
    # `RegexLexer.get_tokens_unprocessed` (Pygments 2.21) keeps its states to itself.
    rules = lexer._tokens  # type: ignore[attr-defined]
    position, length = 0, len(code)
    while position < length:
        for match_at, action, change in rules[states[-1]]:
            if (match := match_at(code, position)) is None:
                continue
            if type(action) is _TokenType:
                yield action, match.group()
            elif action is not None:
                yield from ((kind, text) for _, kind, text in action(lexer, match))
            position = match.end()
            if change is not None:
                _change(states, change)
            break
        else:
            if code[position] == "\n":
                states[:] = START
            yield Whitespace, code[position]
            position += 1


def _change(states: list[str], change: str | int | tuple[str, ...]) -> None:
    """Do to the states what a rule says."""
    if isinstance(change, int):
        del states[max(1, len(states) + change) if change < 0 else 1 :]
        return
    for state in (change,) if isinstance(change, str) else change:
        if state == "#push":
            states.append(states[-1])
        elif state != "#pop":
            states.append(state)
        elif len(states) > 1:
            states.pop()
