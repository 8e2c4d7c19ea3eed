"""Commands that change the open conversation as a whole."""

from __future__ import annotations

import asyncio
from pathlib import Path

from agno_tui.exported import exports_folder, file_name, new_file
from agno_tui.plain.markdown_file import as_markdown
from agno_tui.plain.place import Place, RefusedError
from agno_tui.plain.words import title_of
from agno_tui.text import one_line

ANSWERING = "It is still answering. /stop stops the answer first."


class Deeds:
    """Names, pins, archives, deletes, copies and writes the open conversation."""

    def __init__(self, place: Place, exports: Path | None = None) -> None:
        """`exports`: where files are written; None: where the program keeps its own."""
        self._place = place
        self._exports = exports
        self._deleted: list[str] = []
        """The `session_id`s, the last one last."""

    async def new(self, _: str) -> None:
        """Begin a new conversation."""
        self._place.begin_new()
        self._place.voice.say("New conversation. The one before is kept.")

    async def rename(self, name: str) -> None:
        """Give it another name."""
        place = self._place
        await place.kept()
        try:
            name = await place.runner.agent.aset_session_name(
                place.session_id, name, user_id=place.user_id
            )
        except ValueError as error:
            raise RefusedError(str(error)) from None
        place.session.name = name
        place.voice.say(f"Renamed: {place.title()}.")

    async def pin(self, _: str) -> None:
        """Pin it, or no longer."""
        place = self._place
        on = not (await place.kept()).pinned
        await place.storage.pin_session(place.session_id, on, user_id=place.user_id)
        place.voice.say("Pinned on top." if on else "No longer pinned.")

    async def archive(self, _: str) -> None:
        """Put it away, or bring it back."""
        place = self._place
        on = not (await place.kept()).archived
        await place.storage.archive_session(place.session_id, on, user_id=place.user_id)
        place.voice.say(
            "Archived. /archived lists what is put away; /archive brings it back."
            if on
            else "Back in the list."
        )

    async def delete(self, _: str) -> None:
        """Put it into the trash, and go to the newest of the others."""
        place = self._place
        await place.kept()
        if place.live is not None:
            raise RefusedError(ANSWERING)
        gone, title = place.session_id, place.title()
        await place.storage.delete_session(gone, user_id=place.user_id)
        self._deleted.append(gone)
        place.voice.say(f"Deleted {title}. /undo brings it back.")
        left = await place.storage.get_sessions(user_id=place.user_id, limit=1)
        if not left:
            place.begin_new()
            place.voice.say("New conversation.")
            return
        await place.open(left[0].session_id)
        place.voice.say(f"Opened {place.title()}. /read reads it.")

    async def undo(self, _: str) -> None:
        """Bring back what was deleted last, and open it."""
        if not self._deleted:
            raise RefusedError("There is nothing to bring back.")
        place = self._place
        session_id = self._deleted[-1]
        await place.storage.restore_session(session_id, user_id=place.user_id)
        self._deleted.pop()
        await place.open(session_id)
        place.voice.say(f"Brought back {place.title()}, and opened it.")

    def forget(self) -> None:
        """Another user is here: what was deleted is not theirs."""
        self._deleted.clear()

    async def fork(self, _: str) -> None:
        """Go on in a copy."""
        place = self._place
        await place.kept()
        fork = await place.storage.fork_session(place.session_id, user_id=place.user_id)
        await place.open(fork.session_id)
        place.voice.say(
            f"Forked {place.title()}. This is the copy; the first stays as it is."
        )

    async def export(self, _: str) -> None:
        """Write it to a Markdown file."""
        place = self._place
        session = await place.kept()
        runs = await place.runs()
        folder = self._exports or exports_folder()
        text = as_markdown(title_of(session), runs)
        try:
            file = await asyncio.to_thread(new_file, folder, file_name(session), text)
        except OSError as error:
            why = one_line(error.strerror or str(error))
            raise RefusedError(f"Not written: {why}.") from error
        place.voice.say(f"Written as Markdown: {one_line(str(file))}")
