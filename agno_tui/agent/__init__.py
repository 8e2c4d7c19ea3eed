"""The agent: history in, model and tools in a loop, events out, each step kept.

`setup.py` is what an agent is made of, `runs.py` how it answers one run (`request.py`
makes what goes out, `answering.py` is the loop of model and tools, `clock.py` times
it), `sessions.py` what can be asked of and done to sessions, `writing.py` has a model
name and sum them up, `agent.py` the calls of a program that uses it.
"""

from __future__ import annotations

from agno_tui.agent.agent import Agent as Agent
from agno_tui.response import RunResponse as RunResponse
