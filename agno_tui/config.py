"""What the user chose, and where things live.

Chosen by flag, else by the environment, else in `config.toml`, else by us. Places come
from platformdirs, so the XDG variables move them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from agno_tui.text import one_line

THEMES = ("auto", "dark", "light", "terminal")
"""What `theme` may be, beside the names of Textual's own themes."""

NOTIFY = ("auto", "osc9", "osc777", "bell", "off")
"""What `notify` may be."""

_WORDS = {
    str: "text in quotes",
    int: "a number",
    bool: "true or false",
    dict: "a table",
}
"""What a field's type is called in a message to the user."""


class ConfigError(Exception):
    """The config file can't be used; the text says why, for the user."""


@dataclass(slots=True, frozen=True)
class Config:
    """The user's choices. Every field may stand in `config.toml` under its name."""

    model: str = ""
    """`NAME` at the endpoint in force, or `provider:NAME`; empty: found by itself."""
    base_url: str = ""
    """An OpenAI-compatible endpoint, e.g. `http://localhost:8000/v1`."""
    user: str = ""
    """Whose sessions these are (`user_id`); empty: the only user's."""
    notify: str = "auto"
    """How the terminal says that an answer has ended while it is in the background:
    `osc9`, `osc777` (its notifications), `bell`, `off`, or `auto`: by the terminal."""
    theme: str = "auto"
    """`auto`, `dark`, `light`, `terminal` (its own 16 colours), or a Textual theme."""
    instructions: str = ""
    """The system message of every request; empty: none."""
    num_history_runs: int = 10
    """How many earlier turns of the session the model sees; -1: all of them."""
    search_previous_sessions: bool = True
    """Whether the model may look into earlier sessions, where it can call tools."""
    num_history_sessions: int = 5
    """How many of them it gets when it looks back without a word to search for."""
    memory: bool = False
    """Whether the model is told what it knows about the user, and may note more."""
    name_sessions: bool = True
    """Whether the model names a session after its first answer (one more request)."""
    allow_http: bool = False
    """Send conversations over plain http to other machines, e.g. on your own network.
    """

    keys: Mapping[str, object] = field(default_factory=dict)
    """Other keys: ids of commands, and their keys separated by commas; empty: none."""

    @property
    def history_runs(self) -> int | None:
        """`num_history_runs` as the agent wants it: None for all."""
        return None if self.num_history_runs < 0 else self.num_history_runs


@dataclass(slots=True, frozen=True)
class Places:
    """Where things live. Folders are made when first needed, 0700."""

    data_dir: Path
    config_dir: Path
    log_dir: Path
    cache_dir: Path

    @property
    def database(self) -> Path:
        """The conversations."""
        return self.data_dir / "agno-tui.db"

    @property
    def model_file(self) -> Path:
        """The name of the model the user changed to last."""
        return self.data_dir / "model"

    @property
    def config_file(self) -> Path:
        """The user's choices."""
        return self.config_dir / "config.toml"

    @property
    def log_file(self) -> Path:
        """What went wrong, for whoever looks for it."""
        return self.log_dir / "agno-tui.log"


def find_places() -> Places:
    """The platform's own folders for a program named `agno-tui`."""
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("agno-tui", appauthor=False)
    return Places(
        data_dir=Path(dirs.user_data_dir),
        config_dir=Path(dirs.user_config_dir),
        log_dir=Path(dirs.user_log_dir),
        cache_dir=Path(dirs.user_cache_dir),
    )


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those it stands in where they are missing.

    What is made here only its owner can enter, whatever the umask; what is there stays
    as it is. Errors: `OSError`.
    """
    for place in (*reversed(folder.parents), folder):
        if not place.exists():
            with suppress(FileExistsError):
                place.mkdir(mode=0o700)
                place.chmod(0o700)


def read_config(file: Path, environ: Mapping[str, str]) -> Config:
    """The choices in a config file (none if it is not there), then the environment's.

    Errors: `ConfigError` for a file that can't be read, an unknown or ill-typed field.
    """
    chosen = _read_toml(file)
    kinds = {f.name: type(getattr(Config(), f.name)) for f in fields(Config)}
    for name, value in chosen.items():
        if name not in kinds:
            known = ", ".join(kinds)
            raise ConfigError(
                f"{file}: there is no setting {one_line(name)!r}. Known: {known}."
            )
        if type(value) is not kinds[name]:
            raise ConfigError(f"{file}: {name} must be {_WORDS[kinds[name]]}.")
    for name in ("model", "user", "theme"):
        if value := environ.get(f"AGNO_TUI_{name.upper()}"):
            chosen[name] = value
    if chosen.get("notify", "auto") not in NOTIFY:
        raise ConfigError(f"{file}: notify must be one of {', '.join(NOTIFY)}.")
    return Config(**chosen)


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{file} can't be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not valid TOML: {error}") from error
