"""The front door: read the choices, build storage, model and agent, start the app."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from agno_tui import __version__
from agno_tui.config import (
    THEMES,
    Config,
    ConfigError,
    Places,
    find_places,
    make_private_folder,
    read_config,
)
from agno_tui.text import printable
from agno_tui.user_names import named

if TYPE_CHECKING:
    from agno_tui.agent import Agent
    from agno_tui.models.base import Model
    from agno_tui.models.menu import ModelMenu
    from agno_tui.plain.chat import PlainChat
    from agno_tui.plain.typed import Keyboard
    from agno_tui.runner import Runner
    from agno_tui.storage.base import Storage
    from agno_tui.ui.app import AgnoApp
    from agno_tui.ui.clipboard import Clipboard

USAGE_ERROR = 2
"""Exit code for a wrong flag or a broken config file (as argparse has it)."""

LONGEST_LOG = 1_000_000
"""Bytes after which the next start begins a new log."""


def run(arguments: Sequence[str]) -> int:
    """Do what the command line says; returns the exit code."""
    options = _parser().parse_args(arguments)
    places = find_places()
    try:
        config = _chosen(read_config(places.config_file, os.environ), options)
    except ConfigError as error:
        print(f"agno-tui: {error}", file=sys.stderr)
        return USAGE_ERROR
    database = Path(options.db).expanduser() if options.db else places.database
    if options.plain:
        return _run_plain(config, places, database)
    if trouble := terminal_trouble(os.environ):
        print(f"agno-tui: {trouble}", file=sys.stderr)
        return USAGE_ERROR
    try:
        app = build_app(config, places, database)
    except ConfigError as error:
        print(f"agno-tui: {error}", file=sys.stderr)
        return USAGE_ERROR
    return _run_app(app, places)


def terminal_trouble(environ: Mapping[str, str]) -> str:
    """Why the program can't be shown here, in words; empty where it can."""
    # Textual draws on standard error.
    if not all(s.isatty() for s in (sys.stdin, sys.stdout, sys.stderr)):
        return (
            "it needs a terminal; input and output can't be redirected. --plain works "
            "without one."
        )
    if environ.get("TERM") == "dumb":
        return "this terminal (TERM=dumb) can't show it. --plain works here."
    return ""


def build_app(config: Config, places: Places, database: Path) -> AgnoApp:
    """The application over the real storage and the real models."""
    from agno_tui.runner import Runner
    from agno_tui.ui.app import AgnoApp
    from agno_tui.ui.chosen_keys import read_keymap
    from agno_tui.ui.multiplexers import lost_keys

    menu = _model_menu(config, places)
    agent = _agent(config, menu, database)
    return AgnoApp(
        runner=Runner(agent, name_sessions=config.name_sessions),
        storage=agent.storage,
        model=agent.model,
        user_id=named(config.user),
        theme=config.theme,
        notify_by=config.notify,
        about=_about(places, database),
        memory=config.memory,
        menu=menu,
        make_clipboard=partial(_clipboard, places),
        keymap=read_keymap(config.keys).without(lost_keys(os.environ)),
    )


def _agent(config: Config, menu: ModelMenu, database: Path) -> Agent:
    from agno_tui.agent import Agent
    from agno_tui.storage.sqlite import SqliteStorage

    return Agent(
        menu.choose(config.model or menu.remembered()),
        storage=SqliteStorage(database),
        instructions=config.instructions,
        add_history_to_messages=True,
        num_history_runs=config.history_runs,
        search_previous_sessions_history=config.search_previous_sessions,
        num_history_sessions=max(0, config.num_history_sessions),
    )


def _run_plain(config: Config, places: Places, database: Path) -> int:
    from agno_tui.plain.chat import PlainChat
    from agno_tui.plain.program import run_plain
    from agno_tui.runner import Runner

    async def talk(keyboard: Keyboard, write: Callable[[str], None]) -> int:
        menu = _model_menu(config, places)
        agent = _agent(config, menu, database)
        chat = PlainChat(
            runner=Runner(agent, name_sessions=config.name_sessions),
            storage=agent.storage,
            model=agent.model,
            keyboard=keyboard,
            write=write,
            user_id=named(config.user),
            menu=menu,
            memory=config.memory,
        )
        return await _live(chat)

    start_log(places)
    return run_plain(talk, os.environ)


def _clipboard(places: Places, write: Callable[[str], None]) -> Clipboard:
    from agno_tui.ui.clipboard import Clipboard

    return Clipboard(os.environ, places.data_dir, write)


