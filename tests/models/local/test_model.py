"""The embedded model: its preparation, its child, and what happens when that dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path

import pytest

from agno_tui.models.base import Model, ModelError, ModelErrorKind, Progress
from agno_tui.models.local import EmbeddedModel, is_available
from agno_tui.models.local import child as local_child
from agno_tui.models.local import model as local_model
from agno_tui.models.local.child import LocalChild
from agno_tui.models.local.weights import Weights
from agno_tui.session import Message, Role

LIMIT = 120.0
"""Seconds after which a test gives up; none comes near."""

QUESTION = "What is the capital of France?"
posix = pytest.mark.skipif(sys.platform == "win32", reason="speaks of signals")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Place:
    """Folders for one model, a small file that passes for weights, a fake child."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log_dir = root / "logs"
        self.gguf = root / "Tiny.Q4.gguf"
        self.gguf.write_bytes(b"GGUF and more")

    def model(self, behaviour: str = "behaves") -> EmbeddedModel:
        script = str(Path(__file__).with_name("fake_child.py"))
        command = [sys.executable, script, str(self.root), behaviour]
        return EmbeddedModel(self.root, self.log_dir, self.gguf, command=command)

    def children(self) -> list[int]:
        """Process ids of all children that were started."""
        return [int(path.read_text()) for path in sorted(self.root.glob("*.pid"))]

    def written(self, name: str) -> dict[str, str]:
        """What the child wrote down."""
        written: dict[str, str] = json.loads((self.root / name).read_text())
        return written


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@asynccontextmanager
async def closing(model: EmbeddedModel) -> AsyncGenerator[EmbeddedModel, None]:
    try:
        async with asyncio.timeout(LIMIT):
            yield model
    finally:
        await model.close()


async def prepared(model: EmbeddedModel) -> list[Progress]:
    async with aclosing(model.prepare()) as steps:
        return [step async for step in steps]


async def answer(model: EmbeddedModel, question: str = QUESTION) -> str:
    async with aclosing(model.stream([Message(Role.USER, question)])) as pieces:
        return "".join([piece.content async for piece in pieces])


async def says(model: EmbeddedModel, word: str) -> bool:
    """Whether the word comes in the answer, which is left as soon as it does."""
    said = ""
    async with aclosing(model.stream([Message(Role.USER, QUESTION)])) as pieces:
        async for piece in pieces:
            said += piece.content
            if word in said:
                return True
    return False


async def words_of(model: EmbeddedModel) -> str:
    with pytest.raises(ModelError) as caught:
        await prepared(model)
    assert caught.value.kind is ModelErrorKind.LOCAL
    return caught.value.words


def lives(pid: int) -> bool:
    """Whether the process runs; one that waits to be collected does not."""
    with suppress(OSError):
        text = Path(f"/proc/{pid}/stat").read_text()
        return text.rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens outside this process."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


async def test_prepare_then_answer(place: Place) -> None:
    async with closing(place.model()) as model:
        assert await prepared(model) == [Progress("Starting Tiny.Q4")]
        assert await prepared(model) == []
        assert await answer(model) == "one two three"
    assert len(place.children()) == 1
    assert not lives(place.children()[0])


async def test_stream_prepares_by_itself(place: Place) -> None:
    async with closing(place.model()) as model:
        assert await answer(model) == "one two three"


def test_names(place: Place) -> None:
    model: Model = place.model()
    assert (model.id, model.provider) == ("Tiny.Q4", "local")
    assert model.label == "Tiny.Q4 · runs inside"
    model = EmbeddedModel(place.root, place.root)
    assert model.id == "SmolLM2-135M-Instruct"
    assert model.label == "SmolLM2 135M · runs inside"
    assert model.context_window == 4096


async def test_the_window_is_what_the_child_says(place: Place) -> None:
    async with closing(place.model()) as model:
        await prepared(model)
        assert model.context_window == 1234


async def test_the_key_is_told_by_standard_input_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ours")
    async with closing(place.model()) as model:
        await prepared(model)
        key = place.written("wish.json")["api_key"]
        environment = json.dumps(place.written("environment.json"))
    assert len(key) > 30
    assert key not in environment
    assert "sk-ours" not in environment


