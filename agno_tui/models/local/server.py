"""The child process that holds the embedded model, so that a native crash is not ours.

It is started by `agno_tui.models.local` as a plain script and imports nothing but the
standard library and xllamacpp. It reads one JSON line from its standard input (see
`Settings`), opens llama.cpp's HTTP server on a free port of the loopback interface, and
answers with one JSON line on its standard output:
`{"address": "http://…", "n_ctx": …, "takes_tools": …}` (see `facts_of`)
or `{"error": "…"}`. Everything else it has to say goes to standard error. When its
standard input ends, it ends: however the app went away, the model goes with it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import IO, Any

NICENESS = 5
"""Steps of lower priority, so that the screen stays quick while the model computes."""

CACHE_MIB = 256
"""Most MiB of RAM for earlier prompts; llama.cpp's own default is 8 GiB."""


N_PREDICT = 1024
"""Tokens after which an answer ends whose request has no `max_tokens`. llama.cpp's own
default is no end, and a small model that goes in circles would not find one."""


@dataclass(slots=True, frozen=True)
class Settings:
    """What the parent asks for. It comes by standard input, because arguments and
    environments can be read by others and the key must not be."""

    path: str
    """The gguf file."""
    api_key: str
    """The only key the server accepts."""
    n_ctx: int
    """Tokens of context of all slots together."""
    n_parallel: int
    """Slots: how many answers can be computed at the same time."""
    n_threads: int
    """Threads that compute; each should have a core of its own."""


def open_server(settings: Settings) -> Any:
    """Load the model and listen; returns xllamacpp's server, which stops when dropped.

    Errors: ImportError without xllamacpp, RuntimeError for a file it can't load.
    """
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = settings.path
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [settings.api_key]
    params.n_ctx = settings.n_ctx
    params.n_parallel = settings.n_parallel
    params.n_predict = N_PREDICT
    params.cpuparams.n_threads = settings.n_threads
    params.cpuparams_batch.n_threads = settings.n_threads
    params.cache_ram_mib = CACHE_MIB
    params.ctx_shift = False  # a full window is an error in words, not forgotten text
    params.use_jinja = True
    params.warmup = False
    params.ui = False
    params.endpoint_slots = False
    return Server(params)


def facts_of(address: str, api_key: str) -> dict[str, Any]:
    """What the server says of itself and the model, once that is loaded.

    `n_ctx`: tokens that one slot holds, fewer than asked for where the model knows
    fewer. `takes_tools`: whether the model's chat template has a place for tools, None
    where it does not say; without one llama.cpp leaves them out and says nothing.
    """
    connection = HTTPConnection(address.removeprefix("http://"), timeout=10)
    headers = {"Authorization": f"Bearer {api_key}"}
    with closing(connection):
        connection.request("GET", "/props", headers=headers)
        properties = json.load(connection.getresponse())
    return {
        "n_ctx": int(properties["default_generation_settings"]["n_ctx"]),
        "takes_tools": properties.get("chat_template_caps", {}).get("supports_tools"),
    }


def end_with(stream: IO[bytes]) -> None:
    """Wait until the stream ends, then end this process at once, whatever it does."""
    with suppress(OSError):
        while stream.read(4096):
            pass
    os._exit(0)


def main() -> None:
    """Read the settings, open the server, say where it listens, stay until told."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever native code prints must not stand between our two lines
    with suppress(AttributeError, OSError):
        os.nice(NICENESS)
    settings = Settings(**json.loads(sys.stdin.buffer.readline()))
    watch = threading.Thread(target=end_with, args=(sys.stdin.buffer,), daemon=True)
    watch.start()
    try:
        server = open_server(settings)
        address = server.listening_address
        answer = {"address": address, **facts_of(address, settings.api_key)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    with suppress(OSError):
        print(json.dumps(answer), file=answers, flush=True)
    if "error" in answer:
        os._exit(1)
    watch.join()


if __name__ == "__main__":
    main()