def _model_menu(config: Config, places: Places) -> ModelMenu:
    from agno_tui.models.choice import ChosenModel
    from agno_tui.models.discover import find_servers
    from agno_tui.models.local import EmbeddedModel, is_available
    from agno_tui.models.menu import ModelMenu

    # One object a file: each would start a process of its own.
    @cache
    def embedded(gguf: str | None) -> Model:
        file = Path(gguf).expanduser() if gguf else None
        return EmbeddedModel(places.cache_dir, places.log_dir, gguf=file)

    def choose(name: str) -> Model:
        return ChosenModel(
            wanted=name or None,
            base_url=config.base_url or None,
            environ=os.environ,
            find_servers=find_servers,
            embedded=embedded if is_available() else None,
            allow_http=config.allow_http,
        )

    return ModelMenu(
        choose=choose,
        find_servers=find_servers,
        environ=os.environ,
        base_url=config.base_url,
        allow_http=config.allow_http,
        has_local=is_available(),
        file=places.model_file,
    )


def _run_app(app: AgnoApp, places: Places) -> int:
    import asyncio

    start_log(places)
    code = asyncio.run(_live(app))
    if app.cut_short:
        count = len(app.cut_short)
        what = "1 answer was" if count == 1 else f"{count} answers were"
        print(f"{what} cut short; what had arrived is kept. agno-tui opens it again.")
    for text in app.not_kept:
        print(f"This message could not be kept:\n{printable(text)}")
    return code


async def _live(app: AgnoApp | PlainChat) -> int:
    import gc

    try:
        code = await app.run_async()
    finally:
        gc.enable()
        async with AsyncExitStack() as stack:
            # Begun at the other end. The storage comes last, and whatever happens: one
            # that stays open keeps the process alive.
            stack.push_async_callback(_close, app.storage)
            for model in app.models_used:
                stack.push_async_callback(_close, model)
            stack.push_async_callback(_close, app.runner)
    return code if code is not None else app.return_code or 0


async def _close(thing: Storage | Model | Runner) -> None:
    import logging

    try:
        await thing.close()
    except Exception:
        logging.getLogger(__name__).exception("%r did not close", type(thing).__name__)


def start_log(places: Places) -> None:
    """Send the program's log to its file, readable by its owner only.

    One that has grown long is put beside it, where the one before it was.
    """
    import logging

    try:
        make_private_folder(places.log_dir)
        if places.log_file.exists() and places.log_file.stat().st_size > LONGEST_LOG:
            places.log_file.chmod(0o600)
            places.log_file.replace(f"{places.log_file}.1")
        os.close(os.open(places.log_file, os.O_CREAT | os.O_APPEND, 0o600))
        where: logging.Handler = logging.FileHandler(
            places.log_file, encoding="utf-8", delay=True
        )
    except OSError:
        where = logging.NullHandler()
    logging.basicConfig(
        handlers=[where],
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # The SDK's own lines name every request; ours say what matters.
    for name in ("httpx2", "httpcore2", "openai", "aiosqlite", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _chosen(config: Config, options: argparse.Namespace) -> Config:
    flags = {
        name: value
        for name in ("model", "user", "theme")
        if (value := getattr(options, name)) is not None
    }
    return replace(config, **flags)


def _about(places: Places, database: Path) -> str:
    return "\n".join(
        (
            f"agno_tui {__version__}",
            f"conversations  {database}",
            f"settings       {places.config_file}",
            f"log            {places.log_file}",
        )
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="agno-tui",
        description="A terminal chat that keeps its conversations.",
        epilog="Keys: F1 inside the program. Models: OPENAI_API_KEY, or a server on "
        "this machine (Ollama, LM Studio, llama.cpp, vLLM), or the small one inside.",
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="a model by name, or provider:NAME (openai, ollama, lmstudio, llamacpp, "
        "vllm, local); local:/path/to/file.gguf runs your own file",
    )
    parser.add_argument("--user", metavar="NAME", help="whose conversations to open")
    parser.add_argument("--db", metavar="FILE", help="another database file")
    parser.add_argument(
        "--theme", metavar="NAME", help=f"{', '.join(THEMES)}, or a Textual theme"
    )
    parser.add_argument(
        "--plain",
        action="store_true",
        help="plain lines, for screen readers and pipes; /help lists the commands",
    )
    parser.add_argument("--version", action="version", version=__version__)
    return parser
