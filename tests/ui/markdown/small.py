"""Limits so small that short texts cross them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

_ROOM = "agno_tui.ui.markdown"


@contextmanager
def small_limits() -> Iterator[None]:
    """Chunks of code, segments of tables and overlong lines of a handful."""
    with ExitStack() as stack:
        for name, value in (
            ("code_lines.CHUNK_LINES", 2),
            ("code_lines.MOST_CHUNK_LINES", 4),
            ("code_lines.MOST_CHUNK_CHARACTERS", 60),
            ("code_lines.STALE_LINES", 1),
            *((f"{file}.MOST_EMPTY", 2) for file in ("code_lines", "pieces")),
            *((f"{file}.LONGEST_LINE", 16) for file in ("code_lines", "pieces")),
            ("growing_fence.LONGEST_LINE", 16),
            ("growing_fence.STRETCH", 16),
            ("table.SEGMENT", 2),
            ("growing_table.AT_ONCE", 30),
        ):
            stack.enter_context(patch(f"{_ROOM}.{name}", value))
        yield
