"""Marks, times and figures as words."""

from __future__ import annotations

import pytest

from agno_tui.plain import words
from agno_tui.plain.answer import say_exchange
from agno_tui.plain.markdown_file import as_markdown
from agno_tui.plain.voice import Voice
from agno_tui.session import Message, Role, Run, RunStatus, Session

MINUTE = words.MINUTE


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (-5, "just now"),
        (1, "1 minute ago"),
        (59, "59 minutes ago"),
        (60, "1 hour ago"),
        (24 * 60, "1 day ago"),
        (21 * 24 * 60, "3 weeks ago"),
        (800 * 24 * 60, "2 years ago"),
    ],
)
def test_how_long_ago(minutes: int, said: str) -> None:
    assert words.ago(0, minutes * MINUTE) == said


def test_marks_are_words() -> None:
    session = Session(unread=True, draft="x", forked_from="y", pinned=True)
    session.last_status = RunStatus.ERROR
    said = words.marks_of(session, is_open=False, is_answering=False)
    assert said == ["failed", "unread", "draft", "fork", "pinned"]
    session = Session(archived=True, last_status=RunStatus.RUNNING)
    said = words.marks_of(session, is_open=True, is_answering=False)
    assert said == ["open now", "answering elsewhere", "archived"]
    said = words.marks_of(session, is_open=False, is_answering=True)
    assert said == ["answering", "archived"]


def test_what_tools_did() -> None:
    found = '{"sessions": [{}, {}]}'
    name = "get_previous_session_messages"
    did = "searched previous sessions"
    for content, hits in ((found, "2 hits"), ("not json", "0 hits"), ("[1]", "0 hits")):
        assert words.tool_words(name, Message(Role.TOOL, content)) == f"{did}: {hits}"
    assert words.tool_words("x\ny", None) == "used the tool x y: no result"
    wrong = Message(Role.TOOL, "no\nway", tool_error=True)
    assert words.tool_words("remember", wrong).endswith("you: it failed, no way")


def test_how_a_run_ended() -> None:
    run = Run("s", messages=[Message(Role.ASSISTANT, "two words")])
    run.status = RunStatus.CANCELLED
    assert words.outcome(run) == "Stopped. 2 words kept. /retry asks again."
    run.status, run.finish_reason = RunStatus.COMPLETED, "length"
    assert "length limit" in words.outcome(run)
    run.status, run.ended_at = RunStatus.INTERRUPTED, 2**62
    assert words.outcome(run).startswith("Error: interrupted. 2 words")


def test_a_list_of_words() -> None:
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed(["a"]) == "a" and words.listed([]) == ""


def test_a_long_text_is_cut_where_one_only_needs_to_know_where_one_was() -> None:
    said: list[str] = []
    run = Run("s", messages=[Message(Role.USER, "word " * 300)])
    say_exchange(Voice(said.append), run, longest=50)
    assert said[0].endswith("word\n(… /read reads all of it.)\n")
    assert len(said[0]) < 90


def test_markdown_closes_what_a_text_leaves_open() -> None:
    messages = [Message(Role.USER, "~~~\nx"), Message(Role.ASSISTANT, "fine")]
    text = as_markdown("a\nb", [Run("s", messages=messages)])
    assert text == "# a b\n\n## You\n\n~~~\nx\n~~~\n\n## Agent\n\nfine\n"
