"""One thing that is measured, in a process of its own, in a real pseudo-terminal.

    python -m tests.benchmarks.transcript.child SUBJECT SOCKET [DATABASE]

Started by `terminal.py`, which reads what is painted and tells it over a socket what to
do: each line is a JSON array, a command and its arguments, each answer one JSON value.
SUBJECT is `floor`, `view` or `program`. Seconds are of this process's CPU, all its
threads, unless they are said to be on the clock.
"""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from textual.pilot import Pilot

from tests.benchmarks.transcript.streamed import FloorStream, Stream, ViewStream

if TYPE_CHECKING:
    from textual.app import App

    from tests.benchmarks.transcript.subject import Subject


def subject_named(name: str, database: str) -> Subject:
    """What a process is about."""
    match name:
        case "floor":
            return Stream(FloorStream())
        case "view":
            return Stream(ViewStream())
        case "program":
            from tests.benchmarks.transcript.program import ProgramSubject

            return ProgramSubject(Path(database))
    raise ValueError(name)


async def serve(subject: Subject, connection: socket.socket) -> None:
    """Do what is asked until nobody asks any more."""
    reader, writer = await asyncio.open_connection(sock=connection, limit=2**24)
    await subject.ready()
    gc.collect()
    gc.freeze()
    writer.write(b'"ready"\n')
    while line := await reader.readline():
        command, *arguments = json.loads(line)
        answer = await subject.ask(command, arguments)
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
    writer.close()
    await subject.close()


def main() -> None:
    """Run the subject's app in this terminal."""
    name, handle, *database = sys.argv[1:]
    subject = subject_named(name, *(database or [""]))
    connection = socket.socket(fileno=int(handle))
    connection.setblocking(False)

    async def piloted(pilot: Pilot[object]) -> None:
        await serve(subject, connection)

    app: App[object] = subject.app
    asyncio.run(app.run_async(auto_pilot=piloted))


if __name__ == "__main__":
    main()
