"""The roles that text plays in the transcript; the stylesheet knows their looks."""

from __future__ import annotations

ROLES = (
    "agent-label",
    "bullet",
    "cited",
    "code",
    "code-block",
    "code-comment",
    "code-definition",
    "code-deleted",
    "code-keyword",
    "code-label",
    "code-name",
    "code-number",
    "code-string",
    "em",
    "failed",
    "heading-1",
    "heading-2",
    "heading-3",
    "link",
    "quiet",
    "quote-bar",
    "rule",
    "selected",
    "selected-bar",
    "strike",
    "strong",
    "table-header",
    "target",
    "you-bar",
    "you-label",
)
"""Names of component classes, `transcript--<role>`."""
