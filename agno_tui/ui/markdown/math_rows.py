"""Rows of a formula: matrices, cases and equations below each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len

from agno_tui.ui.markdown.math_symbols import words

WIDEST = 20_000
"""Cells of padded rows; larger tables stay unpadded."""

_EQUATIONS = words(
    "equation align aligned alignat alignedat split gather gathered eqnarray multline"
    " flalign"
)
_BRACKETS = {
    "matrix": ("", ""),
    "smallmatrix": ("", ""),
    "array": ("", ""),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "cases": ("{", ""),
    "dcases": ("{", ""),
    "rcases": ("", "}"),
}
ENVIRONMENTS = _EQUATIONS | _BRACKETS.keys()
"""Names that `\\begin{…}` may have."""

_TALL = {
    "(": "⎛⎜⎜⎝",
    ")": "⎞⎟⎟⎠",
    "[": "⎡⎢⎢⎣",
    "]": "⎤⎥⎥⎦",
    "{": "⎧⎪⎨⎩",
    "}": "⎫⎪⎬⎭",
    "|": "││││",
    "‖": "║║║║",
}
"""Top, between, middle and bottom of brackets over several lines."""


@dataclass(slots=True, frozen=True)
class Rows:
    """Lines that belong together, and the brackets around them."""

    lines: tuple[str, ...]
    flat: str
    left: str = ""
    right: str = ""

    def within(self, left: str, right: str) -> Rows:
        """The same in other brackets."""
        return Rows(self.lines, self.flat, left, right)

    @property
    def on_one_line(self) -> str:
        """All of it on one line: `[a b; c d]`."""
        right = self.right or ("}" if self.left == "{" else "")
        return f"{self.left}{self.flat}{right}"

    @property
    def drawn(self) -> list[str]:
        """Its lines between brackets as high as they are."""
        lines = self.lines
        left, right = _tall(self.left, len(lines)), _tall(self.right, len(lines))
        return [
            f"{a} {line} {b}" if a or b else line
            for a, line, b in zip(left, lines, right, strict=True)
        ]


def _tall(bracket: str, height: int) -> list[str]:
    if height == 1:
        return [bracket]
    middle = (height - 1) // 2
    if bracket not in _TALL:
        blank = " " * len(bracket)
        return [bracket if y == middle else blank for y in range(height)]
    top, between, centre, bottom = tuple(_TALL[bracket])
    signs = [centre if y == middle else between for y in range(height)]
    return [top, *signs[1:-1], bottom]


def rows_of(environment: str, cells: Sequence[Sequence[str]]) -> Rows | None:
    """The rows of a LaTeX environment; None where it is empty or not known."""
    if environment not in ENVIRONMENTS or not cells:
        return None
    equations = environment in _EQUATIONS
    left, right = _BRACKETS.get(environment, ("", ""))
    flat = "; ".join(" ".join(filter(None, row)) for row in cells)
    gap = " " if equations else "  "
    return Rows(tuple(_aligned(cells, gap, equations)), flat, left, right)


def _aligned(cells: Sequence[Sequence[str]], gap: str, equations: bool) -> list[str]:
    """Rows with their columns below each other; equations meet at their signs."""
    widths = [
        max(map(cell_len, column)) for column in zip_longest(*cells, fillvalue="")
    ]
    if (sum(widths) + 2 * len(widths)) * len(cells) > WIDEST:
        return [gap.join(row) for row in cells]
    lines = []
    for row in cells:
        padded = []
        for number, (cell, width) in enumerate(zip(row, widths, strict=False)):
            space = " " * (width - cell_len(cell))
            right = equations and number % 2 == 0 and len(widths) > 1
            padded.append(space + cell if right else cell + space)
        lines.append(gap.join(padded))
    if equations:
        return [line.rstrip() for line in lines]
    width = max(map(cell_len, lines), default=0)
    return [line + " " * (width - cell_len(line)) for line in lines]


def beside(boxes: Sequence[Sequence[str]]) -> list[str]:
    """Lines of boxes that stand beside each other, each in the middle of the height."""
    height = max(map(len, boxes), default=0)
    widths = [max(map(cell_len, box), default=0) for box in boxes]
    lines = []
    for y in range(height):
        line = ""
        for box, width in zip(boxes, widths, strict=True):
            row = y - (height - 1) // 2 + (len(box) - 1) // 2
            text = box[row] if 0 <= row < len(box) else ""
            line += text + " " * (width - cell_len(text))
        lines.append(line.rstrip())
    return lines
