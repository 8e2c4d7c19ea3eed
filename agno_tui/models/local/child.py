"""The process of the embedded model, seen from its parent. See `server.py`."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from agno_tui.config import make_private_folder
from agno_tui.models.base import ModelError, ModelErrorKind
from agno_tui.models.local.process import ChildProcess

CONTEXT: Final = 4096
"""Tokens for one request and its answer. More than half of what SmolLM2 was trained on
costs memory (23 KB a token), and time: a prompt is read at about 100 tokens/s."""

SLOTS: Final = 2
"""Answers that can be computed at the same time; the next one waits for a slot."""

LOG_LIMIT: Final = 1_000_000
"""Bytes over which the log starts anew."""

PATIENCE: Final = 2.0
"""Seconds that a child has to end by itself."""

_PASSED_ON: Final = frozenset(
    [
        *("PATH", "HOME", "USERPROFILE", "SYSTEMROOT"),
        *("WINDIR", "APPDATA", "LOCALAPPDATA", "TMPDIR"),
        *("TEMP", "TMP", "LANG", "LC_ALL"),
        *("LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV"),
        *("PYTHONHOME", "PYTHONPATH", "PYTHONUSERBASE", "PYTHONNOUSERSITE"),
    ]
)
"""What the child may know of our environment: enough to find its packages, no keys."""

_log = logging.getLogger(__name__)


class LocalChild:
    """A running model server of ours. Made by `start`, ended by `end`.

    It outlives the event loop it was started in, and may be used from any other.
    """

    def __init__(
        self, process: ChildProcess, api_key: str, answer: dict[str, Any]
    ) -> None:
        self._process = process
        self.api_key = api_key
        """The key this child accepts, made for it alone."""
        self.address: str = answer["address"]
        """Where it listens, e.g. `http://127.0.0.1:40123`."""
        self.context_window: int = answer["n_ctx"]
        """Tokens that fit into one request and its answer."""
        self.takes_tools: bool | None = answer.get("takes_tools")
        """Whether the model's chat template can tell it of tools; None: not known."""

    @classmethod
    async def start(
        cls, path: Path, log_dir: Path, command: Sequence[str] | None = None
    ) -> LocalChild:
        """Start it and wait until the model is loaded. Errors: `ModelError`.

        When cancelled, the child is ended first.
        """
        # A script by its path, without the folder it stands in or the current one on
        # its module path: no file there can pass for a module of the standard library.
        script = Path(__file__).with_name("server.py")
        command = command or [sys.executable, "-P", str(script)]
        api_key = secrets.token_urlsafe(32)
        wish = {
            "path": str(path),
            "api_key": api_key,
            "n_ctx": CONTEXT * SLOTS,
            "n_parallel": SLOTS,
            "n_threads": thread_count(),
        }
        try:
            with _open_log(log_dir) as log:
                process = ChildProcess(command, log, _passed_on(os.environ))
        except OSError as error:
            words = f"The embedded model can't be started: {error.strerror or error}."
            raise ModelError(ModelErrorKind.LOCAL, words) from error
        try:
            answer = await _ask(process, wish)
            if "address" in answer:
                return cls(process, api_key, answer)
        except BaseException:
            await process.end(PATIENCE)
            raise
        await process.end(PATIENCE)
        _log.warning("%s: %s, exit code %s", path, answer, process.exit_code)
        raise ModelError(
            ModelErrorKind.LOCAL,
            f"{path.name} can't be loaded: it is damaged, of a kind that llama.cpp "
            f"doesn't know, or too large for the memory. "
            f"More is in {_log_path(log_dir)}.",
        )

    @property
    def exit_code(self) -> int | None:
        """How it ended; None as long as it runs."""
        return self._process.exit_code

    async def has_ended(self, within: float) -> bool:
        """Whether it is over, or will be within so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), within)
        return self._process.exit_code is not None

    async def end(self) -> None:
        """End it: by itself within `PATIENCE`, else by force."""
        await self._process.end(PATIENCE)


def thread_count() -> int:
    """Threads to compute with: half of the cores, and never more than eight.

    The other half is often no whole core (SMT) or a slow one. And the threads wait for
    each other by spinning: as soon as one has to share its core with another program,
    all stand still. Measured on two cores busy with other work: 13 tokens/s with one
    thread, 1 with two.
    """
    count = os.cpu_count() or 1
    if sys.platform == "linux":
        count = len(os.sched_getaffinity(0))
    return min(8, max(1, count // 2))


def _passed_on(environment: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in environment.items() if k.upper() in _PASSED_ON}


async def _ask(process: ChildProcess, wish: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the child what is wanted; its one line of answer, empty when it died."""
    process.tell(json.dumps(wish).encode() + b"\n")
    line = await process.line()
    with suppress(ValueError):
        answer = json.loads(line)
        if isinstance(answer, dict):
            return answer
    return {}


def _log_path(log_dir: Path) -> Path:
    return log_dir / "local-model.log"


def _open_log(log_dir: Path) -> IO[bytes]:
    """The child's standard error: a file of the user's alone. Errors: OSError."""
    make_private_folder(log_dir)
    path = _log_path(log_dir)
    with suppress(FileNotFoundError):
        if path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.fdopen(os.open(path, flags, 0o600), "ab")
