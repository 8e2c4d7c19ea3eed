"""What is promised of the package as a whole, and what keeps its files small."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

import agno_tui

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "agno_tui").rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

MOST_LINES = 300
MOST_METHODS = 20
WIDGETS = {"DocumentView", "SessionView"}
"""In Textual every handler, action, watcher and binding's check is a method."""

STORAGES = {"MemoryStorage", "SqliteStorage"}
"""The protocol alone has 16 methods."""


def test_it_needs_four_packages_at_run_time() -> None:
    names = [re.split(r"[^\w-]", need)[0] for need in PROJECT["dependencies"]]
    assert names == ["textual", "openai", "aiosqlite", "platformdirs"]


def test_every_dependency_has_a_lower_and_an_upper_bound() -> None:
    assert all(re.search(r">=.+,<", need) for need in PROJECT["dependencies"])


def test_the_version_is_a_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", agno_tui.__version__)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_a_file_is_short_and_its_classes_are_small(file: Path) -> None:
    text = file.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and node.name not in WIDGETS | STORAGES:
            functions = (ast.FunctionDef, ast.AsyncFunctionDef)
            methods = [n for n in node.body if isinstance(n, functions)]
            assert len(methods) <= MOST_METHODS, node.name
