"""How much a fork sends along: as much as the session it is a copy of."""

from __future__ import annotations

import logging

from agno_tui.agent import Agent
from agno_tui.session import Session
from agno_tui.storage.errors import StorageError

_log = logging.getLogger(__name__)


async def keep_window_of(original: Session, fork: Session, agent: Agent) -> None:
    """Have as many earlier runs go along in a fork as in its original, where that has a
    number of its own. A fork without it is a fork still: what fails is only logged."""
    user_id = original.user_id
    try:
        window = await agent.window(original.session_id, user_id=user_id)
        if window.is_own:
            await agent.set_window(fork.session_id, window, user_id=user_id)
    except StorageError:
        _log.warning("a fork sends as many runs as everywhere", exc_info=True)
