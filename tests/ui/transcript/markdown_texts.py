"""Small Markdown texts made by chance."""

from __future__ import annotations

from random import Random

_WORDS = (
    *("tea", "milk", "kyoto", "river", "stone", "in", "a", "the", "café", "12"),
    *("very/long/path", "https://x.y/a_b", "snake_case"),
)

_INLINE = (
    *("{}", "{}", "{}", "{}", "**{}**", "*{}*", "`{}`", "~~{}~~", "***{}***"),
    *("[{}](https://x.y/a)", "$\\sqrt{{x}}$", "\\(\\frac{{a}}{{b}}\\)", "[^n]"),
    *("a<br>b", "H<sub>2</sub>O"),
)


def random_markdown(chance: Random) -> str:
    """A few blocks: paragraphs, tables, lists, quotes, code, headings, formulas."""
    return "\n\n".join(_block(chance) for _ in range(chance.randint(1, 4)))


def _words(chance: Random, most: int = 3) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randint(1, most)))


def _line(chance: Random) -> str:
    pieces = chance.choices(_INLINE, k=chance.randint(1, 5))
    return " ".join(piece.format(_words(chance)) for piece in pieces)


def _table(chance: Random) -> str:
    columns = range(chance.randint(2, 4))
    head = " | ".join(_words(chance, 2) for _ in columns)
    rows = [
        " | ".join(_line(chance) for _ in columns) for _ in range(chance.randint(1, 4))
    ]
    return "\n".join([f"| {head} |", "|" + "---|" * len(columns), *rows])


def _block(chance: Random) -> str:
    line = _line(chance)
    match chance.randint(0, 9):
        case 0:
            return _table(chance)
        case 1:
            marks = chance.choices(["- ", "* ", "- [ ] ", "  - "], k=3)
            return "\n".join(mark + _line(chance) for mark in marks)
        case 2:
            return f"> {line}\n> {_line(chance)}"
        case 3:
            return f"```py\n{line}\n{_line(chance)}\n```"
        case 4:
            return f"## {line}"
        case 5:
            return f"[^n]: {line}"
        case 6:
            return "- item\n\n  " + _table(chance).replace("\n", "\n  ")
        case 7:
            return chance.choice(["$$\\sqrt{x} = y$$", "---"])
        case _:
            return f"{line}\n{_line(chance)}"
