"""Finding words in a SQLite storage."""

from __future__ import annotations

from functools import partial

from agno_tui.session import Found
from agno_tui.storage import sqlite_search
from agno_tui.storage.sqlite_calls import SqliteCalls


class SqliteSearch(SqliteCalls):
    """Finds words; see `Search`."""

    async def search(
        self,
        query: str,
        *,
        user_id: str,
        limit: int = 20,
        excluding: str | None = None,
    ) -> list[Found]:
        """Where the words are, best first, among the newest of this user's matches."""
        return await self._read(
            partial(
                sqlite_search.search,
                query=query,
                user_id=user_id,
                limit=limit,
                excluding=excluding,
            )
        )
