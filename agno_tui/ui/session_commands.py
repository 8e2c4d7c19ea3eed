"""Commands for the session on the screen: what the list does to the one at its cursor.
They have no key of their own; in the list each is one letter."""

from __future__ import annotations

from agno_tui.ui.command import Argument, Command

_GROUP = "This conversation"

SESSION_COMMANDS = (
    Command(
        "tree",
        "f5",
        "tree",
        "The branches of this conversation",
        _GROUP,
        needs_sessions=True,
        words="tree versions siblings forks jump other answers history",
        slash="tree,branches",
    ),
    Command(
        "session.origin",
        "",
        "origin",
        "Go to what this was forked from",
        _GROUP,
        words="fork parent back first original",
        slash="origin",
    ),
    Command(
        "session.rename",
        "",
        "about",
        "Rename this conversation",
        _GROUP,
        words="name title call",
        slash="rename",
        argument=Argument("name", "rename_session", needed=True),
    ),
    Command(
        "session.pin",
        "",
        "session_deed('PIN')",
        "Pin this conversation on top, or no longer",
        _GROUP,
        slash="pin",
    ),
    Command(
        "session.archive",
        "",
        "session_deed('ARCHIVE')",
        "Archive this conversation",
        _GROUP,
        words="put away hide",
        slash="archive",
    ),
    Command(
        "session.fork",
        "",
        "session_deed('FORK')",
        "Go on in a copy of this conversation",
        _GROUP,
        words="fork branch duplicate",
        slash="fork",
    ),
    Command(
        "session.export",
        "",
        "session_deed('EXPORT')",
        "Write this conversation to a Markdown file",
        _GROUP,
        words="export save file",
        slash="export",
    ),
    Command(
        "session.delete",
        "",
        "session_deed('DELETE')",
        "Delete this conversation; /undo undoes it",
        _GROUP,
        words="trash",
        slash="delete,remove,rm",
        is_destructive=True,
    ),
    Command(
        "session.undo",
        "",
        "undo_deletion",
        "Undo: what was deleted or archived last",
        _GROUP,
        words="undo restore trash bring back",
        slash="undo",
    ),
    Command(
        "run.retry",
        "",
        "retry_last",
        "Send the last question again",
        _GROUP,
        words="retry regenerate again",
        slash="retry",
    ),
    Command(
        "run.edit",
        "",
        "edit_last",
        "Edit the last question and send it again",
        _GROUP,
        words="edit change reword resend correct",
        slash="edit",
        said="{run.stop} {run.stop}",
    ),
    Command(
        "run.undelete",
        "",
        "undelete",
        "Bring back a deleted message",
        _GROUP,
        words="undelete undo restore message turn",
        slash="undelete",
    ),
)
"""All of them, in the order of help."""