async def test_several_callers_share_one_preparation(place: Place) -> None:
    async with closing(place.model()) as model:
        everyone = await asyncio.gather(*(prepared(model) for _ in range(3)))
        assert everyone == [[Progress("Starting Tiny.Q4")]] * 3
    assert len(place.children()) == 1


async def test_a_caller_who_leaves_takes_nothing_along(place: Place) -> None:
    async with closing(place.model()) as model:
        async with aclosing(model.prepare()) as steps:
            await anext(steps)
        assert await answer(model) == "one two three"
    assert len(place.children()) == 1


async def test_a_new_child_after_close(place: Place) -> None:
    model = place.model()
    for _ in range(2):
        async with closing(model):
            assert await answer(model) == "one two three"
    assert len(place.children()) == 2


async def test_close_before_anything_and_twice(place: Place) -> None:
    model = place.model()
    await model.close()
    await model.close()


async def test_a_child_that_dies_while_it_answers(place: Place) -> None:
    async with closing(place.model("dies once")) as model:
        received = ""
        with pytest.raises(ModelError) as caught:
            stream = model.stream([Message(Role.USER, QUESTION)])
            async with aclosing(stream) as pieces:
                async for piece in pieces:
                    received += piece.content
        assert received == "one "
        assert caught.value.kind is ModelErrorKind.LOCAL
        assert "stopped unexpectedly" in caught.value.words
        assert await answer(model) == "one two three"
    assert len(place.children()) == 2


@posix
async def test_a_child_that_died_between_answers(place: Place) -> None:
    async with closing(place.model()) as model:
        await answer(model)
        (pid,) = place.children()
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not lives(pid))
        with suppress(ModelError):
            await answer(model)
        assert await answer(model) == "one two three"


@pytest.mark.parametrize("behaviour", ["dies", "refuses", "babbles"])
async def test_a_child_that_does_not_start(place: Place, behaviour: str) -> None:
    async with closing(place.model(behaviour)) as model:
        words = await words_of(model)
        assert "Tiny.Q4.gguf can't be loaded" in words
        assert "local-model.log" in words
        assert await words_of(model) == words
    assert not any(lives(pid) for pid in place.children())


async def test_a_program_that_is_not_there(place: Place) -> None:
    command = [str(place.root / "nothing")]
    model = EmbeddedModel(place.root, place.root, place.gguf, command=command)
    async with closing(model):
        assert "can't be started" in await words_of(model)


@posix
@pytest.mark.parametrize("behaviour", ["hangs", "stays"])
async def test_close_ends_what_does_not_end_by_itself(
    place: Place, behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_child, "PATIENCE", 0.05)
    model = place.model(behaviour)
    waiting = asyncio.create_task(prepared(model))
    await until(lambda: bool(place.children()))
    if behaviour == "stays":
        await waiting
    await model.close()
    assert not lives(place.children()[0])
    if behaviour == "hangs":
        with pytest.raises(ModelError, match="was stopped while it started"):
            await waiting


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "There is no file"), (b"PK..", "is not a gguf"), (b"", "is not a gguf")],
)
async def test_a_file_that_is_no_model(
    place: Place, content: bytes | None, words: str
) -> None:
    place.gguf.unlink()
    if content is not None:
        place.gguf.write_bytes(content)
    async with closing(place.model()) as model:
        assert words in await words_of(model)
    assert place.children() == []


async def test_a_folder_is_no_model(place: Place) -> None:
    model = EmbeddedModel(place.root, place.root, place.root)
    assert "can't be read" in await words_of(model)


async def test_the_users_own_folder_is_understood(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(place.root))
    monkeypatch.setenv("USERPROFILE", str(place.root))
    model = EmbeddedModel(place.root, place.root, Path("~/nothing.gguf"))
    assert str(place.root / "nothing.gguf") in await words_of(model)


async def test_without_the_package(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_model, "is_available", lambda: False)
    assert "pip install xllamacpp" in await words_of(place.model())


async def test_a_fetch_that_fails_is_told(place: Place) -> None:
    weights = Weights(place.root / "cache", installers=[])
    model = EmbeddedModel(place.root, place.root, weights=weights)
    assert "can't be fetched" in await words_of(model)


