"""Servers that repeat in a refusal what they were told."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.models.base import ModelError
from agno_tui.models.openai import OpenAIChat
from agno_tui.session import Message
from tests.fake_server import FakeServer, answers, refuses_tools
from tests.models.asking import LOOK_BACK, ask, content

ABOUT_TOOLS = "Why does my phone not support tools, nor stream_options?"


def repeats(said: str) -> dict[str, object]:
    """FastAPI's 422."""
    error: dict[str, object] = {"type": "value_error", "loc": ["body", "messages"]}
    return {"detail": [error | {"msg": "bad", "input": [{"content": said}]}]}


@pytest.mark.parametrize("takes_tools", [None, True])
async def test_no_word_of_a_user_switches_anything_off(
    server: FakeServer, takes_tools: bool | None
) -> None:
    server.will(answers(422, repeats(ABOUT_TOOLS)))
    model = OpenAIChat(base_url=server.base_url, takes_tools=takes_tools)
    with pytest.raises(ModelError):
        await ask(model, messages=[Message("user", ABOUT_TOOLS)], tools=[LOOK_BACK])
    assert model.takes_tools is takes_tools
    await ask(model, tools=[LOOK_BACK])
    await model.close()
    assert [bool(chat.tools) for chat in server.chats] == [True, True]
    assert all("stream_options" in chat.body for chat in server.chats)


async def test_who_says_that_a_model_takes_tools_means_it(server: FakeServer) -> None:
    server.otherwise = refuses_tools()
    model = OpenAIChat(base_url=server.base_url, takes_tools=True)
    with pytest.raises(ModelError, match="does not support tools"):
        await ask(model, tools=[LOOK_BACK])
    await model.close()
    assert model.takes_tools is True
    assert len(server.chats) == 1


async def test_two_who_are_refused_at_once_are_both_asked_again(
    server: FakeServer,
) -> None:
    server.otherwise = refuses_tools()
    model = OpenAIChat(base_url=server.base_url)
    both = await asyncio.gather(*(ask(model, tools=[LOOK_BACK]) for _ in range(2)))
    await model.close()
    assert [content(pieces) for pieces in both] == ["Without tools."] * 2
    assert model.takes_tools is False
