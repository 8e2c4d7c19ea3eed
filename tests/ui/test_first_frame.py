"""The first frame is painted before anything slow is even imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import asyncio, json, sys
from agno_tui.cli import build_app
from agno_tui.config import find_places, read_config

places = find_places()
app = build_app(read_config(places.config_file, {}), places, places.database)
seen = None

display = type(app)._display

def painted(self, screen, renderable):
    global seen
    display(self, screen, renderable)
    if seen is None and self.is_running and screen is not None and screen.size:
        seen = sorted(sys.modules)
        self.exit(0)

type(app)._display = painted
asyncio.run(app.run_async(headless=True, size=(120, 40)))
print(json.dumps(seen))
"""

SLOW = (
    "openai",
    "pydantic",
    "httpx2",
    "httpx",
    "markdown_it",
    "pygments.lexers",
    "xllamacpp",
    "agno_tui.ui.open_sessions",
)


def test_nothing_slow_is_imported_before_the_first_frame(tmp_path: Path) -> None:
    kinds = ("DATA", "CONFIG", "CACHE", "STATE")
    homes = ["HOME", *(f"XDG_{kind}_HOME" for kind in kinds)]
    environ = {**os.environ, **{name: str(tmp_path) for name in homes}}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    modules = json.loads(done.stdout.splitlines()[-1])
    assert "agno_tui.ui.app" in modules
    assert [name for name in SLOW if name in modules] == []
