from __future__ import annotations

import pytest

from agno_tui.session import RunStatus, Session
from agno_tui.ui.marks import PULSE, mark_of, pulse


@pytest.mark.parametrize(
    ("status", "unread", "draft", "mark"),
    [
        (None, False, "", " "),
        (None, False, "words", "✎"),
        (RunStatus.COMPLETED, False, "", " "),
        (RunStatus.COMPLETED, True, "", "•"),
        (RunStatus.COMPLETED, True, "words", "•"),
        (RunStatus.CANCELLED, False, "", " "),
        (RunStatus.ERROR, True, "", "✗"),
        (RunStatus.INTERRUPTED, False, "", "✗"),
        (RunStatus.PENDING, False, "", "◌"),
        (RunStatus.RUNNING, False, "", "●"),
    ],
)
def test_each_state_has_its_own_shape(
    status: RunStatus | None, unread: bool, draft: str, mark: str
) -> None:
    session = Session(last_status=status, unread=unread, draft=draft)
    assert mark_of(session, frame=0, running=False)[0] == mark


def test_what_answers_here_moves_whatever_is_stored() -> None:
    session = Session(last_status=RunStatus.ERROR, unread=True)
    shapes = [mark_of(session, frame=n, running=True)[0] for n in range(3)]
    assert shapes == list(PULSE[:3])


def test_the_moving_mark_comes_round() -> None:
    assert pulse(len(PULSE)) == pulse(0) != pulse(1)
