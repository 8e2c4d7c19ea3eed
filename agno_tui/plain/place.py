"""Where the user is: whose conversations, which one is open, what numbers stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from agno_tui.plain.answer import Answer, say_exchange
from agno_tui.plain.shortened import brief, draft_words
from agno_tui.plain.typed import Keyboard
from agno_tui.plain.voice import Voice
from agno_tui.plain.words import counted, title_of
from agno_tui.runner import Runner
from agno_tui.session import Run, RunStatus, Session
from agno_tui.storage.base import Storage

LAST_TURNS = 2
"""Turns that are said again when a conversation is opened."""

LONGEST_AGAIN = 700
"""Characters of a question or an answer that are said again then."""

QUESTIONS = 200
"""Earlier questions the user can go back to."""

PAGE = 200
"""Runs read at a time."""


class RefusedError(Exception):
    """What was asked for can't be done; `words` says why, and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(slots=True, frozen=True)
class Target:
    """What a number that was said stands for."""

    session_id: str
    run_id: str | None = None
    """The run where words were found."""


@dataclass(slots=True)
class Place:
    """The state that all commands share."""

    storage: Storage
    runner: Runner
    voice: Voice
    keyboard: Keyboard
    user_id: str = ""
    session: Session = field(default_factory=Session)
    """The conversation that is open; kept once something is said in it."""
    answer: Answer | None = None
    """What is being said in it."""
    details: bool = False
    """Whether what an answer took is said."""
    targets: list[Target] = field(default_factory=list)
    """What the numbers stand for, from 1."""
    titles: list[str] = field(default_factory=list)
    """Titles that are offered when a name is completed."""
    editing: Run | None = None
    """The turn whose question the next line replaces."""
    unsent: str = ""
    """A message that could not be kept."""
    put_away: str | None = None
    """The draft as it is without the line that is being typed; None where nothing of
    that line is kept with it."""
    lifted: str = ""
    """The draft that was put back into the line."""
    changed: Callable[[], None] = lambda: None
    """Is called where an answer may be under way, or none any more."""

    @property
    def session_id(self) -> str:
        """That of the open conversation."""
        return self.session.session_id

    @property
    def live(self) -> Run | None:
        """The answer under way in it."""
        return self.runner.live(self.session_id)

    def number(self, target: Target) -> int:
        """The number of a target, a new one where it has none yet."""
        if target not in self.targets:
            self.targets.append(target)
        return self.targets.index(target) + 1

    def target(self, words: str) -> Target | None:
        """What a number stands for; None for what is no number, or stands for
        nothing."""
        if not (words.isascii() and words.isdigit()):
            return None
        number = int(words[:9])
        if not 0 < number <= len(self.targets):
            return None
        return self.targets[number - 1]

    async def kept(self) -> Session:
        """The open conversation as it is kept. Errors: `RefusedError` where nothing
        was said in it; `StorageError`."""
        session = await self.storage.get_session(self.session_id, user_id=self.user_id)
        if session is None:
            raise RefusedError("Nothing was said in this conversation yet.")
        return session

    async def last_run(self) -> Run:
        """The newest turn that was begun. Errors: as `kept`."""
        outlines = await self.storage.get_run_outlines(
            self.session_id, user_id=self.user_id, limit=QUESTIONS
        )
        begun = [one for one in outlines if one.status is not RunStatus.PENDING]
        run = None
        if begun:
            run = await self.storage.get_run(begun[-1].run_id, user_id=self.user_id)
        if run is None:
            raise RefusedError("Nothing was said in this conversation yet.")
        return run

    async def runs(self, limit: int | None = None) -> list[Run]:
        """The last turns of the conversation, oldest first."""
        runs: list[Run] = []
        while limit is None or len(runs) < limit:
            wanted = PAGE if limit is None else min(PAGE, limit - len(runs))
            page = await self.storage.get_runs(
                self.session_id,
                user_id=self.user_id,
                limit=wanted,
                before=runs[0] if runs else None,
            )
            runs = page + runs
            if len(page) < wanted:
                break
        return runs

    # Going there

    async def start(self) -> None:
        """Open what this user had open last, or a new conversation."""
        user_id = self.user_id
        session_id = await self.storage.get_open_session(user_id=user_id)
        session = None
        if session_id is not None:
            session = await self.storage.get_session(session_id, user_id=user_id)
        self.targets.clear()
        self._take(session or Session(user_id=user_id))

    def begin_new(self) -> None:
        """Open a conversation in which nothing was said yet."""
        self._take(Session(user_id=self.user_id))

    async def open(self, session_id: str) -> None:
        """Open a conversation. Errors: `RefusedError` where it is gone."""
        session = await self.storage.get_session(session_id, user_id=self.user_id)
        if session is None:
            raise RefusedError("This conversation is no longer there.")
        self._take(session)
        await self.storage.set_open_session(session_id, user_id=self.user_id)

    def _take(self, session: Session) -> None:
        self.session, self.answer, self.editing = session, None, None
        self.put_away, self.lifted = None, ""
        self.changed()

    async def say_where(self) -> None:
        """Say what was said last, what waits and what was drafted; from here on it is
        read."""
        runs = await self.storage.get_runs(
            self.session_id, user_id=self.user_id, limit=50
        )
        # No question of another user's, nor of the conversation before.
        await self._remember_questions()
        live = self.live
        waiting = [run for run in runs if run.status is RunStatus.PENDING]
        begun = [run for run in runs if run.status is not RunStatus.PENDING]
        for run in begun[-LAST_TURNS:]:
            if live is not None and run.run_id == live.run_id:
                break
            say_exchange(self.voice, run, longest=LONGEST_AGAIN)
        if live is not None:
            self.follow(live)
        elif begun and begun[-1].status is RunStatus.RUNNING:
            self.voice.say("It is being answered in another window.")
        if waiting:
            held = [run for run in waiting if not self.runner.line.has(run)]
            paused = ", paused: /queue send sends them" if held else ""
            one = "message waits"
            many = "messages wait"
            self.voice.say(f"{counted(len(waiting), one, many)}{paused}.")
        if self.session.draft.strip():
            self.voice.speak("Draft", draft_words(self.session.draft))
            self.voice.say("/draft puts it back into the line.")
        if runs:
            await self.storage.mark_read(self.session_id, user_id=self.user_id)

    def follow(self, run: Run) -> None:
        """Say an answer under way from its beginning, and on as it comes."""
        self.voice.speak("You", brief(run.question))
        self.answer = Answer(run, self.voice, details=self.details)
        self.answer.catch_up(run)

    async def _remember_questions(self) -> None:
        found = await self.storage.get_questions(
            user_id=self.user_id, session_id=self.session_id, limit=QUESTIONS
        )
        others = await self.storage.get_questions(user_id=self.user_id, limit=QUESTIONS)
        texts = dict.fromkeys(one.text for one in (*found, *others))
        self.keyboard.remember(list(texts)[:QUESTIONS][::-1])

    # Drafts

    async def keep_draft(self, text: str) -> bool:
        """Keep what was typed and not sent, behind what is drafted already; returns
        whether it is kept. Errors: `StorageError`."""
        if not text.strip():
            return False
        await self.set_draft(_joined(await self.draft_beside(), text))
        self.put_away = None
        return True

    async def keep_typed(self, text: str) -> None:
        """Keep what is being typed with the draft, until it is known what becomes of
        it. Errors: `StorageError`."""
        before = await self.draft_beside()
        self.put_away = before
        await self.set_draft(_joined(before, text) if text.strip() else before)

    async def drop_typed(self) -> None:
        """What was being typed is done, or gone. Errors: `StorageError`."""
        if self.put_away is not None:
            await self.set_draft(self.put_away)
            self.put_away = None

    async def draft_beside(self) -> str:
        """The draft, without the line that is being typed. Errors: `StorageError`."""
        if self.put_away is not None:
            return self.put_away
        session = await self.storage.get_session(self.session_id, user_id=self.user_id)
        return session.draft if session is not None else ""

    async def set_draft(self, draft: str) -> None:
        """Keep this as the draft. Errors: `StorageError`."""
        await self.storage.set_draft(self.session_id, draft, user_id=self.user_id)
        await self.storage.set_open_session(self.session_id, user_id=self.user_id)
        self.session.draft = draft

    def title(self) -> str:
        """What the open conversation is called, in quotes."""
        return f"“{title_of(self.session)}”"


def _joined(before: str, text: str) -> str:
    """A draft and what comes to it; one that holds the other is enough."""
    if text in before:
        return before
    is_whole = not before.strip() or before in text
    return text if is_whole else f"{before}\n{text}"
