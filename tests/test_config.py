"""The user's choices, and where things live."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from agno_tui.config import (
    Config,
    ConfigError,
    find_places,
    make_private_folder,
    read_config,
)


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_without_a_file_everything_is_by_default(tmp_path: Path) -> None:
    assert read_config(tmp_path / "none.toml", {}) == Config()


def test_every_field_may_stand_in_the_file(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'model = "ollama:qwen3"\nbase_url = "http://localhost:1/v1"\nuser = "ada"\n'
        'theme = "light"\ninstructions = "Be brief."\nnum_history_runs = 3\n'
        'allow_http = true\n[keys]\n"session.new" = "f5"\n',
    )
    assert read_config(file, {}) == Config(
        model="ollama:qwen3",
        base_url="http://localhost:1/v1",
        user="ada",
        theme="light",
        instructions="Be brief.",
        num_history_runs=3,
        allow_http=True,
        keys={"session.new": "f5"},
    )


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, 'model = "a"\nuser = "b"\ntheme = "dark"\n')
    environ = {
        "AGNO_TUI_MODEL": "x",
        "AGNO_TUI_USER": "y",
        "AGNO_TUI_THEME": "",
        "AGNO_TUI_INSTRUCTIONS": "not from here",
    }
    assert read_config(file, environ) == Config(model="x", user="y", theme="dark")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('modle = "x"', "there is no setting 'modle'. Known: model, base_url"),
        ("model = 3", "model must be text in quotes"),
        ('num_history_runs = "3"', "num_history_runs must be a number"),
        ("num_history_runs = true", "num_history_runs must be a number"),
        ("num_history_runs = 1.5", "num_history_runs must be a number"),
        ("allow_http = 1", "allow_http must be true or false"),
        ("model = ", "is not valid TOML"),
        (b'model = "\xff"', "is not valid TOML"),
    ],
)
def test_what_is_wrong_with_the_file_is_said_with_its_name(
    tmp_path: Path, text: str | bytes, says: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_config(file, {})
    assert says in str(caught.value) and str(file) in str(caught.value)


def test_a_hostile_setting_name_is_shown_without_control_codes(tmp_path: Path) -> None:
    file = written(tmp_path, '"\\u001b[2J" = 1')
    with pytest.raises(ConfigError) as caught:
        read_config(file, {})
    assert "\x1b" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"can't be read: .+\."):
        read_config(tmp_path, {})


@pytest.mark.parametrize(("number", "runs"), [(-1, None), (-9, None), (0, 0), (4, 4)])
def test_a_negative_number_of_history_runs_means_all(
    number: int, runs: int | None
) -> None:
    assert Config(num_history_runs=number).history_runs == runs


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is Linux's")
def test_the_xdg_variables_move_the_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    places = find_places()
    assert places.database == tmp_path / "DATA/agno-tui/agno-tui.db"
    assert places.config_file == tmp_path / "CONFIG/agno-tui/config.toml"
    assert places.log_file.is_relative_to(tmp_path / "STATE/agno-tui")
    assert places.cache_dir == tmp_path / "CACHE/agno-tui"
    assert not any(tmp_path.iterdir())  # Looking makes nothing.


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
@pytest.mark.parametrize("umask", [0, 0o077, 0o777])
def test_private_folders_are_their_owners_only_whatever_the_umask(
    tmp_path: Path, umask: int
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    folders = [shared / "a", shared / "a" / "b", shared / "a" / "b" / "c"]
    before = os.umask(umask)
    try:
        make_private_folder(folders[-1])
        make_private_folder(folders[-1])
    finally:
        os.umask(before)
    assert {stat.S_IMODE(f.stat().st_mode) for f in folders} == {0o700}
    make_private_folder(shared)
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755  # It was there before.
