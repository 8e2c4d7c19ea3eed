"""What the user typed and sent, and where it must be found."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from re import findall, search
from typing import Any

from textual.widgets import Input

from agno_tui.runner import Runner
from agno_tui.session import Run
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.desk import Desk
from agno_tui.ui.prompt import Prompt
from tests.ui.fuzz.keys import MANY, PASTE, Deed

TOKENS = r"w\d{5}"

ERASING = frozenset(
    {
        *("backspace", "delete", "ctrl+w", "ctrl+u", "ctrl+k", "ctrl+x", "ctrl+d"),
        *("ctrl+backspace", "ctrl+delete", "shift+delete", "ctrl+shift+k", "ctrl+h"),
        # Undo takes away what was typed last, redo does once more what took away.
        *("ctrl+z", "ctrl+shift+z", "ctrl+y"),
    }
)
"""Keys with which a user takes away what is written."""

SELECTING = (
    *("shift+left", "shift+right", "shift+up", "shift+down", "shift+home"),
    *("shift+end", "ctrl+a", "f6", "f7"),
)
"""Keys after which the next one takes the place of what is selected."""


@dataclass(slots=True)
class Sent:
    """A message that the runner was given and has kept."""

    run_id: str
    text: str
    session_id: str
    user_id: str


@dataclass(slots=True)
class Oracle:
    """Knows every word that stood in the prompt, and every message that left it."""

    words: dict[str, int] = field(default_factory=dict)
    """Words that stood in the prompt, or must have, and in which deed they came."""
    last_seen: dict[str, int] = field(default_factory=dict)
    """After which deed they stood in the prompt last."""
    erased: set[str] = field(default_factory=set)
    """Words that the user may have taken away."""
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Users and texts that left the prompt."""
    left_now: list[str] = field(default_factory=list)
    """Texts that left it in this deed."""
    came_back: Counter[str] = field(default_factory=Counter)
    """Texts of them that could not be kept."""
    sent: list[Sent] = field(default_factory=list)
    desk: Desk | None = None
    aside: set[str] = field(default_factory=set)
    """The desk after the last deed, and what was put aside there."""
    taken_back: set[str] = field(default_factory=set)
    """Ids of the runs that were taken out of the line."""

    def listen(self, runner: Runner, patch: Any) -> None:
        """Hear what is sent from now on."""
        send, take_back, begin = runner.send, runner.line.take_back, Desk._begin_sending

        async def sending(text: str, **named: Any) -> Run:
            try:
                run = await send(text, **named)
            except BaseException:
                self.came_back[text] += 1
                raise
            at = named["session_id"], named["user_id"]
            self.sent.append(Sent(run.run_id, text, *at))
            return run

        async def taking_back(run: Run) -> bool:
            taken = await take_back(run)
            if taken:
                self.taken_back.add(run.run_id)
            return taken

        def beginning(desk: Desk, text: str, document: Any) -> None:
            self.left[desk._user_id, text] += 1
            self.left_now.append(text)
            begin(desk, text, document)

        patch.setattr(runner, "send", sending)
        patch.setattr(runner.line, "take_back", taking_back)
        patch.setattr(Desk, "_begin_sending", beginning)

    # Deed by deed

    def before(self, app: AgnoApp, deed: Deed, number: int) -> Before:
        """What stands in the prompt before a deed, and what it may take away."""
        prompt, is_modal = prompt_of(app), len(app.screen_stack) > 1
        shown = "" if prompt is None else prompt.text
        is_selected = prompt is not None and not prompt.selection.is_empty
        erases = is_selected or not ERASING.isdisjoint(deed) or _selects(deed)
        # A command is done, not sent, and its words are for it.
        commands = shown.startswith("/") or any(one.startswith("'/") for one in deed)
        leads_here = (
            prompt is not None
            and not is_modal
            and (app.focused is prompt or _hands_on(app))
            and all(_is_written(step) or step in ("enter", "rest") for step in deed)
            # Where earlier questions are offered the letters choose among them.
            and not commands
        )
        typed = set(findall(TOKENS, " ".join(deed))) if leads_here else set()
        room = sum(map(_length, deed))
        return Before(number, words_in(shown), typed, erases or commands, room)

    def after(self, app: AgnoApp, before: Before) -> None:
        """Take in what stands there after it."""
        if self.desk is not None and self.desk is not app.desk:
            # With a user's desk goes what only the program held for the user: what
            # ctrl+z would bring back, where ↑ would lead.
            self.erased |= self.aside
        self.aside = words_in(lost_with(app))
        self.desk, prompt = app.desk, prompt_of(app)
        shown = "" if prompt is None else prompt.text
        now = words_in(shown)
        for word in before.typed | now:
            self.words.setdefault(word, before.number)
        for word in now:
            self.last_seen[word] = before.number
        if before.erases:
            self.erased |= (before.words | before.typed) - now
        # The cursor stood in the middle of a word, and there something was written.
        seen = "\n".join((shown, *self.left_now))
        self.erased |= {
            word for word in before.words - now if _is_split(word, seen, before.room)
        }
        self.left_now.clear()
        # It was in the undo, maybe: there again, it counts again.
        self.erased -= now

    # In the end

    def lost(self, kept: str) -> list[str]:
        """Words that are not in what is kept: in which deed each came, and after which
        it stood in the prompt last."""
        there = words_in(kept)
        return [
            f"{word} came in {deed}, last seen in {self.last_seen.get(word, '-')}"
            for word, deed in self.words.items()
            if word not in there and word not in self.erased
        ]

    def troubles(self, path: Path) -> Iterator[str]:
        """What is wrong with the messages that were sent, after all are kept."""
        kept = {run_id: row for run_id, *row in _runs(path)}
        for sent in self.sent:
            if sent.run_id in self.taken_back:
                if sent.run_id in kept:
                    yield f"taken back, and still there: {sent}"
                continue
            if sent.run_id not in kept:
                yield f"sent, and not there: {sent}"
                continue
            text, session_id, user_id = kept[sent.run_id]
            if (text, session_id, user_id) != (
                sent.text,
                sent.session_id,
                sent.user_id,
            ):
                yield f"sent, and kept as another: {sent}, {kept[sent.run_id]}"
        given = Counter((sent.user_id, sent.text) for sent in self.sent)
        for (user_id, text), times in self.left.items():
            if given[user_id, text] + self.came_back[text] != times:
                yield (
                    f"left the prompt {times} times, was kept {given[user_id, text]}: "
                    f"{user_id} {text[:200]!r}"
                )
        for key in given - self.left:
            yield f"kept more often than sent: {key}"


