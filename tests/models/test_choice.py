from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

import pytest

from agno_tui.models.base import (
    Model,
    ModelError,
    ModelResponse,
    Progress,
    ToolDefinition,
)
from agno_tui.models.base import ModelErrorKind as Kind
from agno_tui.models.choice import ChosenModel
from agno_tui.models.discover import (
    FoundServer,
)
from agno_tui.models.openai import OpenAIChat
from agno_tui.session import Message
from tests.fake_server import (
    FakeServer,
    streams,
)
from tests.models.asking import LOOK_BACK, ask, content


class Embedded:
    provider = "local"
    label = "Embedded"
    context_window: int | None = 4096

    def __init__(self, path: str | None) -> None:
        self.id = path or "default"
        self.closed = False

    async def prepare(self) -> AsyncGenerator[Progress, None]:
        yield Progress("Loading", 1, 2)

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolDefinition] = (),
        may_call: bool = True,
    ) -> AsyncGenerator[ModelResponse, None]:
        names = [tool.name for tool in tools]
        yield ModelResponse(content=f"{messages[-1].content} {names} {may_call}")

    async def close(self) -> None:
        self.closed = True


class Machine:
    """What a machine has; counts how often it was searched."""

    def __init__(self, *servers: FoundServer) -> None:
        self.servers = list(servers)
        self.searches = 0

    async def find(self) -> list[FoundServer]:
        self.searches += 1
        await asyncio.sleep(0)
        return self.servers

    def model(
        self,
        wanted: str | None = None,
        base_url: str | None = None,
        *,
        local: bool = True,
        environ: Mapping[str, str] | None = None,
    ) -> ChosenModel:
        return ChosenModel(
            wanted=wanted,
            base_url=base_url,
            environ=environ or {},
            find_servers=self.find,
            embedded=Embedded if local else None,
        )


async def prepared(model: Model) -> list[Progress]:
    async with aclosing(model.prepare()) as steps:
        return [step async for step in steps]


OLLAMA = FoundServer(
    "ollama", "Ollama", "http://127.0.0.1:9/v1", ["nomic-embed", "llama3.2:latest"]
)
VLLM = FoundServer("vllm", "vLLM", "http://127.0.0.1:7/v1", ["qwen"])
BARE = FoundServer("lmstudio", "LM Studio", "http://127.0.0.1:5/v1", ["Embed-x"])
KEY = {"OPENAI_API_KEY": "sk-canary"}
URL = {"OPENAI_BASE_URL": "http://127.0.0.1:3/v1"}


@pytest.mark.parametrize(
    ("servers", "wanted", "environ", "provider", "id", "base_url", "reason"),
    [
        ([], None, KEY, "openai", "gpt-4o-mini", "https://api.openai.com/v1", "KEY"),
        ([OLLAMA], None, KEY, "openai", "gpt-4o-mini", "openai.com", "KEY"),
        ([OLLAMA], "gpt-5", KEY, "openai", "gpt-5", "openai.com", "KEY"),
        ([], "openai:", KEY, "openai", "gpt-4o-mini", "openai.com", "KEY"),
        ([OLLAMA, VLLM], None, {}, "ollama", "llama3.2:latest", ":9/", "Ollama on"),
        ([BARE, VLLM], None, {}, "vllm", "qwen", ":7/", "vLLM on this machine"),
        ([OLLAMA, VLLM], "qwen", {}, "vllm", "qwen", ":7/", "vLLM"),
        ([OLLAMA, VLLM], "llama3.2", {}, "ollama", "llama3.2", ":9/", "Ollama"),
        ([BARE, OLLAMA], "other", {}, "ollama", "other", ":9/", "Ollama"),
        ([OLLAMA, VLLM], "vllm:", KEY, "vllm", "qwen", ":7/", "vLLM"),
        ([OLLAMA, VLLM], "vllm:zz", KEY, "vllm", "zz", ":7/", "vLLM"),
        ([OLLAMA], "m", {**URL, **KEY}, "openai", "m", ":3/", "OPENAI_BASE_URL"),
    ],
)
async def test_which_endpoint_is_chosen(
    servers: list[FoundServer],
    wanted: str | None,
    environ: dict[str, str],
    provider: str,
    id: str,
    base_url: str,
    reason: str,
) -> None:
    model = Machine(*servers).model(wanted, environ=environ)
    await prepared(model)
    assert isinstance(model.chosen, OpenAIChat)
    assert (model.provider, model.id) == (provider, id)
    assert base_url in model.chosen.base_url
    assert reason in model.reason
    await model.close()


@pytest.mark.parametrize("wanted", [None, "local", "local:", "local:/x.gguf"])
async def test_the_embedded_model(wanted: str | None) -> None:
    model = Machine(BARE).model(wanted)
    assert (model.id, model.provider, model.context_window) == ("", "", None)
    assert model.label == "looking for a model…"
    assert model.chosen is None
    steps = await prepared(model)
    assert [step.words for step in steps] == [
        "Looking for a model on this machine",
        "Loading",
    ]
    assert model.id == ("/x.gguf" if wanted == "local:/x.gguf" else "default")
    assert (model.label, model.context_window) == ("Embedded", 4096)
    assert [step.words for step in await prepared(model)] == ["Loading"]
    chosen = model.chosen
    await model.close()
    assert isinstance(chosen, Embedded)
    assert chosen.closed
    assert model.chosen is None


