"""The steps that lead to the schema, one file each.

Append-only: a step that was ever released is never edited, a change is a new step.
"""

from __future__ import annotations

Migration = tuple[str, ...]
"""The statements of one step."""
