"""A letter that stands alone in the prompt, and sends again what failed or waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agno_tui.ui.transcript.outcome import Offer

if TYPE_CHECKING:
    from textual.timer import Timer

    from agno_tui.session import Run
    from agno_tui.ui.desk import Desk

LONE: Final = "r"
"""What sends again where it stands alone: no command, so always this letter."""

SAID_SECONDS: Final = 0.35
"""How long it stands alone before it is said what it will do."""

SENT_SECONDS: Final = 1.2
"""How long it stands alone before it does it: whoever looks for the second letter of a
word has found it by then, or has read that there is no hurry."""


class LoneLetter:
    """Whether the letter in the prompt is a wish or the beginning of a word.

    It is a wish only where it was typed into an empty prompt and no key came since.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._is_alone = False
        """Whether the last key but Enter was the letter, in an empty prompt."""
        self._is_said = False
        self._timer: Timer | None = None

    def key_came(self, key: str) -> None:
        """A key is about to do something in the prompt."""
        if key == "enter":
            return
        self.forget()
        self._is_alone = key == LONE and not self._desk.chat.prompt.text
        self.changed()

    def forget(self) -> None:
        """Another session is on the screen: the letter in its prompt is a draft."""
        self._is_alone = self._is_said = False
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def changed(self) -> None:
        """The prompt changed, or what there is to send again: offer what will do."""
        if self._wished is not None and self._timer is None:
            self._timer = self._desk.set_timer(SAID_SECONDS, self._say)
        self._offer()

    @property
    def _wished(self) -> Run | None:
        """What the letter in the prompt would send."""
        document = self._desk.document
        if not self._is_alone or document is None:
            return None
        is_there = self._desk.chat.prompt.draft == LONE
        return document.retryable if is_there else None

    @property
    def _has_keyboard(self) -> bool:
        prompt = self._desk.chat.prompt
        return prompt.has_focus and prompt.screen.is_active

    def _offer(self) -> None:
        document, prompt = self._desk.document, self._desk.chat.prompt
        if document is None:
            return
        offer = Offer.NAMED
        if not prompt.text or (self._is_alone and prompt.draft == LONE):
            offer = Offer.SOON if self._is_said else Offer.LETTER
        if document.offer is not offer:
            document.note_offer(offer)
            self._desk.chat.transcript.content_changed()
            self._desk.queueing.changed()

    def _say(self) -> None:
        self._is_said = self._wished is not None and self._has_keyboard
        if self._is_said:
            rest = SENT_SECONDS - SAID_SECONDS
            self._timer = self._desk.set_timer(rest, self._stood)
        self._offer()

    def _stood(self) -> None:
        if self._has_keyboard:
            self.send()

    def send(self) -> bool:
        """Send again at once, where the letter is a wish; returns whether it was."""
        run = self._wished
        self.forget()
        if run is not None and self._desk._may_retry(run):
            self._desk.chat.prompt.put("")
            self._desk._do(self._desk.retry(run))
        self._offer()
        return run is not None
