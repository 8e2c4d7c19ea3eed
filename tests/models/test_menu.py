from __future__ import annotations

import stat
from pathlib import Path

import pytest

from agno_tui.models.discover import FoundServer
from agno_tui.models.menu import ModelMenu
from tests.fake_server import FakeServer, answers
from tests.fakes import FakeModel


def a_menu(
    folder: Path,
    *,
    base_url: str = "",
    servers: tuple[FoundServer, ...] = (),
    has_local: bool = False,
) -> ModelMenu:
    async def find_servers() -> list[FoundServer]:
        return list(servers)

    return ModelMenu(
        choose=lambda name: FakeModel(),
        find_servers=find_servers,
        environ={},
        base_url=base_url,
        has_local=has_local,
        file=folder / "model",
    )


OLLAMA = FoundServer("ollama", "Ollama", "http://127.0.0.1:1/v1", ["llama3.2:3b"])


async def test_it_names_what_is_found_as_the_model_flag_takes_it(
    tmp_path: Path,
) -> None:
    async with FakeServer(models=("b-chat", "a-chat", "text-embedding-3")) as server:
        menu = a_menu(
            tmp_path, base_url=server.base_url, servers=(OLLAMA,), has_local=True
        )
        assert await menu.names() == [
            "ollama:llama3.2:3b",
            "openai:a-chat",
            "openai:b-chat",
            "local",
        ]


async def test_an_endpoint_that_fails_is_left_out(tmp_path: Path) -> None:
    async with FakeServer() as server:
        server.models_behaviour = answers(500)
        menu = a_menu(tmp_path, base_url=server.base_url, servers=(OLLAMA,))
        assert await menu.names() == ["ollama:llama3.2:3b"]


async def test_without_key_or_address_no_endpoint_is_asked(tmp_path: Path) -> None:
    assert await a_menu(tmp_path).names() == []


def test_the_last_choice_is_remembered_for_its_owner_only(tmp_path: Path) -> None:
    menu = a_menu(tmp_path)
    assert menu.remembered() == ""
    menu.remember("ollama:llama3.2")
    menu.remember("local")
    assert a_menu(tmp_path).remembered() == "local"
    assert stat.S_IMODE((tmp_path / "model").stat().st_mode) == 0o600


def test_a_choice_that_can_not_be_kept_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        a_menu(tmp_path / "missing").remember("local")
