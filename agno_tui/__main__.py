"""`python -m agno_tui`, and what the `agno-tui` script calls."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the program; returns its exit code."""
    # Imports make many objects and no garbage: collecting meanwhile only costs time.
    gc.disable()
    from agno_tui.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
