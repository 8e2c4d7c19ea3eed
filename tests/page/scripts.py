"""The page's examples, nothing changed but the package's name in the imports."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

FIRST = """
from agno_tui import Agent, OpenAIChat

agent = Agent(model=OpenAIChat(id="gpt-4o-mini"))

agent.print_response("Tell me a 5 second short story about a robot")
"""

FIRST_RETURNED = """
from typing import Iterator

from agno_tui import Agent, OpenAIChat, RunResponse, pprint_run_response

agent = Agent(model=OpenAIChat(id="gpt-4o-mini"))

# Run agent and return the response as a variable
response: RunResponse = agent.run("Tell me a 5 second short story about a robot")
# Run agent and return the response as a stream
response_stream: Iterator[RunResponse] = agent.run(
    "Tell me a 5 second short story about a lion", stream=True
)

# Print the response in markdown format
pprint_run_response(response, markdown=True)
# Print the response stream in markdown format
pprint_run_response(response_stream, markdown=True)
"""

SECOND = """
from agno_tui import Agent, Memory, OpenAIChat

agent = Agent(
    model=OpenAIChat(id="gpt-4o-mini"),
    # Fix the session id to continue the same session across execution cycles
    memory=Memory(),
    add_history_to_messages=True,
    num_history_runs=3,
)

user_1_id = "user_101"
user_2_id = "user_102"

user_1_session_id = "session_101"
user_2_session_id = "session_102"

# Start the session with user 1
agent.print_response(
    "Tell me a 5 second short story about a robot.",
    user_id=user_1_id,
    session_id=user_1_session_id,
)
# Continue the session with user 1
agent.print_response(
    "Now tell me a joke.", user_id=user_1_id, session_id=user_1_session_id
)

# Start the session with user 2
agent.print_response(
    "Tell me about quantum physics.", user_id=user_2_id, session_id=user_2_session_id
)
# Continue the session with user 2
agent.print_response(
    "What is the speed of light?", user_id=user_2_id, session_id=user_2_session_id
)

# Ask the agent to give a summary of the conversation, this will use the history from
# the previous messages
agent.print_response(
    "Give me a summary of our conversation.",
    user_id=user_1_id,
    session_id=user_1_session_id,
)
"""

THIRD = """
import os

from agno_tui import Agent, OpenAIChat, SqliteStorage

# Remove the tmp db file before running the script
if os.path.exists("tmp/data.db"):
    os.remove("tmp/data.db")

agent = Agent(
    model=OpenAIChat(id="gpt-4o-mini"),
    user_id="user_1",
    storage=SqliteStorage(table_name="agent_sessions_new", db_file="tmp/data.db"),
    search_previous_sessions_history=True,  # allow searching previous sessions
    num_history_sessions=2,  # only include the last 2 sessions in the search
    show_tool_calls=True,
)

session_1_id = "session_1_id"
session_2_id = "session_2_id"
session_3_id = "session_3_id"
session_4_id = "session_4_id"
session_5_id = "session_5_id"

agent.print_response("What is the capital of South Africa?", session_id=session_1_id)
agent.print_response("What is the capital of China?", session_id=session_2_id)
agent.print_response("What is the capital of France?", session_id=session_3_id)
agent.print_response("What is the capital of Japan?", session_id=session_4_id)
agent.print_response(
    "What did I discuss in my previous conversations?", session_id=session_5_id
)  # It should only include the last 2 sessions
"""


async def run_script(
    script: str, folder: Path, *, base_url: str, api_key: str = "sk-page"
) -> str:
    """Run a script in a process of its own; what it printed.

    Fails where it fails, warns, or does not end.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "error",
        "-c",
        script,
        cwd=folder,
        env={
            **os.environ,
            "OPENAI_BASE_URL": base_url,
            "OPENAI_API_KEY": api_key,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": "100",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(120):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, err.decode()
    assert err == b""
    return out.decode()
