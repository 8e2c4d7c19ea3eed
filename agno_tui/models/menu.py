"""The models the user can change to while the program runs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from agno_tui.models.base import Model, ModelError
from agno_tui.models.discover import FoundServer
from agno_tui.models.openai import OpenAIChat
from agno_tui.text import repair

NOT_FOR_CHAT = (
    "audio",
    "dall-e",
    "embed",
    "image",
    "moderation",
    "realtime",
    "sora",
    "transcribe",
    "tts",
    "whisper",
)
"""Parts of the names of OpenAI's models that do not chat."""


class ModelMenu:
    """Names of models that are there, as `--model` takes them, and the way to each.

    `choose` makes a model of a name, `find_servers` looks on this machine, `has_local`
    says whether the embedded model is there. What the user chose last is remembered in
    `file`, so that the next start begins with it.
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
    ) -> None:
        self._choose = choose
        self._find_servers = find_servers
        self._has_key = bool(environ.get("OPENAI_API_KEY"))
        self._base_url = base_url or environ.get("OPENAI_BASE_URL", "")
        self._has_local = has_local
        self._file = file

    def choose(self, name: str) -> Model:
        """The model of that name; whether it answers shows when it is prepared."""
        return self._choose(name)

    async def names(self) -> list[str]:
        """All that can be found now; what can't be asked is left out."""
        ours, servers = await asyncio.gather(self._endpoint(), self._find_servers())
        found = [f"{s.provider}:{name}" for s in servers for name in s.chat_models]
        return [*found, *ours, *(["local"] if self._has_local else [])]

    async def _endpoint(self) -> list[str]:
        """The models of the OpenAI-compatible endpoint in force."""
        if not (self._base_url or self._has_key):
            return []
        lister = OpenAIChat("", base_url=self._base_url or None)
        try:
            names = await lister.list_models()
        except ModelError:
            return []
        finally:
            await lister.close()
        useful = (n for n in names if not any(part in n for part in NOT_FOR_CHAT))
        return [f"openai:{name}" for name in sorted(useful)]

    def remembered(self) -> str:
        """What the user chose last; empty where nothing was chosen."""
        try:
            return repair(self._file.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return ""

    def remember(self, name: str) -> None:
        """Begin with this model from now on. Errors: `OSError`."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(self._file, flags, 0o600), "w") as file:
            file.write(repair(name))
