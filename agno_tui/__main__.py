"""`python -m agno_tui`, and what the `agno-tui` script calls."""

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the program; returns its exit code."""
    # Imports make many objects and no garbage: collecting meanwhile only costs time.
    gc.disable()
    # Textual paints on the beat of a clock, and may miss one (`Timer._run`): at its
    # usual 60 a second a letter that comes soon after a frame waits up to 33 ms. How
    # often there is anything to paint is another matter.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    from agno_tui.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
