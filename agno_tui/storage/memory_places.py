"""How the runs that this process keeps get their places in the tree."""

from __future__ import annotations

from collections.abc import Iterable

from agno_tui.session import Run, RunStatus
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.memory_kept import Kept, MemoryKept
from agno_tui.storage.places import Place, Places


class MemoryPlaces(MemoryKept):
    """What is kept, and the ways through it."""

    def _check_parent(self, run: Run) -> None:
        """Make sure that the run it is to follow was begun in its session.

        Errors: `SessionNotFoundError`.
        """
        if not run.parent_run_id:
            return
        parent = self._runs.get(run.parent_run_id)
        if (
            parent is None
            or parent.session_id != run.session_id
            or parent.status is RunStatus.PENDING
        ):
            raise SessionNotFoundError(run.session_id)

    def _give_parent(self, kept: Kept, run: Run) -> None:
        """Have a kept run follow another, unless it does: that which the run follows
        that it tries again, or the last, where it does not wait."""
        tried = self._runs.get(run.retry_of or "")
        if tried is not None and tried.session_id != run.session_id:
            tried = None
        if run.parent_run_id is None and tried is not None:
            run.parent_run_id = tried.parent_run_id
        if run.parent_run_id is None and run.status is not RunStatus.PENDING:
            on_path = (
                each.run_id
                for each in reversed(kept.runs)
                if kept.standing[each.run_id].active
                and each.status is not RunStatus.PENDING
                and each is not run
            )
            run.parent_run_id = next(on_path, "")

    def _begin(self, kept: Kept, run: Run) -> None:
        """Have the conversation end with a run that waits no longer, behind all that
        others have begun meanwhile."""
        newest = next(
            (each for each in reversed(kept.runs) if _is_begun(each, run)), None
        )
        if newest is not None and newest.sequence > run.sequence:
            self._put_last(kept, run)
        self._give_parent(kept, run)
        follows_newest = newest is not None and newest.run_id == run.parent_run_id
        if (
            newest is not None
            and follows_newest
            and kept.standing[newest.run_id].active
        ):
            # The way goes on, and nothing else follows what was begun last: so a turn
            # of a long session costs no more than one of a short one.
            kept.standing[run.run_id].active = True
            return
        places = _places(kept)
        way = places.way_to(run.run_id)
        choice = places.next_choice()
        for place in way:
            if place.run_id == run.run_id:
                kept.standing[run.run_id].chosen = choice
            elif not place.active:
                kept.standing[place.run_id].chosen = choice
                self._let_count(place)
        _go(kept, places, way)

    def _choose(self, kept: Kept, run: Run) -> bool:
        """Have the conversation go through a run; whether it did not before."""
        places = _places(kept)
        way = places.way_to(run.run_id)
        choice = places.next_choice()
        was_active = kept.standing[run.run_id].active
        for place in way:
            if not place.active:
                kept.standing[place.run_id].chosen = choice
        way += places.way_on(run.run_id)
        for place in way:
            if not place.active or place.run_id == run.run_id:
                self._let_count(place)
        _go(kept, places, way)
        return not was_active

    def _way(self, kept: Kept, through: str | None) -> list[Run]:
        """The runs from the beginning to one that was not deleted, else all that the
        conversation goes through; without those that were deleted.

        Errors: `SessionNotFoundError` where there is no such run.
        """
        last = None if through is None else self._runs.get(through)
        if through is not None and (
            last is None
            or last.session_id != kept.session.session_id
            or kept.standing[through].deleted
        ):
            raise SessionNotFoundError(kept.session.session_id)
        if last is None or last.parent_run_id is None:
            return [run for run in kept.shown if run.status is not RunStatus.PENDING]
        to = last.parent_run_id if last.status is RunStatus.PENDING else last.run_id
        way = [self._runs[place.run_id] for place in _places(kept).way_to(to)]
        return [run for run in way if not kept.standing[run.run_id].deleted]

    def _let_count(self, place: Place) -> None:
        """An answer that was replaced counts again."""
        run = self._runs[place.run_id]
        if run.status is RunStatus.REGENERATED:
            run.status = RunStatus.COMPLETED


def _is_begun(each: Run, run: Run) -> bool:
    """Whether one of a session's runs was begun, and is another one than `run`."""
    return each is not run and each.status is not RunStatus.PENDING


def _places(kept: Kept) -> Places:
    return Places(
        Place(
            run.run_id,
            run.parent_run_id or "",
            run.sequence,
            kept.standing[run.run_id].active,
            kept.standing[run.run_id].chosen,
        )
        for run in kept.runs
        if run.status is not RunStatus.PENDING
    )


def _go(kept: Kept, places: Places, way: Iterable[Place]) -> None:
    """Have the conversation go this way."""
    for place in places.left_out(way):
        kept.standing[place.run_id].active = False
    for place in way:
        kept.standing[place.run_id].active = True
