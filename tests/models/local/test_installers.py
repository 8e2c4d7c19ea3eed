"""The installers' commands, and what a command that is run gets to see."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from agno_tui.models.local.installers import (
    Installer,
    installers_at_hand,
    pip_download,
    run,
    uv_install,
)


async def seen(place: Path) -> tuple[dict[str, str], str, list[str]]:
    """What a command sees of the world: its environment, folder, and module path."""
    script = (
        "import json, os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text("
        "json.dumps([dict(os.environ), os.getcwd(), sys.path]))"
    )
    command = [sys.executable, "-c", script, str(place / "seen")]
    async with aclosing(run(command, place)) as looks:
        assert [code async for code in looks][-1] == 0
    environment, folder, path = json.loads((place / "seen").read_text())
    return environment, folder, path


async def test_keys_stay_here_but_for_the_installers_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {"PIP_X_TOKEN", "UV_X_TOKEN", "X_INDEX_URL", "API_KEYS"}
    gone = {"OPENAI_API_KEY", "Anthropic_Api_Key", "HF_TOKEN"}
    for name in kept | gone:
        monkeypatch.setenv(name, "canary")
    environment, _, _ = await seen(tmp_path)
    assert {name for name, value in environment.items() if value == "canary"} == kept


async def test_it_works_in_our_folder_and_takes_no_module_from_it(
    tmp_path: Path,
) -> None:
    _, folder, path = await seen(tmp_path)
    assert folder.endswith(f"{tmp_path.name}{os.sep}temporary")
    assert not {"", folder} & set(path)


@pytest.mark.parametrize("installer", [pip_download, uv_install])
def test_a_module_is_run_without_the_current_folder(
    installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    command = installer(Path("wanted.txt"), Path("folder"))
    assert command[:3] == [sys.executable, "-P", "-m"]


def test_a_uv_of_the_current_folder_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: "./uv")
    assert installers_at_hand() == []
    assert uv_install(Path("wanted.txt"), Path("folder"))[0] == sys.executable
    there = os.path.abspath("uv")
    monkeypatch.setattr(shutil, "which", lambda name: there)
    assert installers_at_hand() == [uv_install]
    assert uv_install(Path("wanted.txt"), Path("folder"))[0] == there
