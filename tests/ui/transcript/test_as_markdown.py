"""A session as Markdown: what is in it, and that nothing in it can break it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from agno_tui.session import Message, Role, Run, RunStatus, Session, ToolCall
from agno_tui.ui.transcript.as_markdown import session_as_markdown

AT = 1_700_000_000_000_000


def run(question: str, *answer: str | Message, **fields: object) -> Run:
    said = [m if isinstance(m, Message) else Message("assistant", m) for m in answer]
    made = Run(
        session_id="s",
        status=RunStatus.COMPLETED,
        messages=[Message(Role.USER, question), *said],
        model="gpt-4o-mini",
        created_at=AT,
    )
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def written(*runs: Run, name: str = "Light") -> str:
    return session_as_markdown(Session("s", name=name), runs)


def quiet_lines(text: str) -> list[str]:
    lines = [line for line in text.split("\n") if line.startswith("*")]
    return [line.split(" · ", 2)[-1] for line in lines]


def test_a_title_and_each_question_with_its_answer() -> None:
    text = written(run("How fast?", "# Fast\n\n- very"), run("  Why?\n", "So."))
    head, when = text.split("*gpt-4o-mini · ")[:2]
    assert head == "# Light\n\n## You\n\nHow fast?\n\n## Agent\n\n"
    assert when.startswith("2023-11-")
    assert "*\n\n# Fast\n\n- very\n\n## You\n\n  Why?\n\n## Agent\n\n" in text
    assert text.endswith("*\n\nSo.\n")


def test_how_a_run_ended_is_said() -> None:
    text = written(
        run("a", "part", status=RunStatus.CANCELLED),
        run("b", status=RunStatus.ERROR, error="No *key*\n# here"),
        run("c", status=RunStatus.PENDING),
    )
    assert quiet_lines(text) == [
        "stopped*",
        "failed: No \\*key\\* \\# here*",
        "*not sent yet*",
    ]
    assert text.count("## Agent") == 2


def test_reasoning_is_left_out_and_tools_are_one_line() -> None:
    calls = [ToolCall(str(n), name, "{}") for n, name in enumerate(("find", "find"))]
    asks = Message("assistant", "Wait.", reasoning_content="hm", tool_calls=calls)
    result = Message("tool", "secret", tool_call_id="0", tool_name="find")
    wrong = Message("tool", "no", tool_call_id="1", tool_name="find", tool_error=True)
    text = written(run("q", asks, result, wrong, "Done."))
    assert text.endswith("*\n\nWait.\n\n*used find, find (failed)*\n\nDone.\n")
    assert "hm" not in text and "secret" not in text


@pytest.mark.parametrize(
    "name",
    [
        "a\n## You\nevil",
        "# x",
        "```",
        "<!-- ",
        "[x](y) #",
        "*a* _b_ ~~c~~ &lt;",
        "\x1b[2J",
    ],
)
def test_a_hostile_title_stays_one_plain_line(name: str) -> None:
    text = written(run("q", "a"), name=name)
    tokens = MarkdownIt("commonmark").enable("strikethrough").parse(text)
    assert tokens[0].tag == "h1" and tokens[3].tag == "h2"
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    shown = "".join(child.content for child in children)
    assert shown == " ".join(name.replace("\x1b", "␛").split())


def test_no_title_has_a_name() -> None:
    assert written(name="").startswith("# New conversation\n")


OPEN = (
    *("```py\nx = 1", "~~~~\na\n```", "<!-- ", "<pre>\n\nx", "<script>\n\n`````"),
    *("<?php", "<!X", "<![CDATA[ a", "- ```\n  x", "> ~~~", "<!--\n```\n\n````"),
)


@pytest.mark.parametrize("left_open", OPEN)
def test_what_an_answer_leaves_open_ends_with_it(left_open: str) -> None:
    text = written(run(left_open, left_open), run("q", "a"))
    assert left_open in text
    assert headings(text) == ["h1", "h2", "h2", "h2", "h2"]


def test_an_open_fence_is_closed_by_its_own_kind() -> None:
    assert written(run("q", "~~~~py\nx = 1\n~~~")).endswith("x = 1\n~~~\n~~~~\n")


def headings(text: str) -> list[str]:
    tokens = MarkdownIt("commonmark").parse(text)
    return [t.tag for t in tokens if t.type == "heading_open" and t.level == 0]


PIECES = (
    *("a", "b ", "\n", "\n\n", "- ", "1. ", "> ", "    ", "```", "```py\n", "~~~", "`"),
    *("<", "<b>", "</pre>", "-->", "| a |\n|--|\n", "\\", "你", "\x00", "\r", "\ud800"),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, *OPEN]), max_size=15).map("".join))
def test_whatever_is_said_the_headings_stay(said: str) -> None:
    text = written(run("q", said), run("q", "a"))
    assert headings(text)[-2:] == ["h2", "h2"]
    assert text.endswith("*\n\na\n")