@dataclass(slots=True, frozen=True)
class Before:
    """How it was before a deed."""

    number: int
    words: set[str]
    typed: set[str]
    """Words of the deed that can only go to the prompt."""
    erases: bool
    room: int
    """Characters that the deed writes, at most."""


def _is_split(word: str, text: str, room: int) -> bool:
    parts = ((word[:at], word[at:]) for at in range(1, len(word)))
    between = f"(?s:.{{1,{room}}}?)"
    return any(search(f"{first}{between}{rest}", text) for first, rest in parts)


def _is_written(step: str) -> bool:
    return step.startswith(("'", PASTE, MANY))


def _length(step: str) -> int:
    """Characters that a step writes, at most."""
    if not step.startswith(MANY):
        return len(step)
    times, text = step.removeprefix(MANY).split(":")
    return int(times) * len(text)


def _selects(deed: Deed) -> bool:
    return any(step in SELECTING or step.startswith(("2:", "drag:")) for step in deed)


def _hands_on(app: AgnoApp) -> bool:
    """Whether what is typed where the keyboard is goes to the prompt. Not from the
    list: there every other letter does something."""
    return app.focused is not None and app.focused.id in ("transcript", "queue")


def prompt_of(app: AgnoApp) -> Prompt | None:
    """Where the user writes, unless it is just being made."""
    found = [*app.desk.query(Prompt)] if app.screen_stack else []
    return found[0] if found else None


def words_in(text: str) -> set[str]:
    """The words in a text that were made up for the test."""
    return set(findall(TOKENS, text))


def _runs(path: Path) -> list[tuple[str, str, str, str]]:
    """Of every run its id, question, session and user."""
    return _ask(
        path,
        """
        SELECT run_id, content, session_id, user_id
        FROM runs JOIN sessions USING (session_id) JOIN messages USING (run_id)
        WHERE role = 'user'
        """,
    )


def _ask(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()


def is_whole(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with the file."""
    return _ask(path, "PRAGMA integrity_check") == [("ok",)]


def statuses(path: Path) -> Counter[str]:
    """How many runs there are by status."""
    return Counter(status for (status,) in _ask(path, "SELECT status FROM runs"))


def kept_in(path: Path) -> str:
    """All that is kept of what the user wrote: messages and drafts, also those in the
    trash, in the archive, and of other users."""
    rows = [row[1] for row in _runs(path)]
    rows += [draft for (draft,) in _ask(path, "SELECT draft FROM sessions")]
    # Questions that are edited, with the drafts that come back after that.
    rows += [value for (value,) in _ask(path, "SELECT value FROM settings")]
    return "\n".join(rows)


def held_by(app: AgnoApp) -> str:
    """What the program itself holds as long as it runs: where the user can get at it
    with a key.

    What stands in the prompt and in other fields, drafts that are about to be kept, and
    what `put_aside` says.
    """
    fields = [line.value for screen in app.screen_stack for line in screen.query(Input)]
    prompt, desk = prompt_of(app), app.desk
    documents = desk._open._documents.values() if desk._open is not None else ()
    drafts = [one.typed or "" for one in documents]
    # What stood in the prompt before an earlier question was edited there.
    drafts += [one.edit.draft for one in documents if one.edit is not None]
    shown = prompt.text if prompt is not None else ""
    return "\n".join((shown, *fields, *drafts, *_put_aside(desk)))


def _put_aside(desk: Desk) -> Iterator[str]:
    """What no database keeps: what ctrl+z brings back, where ↑ leads, what `u` brings
    back in the line of waiting messages."""
    for prompt in desk.query(Prompt):
        yield from _undone(prompt)
        if (walk := prompt.earlier) is not None:
            yield from walk._changed.values()
            yield from (text for _, text in walk._noted)
    for gaps in desk.queueing._gaps.values():
        yield from (gap.text for gap in gaps.removed)


def _undone(prompt: Prompt) -> Iterator[str]:
    for batch in (*prompt.history._undo_stack, *prompt.history._redo_stack):
        for edit in batch:
            yield prompt.pastes.whole(edit.text)
            if edit._edit_result is not None:
                yield prompt.pastes.whole(edit._edit_result.replaced_text)


def lost_with(app: AgnoApp) -> str:
    """What goes with the program: what was put aside, and is not in the prompt."""
    prompt = prompt_of(app)
    aside = words_in("\n".join(_put_aside(app.desk)))
    return " ".join(aside - words_in(prompt.text if prompt is not None else ""))
