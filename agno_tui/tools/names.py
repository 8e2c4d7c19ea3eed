"""What the tools that come with the program are called, for whoever shows their use."""

from __future__ import annotations

from typing import Final

PREVIOUS_SESSION_MESSAGES: Final = "get_previous_session_messages"
READ_PAST_SESSION: Final = "read_past_session"
REMEMBER: Final = "remember"
UPDATE_MEMORY: Final = "update_memory"
FORGET_MEMORY: Final = "forget_memory"
