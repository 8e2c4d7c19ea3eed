"""Reads a docstring: what the function is for, and what its parameters mean.

Three manners of writing are known: Google's (`Args:`), Sphinx' (`:param x:`) and
NumPy's (`Parameters` underlined). What a function gives back and raises is left out:
the model will see it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

_PARAMETERS: Final = {"args", "arguments", "parameters", "params", "other parameters"}
_LEFT_OUT: Final = {"return", "returns", "yield", "yields", "raises"}

_HEADER: Final = re.compile(r"(\w+):\s*$")
_GOOGLE: Final = re.compile(r"\s*(\w+)\s*(?:\([^:]*\))?\s*:(?:\s+(.*)|\s*)$")
_SPHINX: Final = re.compile(r":(\w+)\s*([^:]*):\s*(.*)$")
_SPHINX_PARAMETER: Final = {"param", "parameter", "arg", "argument", "key", "keyword"}
_NUMPY: Final = re.compile(r"(\w+(?:\s*,\s*\w+)*)\s*(?::.*)?$")
_UNDERLINE: Final = re.compile(r"-{3,}\s*$")


@dataclass(slots=True)
class Docstring:
    """What a docstring says."""

    description: str
    parameters: dict[str, str] = field(default_factory=dict)
    """What each parameter means, by its name."""


def read(text: str | None) -> Docstring:
    """Read a docstring as it stands in the code."""
    lines = inspect.cleandoc(text or "").splitlines()
    lines, numpy = _numpy(lines)
    lines, sphinx = _sphinx(lines)
    lines, google = _google(lines)
    return Docstring("\n".join(lines).strip(), {**numpy, **sphinx, **google})


def _said(entries: Iterable[tuple[str, list[str]]]) -> dict[str, str]:
    joined = ((name, " ".join(" ".join(lines).split())) for name, lines in entries)
    return {name: words for name, words in joined if words}


def _google(lines: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    rest: list[str] = []
    body: list[str] = []
    section = ""
    for line in lines:
        header = _HEADER.match(line)
        if header and header[1].lower() in _PARAMETERS | _LEFT_OUT:
            section = header[1].lower()
            continue
        if line[:1].strip():
            section = ""
        if not section:
            rest.append(line)
        elif section in _PARAMETERS and line.strip():
            body.append(line)
    return rest, _said(_indented_entries(body))


def _indented_entries(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    entries: list[tuple[str, list[str]]] = []
    margin = min((_indent(line) for line in lines), default=0)
    for line in lines:
        entry = _GOOGLE.match(line) if _indent(line) == margin else None
        if entry:
            entries.append((entry[1], [entry[2] or ""]))
        elif entries:
            entries[-1][1].append(line)
    return entries


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _sphinx(lines: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    rest: list[str] = []
    entries: list[tuple[str, list[str]]] = []
    inside = False
    for line in lines:
        entry = _SPHINX.match(line)
        if entry:
            inside = True
            named = entry[1] in _SPHINX_PARAMETER and entry[2].split()
            entries.append((named[-1] if named else "", [entry[3]]))
        elif inside and not line[:1].strip():
            entries[-1][1].append(line)
        else:
            inside = False
            rest.append(line)
    return rest, _said(entry for entry in entries if entry[0])


def _numpy(lines: list[str]) -> tuple[list[str], dict[str, str]]:
    headers = [at - 1 for at, line in enumerate(lines) if at and _UNDERLINE.match(line)]
    entries: list[tuple[str, list[str]]] = []
    for at, end in pairwise([*headers, len(lines)]):
        if lines[at].strip().lower() in _PARAMETERS:
            entries += _numpy_entries(lines[at + 2 : end])
    return lines[: headers[0]] if headers else lines, _said(entries)


def _numpy_entries(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    entries: list[tuple[str, list[str]]] = []
    words: list[str] = []
    for line in lines:
        entry = _NUMPY.match(line)
        if entry:
            words = []
            entries += [(name.strip(), words) for name in entry[1].split(",")]
        else:
            words.append(line)
    return entries
