"""Commands that list conversations, search them, open them, and read them again."""

from __future__ import annotations

from agno_tui.plain.answer import say_exchange
from agno_tui.plain.hits import folded_hits
from agno_tui.plain.place import Place, RefusedError, Target
from agno_tui.plain.words import ago, marks_of, title_of
from agno_tui.session import Session, now
from agno_tui.text import one_line

LISTED = 20
"""Conversations, or places found, that are said at a time."""

CHOICES = 200
"""Conversations whose titles are offered when a name is completed."""


class Lists:
    """Finds conversations, by title and by what was said in them."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._words = ""
        self._archived = False
        self._last: Session | None = None
        """The last that was listed, where there are more."""

    async def sessions(self, words: str) -> None:
        """List the newest, or those with these words in their title."""
        self._words, self._archived = words, False
        await self._begin()

    async def archive(self, words: str) -> None:
        """List what was archived."""
        self._words, self._archived = words, True
        await self._begin()

    async def more(self, _: str) -> None:
        """Go on with the list."""
        if self._last is None:
            raise RefusedError("There is no more. /sessions begins a new list.")
        await self._page(self._last)

    async def _begin(self) -> None:
        self._place.targets.clear()
        if not await self._page(None):
            what = "archived" if self._archived else "here"
            titled = f" with “{one_line(self._words)}” in the title" * bool(self._words)
            self._place.voice.say(f"No conversation{titled} is {what}.")

    async def _page(self, before: Session | None) -> int:
        place = self._place
        if self._words or self._archived:
            found = await place.storage.find_sessions(
                self._words,
                user_id=place.user_id,
                limit=LISTED + 1,
                before=before,
                archived=self._archived,
            )
        else:
            found = await self._pinned_first(before)
            is_parted = found and found[0].pinned and not found[-1].pinned
            if before is None and is_parted:
                place.voice.say("Pinned first:")
        for session in found[:LISTED]:
            place.voice.say(self._line(session))
        has_more = len(found) > LISTED
        self._last = found[LISTED - 1] if has_more else None
        if found:
            more = " /more goes on." if has_more else ""
            place.voice.say(f"/open and a number opens one.{more}")
        return len(found)

    async def _pinned_first(self, before: Session | None) -> list[Session]:
        """A page of those that are pinned, and then of the others."""
        place, found = self._place, list[Session]()
        for pinned in (True, False):
            if before is not None and before.pinned != pinned:
                continue
            found += await place.storage.get_sessions(
                user_id=place.user_id,
                limit=LISTED + 1 - len(found),
                before=before,
                pinned=pinned,
            )
            before = None
            if len(found) > LISTED:
                break
        return found

    def _line(self, session: Session) -> str:
        """`2. Trip to Kyoto, 5 minutes ago, unread`"""
        place = self._place
        number = place.number(Target(session.session_id))
        marks = marks_of(
            session,
            is_open=session.session_id == place.session_id,
            is_answering=place.runner.live(session.session_id) is not None,
        )
        said = [title_of(session), ago(session.updated_at, now()), *marks]
        return f"{number}. {', '.join(said)}"

    def forget(self) -> None:
        """Another user is here: what was listed is not theirs."""
        self._last = None
        self._place.titles = []

    async def know_titles(self) -> None:
        """Learn what is offered when a name is completed."""
        place = self._place
        found = await place.storage.get_sessions(user_id=place.user_id, limit=CHOICES)
        place.titles = [title for one in found if (title := one_line(one.name))]

    async def open(self, words: str) -> None:
        """Open what a number stands for, or the newest with these words in its title,
        one that is called exactly so before the others."""
        place = self._place
        target = place.target(words)
        if target is None:
            target = Target(await self._titled(words))
        await place.open(target.session_id)
        place.voice.say(f"Opened {place.title()}.")
        if target.run_id is not None:
            run = await place.storage.get_run(target.run_id, user_id=place.user_id)
            if run is not None:
                place.voice.say("Found here:")
                say_exchange(place.voice, run)
                place.voice.say("What was said last:")
        await place.say_where()

    async def _titled(self, words: str) -> str:
        place = self._place
        for archived in (False, True):
            found = await place.storage.find_sessions(
                words, user_id=place.user_id, limit=LISTED, archived=archived
            )
            found.sort(key=lambda one: one_line(one.name).lower() != words.lower())
            if found:
                return found[0].session_id
        if words.isdecimal():
            raise RefusedError(f"There is no number {words}. /sessions lists them.")
        raise RefusedError(
            f"No conversation is called “{one_line(words)}”. /sessions lists them, "
            "/search looks into what was said."
        )

    async def attention(self, _: str) -> None:
        """Open the next conversation that needs the user."""
        place = self._place
        waiting = await place.storage.get_attention(user_id=place.user_id, limit=20)
        others = [one for one in waiting if one.session_id != place.session_id]
        if not others:
            place.voice.say("No other conversation needs you.")
            return
        place.targets.append(Target(others[0].session_id))
        await self.open(str(len(place.targets)))

    async def search(self, words: str) -> None:
        """Say where all of these words were said."""
        place = self._place
        found = await place.storage.search(words, user_id=place.user_id, limit=LISTED)
        place.targets.clear()
        self._last = None
        if not found:
            place.voice.say(f"“{one_line(words)}” was not found.")
            return
        for hit in folded_hits(found):
            place.targets.append(Target(hit.found.session_id, hit.found.run_id))
            place.voice.say(f"{len(place.targets)}. {hit.line}")
        place.voice.say("/open and a number goes there.")

    async def read(self, words: str) -> None:
        """Read the last turns of the open conversation again, all where no number is
        given."""
        limit = None
        if words:
            if not (words.isascii() and words.isdigit() and int(words[:9])):
                raise RefusedError("Say how many turns: /read 3. /read alone: all.")
            limit = int(words[:9])
        place = self._place
        live = place.live
        runs = await place.runs(limit)
        if not runs:
            raise RefusedError("Nothing was said in this conversation yet.")
        for run in runs:
            if live is None or run.run_id != live.run_id:
                say_exchange(place.voice, run)
        place.voice.say("That is all so far.")
        await place.storage.mark_read(place.session_id, user_id=place.user_id)
