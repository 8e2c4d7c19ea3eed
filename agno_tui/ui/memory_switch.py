"""Memory, on or off: what the user chose, and the agent that has to follow."""

from __future__ import annotations

import logging

from agno_tui.agent import Agent
from agno_tui.storage.base import UserSettings
from agno_tui.storage.errors import StorageError

SETTING = "memory"
ON, OFF = "on", "off"

_log = logging.getLogger(__name__)


class MemorySwitch:
    """Whether the model may note what it is told. Takes effect with the next answer."""

    def __init__(
        self, agent: Agent, storage: UserSettings, user_id: str, *, default: bool
    ) -> None:
        self.is_on = default
        self._agent = agent
        self._storage = storage
        self._user_id = user_id

    @property
    def can_note(self) -> bool:
        """Whether the model may call tools, and so note things by itself; a model that
        does not say so is believed to."""
        model: object = self._agent.model
        chosen = getattr(model, "chosen", None) or model
        return getattr(chosen, "takes_tools", None) is not False

    async def read(self) -> None:
        """Stand as the user left it; off where that can't be known."""
        try:
            kept = await self._storage.get_setting(SETTING, user_id=self._user_id)
        except StorageError:
            _log.warning("whether to remember is not known", exc_info=True)
            kept = OFF
        self._set(self.is_on if kept is None else kept == ON)

    async def turn(self, on: bool) -> None:
        """Switch it on or off, and keep that. Errors: `StorageError`; nothing has
        changed then."""
        value = ON if on else OFF
        await self._storage.set_setting(SETTING, value, user_id=self._user_id)
        self._set(on)

    def _set(self, on: bool) -> None:
        self.is_on = on
        self._agent.enable_agentic_memory = on
        # Runs of another user may be under way, or wait.
        self._agent.memory_of_users[self._user_id] = on
