"""Remembering: what the model may note about the user, and take back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from agno_tui.memory import LONGEST_MEMORY, Memory
from agno_tui.storage.errors import MemoryNotFoundError
from agno_tui.tools.arguments import CallError, object_schema
from agno_tui.tools.base import Tool, ToolContext
from agno_tui.tools.names import FORGET_MEMORY, REMEMBER, UPDATE_MEMORY

_REMEMBER: Final = """\
Keep a lasting fact about the user (a preference, a name, a plan) for later \
conversations. Only what the user said, in one short sentence; never passwords or \
keys. The user sees what you keep, and can change it."""

_UPDATE: Final = "Put something you know about the user in other words, by its id."

_FORGET: Final = "Erase something you know about the user, by its id."

_MEMORY: Final = {"type": "string", "minLength": 1, "maxLength": LONGEST_MEMORY}
_MEMORY_ID: Final = {"type": "string", "description": "The id in [brackets] before it."}


def memory_tools(memory: Memory) -> list[Tool]:
    """The tools that remember and forget, over this memory."""
    noting = _Noting(memory)
    return [
        Tool(
            REMEMBER,
            _REMEMBER,
            noting.remember,
            parameters=object_schema({"memory": _MEMORY}, "memory"),
        ),
        Tool(
            UPDATE_MEMORY,
            _UPDATE,
            noting.update_memory,
            parameters=object_schema(
                {"memory_id": _MEMORY_ID, "memory": _MEMORY}, "memory_id", "memory"
            ),
        ),
        Tool(
            FORGET_MEMORY,
            _FORGET,
            noting.forget_memory,
            parameters=object_schema({"memory_id": _MEMORY_ID}, "memory_id"),
        ),
    ]


@dataclass(slots=True)
class _Noting:
    memory: Memory

    async def remember(self, context: ToolContext, memory: str) -> str:
        kept = await self.memory.remember(
            memory, user_id=context.user_id, session_id=context.session_id
        )
        return f"Kept as [{kept.memory_id}]."

    async def update_memory(
        self, context: ToolContext, memory_id: str, memory: str
    ) -> str:
        try:
            await self.memory.edit(memory_id, memory, user_id=context.user_id)
        except MemoryNotFoundError:
            raise CallError(f"There is no memory [{memory_id}].") from None
        return "Changed."

    async def forget_memory(self, context: ToolContext, memory_id: str) -> str:
        known = await self.memory.get_user_memories(user_id=context.user_id)
        text = next((m.memory for m in known if m.memory_id == memory_id), None)
        try:
            await self.memory.forget(memory_id, user_id=context.user_id)
        except MemoryNotFoundError:
            raise CallError(f"There is no memory [{memory_id}].") from None
        # So that whoever sees the call can see what is gone.
        return json.dumps({"forgotten": True, "memory": text}, ensure_ascii=False)