@pytest.mark.parametrize(
    ("wanted", "kind", "words"),
    [
        ("local", Kind.LOCAL, ["pip install xllamacpp"]),
        ("ollama:x", Kind.NO_MODEL, ["Ollama does not answer"]),
        ("x", Kind.NO_MODEL, ["“x”", "OPENAI_API_KEY", "Ollama", "xllamacpp"]),
        (None, Kind.NO_MODEL, ["OPENAI_API_KEY", "Ollama", "pip install xllamacpp"]),
    ],
)
async def test_nothing_there(wanted: str | None, kind: Kind, words: list[str]) -> None:
    model = Machine().model(wanted, local=False)
    with pytest.raises(ModelError) as caught:
        await prepared(model)
    assert caught.value.kind is kind
    assert all(word in caught.value.words for word in words)


@pytest.mark.parametrize(("local", "advised"), [(True, False), (False, True)])
async def test_what_is_installed_is_not_to_be_installed(
    local: bool, advised: bool
) -> None:
    with pytest.raises(ModelError) as caught:
        await prepared(Machine().model("nosuch", local=local))
    assert ("pip install" in caught.value.words) is advised
    assert ("choose local" in caught.value.words) is not advised


@pytest.mark.parametrize("name", ["m", ""])
async def test_a_base_url_without_encryption_has_to_be_allowed(name: str) -> None:
    def model(allow_http: bool) -> ChosenModel:
        return ChosenModel(
            wanted=name,
            base_url="http://192.0.2.1/v1",
            environ={},
            find_servers=Machine().find,
            embedded=None,
            allow_http=allow_http,
        )

    with pytest.raises(ModelError, match=r"allow_http = true in config\.toml"):
        await prepared(model(False))
    if name:
        allowed = model(True)
        await prepared(allowed)
        assert allowed.id == name
        await allowed.close()


async def test_a_failed_choice_is_made_anew() -> None:
    machine = Machine()
    model = machine.model(local=False)
    with pytest.raises(ModelError):
        await prepared(model)
    machine.servers = [OLLAMA]
    await prepared(model)
    assert model.label == "Ollama · llama3.2:latest"
    await model.close()


async def test_those_who_ask_at_once_share_one_choice() -> None:
    machine = Machine()
    model = machine.model()
    await asyncio.gather(*(prepared(model) for _ in range(5)))
    assert machine.searches == 1


async def test_one_who_stops_waiting_does_not_stop_the_others() -> None:
    model = Machine().model()
    first = asyncio.create_task(prepared(model))
    second = asyncio.create_task(prepared(model))
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    assert model.id == "default"


async def test_the_first_model_behind_a_base_url() -> None:
    async with FakeServer(["text-embed", "good", "other"]) as server:
        model = Machine(OLLAMA).model(base_url=server.base_url)
        await prepared(model)
        assert (model.id, model.label, model.reason) == ("good", "good", "the base URL")
        server.models = []
        await model.close()
        with pytest.raises(ModelError, match="no chat model"):
            await prepared(model)
        await model.close()


async def test_openai_itself_as_the_base_url_needs_no_list() -> None:
    url = "https://api.openai.com/v1"
    model = Machine().model(base_url=url, environ=KEY)
    await prepared(model)
    assert model.id == "gpt-4o-mini"
    await model.close()


async def test_answers_of_a_found_server_and_no_key_goes_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("API_KEY", "ORG_ID", "PROJECT_ID", "ADMIN_KEY"):
        monkeypatch.setenv(f"OPENAI_{name}", "sk-canary")
    async with FakeServer() as server:
        server.will(streams("a", "b"))
        found = FoundServer("ollama", "Ollama", server.base_url, ["m.gguf"])
        model = Machine(found).model()
        async with aclosing(model.stream([Message("user", "hi")])) as pieces:
            assert "".join([piece.content async for piece in pieces]) == "ab"
        await model.close()
        assert server.chats[0].body["model"] == "m.gguf"
        assert "canary" not in str(server.chats[0].headers)


async def test_tools_are_passed_on() -> None:
    model = Machine().model()
    pieces = await ask(model, tools=[LOOK_BACK], may_call=False)
    assert content(pieces) == "Hi ['get_previous_session_messages'] False"


async def test_closing_while_looking() -> None:
    forever = asyncio.Event()
    model = Machine().model()
    looking = asyncio.Event()

    async def find() -> list[FoundServer]:
        looking.set()
        await forever.wait()
        return []

    model._find_servers = find
    waiting = asyncio.create_task(prepared(model))
    await looking.wait()
    await model.close()
    with pytest.raises(ModelError, match="was stopped"):
        await asyncio.wait_for(waiting, 1)
