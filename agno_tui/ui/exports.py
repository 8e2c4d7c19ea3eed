"""Sessions written to Markdown files: private, and none in another's place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agno_tui.exported import file_name, new_file
from agno_tui.session import Run, Session


def write_session(folder: Path, session: Session, runs: Sequence[Run]) -> Path:
    """Write a session as Markdown; returns the new file. Slow. Errors: `OSError`."""
    from agno_tui.ui.transcript.as_markdown import session_as_markdown

    text = session_as_markdown(session, runs)
    return new_file(folder, file_name(session), text)
