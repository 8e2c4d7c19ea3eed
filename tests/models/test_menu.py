from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from agno_tui.models.discover import FoundServer
from agno_tui.models.menu import AUTOMATIC, ModelMenu
from agno_tui.models.openai import OpenAIChat
from tests.fake_server import FakeServer, answers
from tests.fakes import FakeModel


def a_menu(
    folder: Path,
    *,
    base_url: str = "",
    servers: tuple[FoundServer, ...] = (),
    has_local: bool = False,
    asked: list[str] | None = None,
) -> ModelMenu:
    """A menu; the names it has models made of are put into `asked`."""

    async def find_servers() -> list[FoundServer]:
        return list(servers)

    def choose(name: str) -> FakeModel:
        if asked is not None:
            asked.append(name)
        return FakeModel()

    return ModelMenu(
        choose=choose,
        find_servers=find_servers,
        environ={},
        base_url=base_url,
        has_local=has_local,
        file=folder / "model",
    )


REPEATING = FoundServer("vllm", "vLLM", "http://127.0.0.1:1/v1", ["x", "x", "x-embed"])
OLLAMA = FoundServer("ollama", "Ollama", "http://127.0.0.1:1/v1", ["llama3.2:3b"])


async def test_it_names_what_is_found_as_the_model_flag_takes_it(
    tmp_path: Path,
) -> None:
    async with FakeServer(models=("b-chat", "a-chat", "text-embedding-3")) as server:
        menu = a_menu(
            tmp_path, base_url=server.base_url, servers=(OLLAMA,), has_local=True
        )
        assert await menu.names() == [
            "automatic",
            "ollama:llama3.2:3b",
            "openai:a-chat",
            "openai:b-chat",
            "local",
        ]


async def test_an_endpoint_that_fails_is_left_out(tmp_path: Path) -> None:
    async with FakeServer() as server:
        server.models_behaviour = answers(500)
        menu = a_menu(tmp_path, base_url=server.base_url, servers=(OLLAMA,))
        assert await menu.names() == [AUTOMATIC, "ollama:llama3.2:3b"]


async def test_without_key_or_address_no_endpoint_is_asked(tmp_path: Path) -> None:
    assert await a_menu(tmp_path).names() == [AUTOMATIC]


async def test_what_is_listed_twice_is_named_once(tmp_path: Path) -> None:
    async with FakeServer(models=("a", "b", "a", "a-TTS")) as server:
        menu = a_menu(
            tmp_path, base_url=server.base_url, servers=(OLLAMA, OLLAMA, REPEATING)
        )
        assert await menu.names() == [
            "automatic",
            "ollama:llama3.2:3b",
            "vllm:x",
            "openai:a",
            "openai:b",
        ]


async def test_an_endpoint_without_encryption_is_asked_where_it_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = []

    async def list_models(chat: OpenAIChat) -> list[str]:
        allowed.append(chat._allow_http)
        return []

    async def find_servers() -> list[FoundServer]:
        return []

    monkeypatch.setattr(OpenAIChat, "list_models", list_models)
    for allow_http in (True, False):
        await ModelMenu(
            choose=lambda name: FakeModel(),
            find_servers=find_servers,
            environ={},
            base_url="http://192.0.2.1/v1",
            has_local=False,
            file=tmp_path / "model",
            allow_http=allow_http,
        ).names()
    assert allowed == [True, False]


def test_one_name_is_one_model(tmp_path: Path) -> None:
    asked: list[str] = []
    menu = a_menu(tmp_path, asked=asked)
    local = menu.choose("local")
    assert menu.choose("ollama:x") is not local
    assert menu.choose("local") is local
    assert asked == ["local", "ollama:x"]


def test_automatic_is_the_wish_for_nothing_in_particular(tmp_path: Path) -> None:
    asked: list[str] = []
    menu = a_menu(tmp_path, asked=asked)
    assert menu.choose(AUTOMATIC) is menu.choose("")
    assert asked == [""]


def test_automatic_is_remembered_by_forgetting(tmp_path: Path) -> None:
    menu = a_menu(tmp_path)
    menu.remember("local")
    for _ in range(2):
        menu.remember(AUTOMATIC)
        assert menu.remembered() == ""
        assert list(tmp_path.iterdir()) == []


def test_the_last_choice_is_remembered_for_its_owner_only(tmp_path: Path) -> None:
    menu = a_menu(tmp_path)
    assert menu.remembered() == ""
    menu.remember("ollama:llama3.2")
    menu.remember("local")
    assert a_menu(tmp_path).remembered() == "local"
    assert stat.S_IMODE((tmp_path / "model").stat().st_mode) == 0o600


def test_a_choice_that_can_not_be_kept_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match="file"):
        a_menu(tmp_path / "file").remember("local")


def test_any_name_is_kept_whatever_the_locale(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys\n"
        "from agno_tui.models.menu import ModelMenu\n"
        "ModelMenu(choose=None, find_servers=None, environ={}, base_url='',\n"
        "    has_local=False, file=pathlib.Path(sys.argv[1])"
        ").remember('ollama:gr\\xfc\\xdfe\\ud800')\n"
    )
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "model")],
        env={**os.environ, **ascii_only},
        check=True,
    )
    assert a_menu(tmp_path).remembered() == "ollama:gr\xfc\xdfe\ufffd"
