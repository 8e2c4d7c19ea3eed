"""The model as the user sees it: found, being fetched, ready, or in trouble."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing

from agno_tui.models.base import Model, ModelError, ModelErrorKind, Progress
from agno_tui.session import Run, RunStatus
from agno_tui.ui.welcome import words_of


class ModelWatch:
    """Makes a model ready and keeps the words for how far it is."""

    def __init__(self, model: Model, changed: Callable[[], None]) -> None:
        self.model = model
        self.progress: Progress | None = None
        self.trouble = ""
        self.is_missing = False
        """Whether the trouble is that there is no model at all."""
        self._changed = changed

    async def change(self, model: Model) -> None:
        """Watch another model and make it ready."""
        self.model = model
        self.progress = None
        await self.prepare()

    async def prepare(self) -> None:
        """Make the model ready, telling of every step; ends also in trouble."""
        self.trouble, self.is_missing = "", False
        model = self.model
        try:
            async with aclosing(model.prepare()) as steps:
                async for step in steps:
                    if model is not self.model:
                        return
                    self.progress = step
                    self._changed()
        except ModelError as error:
            if model is self.model:
                self.trouble = error.words
                self.is_missing = error.kind is ModelErrorKind.NO_MODEL
        finally:
            if model is self.model:
                self.progress = None
                self._changed()

    def run_ended(self, run: Run) -> None:
        """A run may have found a model, or shown that there is no trouble any more."""
        if run.status is RunStatus.COMPLETED:
            self.trouble, self.is_missing = "", False
        self._changed()

    @property
    def label(self) -> str:
        """What answers, in a word or two."""
        if self.trouble and not self.model.id:
            return "no model"
        return self.model.label

    @property
    def reason(self) -> str:
        """Why this model and no other, where it chose itself."""
        return str(getattr(self.model, "reason", ""))

    def waiting(self) -> str:
        """What to say while no word of an answer has come."""
        if self.progress is not None:
            return words_of(self.progress)
        return "thinking"