@posix
async def test_the_log_folder_and_those_above_it_are_the_users_alone(
    place: Place,
) -> None:
    place.log_dir = place.root / "state" / "log"
    async with closing(place.model()) as model:
        await prepared(model)
    for folder in (place.log_dir, place.log_dir.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@posix
async def test_the_log_is_the_users_alone_and_stays_small(place: Place) -> None:
    log = place.log_dir / "local-model.log"
    log.parent.mkdir()
    log.write_bytes(bytes(local_child.LOG_LIMIT + 1))
    async with closing(place.model()) as model:
        await prepared(model)
    assert log.stat().st_size < local_child.LOG_LIMIT
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_threads_leave_room_for_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    counts = []
    for cores in (1, 2, 4, 8, 64):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        counts.append(local_child.thread_count())
    assert counts == [1, 1, 2, 4, 8]


@pytest.fixture
def real(real_cache: Path, tmp_path: Path) -> EmbeddedModel:
    """The real model; the coldest, so that it says the same every time."""
    assert is_available()
    return EmbeddedModel(real_cache, tmp_path, temperature=0)


@pytest.mark.embedded
async def test_the_real_model_knows_paris(real: EmbeddedModel) -> None:
    async with closing(real) as model:
        assert await says(model, "Paris")
        assert model.context_window == 4096


@pytest.mark.embedded
async def test_the_real_model_answers_two_at_the_same_time(real: EmbeddedModel) -> None:
    async with closing(real) as model:
        await prepared(model)
        message = Message(Role.USER, "Tell me a long story about a fox.")
        async with aclosing(model.stream([message])) as pieces:
            assert (await anext(pieces)).content
            assert await says(model, "Paris")
            assert (await anext(pieces)).content


@pytest.mark.embedded
async def test_a_question_beyond_the_window_is_refused(real: EmbeddedModel) -> None:
    async with closing(real) as model:
        with pytest.raises(ModelError) as caught:
            await answer(model, "word " * 5000)
        assert caught.value.kind is ModelErrorKind.CONTEXT


@linux
@pytest.mark.embedded
async def test_the_real_model_comes_back_after_a_crash(real: EmbeddedModel) -> None:
    async with closing(real) as model:
        await prepared(model)
        with pytest.raises(ModelError) as caught:
            message = Message(Role.USER, "Tell me a long story about a fox.")
            async with aclosing(model.stream([message])) as pieces:
                async for _ in pieces:
                    with suppress(ProcessLookupError):
                        os.kill(child_of(os.getpid()), signal.SIGSEGV)
        assert "stopped unexpectedly" in caught.value.words
        assert await says(model, "Paris")


@pytest.mark.embedded
async def test_the_real_child_wants_its_key(real_cache: Path, tmp_path: Path) -> None:
    weights = Weights(real_cache)
    async with aclosing(weights.fetch()) as steps:
        async for _ in steps:
            pass
    child = await LocalChild.start(weights.path, tmp_path)
    try:
        assert child.address.startswith("http://127.0.0.1:")
        assert await asyncio.to_thread(status_of, child, "") == 401
        assert await asyncio.to_thread(status_of, child, child.api_key) == 200
    finally:
        await child.end()


@linux
@pytest.mark.embedded
async def test_the_real_child_dies_with_a_killed_parent(
    real: EmbeddedModel, real_cache: Path, tmp_path: Path
) -> None:
    async with closing(real) as model:
        await prepared(model)  # so that the weights are there
    script = (
        "import asyncio, pathlib, sys\n"
        "from agno_tui.models.local import EmbeddedModel\n"
        "async def main():\n"
        "    paths = [pathlib.Path(a) for a in sys.argv[1:]]\n"
        "    model = EmbeddedModel(*paths)\n"
        "    async for _ in model.prepare(): pass\n"
        "    print('ready', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, str(real_cache), str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    async with asyncio.timeout(LIMIT):
        assert await parent.stdout.readline()
        child = child_of(parent.pid)
        assert lives(child)
        parent.kill()
        await parent.wait()
        await until(lambda: not lives(child))


def child_of(parent: int) -> int:
    """The one child that a process's main thread has started."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    (child,) = children.split()
    return int(child)


def status_of(child: LocalChild, key: str) -> int:
    """The HTTP status of asking the child something with a key."""
    request = urllib.request.Request(
        f"{child.address}/v1/chat/completions",
        data=json.dumps(
            {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}
        ).encode(),
        headers={"Authorization": f"Bearer {key}", "content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
