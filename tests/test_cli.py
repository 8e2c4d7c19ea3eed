"""The front door: flags, mistakes in them, and what is built."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from agno_tui import __version__, cli
from agno_tui.config import Config, Places
from agno_tui.models.choice import ChosenModel
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.ui.app import AgnoApp

Built = list[tuple[Config, Path]]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    found = Places(*(tmp_path / name for name in ("data", "config", "log", "cache")))
    found.config_dir.mkdir()
    monkeypatch.setattr(cli, "find_places", lambda: found)
    for name in [n for n in os.environ if n.startswith(("AGNO_TUI_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    return found


@pytest.fixture
def built(places: Places, monkeypatch: pytest.MonkeyPatch) -> Built:
    """What the app would have been built of; it is not started."""
    calls: Built = []

    def build(config: Config, places: Places, database: Path) -> None:
        calls.append((config, database))

    monkeypatch.setattr(cli, "build_app", build)
    monkeypatch.setattr(cli, "_run_app", lambda app, places: 0)
    monkeypatch.setattr(cli, "terminal_trouble", lambda environ: "")
    return calls


@contextmanager
def fresh_root_log() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers[:] = []
    try:
        yield root
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = before
        root.setLevel(level)


def test_without_flags_the_file_decides(places: Places, built: Built) -> None:
    places.config_file.write_text('model = "a"\ntheme = "light"\n')
    assert cli.run([]) == 0
    assert built == [(Config(model="a", theme="light"), places.database)]


def test_flags_win_over_environment_and_file(
    places: Places, built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    places.config_file.write_text('model = "a"\nuser = "b"\ntheme = "light"\n')
    monkeypatch.setenv("AGNO_TUI_MODEL", "from environment")
    monkeypatch.setenv("AGNO_TUI_USER", "from environment")
    assert cli.run(["--model", "x", "--db", "/tmp/y.db", "--theme", "dark"]) == 0
    config = Config(model="x", user="from environment", theme="dark")
    assert built == [(config, Path("/tmp/y.db"))]


def test_an_unknown_theme_ends_with_2_and_words(
    places: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "terminal_trouble", lambda environ: "")
    assert cli.run(["--theme", "nope"]) == 2
    assert "there is no theme 'nope'. Known: auto, dark" in capsys.readouterr().err


def test_without_a_terminal_it_says_so_and_ends_with_2(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([]) == 2
    assert "needs a terminal" in capsys.readouterr().err


def test_an_empty_user_flag_is_nobody_in_particular(
    places: Places, built: Built
) -> None:
    places.config_file.write_text('user = "b"\n')
    cli.run(["--user", ""])
    assert built[0][0].user == ""


def test_a_tilde_in_the_database_is_home(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("USERPROFILE", "/home/ada")
    cli.run(["--db", "~/chat.db"])
    assert built[0][1] == Path("/home/ada/chat.db")


@pytest.mark.parametrize("text", ["modle = 1", "not toml", "model = 1"])
def test_a_broken_config_file_ends_with_2_and_words(
    places: Places, built: Built, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    places.config_file.write_text(text)
    assert cli.run([]) == 2
    out, err = capsys.readouterr()
    assert err.startswith(f"agno-tui: {places.config_file}") and out == ""
    assert "Traceback" not in err and built == []


def test_a_wrong_flag_ends_with_2_and_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.run(["--modle", "x"])
    assert caught.value.code == 2
    assert "--modle" in capsys.readouterr().err


def test_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.run(["--version"])
    assert not caught.value.code
    assert capsys.readouterr().out == f"{__version__}\n"


def test_help_names_every_flag(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.run(["--help"])
    out = capsys.readouterr().out
    assert all(f in out for f in ("--model", "--user", "--db", "--theme", "F1"))


def test_the_app_is_built_of_what_was_chosen(places: Places) -> None:
    config = Config(user="ada", instructions="Be brief.", num_history_runs=-1)
    app = cli.build_app(config, places, places.database)
    agent = app.runner.agent
    assert isinstance(app, AgnoApp) and app.user_id == "ada"
    assert isinstance(app.storage, SqliteStorage)
    assert agent.storage is app.storage and app.storage.path == places.database
    assert isinstance(agent.model, ChosenModel)
    assert app.model_watch.model is agent.model
    assert agent.add_history_to_messages and agent.num_history_runs is None
    assert agent.instructions == "Be brief."
    assert not agent.model._allow_http
    assert str(places.database) in app.about and __version__ in app.about
    assert not places.data_dir.exists()  # Building touches no disk.


def test_plain_http_to_others_is_allowed_where_the_user_said_so(
    places: Places,
) -> None:
    menu = cli._model_menu(Config(allow_http=True), places)
    model = menu.choose("openai:x")
    assert isinstance(model, ChosenModel)
    assert model._allow_http and menu._allow_http


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_the_log_is_its_owners_only(places: Places) -> None:
    before = os.umask(0)
    try:
        with fresh_root_log():
            cli.start_log(places)
            logging.getLogger("agno_tui").error("hello")
    finally:
        os.umask(before)
    assert "hello" in places.log_file.read_text()
    assert stat.S_IMODE(places.log_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(places.log_dir.stat().st_mode) == 0o700


@pytest.mark.parametrize("size", [cli.LONGEST_LOG, cli.LONGEST_LOG + 1])
def test_a_long_log_is_put_aside(places: Places, size: int) -> None:
    places.log_dir.mkdir()
    older = places.log_dir / f"{places.log_file.name}.1"
    older.write_text("oldest")
    places.log_file.write_text("x" * size)
    places.log_file.chmod(0o644)
    with fresh_root_log():
        cli.start_log(places)
        logging.getLogger("agno_tui").error("hello")
    if size == cli.LONGEST_LOG:
        assert older.read_text() == "oldest"
        assert places.log_file.read_text().startswith("x" * size)
        return
    assert older.stat().st_size == size and "x" not in places.log_file.read_text()
    if os.name != "nt":
        assert stat.S_IMODE(older.stat().st_mode) == 0o600


class Closing:
    """Something to be closed, which may fail at it."""

    def __init__(self, closed: list[str], name: str, error: Exception | None) -> None:
        self.closed, self.name, self.error = closed, name, error

    async def close(self) -> None:
        self.closed.append(self.name)
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize("error", [None, OSError("no")])
async def test_everything_is_closed_whatever_fails_and_the_exit_code_stays(
    error: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    closed: list[str] = []
    runner, first, second, storage = (
        Closing(closed, name, error) for name in ("runner", "1", "2", "storage")
    )

    class App:
        models_used: ClassVar = [first, second]
        return_code = 0

        async def run_async(self) -> int:
            return 129

    app = App()
    vars(app).update(runner=runner, storage=storage)
    assert await cli._live(app) == 129  # type: ignore[arg-type]
    assert closed[0] == "runner" and closed[-1] == "storage" and len(closed) == 4
    assert len(caplog.records) == (4 if error else 0)


def test_without_a_place_for_the_log_the_program_still_starts(
    places: Places,
) -> None:
    places.log_dir.write_text("a file where the folder should be")
    with fresh_root_log() as root:
        cli.start_log(places)
        assert [type(h) for h in root.handlers] == [logging.NullHandler]
