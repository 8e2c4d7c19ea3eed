"""Many users use one agent at the same time, and nothing of one gets to another."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from agno_tui import Memory, RunResponse, RunStatus
from agno_tui.storage.errors import SessionNotFoundError
from tests.fake_server import Behaviour, Exchange, FakeServer
from tests.page.conftest import MakeAgent, echo, sent, turn
from tests.page.rows import rows, said

USERS, SESSIONS, RUNS, WINDOW = 20, 5, 10, 3

TALKS = [
    (f"user-{user}", f"session-{user}-{session}")
    for user, session in product(range(USERS), range(SESSIONS))
]
"""Whose, and which session."""


class Order:
    """Answers in another order than it is asked in; remembers both.

    Nobody is answered before `at_once` have asked.
    """

    def __init__(self, seed: int, *, at_once: int = 1) -> None:
        self._chance = random.Random(seed)
        self._at_once = at_once
        self._enough = asyncio.Event()
        self.asked: list[str] = []
        self.answered: list[str] = []
        self.most_at_once = 0

    async def __call__(self, exchange: Exchange) -> None:
        question = exchange.request.messages[-1]["content"]
        self.asked.append(question)
        waiting = len(self.asked) - len(self.answered)
        self.most_at_once = max(self.most_at_once, waiting)
        if waiting >= self._at_once:
            self._enough.set()
        await self._enough.wait()
        await asyncio.sleep(self._chance.uniform(0, 0.05))
        self.answered.append(question)
        await echo(exchange)


def questions(user: str, session: str) -> list[str]:
    return [f"{user} asks in {session}: {number}" for number in range(RUNS)]


def expected_requests(user: str, session: str) -> list[list[tuple[str, str]]]:
    """What goes out in one session: its own last runs and the question, no more."""
    asked = questions(user, session)
    return [
        [
            *(pair for text in asked[max(0, at - WINDOW) : at] for pair in turn(text)),
            ("user", question),
        ]
        for at, question in enumerate(asked)
    ]


async def test_everyone_goes_on_in_their_own_sessions(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    server.otherwise = order = Order(seed=7, at_once=len(TALKS))
    agent = make_agent(add_history_to_messages=True, num_history_runs=WINDOW)

    async def talk(user: str, session: str) -> None:
        for question in questions(user, session):
            run = await agent.arun(question, user_id=user, session_id=session)
            assert (run.status, run.error) == (RunStatus.COMPLETED, "")
            assert run.content == f"You said: {question}"
            assert (run.user_id, run.session_id) == (user, session)

    await asyncio.gather(*(talk(*who) for who in TALKS))

    assert order.most_at_once >= len(TALKS)
    assert order.asked != order.answered
    requests = sent(server)
    assert len(requests) == len(TALKS) * RUNS
    for user, session in TALKS:
        own = questions(user, session)
        of_session = [r for r in requests if r[-1][1] in own]
        assert of_session == expected_requests(user, session)

    path = tmp_path / "agents.db"
    owners = rows(path, "SELECT user_id, session_id FROM sessions")
    assert Counter(owners) == Counter(TALKS)
    kept = said(path)
    for user, session in TALKS:
        assert [row[1:] for row in kept if row[0] == session] == [
            ("COMPLETED", *message)
            for question in questions(user, session)
            for message in turn(question)
        ]
    assert len(kept) == len(TALKS) * RUNS * 2
    assert rows(path, "SELECT count(*) FROM checkpoints") == [(0,)]


async def test_without_a_session_each_user_has_one_of_their_own(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    server.otherwise = Order(seed=8)
    agent = make_agent(add_history_to_messages=True)
    users = [*(f"user-{number}" for number in range(USERS)), ""]

    async def talk(user: str) -> set[str]:
        texts = [f"{user} says {number}" for number in range(3)]
        return {(await agent.arun(text, user_id=user)).session_id for text in texts}

    used = await asyncio.gather(*(talk(user) for user in users))
    assert all(len(sessions) == 1 for sessions in used)
    assert len(set().union(*used)) == len(users)
    for user in users:
        last = next(r for r in sent(server) if r[-1][1] == f"{user} says 2")
        history = [*turn(f"{user} says 0"), *turn(f"{user} says 1")]
        assert last == [*history, ("user", f"{user} says 2")]
    kept = rows(tmp_path / "agents.db", "SELECT user_id, session_id FROM sessions")
    assert sorted(kept) == sorted(
        (user, *sessions) for user, sessions in zip(users, used, strict=True)
    )


@pytest.mark.parametrize("in_memory", [False, True])
async def test_of_two_who_begin_the_same_session_one_has_it(
    server: FakeServer, make_agent: MakeAgent, in_memory: bool
) -> None:
    """The other is told that there is none, and its words never leave."""
    options = {"storage": None, "memory": Memory()} if in_memory else {}
    agent = make_agent(**options)
    users = [f"user-{number}" for number in range(USERS)]
    ended = await asyncio.gather(
        *(agent.arun(f"{u} begins", user_id=u, session_id="same") for u in users),
        return_exceptions=True,
    )
    (winner,) = [one for one in ended if isinstance(one, RunResponse)]
    lost = [one for one in ended if isinstance(one, SessionNotFoundError)]
    assert len(lost) == USERS - 1
    assert sent(server) == [[("user", f"{winner.user_id} begins")]]
    for user in users:
        runs = await agent.storage.get_runs("same", user_id=user)
        assert [run.question for run in runs] == (
            [f"{user} begins"] if user == winner.user_id else []
        )


async def test_threads_without_an_event_loop_share_an_agent(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    behaviour: Behaviour = Order(seed=9)
    server.otherwise = behaviour
    agent = make_agent(add_history_to_messages=True, num_history_runs=WINDOW)
    talks = TALKS[:8]

    def talk(user: str, session: str) -> None:
        for question in questions(user, session)[:5]:
            response = agent.run(question, user_id=user, session_id=session)
            assert response.content == f"You said: {question}"

    await asyncio.gather(*(asyncio.to_thread(talk, *who) for who in talks))
    for user, session in talks:
        own = questions(user, session)
        of_session = [r for r in sent(server) if r[-1][1] in own]
        assert of_session == expected_requests(user, session)[:5]
    kept = rows(
        tmp_path / "agents.db",
        "SELECT user_id, session_id, count(*) FROM sessions JOIN runs USING "
        "(session_id) GROUP BY session_id",
    )
    assert sorted(kept) == sorted((*who, 5) for who in talks)
