"""The models the user can change to while the program runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from agno_tui.models.base import Model, ModelError
from agno_tui.models.discover import FoundServer, chat_models
from agno_tui.models.files import write_private
from agno_tui.models.openai import OpenAIChat
from agno_tui.text import repair

AUTOMATIC: Final = "automatic"
"""The name of whatever is found by itself."""


class ModelMenu:
    """Names of models that are there, as `--model` takes them, and the way to each.

    `choose` makes a model of a name (of none: the one found by itself), `find_servers`
    looks on this machine, `has_local` says whether the embedded model is there. What
    the user chose last is remembered in `file`, so that the next start begins with it.
    """

    def __init__(
        self,
        *,
        choose: Callable[[str], Model],
        find_servers: Callable[[], Awaitable[list[FoundServer]]],
        environ: Mapping[str, str],
        base_url: str,
        has_local: bool,
        file: Path,
        allow_http: bool = False,
    ) -> None:
        self._choose = choose
        self._find_servers = find_servers
        self._key = environ.get("OPENAI_API_KEY", "").strip()
        self._base_url = base_url or environ.get("OPENAI_BASE_URL", "").strip()
        self._has_local = has_local
        self._file = file
        self._allow_http = allow_http
        self._made: dict[str, Model] = {}

    def choose(self, name: str) -> Model:
        """The model of that name; whether it answers shows when it is prepared.

        One name is one model: who comes back to it finds it prepared.
        """
        name = _wanted(name)
        if name not in self._made:
            self._made[name] = self._choose(name)
        return self._made[name]

    async def names(self) -> list[str]:
        """All that can be found now, each once; what can't be asked is left out."""
        ours, servers = await asyncio.gather(self._endpoint(), self._find_servers())
        found = [f"{s.provider}:{name}" for s in servers for name in s.chat_models]
        local = ["local"] if self._has_local else []
        return list(dict.fromkeys([AUTOMATIC, *found, *ours, *local]))

    async def _endpoint(self) -> list[str]:
        """The models of the OpenAI-compatible endpoint in force."""
        if not (self._base_url or self._key):
            return []
        lister = OpenAIChat(
            "",
            base_url=self._base_url or None,
            api_key=self._key,
            allow_http=self._allow_http,
        )
        try:
            names = await lister.list_models()
        except ModelError:
            return []
        finally:
            await lister.close()
        return [f"openai:{name}" for name in sorted(chat_models(names))]

    def remembered(self) -> str:
        """What the user chose last; empty for what is found by itself."""
        try:
            return _wanted(self._file.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return ""

    def remember(self, name: str) -> None:
        """Begin with this model from now on. Errors: `OSError`."""
        name = _wanted(repair(name))
        if name:
            write_private(self._file, name)
        else:
            self._file.unlink(missing_ok=True)


def _wanted(name: str) -> str:
    """A name of the menu as a wish: none for what is found by itself."""
    name = name.strip()
    return "" if name == AUTOMATIC else name
