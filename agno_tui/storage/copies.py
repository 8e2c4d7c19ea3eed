"""Copies of what is kept, so that a storage and its caller never share an object."""

from __future__ import annotations

from dataclasses import replace

from agno_tui.session import Run


def copied(run: Run) -> Run:
    """The run as it is now, with messages and metrics of its own."""
    return replace(
        run,
        messages=[replace(message) for message in run.messages],
        metrics=replace(run.metrics),
    )
